package num_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

var cumulative = []struct {
	name  string
	f     func(num.Array, int) num.Array
	naive func(s, x float64) float64
}{
	{"cumsum", num.CumSum, func(s, x float64) float64 { return s + x }},
	{"cumprod", num.CumProd, func(s, x float64) float64 { return s * x }},
	{"cummax", num.CumMax, math.Max},
	{"cummin", num.CumMin, math.Min},
}

// naiveCumulative walks the elements in row-major order and looks back along the axis.
func naiveCumulative(x num.Array, axis int, f func(s, x float64) float64) []float64 {
	shape := x.Shape()
	step := 1
	for _, n := range shape[axis+1:] {
		step *= n
	}
	y := append([]float64{}, floats(x)...)
	for k := range y {
		if k/step%shape[axis] > 0 {
			y[k] = f(y[k-step], y[k])
		}
	}
	return y
}

func TestCumulative(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, op := range cumulative {
		for _, c := range []struct {
			shape []int
			axis  int
		}{
			{[]int{1}, 0}, {[]int{5}, 0}, {[]int{3, 4}, 0}, {[]int{3, 4}, 1}, {[]int{2, 3, 2}, 1},
			{[]int{1, 2, 1, 3, 2, 1}, 3}, {[]int{0}, 0}, {[]int{2, 0}, 0}, {[]int{0, 2}, 0},
		} {
			t.Run(fmt.Sprintf("%s/%v/%d", op.name, c.shape, c.axis), func(t *testing.T) {
				x := spacedArray(r, c.shape)
				want := naiveCumulative(x, c.axis, op.naive)
				got := op.f(x, c.axis)
				sameShape(t, "value", got, c.shape...)
				sameNumbers(t, "value", got, want, 1e-15)
				sameNumbers(t, "negative axis", op.f(x, c.axis-len(c.shape)), want, 1e-15)
				if x.Size() == 0 {
					return
				}
				checkRules(t, func(x num.Array) num.Array { return op.f(x, c.axis) }, x, 3)
				// Masks on the way in and on the way back.
				in, out := num.Less(num.Normal(r, c.shape...), 0), num.Less(num.Normal(r, c.shape...), 0)
				checkRules(t, func(x num.Array) num.Array {
					y := op.f(num.Where(in, num.Add(x, num.Mul(0.3, x, x)), -0.6), c.axis)
					return num.Where(out, num.Sin(y), 0)
				}, x, 2)
			})
		}
	}
}

func TestCumulativeOfIntegers(t *testing.T) {
	x := num.FromInts([]int{3, -1, 4, 2}, 4)
	for _, c := range []struct {
		name string
		got  num.Array
		want []float64
	}{
		{"cumsum", num.CumSum(x, 0), []float64{3, 2, 6, 8}},
		{"cumprod", num.CumProd(x, 0), []float64{3, -3, -12, -24}},
		{"cummax", num.CumMax(x, 0), []float64{3, 3, 4, 4}},
		{"cummin", num.CumMin(x, 0), []float64{3, -1, -1, -1}},
		{"cumsum of bools", num.CumSum(num.FromBools([]bool{true, false, true}, 3), 0), []float64{1, 1, 2}},
	} {
		if c.got.DType() != trace.I64 {
			t.Errorf("%s: %v", c.name, c.got.DType())
		}
		sameNumbers(t, c.name, c.got, c.want, 0)
	}
}

func TestCumulativePoints(t *testing.T) {
	for _, c := range []struct {
		name           string
		f              func(num.Array, int) num.Array
		x, value, grad []float64
	}{
		{"cumprod with a zero", num.CumProd, []float64{2, 0, 3}, []float64{2, 0, 0}, []float64{1, 8, 0}},
		{"cumprod with zeros", num.CumProd, []float64{0, 0, 3}, []float64{0, 0, 0}, []float64{1, 0, 0}},
		{"cummax ties", num.CumMax, []float64{1, 1, 1}, []float64{1, 1, 1}, []float64{11. / 6, 5. / 6, 1. / 3}},
		{"cummax ties come back", num.CumMax, []float64{2, 1, 2, 3}, []float64{2, 2, 2, 3}, []float64{2.5, 0, .5, 1}},
		{"cummin ties", num.CumMin, []float64{1, 0, 0}, []float64{1, 0, 0}, []float64{1, 1.5, .5}},
		{"cummax of Inf", num.CumMax, []float64{-inf, inf, inf}, []float64{-inf, inf, inf}, []float64{1, 1.5, .5}},
		{"cummax of NaN", num.CumMax, []float64{1, nan, 2}, []float64{1, nan, nan}, []float64{nan, nan, nan}},
		{"cumsum of Inf", num.CumSum, []float64{1, inf, 2}, []float64{1, inf, inf}, []float64{3, 2, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := num.Vector(c.x...)
			f := func(x num.Array) num.Array { return c.f(x, 0) }
			sameNumbers(t, "value", f(x), c.value, 0)
			rev, fwd := gradients(f, x)
			sameNumbers(t, "reverse", num.Vector(rev...), c.grad, 1e-15)
			sameNumbers(t, "forward", num.Vector(fwd...), c.grad, 1e-15)
		})
	}
}

// TestCumulativeOfNothing: an array without elements has a gradient, of its shape.
func TestCumulativeOfNothing(t *testing.T) {
	for _, op := range cumulative {
		for _, shape := range [][]int{{0}, {0, 3}, {3, 0}} {
			x := num.Zeros(shape...)
			f := func(x num.Array) num.Array { return num.Sum(num.Square(op.f(x, 0))) }
			for name, d := range map[string]func(num.Array) num.Array{
				"gradient": transforms.Grad(f), "compiled": transforms.JIT(transforms.Grad(f)),
				"product": func(x num.Array) num.Array { _, h := transforms.JVP(transforms.Grad(f), x, x); return h },
			} {
				if got := d(x); !got.Type().Equal(x.Type()) {
					t.Errorf("%s: %s of %v is %v", op.name, name, x.Type(), got.Type())
				}
			}
		}
	}
}

// TestCumulativeMasks: what comes before the first place that matters must not matter, however
// singular it is.
func TestCumulativeMasks(t *testing.T) {
	ends := num.Vector(0, 0, 1)
	keep := num.FromBools([]bool{false, false, true}, 3)
	for _, c := range []struct {
		name string
		f    func(x num.Array) num.Array
		x    []float64
		grad []float64
	}{
		// Only the last element varies: it is infinite, but nothing that varies is multiplied by it.
		{"cumprod at Inf", func(x num.Array) num.Array {
			return num.Where(keep, num.CumProd(num.Where(keep, x, 3), 0), 0)
		}, []float64{1, 1, inf}, []float64{0, 0, 9}},
		{"cumprod before Inf", func(x num.Array) num.Array {
			first := num.FromBools([]bool{true, false, false}, 3)
			return num.Where(first, num.CumProd(num.Where(first, x, inf), 0), 0)
		}, []float64{2, 1, 1}, []float64{1, 0, 0}},
		{"cumsum after log", func(x num.Array) num.Array {
			return num.Where(keep, num.CumSum(num.Where(keep, num.Log(x), 0), 0), 0)
		}, []float64{0, -1, 2}, []float64{0, 0, .5}},
		{"cummax after log", func(x num.Array) num.Array {
			return num.Mul(ends, num.CumMax(num.Where(keep, num.Log(x), -9), 0))
		}, []float64{0, -1, 2}, []float64{0, 0, .5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rev, fwd := gradients(c.f, num.Vector(c.x...))
			sameNumbers(t, "reverse", num.Vector(rev...), c.grad, 1e-15)
			sameNumbers(t, "forward", num.Vector(fwd...), c.grad, 1e-15)
		})
	}
}

// A running product of n numbers is a polynomial: its derivatives of order n are constant.
func TestCumProdOrder4(t *testing.T) {
	f := func(s num.Array) num.Array {
		return num.Sum(num.CumProd(num.BroadcastTo(s, 5), 0)) // s + s^2 + ... + s^5
	}
	for range 4 {
		g := f
		f = func(s num.Array) num.Array { return transforms.Grad(g)(s) }
	}
	sameNumbers(t, "fourth derivative", f(num.Scalar(0)), []float64{24}, 0)
	sameNumbers(t, "fourth derivative", f(num.Scalar(2)), []float64{24 + 120*2}, 1e-14)
}
