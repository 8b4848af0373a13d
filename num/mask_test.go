package num_test

import (
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// checkMasks differentiates sum(w tanh(1/f(x))) by each element of x that is not 0, where the
// others are. At the zeros that f moves about, 1/y has an infinite derivative and tanh one
// of 0: if an element that does not vary met them, the result would be NaN.
func checkMasks(t *testing.T, f func(num.Array) num.Array, shape []int) {
	t.Helper()
	size := trace.Type{Shape: shape}.Size()
	values := make([]float64, size)
	for i := range values {
		if i%2 == 0 {
			values[i] = 0.5 + 0.25*float64(i)
		}
	}
	w := normal(31)(f(num.Zeros(shape...)).Shape()...)
	for i := 0; i < size; i += 2 {
		total := func(s num.Array) num.Array {
			var parts []num.Array
			for k, v := range values {
				parts = append(parts, num.Scalar(v))
				if k == i {
					parts[k] = s
				}
			}
			x := num.Reshape(num.Stack(0, parts...), shape...)
			return num.Sum(num.Mul(w, num.Tanh(num.Div(1, f(x)))))
		}
		at := num.Scalar(values[i])
		const h = 1e-4
		slope := func(f func(num.Array) num.Array) num.Array {
			near := func(k float64) num.Array { return f(num.Add(at, k*h)) }
			return num.Div(num.Sub(num.Mul(8, num.Sub(near(1), near(-1))), num.Sub(near(2), near(-2))), 12*h)
		}
		reverse := transforms.Grad(total)
		forward := func(s num.Array) num.Array {
			_, d := transforms.JVP(total, s, num.Scalar(1))
			return d
		}
		want := slope(total)
		wantEqual(t, "forward", forward(at), want, 1e-9)
		wantEqual(t, "reverse", reverse(at), want, 1e-9)
		_, push := transforms.Linearize(total, at)
		wantEqual(t, "linearize", push(num.Scalar(1)), want, 1e-9)
		second := slope(reverse)
		wantEqual(t, "reverse of reverse", transforms.Grad(reverse)(at), second, 1e-8)
		wantEqual(t, "reverse of forward", transforms.Grad(forward)(at), second, 1e-8)
		_, d := transforms.JVP(reverse, at, num.Scalar(1))
		wantEqual(t, "forward of reverse", d, second, 1e-8)
		_, d = transforms.JVP(forward, at, num.Scalar(1))
		wantEqual(t, "forward of forward", d, second, 1e-8)
		both := num.Stack(0, at, at)
		wantEqual(t, "vmap of reverse", transforms.Vmap(reverse)(both), num.Stack(0, want, want), 1e-9)
		wantEqual(t, "vmap of forward", transforms.Vmap(forward)(both), num.Stack(0, want, want), 1e-9)
	}
}

func TestMasks(t *testing.T) {
	for _, row := range layoutRows {
		t.Run(row.name, func(t *testing.T) { checkMasks(t, row.f, row.shape) })
	}
	for name, row := range indexRows {
		t.Run(name, func(t *testing.T) { checkMasks(t, row.f, []int{3, 4}) })
	}
	for name, row := range joinRows {
		t.Run(name, func(t *testing.T) {
			checkMasks(t, func(x num.Array) num.Array { return row.f([]num.Array{x.At(0), x.At(1)}) }, []int{2, 2, 3})
		})
	}
	for _, row := range matrixRows[:13] { // all but cross
		t.Run(row.name, func(t *testing.T) { checkMasks(t, row.f, row.shape) })
	}
	ones := num.Ones(2, 3)
	for name, f := range map[string]func(num.Array) num.Array{
		"matmul":       func(x num.Array) num.Array { return num.MatMul(num.Reshape(x, 4, 2), ones) },
		"matmul right": func(x num.Array) num.Array { return num.MatMul(num.Transpose(ones), num.Reshape(x, 2, 4)) },
		"stack": func(x num.Array) num.Array {
			return num.MatMul(num.Reshape(x, 2, 2, 2), num.Reshape(num.Ones(4, 3), 2, 2, 3))
		},
		"outer":       func(x num.Array) num.Array { return num.Outer(x, num.Vector(1, 2)) },
		"outer right": func(x num.Array) num.Array { return num.Outer(num.Vector(1, 2), x) },
	} {
		t.Run(name, func(t *testing.T) {
			checkMasks(t, func(x num.Array) num.Array { // a row or column of zeros gives zeros
				return f(num.Ravel(num.Pad(num.Reshape(x, 2, 2), 0, 0, 0, 2)))
			}, []int{4})
		})
	}
}

// What slices leave out together is nothing: the masks of their cotangents add up to a dense one.
func TestMasksThatCover(t *testing.T) {
	grad := transforms.Grad(func(x num.Array) num.Array {
		y := num.Sqrt(x)
		return num.Mul(y.At(0), y.At(1), y.At(2))
	})
	for _, e := range trace.MustOf(grad, num.Vector(1, 2, 3)).Equations() {
		if e.Primitive.Name() == "select" {
			t.Errorf("a select is left in\n%v", trace.MustOf(grad, num.Vector(1, 2, 3)))
		}
	}
}
