package num

import "math"

type sin struct{}

func (sin) Name() string                { return "sin" }
func (sin) Eval(x float64) float64      { return math.Sin(x) }
func (sin) Derivative(x, _ Array) Array { return Cos(x) }

// Sin returns the sine of each element of x, in radians.
//
// Special cases are:
//
//	Sin(±0) = ±0
//	Sin(±Inf) = NaN
//	Sin(NaN) = NaN
func Sin(x Array) Array { return Apply1[sin](x) }

type cos struct{}

func (cos) Name() string                { return "cos" }
func (cos) Eval(x float64) float64      { return math.Cos(x) }
func (cos) Derivative(x, _ Array) Array { return Neg(Sin(x)) }

// Cos returns the cosine of each element of x, in radians.
//
// Special cases are:
//
//	Cos(±Inf) = NaN
//	Cos(NaN) = NaN
func Cos(x Array) Array { return Apply1[cos](x) }
