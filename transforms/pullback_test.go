package transforms_test

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// twist is a function from R^2 to R^2 with a Jacobian that is not symmetric.
func twist(x num.Array) num.Array {
	a, b := x.At(0), x.At(1)
	return num.Stack(0, num.Mul(a, num.Sin(b)), num.Mul(a, a, b))
}

// jacobian returns that of twist, row by row.
func jacobian(a, b float64) []float64 {
	return []float64{math.Sin(b), a * math.Cos(b), 2 * a * b, a * a}
}

// linearMaps are the ways to the linear maps of twist at a point: pushed[v] = J v, pulled[v] = J^T v.
var linearMaps = map[string]func(x num.Array) (pushed, pulled function){
	"functions": func(x num.Array) (function, function) {
		_, push := transforms.Linearize(twist, x)
		_, pull := transforms.VJP(twist, x)
		return push, pull
	},
	"transposed": func(x num.Array) (function, function) {
		_, push := transforms.Linearize(twist, x)
		_, pull := transforms.VJP(twist, x)
		return transforms.Transpose(pull, x), transforms.Transpose(push, x)
	},
	"in jit": func(x num.Array) (function, function) {
		_, push := transforms.Linearize(twist, x)
		_, pull := transforms.VJP(twist, x)
		return transforms.JIT(push), transforms.JIT(pull)
	},
	"of jit": func(x num.Array) (function, function) {
		_, push := transforms.Linearize(transforms.JIT(twist), x)
		_, pull := transforms.VJP(transforms.JIT(twist), x)
		return push, pull
	},
	"jvp": func(x num.Array) (function, function) {
		push := func(v num.Array) num.Array {
			_, dy := transforms.JVP(twist, x, v)
			return dy
		}
		return push, transforms.Transpose(push, x)
	},
}

func TestLinearMaps(t *testing.T) {
	x := num.Vector(0.7, -1.2)
	j := jacobian(0.7, -1.2)
	transposed := []float64{j[0], j[2], j[1], j[3]}
	eye := num.Eye(2)
	for name, maps := range linearMaps {
		t.Run(name, func(t *testing.T) {
			push, pull := maps(x)
			same := func(what string, got num.Array, want ...float64) {
				t.Helper()
				for i, g := range got.Float64s() {
					if !near(g, want[i], 2e-15) {
						t.Errorf("%s: got %v, want %v", what, got.Float64s(), want)
					}
				}
			}
			// Under Vmap over a basis.
			same("columns", transforms.Vmap(push)(eye), transposed...)
			same("rows", transforms.Vmap(pull)(eye), j...)
			// Inside a derivative with respect to the tangent.
			v := num.Vector(2, 3)
			same("gradient of |J v|^2 / 2", transforms.Grad(func(v num.Array) num.Array {
				return num.Mul(0.5, num.Sum(num.Square(push(v))))
			})(v), pull(push(v)).Float64s()...)
			_, d := transforms.JVP(func(v num.Array) num.Array { return num.Mul(pull(v), pull(v)) }, v, num.Vector(1, 0))
			same("square of J^T v along e0", d, num.Mul(num.Mul(2, pull(v)), pull(num.Vector(1, 0))).Float64s()...)
		})
	}
}

// The maps depend on the point, and derivatives with respect to it go through them.
func TestLinearMapsInsideADerivative(t *testing.T) {
	x, v := num.Vector(0.7, -1.2), num.Vector(2, 3)
	// d/dx of w . J(x) v, by hand
	w := num.Vector(-1, 0.5)
	want := []float64{
		-1*math.Cos(-1.2)*3 + 0.5*(2*-1.2*2+2*0.7*3),
		-1*(math.Cos(-1.2)*2-0.7*math.Sin(-1.2)*3) + 0.5*2*0.7*2,
	}
	for name, maps := range linearMaps {
		for k, f := range []function{
			func(x num.Array) num.Array { push, _ := maps(x); return num.Dot(w, push(v)) },
			func(x num.Array) num.Array { _, pull := maps(x); return num.Dot(v, pull(w)) },
		} {
			for how, got := range map[string]num.Array{
				"grad":         transforms.Grad(f)(x),
				"jvp":          transforms.Vmap(func(e num.Array) num.Array { return fwd.along(f, x, e) })(num.Eye(2)),
				"grad of jit":  transforms.Grad(transforms.JIT(f))(x),
				"grad in vmap": transforms.Vmap(transforms.Grad(f))(num.Stack(0, x, x)).At(1),
			} {
				for i, g := range got.Float64s() {
					if !near(g, want[i], 2e-15) {
						t.Errorf("%s %d, %s: got %v, want %v", name, k, how, got.Float64s(), want)
					}
				}
			}
		}
	}
}

func TestLinearMapsFromManyGoroutines(t *testing.T) {
	for name, maps := range linearMaps {
		push, pull := maps(num.Vector(0.7, -1.2))
		v := num.Vector(2, 3)
		want := fmt.Sprintln(push(v).Float64s(), pull(v).Float64s(), transforms.Grad(func(v num.Array) num.Array { return num.Sum(pull(v)) })(v).Float64s())
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				got := fmt.Sprintln(push(v).Float64s(), pull(v).Float64s(), transforms.Grad(func(v num.Array) num.Array { return num.Sum(pull(v)) })(v).Float64s())
				if got != want {
					t.Errorf("%s: got %s, want %s", name, got, want)
				}
			})
		}
		wg.Wait()
	}
}

// A pullback of a traced point is a part of that trace.
func TestPullbackEscapes(t *testing.T) {
	var pull function
	transforms.Grad(func(x num.Array) num.Array {
		_, pull = transforms.VJP(num.Sin, x)
		return pull(x)
	})(one())
	err := trace.Try(func() { pull(num.Scalar(2)) })
	if err == nil || !strings.Contains(err.Error(), "escaped its trace") {
		t.Errorf("got %v", err)
	}
}

// Several goroutines differentiate different functions at once, nested and shared.
func TestDerivativesFromManyGoroutines(t *testing.T) {
	shared := transforms.JIT(transforms.Grad(transforms.Grad(power(5))))
	var wg sync.WaitGroup
	for k := range 16 {
		wg.Go(func() {
			c := float64(k)
			f := func(x num.Array) num.Array { return num.Mul(c, shared(x)) }
			for range 5 {
				if got, want := transforms.Grad(f)(num.Scalar(2)).Float64(), c*60*4; got != want {
					t.Errorf("got %v, want %v", got, want)
				}
			}
		})
	}
	wg.Wait()
}

// Integers and bools among the results get zeros of their type as tangents, and what their
// cotangents hold does not matter.
func TestIntegerResults(t *testing.T) {
	type result struct{ Y, Index, Positive num.Array }
	f := func(x num.Array) result { return result{num.Mul(x, x), num.Argmax(x), num.Greater(x, 0)} }
	x := num.Vector(-1, 2)
	y, dy := transforms.JVP(f, x, num.Vector(1, 1))
	got := fmt.Sprintln(y.Y.Float64s(), y.Index.Ints(), y.Positive.Bools(), dy.Y.Float64s(), dy.Index.Ints(), dy.Positive.Bools())
	if d := cmp.Diff("[1 4] [1] [false true] [-2 4] [0] [false false]\n", got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	_, pull := transforms.VJP(f, x)
	if got := fmt.Sprint(pull(y).Float64s()); got != "[-2 16]" {
		t.Errorf("pulled: got %s", got)
	}
}
