package jac

import (
	"math"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// TestModesAgreeAtSingularities: forward and reverse Jacobians, and the four second derivatives,
// have their infinities and NaNs in the same places. Contractions do so to first order only: they
// multiply whole rows, and masks do not guard infinite entries of those.
func TestModesAgreeAtSingularities(t *testing.T) {
	guarded := func(x num.Array) num.Array { return num.Where(num.Greater(x, 0), num.Log(x), 0) }
	matrix := num.New([]float64{1, 2, 0, -1, 3, .5}, 2, 3)
	tests := []struct {
		name string
		f    func(num.Array) num.Array
		x    []float64
	}{
		{"sqrt", num.Sqrt, []float64{0, 1, 4}},
		{"log", num.Log, []float64{0, 1, -1}},
		{"guarded log", guarded, []float64{0, 1, -1}},
		{"sqrt of guarded", func(x num.Array) num.Array { return num.Sqrt(num.Where(num.Greater(x, 0), x, 0)) }, []float64{0, 1, -1}},
		{"norm", func(x num.Array) num.Array { return num.Norm(x) }, []float64{0, 0, 0}},
		{"norms of rows", func(x num.Array) num.Array { return num.Norm(num.Stack(0, x, num.Mul(0, x)), 1) }, []float64{0, 1, 2}},
		{"hypot", func(x num.Array) num.Array { return num.Hypot(x, num.Flip(x)) }, []float64{0, 1, 0}},
		{"abs", num.Abs, []float64{0, 1, -1}},
		{"relu", num.Relu, []float64{0, 1, -1}},
		{"max", func(x num.Array) num.Array { return num.Amax(x) }, []float64{2, 1, 2}},
		{"maximum", func(x num.Array) num.Array { return num.Maximum(x, num.Flip(x)) }, []float64{2, 1, 3}},
		{"product", func(x num.Array) num.Array { return num.Prod(x) }, []float64{0, 1, 2}},
		{"cumulative product", func(x num.Array) num.Array { return num.CumProd(x, 0) }, []float64{0, 1, 2}},
		{"power of sqrt", func(x num.Array) num.Array { return num.Pow(num.Sqrt(x), 2) }, []float64{0, 1, 4}},
		{"sorted sqrt", func(x num.Array) num.Array { return num.Sqrt(num.Sort(x, 0)) }, []float64{4, 0, 1}},
		{"sliced", func(x num.Array) num.Array { return num.Slice(num.Log(x), 1, 3) }, []float64{0, 1, 2}},
		{"padded", func(x num.Array) num.Array { return num.Sqrt(num.Pad(x, 1, 1)) }, []float64{0, 1, 2}},
		{"concatenated", func(x num.Array) num.Array { return num.Concat(0, num.Sqrt(x), x) }, []float64{0, 1, 2}},
		{"gathered", func(x num.Array) num.Array { return num.Take(num.Sqrt(x), num.FromInts([]int{2, 0, 2}, 3), 0) }, []float64{0, 1, 2}},
		{"scattered", func(x num.Array) num.Array {
			return num.Sqrt(num.AddAt(num.Zeros(4), x, num.FromInts([]int{1, 1, 3}, 3)))
		}, []float64{0, 0, 2}},
		{"softmax of infinity", func(x num.Array) num.Array { return num.Softmax(x, 0) }, []float64{0, math.Inf(-1), 2}},
		{"logsumexp of infinity", func(x num.Array) num.Array { return num.LogSumExp(x) }, []float64{0, math.Inf(-1), 2}},
		{"matrix product", func(x num.Array) num.Array { return num.MatMul(matrix, num.Sqrt(x)) }, []float64{0, 1, 2}},
		{"dot", func(x num.Array) num.Array { return num.Dot(num.Sqrt(x), x) }, []float64{0, 1, 2}},
		{"outer", func(x num.Array) num.Array { return num.Outer(num.Sqrt(x), x) }, []float64{0, 1, 2}},
		{"std of a constant", func(x num.Array) num.Array { return num.Std(x) }, []float64{2, 2, 2}},
		{"NaN", num.Sin, []float64{math.NaN(), 1, 2}},
		{"NaN summed", func(x num.Array) num.Array { return num.Mul(num.Sum(x), x) }, []float64{math.NaN(), 1, 2}},
		{"infinity", num.Exp, []float64{math.Inf(1), 1, math.Inf(-1)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := num.Vector(test.x...)
			same := func(name string, got, want num.Array) {
				t.Helper()
				a, b := got.Float64s(), want.Float64s()
				if !slices.EqualFunc(a, b, func(p, q float64) bool {
					return p == q || math.IsNaN(p) && math.IsNaN(q) || math.Abs(p-q) <= 1e-14*max(.1, math.Abs(p), math.Abs(q))
				}) {
					t.Errorf("%s:\n%v, want\n%v", name, got, want)
				}
			}
			same("Fwd", Fwd(test.f)(x), Rev(test.f)(x))
			same("Vmap", transforms.Vmap(Fwd(test.f))(num.ExpandDims(x, 0)), Rev(test.f)(x))
			if test.name == "dot" || test.name == "outer" {
				return
			}
			rr := Rev(Rev(test.f))(x)
			same("Fwd(Rev)", Fwd(Rev(test.f))(x), rr)
			same("Rev(Fwd)", Rev(Fwd(test.f))(x), rr)
			same("Fwd(Fwd)", Fwd(Fwd(test.f))(x), rr)
		})
	}
}
