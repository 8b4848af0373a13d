package num

import (
	"cmp"
	"math"

	"github.com/gradus-ad/gradus/trace"
)

// step makes a primitive of a rule that is constant between its jumps: its derivative is 0
// everywhere, at the jumps too.
type step[R stepRule] struct {
	noTangent
	Op R
}

type stepRule interface {
	Name() string
	Eval(x float64) float64
}

func (s step[R]) Name() string { return s.Op.Name() }
func (step[R]) Pointwise()     {}

func (s step[R]) Infer(in []trace.Type) ([]trace.Type, error) { return inferRule(s.Op, in, 1) }

func (s step[R]) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	return evalUnary(s.Op, in[0], out[0])
}

func (s step[R]) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	return batchPointwise(s, in, m, n)
}

type sign struct{}

func (sign) Name() string { return "sign" }

func (sign) Eval(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x // ±0 and NaN
}

func (sign) Ints(x int64) int64 { return int64(cmp.Compare(x, 0)) }

// Sign returns -1, 0 or 1 with the sign of each element of x. Integers stay integers. Its
// derivative is 0 everywhere.
//
// Special cases are:
//
//	Sign(±0) = ±0
//	Sign(NaN) = NaN
func Sign(x Array) Array { return apply(step[sign]{}, atLeastInt(x)) }

type floor struct{}

func (floor) Name() string           { return "floor" }
func (floor) Eval(x float64) float64 { return math.Floor(x) }

// Floor returns the greatest whole number not above each element of x, as f64. Its derivative is 0
// everywhere. Special cases are those of [math.Floor].
func Floor(x Array) Array { return apply(step[floor]{}, float(x)) }

type ceil struct{}

func (ceil) Name() string           { return "ceil" }
func (ceil) Eval(x float64) float64 { return math.Ceil(x) }

// Ceil returns the least whole number not below each element of x, as f64. Its derivative is 0
// everywhere. Special cases are those of [math.Ceil].
func Ceil(x Array) Array { return apply(step[ceil]{}, float(x)) }

type round struct{}

func (round) Name() string           { return "round" }
func (round) Eval(x float64) float64 { return math.RoundToEven(x) }

// Round returns the whole number nearest to each element of x, halves going to the even one, as
// f64. Its derivative is 0 everywhere. Special cases are those of [math.RoundToEven].
func Round(x Array) Array { return apply(step[round]{}, float(x)) }

type mod struct{}

func (mod) Name() string { return "mod" }

func (mod) Eval(x, y float64) float64 {
	r := math.Mod(x, y)
	if r == 0 {
		return math.Copysign(0, y)
	}
	if (r < 0) != (y < 0) {
		r += y
	}
	return r
}

func (mod) Ints(x, y int64) int64 {
	if y == 0 {
		return 0
	}
	r := x % y
	if r != 0 && (r < 0) != (y < 0) {
		r += y
	}
	return r
}

// Derivatives are 1 and -floor(x/y). The quotient of the difference is that whole number but for
// its rounding, where x/y itself may round up to the next one.
func (mod) Derivatives(x, y, z Array) (dx, dy Array) {
	return filled(1, x), Neg(Round(Div(Sub(x, z), y)))
}

// Mod returns x - y*Floor(x/y), element by element, as numpy does: the result has the sign of y;
// shapes broadcast. Integers stay integers. The derivatives are 1 and -Floor(x/y), at the jumps too.
//
// Special cases are:
//
//	Mod(±Inf, y) = NaN
//	Mod(NaN, y) = NaN
//	Mod(x, 0) = NaN, and 0 if both are integers
//	Mod(x, ±Inf) = x if x has the sign of the infinity, else ±Inf
//	Mod(x, NaN) = NaN
func Mod[A, B Operand](x A, y B) Array { return integers2[mod](operandOf(x), operandOf(y)) }
