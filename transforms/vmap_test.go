package transforms_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// An inner batch uses the lane of the outer one, and both belong to a derivative.
func TestVmapInVmap(t *testing.T) {
	xs, ys := num.Vector(1, 2, 3), num.Vector(4, 5)
	outer := func(xs num.Array) num.Array {
		return transforms.Vmap(func(x num.Array) num.Array {
			return transforms.Vmap(func(y num.Array) num.Array { return num.Mul(x, x, y) })(ys)
		})(xs)
	}
	for name, f := range map[string]function{"plain": outer, "jit": transforms.JIT(outer)} {
		got := f(xs)
		if d := cmp.Diff("[3 2] [4 5 16 20 36 45]", fmt.Sprint(got.Shape(), got.Float64s())); d != "" {
			t.Errorf("%s: -want +got\n%s", name, d)
		}
		total := func(xs num.Array) num.Array { return num.Sum(f(xs)) }
		sequences(2, []mode{fwd, rev}, func(s []mode) {
			// sum of x^2 y: second derivative along w twice is 2 * 9 * sum of w^2
			w := num.Vector(1, 0, 2)
			g := func(xs num.Array) num.Array { return s[0].along(total, xs, w) }
			if got := s[1].along(g, xs, w).Float64(); got != 2*9*5 {
				t.Errorf("%s, %s: got %v, want 90", name, nameOf(s), got)
			}
		})
	}
}

// Per-example gradients: the gradient in every lane, with respect to what all lanes share.
func TestGradInVmapOfACapture(t *testing.T) {
	w := num.Vector(2, -1)
	rows := num.New([]float64{1, 2, 3, 4, 5, 6}, 3, 2)
	loss := func(x num.Array) function {
		return func(w num.Array) num.Array { return num.Square(num.Dot(w, x)) }
	}
	got := transforms.Vmap(func(x num.Array) num.Array { return transforms.Grad(loss(x))(w) })(rows)
	for i := range 3 {
		want := transforms.Grad(loss(rows.At(i)))(w).Float64s()
		if d := cmp.Diff(want, got.At(i).Float64s()); d != "" {
			t.Errorf("lane %d: -want +got\n%s", i, d)
		}
	}
	sum := transforms.Grad(func(w num.Array) num.Array {
		return num.Sum(transforms.Vmap(func(x num.Array) num.Array { return loss(x)(w) })(rows))
	})(w)
	if d := cmp.Diff(num.Sum(got, 0).Float64s(), sum.Float64s()); d != "" {
		t.Errorf("gradient of the sum: -want +got\n%s", d)
	}
}

// Lanes that return what they are given, what is captured or what is constant.
func TestVmapOfNothingComputed(t *testing.T) {
	shared := num.Vector(7, 8)
	got := transforms.Vmap(func(x num.Array) []num.Array {
		return []num.Array{x, shared, num.Scalar(1)}
	})(num.Vector(1, 2, 3))
	text := fmt.Sprintln(got[0].Float64s(), got[1].Shape(), got[1].Float64s(), got[2].Float64s())
	if d := cmp.Diff("[1 2 3] [3 2] [7 8 7 8 7 8] [1 1 1]\n", text); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	d := rev.d(func(x num.Array) num.Array {
		return num.Sum(transforms.Vmap(func(num.Array) num.Array { return x })(num.Vector(1, 2, 3)))
	})(one())
	if d.Float64() != 3 {
		t.Errorf("gradient of three copies of x: %v", d.Float64())
	}
}

func TestVmapWithoutLanes(t *testing.T) {
	got := transforms.Vmap(func(x num.Array) num.Array { return num.Sum(num.Mul(x, num.Sin(x))) })(num.Zeros(0, 3))
	if d := cmp.Diff([]int{0}, got.Shape()); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestIdentity(t *testing.T) {
	id := func(x num.Array) num.Array { return x }
	p, err := transforms.Compile(id, one())
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]function{"plain": id, "jit": transforms.JIT(id), "vmap": lanes(id), "compile": p.Call} {
		if got := f(num.Scalar(5)).Float64(); got != 5 {
			t.Errorf("%s: got %v", name, got)
		}
		for _, m := range []mode{fwd, rev, vjp, lin} {
			if got := m.d(f)(num.Scalar(5)).Float64(); got != 1 {
				t.Errorf("%s of %s: got %v, want 1", m.name, name, got)
			}
		}
	}
	x, y := []float64{1}, []float64{0}
	p.Run([][]float64{y}, [][]float64{x})
	x[0] = 2
	if y[0] != 1 {
		t.Errorf("the result shares the argument's storage: %v", y)
	}
}
