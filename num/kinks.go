package num

import (
	"math"

	"github.com/gradus-ad/gradus/trace"
)

// Functions with kinks. At a kink the derivative is the subgradient of least norm, with ties
// split evenly. NaN operands give NaN derivatives.

type abs struct{}

func (abs) Name() string                { return "abs" }
func (abs) Eval(x float64) float64      { return math.Abs(x) }
func (abs) Ints(x int64) int64          { return max(x, -x) }
func (abs) Derivative(x, _ Array) Array { return Sign(x) }
func (abs) Where(x, _ Array) Array      { return NotEqual(x, 0) }

// Abs returns the absolute value of each element of x. Integers stay integers. Its derivative at 0
// is 0.
//
// Special cases are:
//
//	Abs(±Inf) = +Inf
//	Abs(NaN) = NaN
func Abs(x Array) Array { return integers1[abs](x) }

type maximum struct{}

func (maximum) Name() string              { return "maximum" }
func (maximum) Eval(x, y float64) float64 { return max(x, y) }
func (maximum) Ints(x, y int64) int64     { return max(x, y) }

func (maximum) Derivatives(x, y, z Array) (dx, dy Array) {
	s := share(x, y, z)
	return s, s
}

func (maximum) Where(x, y, _ Array) (wx, wy Array) { return Not(Less(x, y)), Not(Less(y, x)) }

type minimum struct{}

func (minimum) Name() string              { return "minimum" }
func (minimum) Eval(x, y float64) float64 { return min(x, y) }
func (minimum) Ints(x, y int64) int64     { return min(x, y) }

func (minimum) Derivatives(x, y, z Array) (dx, dy Array) {
	s := share(x, y, z)
	return s, s
}

func (minimum) Where(x, y, _ Array) (wx, wy Array) { return Not(Less(y, x)), Not(Less(x, y)) }

// share returns what the operand that z was chosen from contributes: 1, at a tie 1/2, at NaN NaN.
func share(x, y, z Array) Array { return Where(Equal(x, y), 0.5, orNaN(z)) }

// orNaN returns 1, or NaN where y is NaN.
func orNaN(y Array) Array { return Where(IsNaN(y), filled(math.NaN(), y), filled(1, y)) }

// Maximum returns the larger of x and y, element by element; shapes broadcast. Integers stay
// integers. Where both are equal, each has the derivative 1/2.
//
// Special cases are:
//
//	Maximum(+0, -0) = +0
//	Maximum(x, NaN) = NaN
//
// See Amax for the largest element of one array.
func Maximum[A, B Operand](x A, y B) Array { return integers2[maximum](operandOf(x), operandOf(y)) }

// Minimum returns the smaller of x and y, element by element; shapes broadcast. Integers stay
// integers. Where both are equal, each has the derivative 1/2.
//
// Special cases are:
//
//	Minimum(+0, -0) = -0
//	Minimum(x, NaN) = NaN
//
// See Amin for the smallest element of one array.
func Minimum[A, B Operand](x A, y B) Array { return integers2[minimum](operandOf(x), operandOf(y)) }

// clip is min(max(x, lo), hi) of three operands.
type clip struct{ pointwise }

func (clip) Name() string                                { return "clip" }
func (clip) Infer(in []trace.Type) ([]trace.Type, error) { return inferArithmetic(in, 3) }

func (clip) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	for i, x := range in[0].F64 {
		y.F64[i] = min(max(x, in[1].F64[i]), in[2].F64[i])
	}
	for i, x := range in[0].I64 {
		y.I64[i] = min(max(x, in[1].I64[i]), in[2].I64[i])
	}
	return []trace.Buffer{y}
}

// JVP passes the tangent of the operand that was chosen, and none where x is at a bound.
func (clip) JVP(in, out []Array, t []Tangent) []Tangent {
	x, lo, hi := in[0], in[1], in[2]
	nan := IsNaN(out[0])
	from := [3]Array{
		And(Less(lo, x), Less(x, hi)),
		And(Less(x, lo), LessEqual(lo, hi)),
		Or(Less(hi, x), Less(hi, lo)),
	}
	var sum Tangent
	for i, w := range from {
		if !t[i].Absent() {
			sum = AddTangents(sum, MaskTangent(Or(w, nan), ScaleTangent(orNaN(out[0]), t[i])))
		}
	}
	return []Tangent{sum}
}

func (p clip) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	return batchPointwise(p, in, m, n)
}

// Clip returns x where it lies between lo and hi, lo below and hi above, element by element; shapes
// broadcast. Integers stay integers. Where x is at a bound, the derivatives are 0. Where lo > hi,
// the result is hi. NaN in any operand gives NaN.
func Clip[A, B, C Operand](x A, lo B, hi C) Array {
	return apply(clip{}, align("clip", trace.I64, operandOf(x), operandOf(lo), operandOf(hi))...)
}
