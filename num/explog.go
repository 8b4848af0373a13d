package num

import (
	"math"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

type exp struct{}

func (exp) Name() string                { return "exp" }
func (exp) ByResult()                   {}
func (exp) Derivative(_, y Array) Array { return y }

// Eval is right also where package math overflows too early.
func (exp) Eval(x float64) float64 {
	if x > mostExp {
		return loop.Exp(x)
	}
	return math.Exp(x)
}

// Exp returns e**x, the exponential of each element of x.
//
// Special cases are:
//
//	Exp(+Inf) = +Inf
//	Exp(-Inf) = 0
//	Exp(NaN) = NaN
func Exp(x Array) Array { return Apply1[exp](x) }

type exp2 struct{}

func (exp2) Name() string                { return "exp2" }
func (exp2) Eval(x float64) float64      { return math.Exp2(x) }
func (exp2) Derivative(_, y Array) Array { return Mul(math.Ln2, y) }

// Exp2 returns 2**x of each element of x. Special cases are those of [Exp].
func Exp2(x Array) Array { return Apply1[exp2](x) }

type expm1 struct{}

func (expm1) Name() string           { return "expm1" }
func (expm1) Eval(x float64) float64 { return math.Expm1(x) }

// Derivative is Exp(x) rather than y + 1, which cancels where x is far below 0.
func (expm1) Derivative(x, _ Array) Array { return Exp(x) }

// Expm1 returns e**x - 1 of each element of x; it is accurate near 0.
//
// Special cases are:
//
//	Expm1(±0) = ±0
//	Expm1(+Inf) = +Inf
//	Expm1(-Inf) = -1
//	Expm1(NaN) = NaN
func Expm1(x Array) Array { return Apply1[expm1](x) }

type log struct{}

func (log) Name() string                { return "log" }
func (log) Eval(x float64) float64      { return logOf(x) }
func (log) Derivative(x, _ Array) Array { return Reciprocal(x) }

// logOf is math.Log, which takes numbers below 2**-1022 for that one on amd64.
func logOf(x float64) float64 {
	if 0 < x && x < 0x1p-1022 {
		return math.Log(x*0x1p54) - 54*math.Ln2
	}
	return math.Log(x)
}

// Log returns the natural logarithm of each element of x. Its derivative at 0 is +Inf.
//
// Special cases are:
//
//	Log(+Inf) = +Inf
//	Log(±0) = -Inf
//	Log(x) = NaN for x < 0
//	Log(NaN) = NaN
func Log(x Array) Array { return Apply1[log](x) }

type log2 struct{}

func (log2) Name() string                { return "log2" }
func (log2) Derivative(x, _ Array) Array { return Div(1/math.Ln2, x) }

func (log2) Eval(x float64) float64 {
	if 0.5 < x && x < 2 { // where math.Log2, which adds the exponent last, cancels
		return math.Log(x) / math.Ln2
	}
	return math.Log2(x)
}

// Log2 returns the binary logarithm of each element of x. Special cases are those of [Log].
func Log2(x Array) Array { return Apply1[log2](x) }

type log10 struct{}

func (log10) Name() string                { return "log10" }
func (log10) Derivative(x, _ Array) Array { return Div(1/math.Ln10, x) }

func (log10) Eval(x float64) float64 {
	if 0 < x && x < 0x1p-1022 { // as in logOf
		return math.Log10(x*0x1p54) - 54*math.Ln2/math.Ln10
	}
	return math.Log10(x)
}

// Log10 returns the decimal logarithm of each element of x. Special cases are those of [Log].
func Log10(x Array) Array { return Apply1[log10](x) }

type log1p struct{}

func (log1p) Name() string                { return "log1p" }
func (log1p) Eval(x float64) float64      { return math.Log1p(x) }
func (log1p) Derivative(x, _ Array) Array { return Reciprocal(Add(1, x)) }

// Log1p returns the natural logarithm of 1 + x for each element of x; it is accurate near 0. Its
// derivative at -1 is +Inf.
//
// Special cases are:
//
//	Log1p(+Inf) = +Inf
//	Log1p(±0) = ±0
//	Log1p(-1) = -Inf
//	Log1p(x) = NaN for x < -1
//	Log1p(NaN) = NaN
func Log1p(x Array) Array { return Apply1[log1p](x) }

type logAddExp struct{}

func (logAddExp) Name() string { return "logaddexp" }

func (logAddExp) Eval(x, y float64) float64 {
	if x == y { // infinities too, of which the difference is NaN
		return x + math.Ln2
	}
	return max(x, y) + math.Log1p(math.Exp(-math.Abs(x-y)))
}

func (logAddExp) Derivatives(x, y, _ Array) (dx, dy Array) {
	tie := And(Equal(x, y), IsInf(x))
	return Sigmoid(Where(tie, x, Sub(x, y))), Sigmoid(Where(tie, y, Sub(y, x)))
}

// LogAddExp returns Log(Exp(x) + Exp(y)), element by element, where the sum neither overflows nor
// underflows; shapes broadcast. The derivatives are Sigmoid(x - y) and Sigmoid(y - x); where
// that is NaN, because both are the same infinity, they are 1 at +Inf and 0 at -Inf.
//
// Special cases are:
//
//	LogAddExp(-Inf, y) = y
//	LogAddExp(+Inf, y) = +Inf unless y is NaN
//	LogAddExp(x, NaN) = NaN
func LogAddExp[A, B Operand](x A, y B) Array { return Apply2[logAddExp](x, y) }

type xlogy struct{}

func (xlogy) Name() string { return "xlogy" }

func (xlogy) Eval(x, y float64) float64 {
	if x == 0 && !math.IsNaN(y) {
		return 0
	}
	return x * logOf(y)
}

func (xlogy) Derivatives(x, y, _ Array) (dx, dy Array) { return Log(y), Div(x, y) }

// Where leaves out y at (0, 0): the value there is 0 for every y.
func (xlogy) Where(x, y, _ Array) (wx, wy Array) {
	all := trace.Fill(true, x.Type().With(trace.Bool))
	return all, Not(And(Equal(x, 0), Equal(y, 0)))
}

// Xlogy returns x * Log(y), element by element, and 0 where x is 0, whatever y is short of NaN;
// shapes broadcast. The derivatives at (0, 0) are -Inf, as the slope there is, and 0.
//
// Special cases are:
//
//	Xlogy(0, y) = 0 unless y is NaN
//	Xlogy(x, y) = NaN for x != 0, y < 0
//	Xlogy(NaN, y) = NaN
//	Xlogy(x, NaN) = NaN
func Xlogy[A, B Operand](x A, y B) Array { return Apply2[xlogy](x, y) }
