package num

import "math"

// mostExp is less than where exp overflows.
const mostExp = 709

// halfExp returns exp(|x|)/2, which overflows later than exp(|x|) does.
func halfExp(x float64) float64 {
	root := math.Exp(math.Abs(x) / 2)
	return 0.5 * root * root
}

type sinh struct{}

func (sinh) Name() string                { return "sinh" }
func (sinh) Derivative(x, _ Array) Array { return Cosh(x) }

// Eval is right also where package math overflows too early.
func (sinh) Eval(x float64) float64 {
	if math.Abs(x) > mostExp {
		return math.Copysign(halfExp(x), x)
	}
	return math.Sinh(x)
}

// Sinh returns the hyperbolic sine of each element of x.
//
// Special cases are:
//
//	Sinh(±0) = ±0
//	Sinh(±Inf) = ±Inf
//	Sinh(NaN) = NaN
func Sinh(x Array) Array { return Apply1[sinh](x) }

type cosh struct{}

func (cosh) Name() string                { return "cosh" }
func (cosh) Derivative(x, _ Array) Array { return Sinh(x) }

// Eval is right also where package math overflows too early.
func (cosh) Eval(x float64) float64 {
	if math.Abs(x) > mostExp {
		return halfExp(x)
	}
	return math.Cosh(x)
}

// Cosh returns the hyperbolic cosine of each element of x.
//
// Special cases are:
//
//	Cosh(±0) = 1
//	Cosh(±Inf) = +Inf
//	Cosh(NaN) = NaN
func Cosh(x Array) Array { return Apply1[cosh](x) }

type tanh struct{}

func (tanh) Name() string                { return "tanh" }
func (tanh) Eval(x float64) float64      { return math.Tanh(x) }
func (tanh) ByResult()                   {}
func (tanh) Derivative(_, y Array) Array { return Apply1[oneMinusSquare](y) }

// Tanh returns the hyperbolic tangent of each element of x.
//
// Special cases are:
//
//	Tanh(±0) = ±0
//	Tanh(±Inf) = ±1
//	Tanh(NaN) = NaN
func Tanh(x Array) Array { return Apply1[tanh](x) }

type asinh struct{}

func (asinh) Name() string                { return "asinh" }
func (asinh) Eval(x float64) float64      { return math.Asinh(x) }
func (asinh) Derivative(x, _ Array) Array { return Reciprocal(Hypot(1, x)) }

// Asinh returns the inverse hyperbolic sine of each element of x.
//
// Special cases are:
//
//	Asinh(±0) = ±0
//	Asinh(±Inf) = ±Inf
//	Asinh(NaN) = NaN
func Asinh(x Array) Array { return Apply1[asinh](x) }

type acosh struct{}

func (acosh) Name() string           { return "acosh" }
func (acosh) Eval(x float64) float64 { return math.Acosh(x) }

func (acosh) Derivative(x, _ Array) Array {
	return Reciprocal(Mul(Sqrt(Sub(x, 1)), Sqrt(Add(x, 1))))
}

// Acosh returns the inverse hyperbolic cosine of each element of x. Its derivative at 1 is +Inf.
//
// Special cases are:
//
//	Acosh(+Inf) = +Inf
//	Acosh(x) = NaN for x < 1
//	Acosh(NaN) = NaN
func Acosh(x Array) Array { return Apply1[acosh](x) }

type atanh struct{}

func (atanh) Name() string                { return "atanh" }
func (atanh) Eval(x float64) float64      { return math.Atanh(x) }
func (atanh) Derivative(x, _ Array) Array { return Reciprocal(Apply1[oneMinusSquare](x)) }

// Atanh returns the inverse hyperbolic tangent of each element of x. Its derivative at ±1 is +Inf.
//
// Special cases are:
//
//	Atanh(±0) = ±0
//	Atanh(±1) = ±Inf
//	Atanh(x) = NaN for |x| > 1
//	Atanh(NaN) = NaN
func Atanh(x Array) Array { return Apply1[atanh](x) }
