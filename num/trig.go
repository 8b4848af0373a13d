package num

import (
	"math"

	"github.com/gradus-ad/gradus/internal/loop"
)

type sin struct{}

func (sin) Name() string                { return "sin" }
func (sin) Eval(x float64) float64      { return loop.Sin(x) }
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
func (cos) Eval(x float64) float64      { return loop.Cos(x) }
func (cos) Derivative(x, _ Array) Array { return Neg(Sin(x)) }

// Cos returns the cosine of each element of x, in radians.
//
// Special cases are:
//
//	Cos(±Inf) = NaN
//	Cos(NaN) = NaN
func Cos(x Array) Array { return Apply1[cos](x) }

type tan struct{}

func (tan) Name() string                { return "tan" }
func (tan) Eval(x float64) float64      { return loop.Tan(x) }
func (tan) Derivative(_, y Array) Array { return Add(1, Square(y)) }

// Tan returns the tangent of each element of x, in radians.
//
// Special cases are:
//
//	Tan(±0) = ±0
//	Tan(±Inf) = NaN
//	Tan(NaN) = NaN
func Tan(x Array) Array { return Apply1[tan](x) }

type asin struct{}

func (asin) Name() string                { return "asin" }
func (asin) Eval(x float64) float64      { return math.Asin(x) }
func (asin) Derivative(x, _ Array) Array { return Reciprocal(Sqrt(Apply1[oneMinusSquare](x))) }

// Asin returns the arcsine, in radians, of each element of x. Its derivative at ±1 is +Inf.
//
// Special cases are:
//
//	Asin(±0) = ±0
//	Asin(x) = NaN for |x| > 1
//	Asin(NaN) = NaN
func Asin(x Array) Array { return Apply1[asin](x) }

type acos struct{}

func (acos) Name() string                { return "acos" }
func (acos) Derivative(x, _ Array) Array { return Div(-1, Sqrt(Apply1[oneMinusSquare](x))) }

// Eval is twice the arctangent of tan(y/2); math.Acos, which is Pi/2 - Asin(x), cancels near 1.
func (acos) Eval(x float64) float64 { return 2 * math.Atan2(math.Sqrt(1-x), math.Sqrt(1+x)) }

// Acos returns the arccosine, in radians, of each element of x. Its derivative at ±1 is -Inf.
//
// Special cases are:
//
//	Acos(x) = NaN for |x| > 1
//	Acos(NaN) = NaN
func Acos(x Array) Array { return Apply1[acos](x) }

type atan struct{}

func (atan) Name() string                { return "atan" }
func (atan) Eval(x float64) float64      { return math.Atan(x) }
func (atan) Derivative(x, _ Array) Array { return Reciprocal(Add(1, Square(x))) }

// Atan returns the arctangent, in radians, of each element of x.
//
// Special cases are:
//
//	Atan(±0) = ±0
//	Atan(±Inf) = ±Pi/2
//	Atan(NaN) = NaN
func Atan(x Array) Array { return Apply1[atan](x) }

type atan2 struct{}

func (atan2) Name() string { return "atan2" }

// Eval keeps the sign of y where y/x underflows, which math.Atan2 does not.
func (atan2) Eval(y, x float64) float64 { return math.Copysign(math.Atan2(y, x), y) }

func (atan2) Derivatives(y, x, _ Array) (dy, dx Array) {
	r2 := Add(Square(x), Square(y))
	return Div(x, r2), Neg(Div(y, r2))
}

// Atan2 returns the angle, in radians from -Pi to Pi, of the point (x, y) seen from the origin,
// element by element; shapes broadcast. Note the order of the operands. At the origin the
// derivatives are NaN. Special cases are those of [math.Atan2].
func Atan2[A, B Operand](y A, x B) Array { return Apply2[atan2](y, x) }
