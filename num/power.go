package num

import (
	"math"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

type square struct{}

func (square) Name() string                { return "square" }
func (square) Eval(x float64) float64      { return x * x }
func (square) Ints(x int64) int64          { return x * x }
func (square) Derivative(x, _ Array) Array { return Mul(2, x) }

// Square returns the square of each element of x. Integers stay integers.
func Square(x Array) Array { return integers1[square](x) }

type sqrt struct{}

func (sqrt) Name() string                { return "sqrt" }
func (sqrt) Eval(x float64) float64      { return math.Sqrt(x) }
func (sqrt) ByResult()                   {}
func (sqrt) Derivative(_, y Array) Array { return Div(0.5, y) }

// Sqrt returns the square root of each element of x. Its derivative at 0 is +Inf.
//
// Special cases are:
//
//	Sqrt(±0) = ±0
//	Sqrt(+Inf) = +Inf
//	Sqrt(x) = NaN for x < 0
//	Sqrt(NaN) = NaN
func Sqrt(x Array) Array { return Apply1[sqrt](x) }

type cbrt struct{}

func (cbrt) Name() string                { return "cbrt" }
func (cbrt) Eval(x float64) float64      { return math.Cbrt(x) }
func (cbrt) Derivative(_, y Array) Array { return Div(1, Mul(3, Square(y))) }

// Cbrt returns the cube root of each element of x. Its derivative at 0 is +Inf.
//
// Special cases are:
//
//	Cbrt(±0) = ±0
//	Cbrt(±Inf) = ±Inf
//	Cbrt(NaN) = NaN
func Cbrt(x Array) Array { return Apply1[cbrt](x) }

// Reciprocal returns 1 / x, element by element.
//
// Special cases are:
//
//	Reciprocal(±0) = ±Inf
//	Reciprocal(±Inf) = ±0
//	Reciprocal(NaN) = NaN
func Reciprocal(x Array) Array { return Div(1, x) }

// oneMinusSquare is 1 - x² as a factor of derivatives. The product is exact near ±1, where 1 - x*x
// cancels, and its derivative is one product, where that of the factors cancels near 0.
type oneMinusSquare struct{}

func (oneMinusSquare) Name() string                { return "one_minus_square" }
func (oneMinusSquare) Eval(x float64) float64      { return (1 - x) * (1 + x) }
func (oneMinusSquare) Derivative(x, _ Array) Array { return Mul(-2, x) }

// ipow is a power with a constant integer exponent, by repeated squaring.
type ipow struct{ N int }

func (ipow) Name() string { return "ipow" }

func (p ipow) Eval(x float64) float64 {
	if p.N < 0 {
		return 1 / repeatedSquaring(x, uint(-p.N))
	}
	return repeatedSquaring(x, uint(p.N))
}

func (p ipow) Ints(x int64) int64          { return repeatedSquaring(x, uint(p.N)) }
func (p ipow) Derivative(x, _ Array) Array { return Mul(p.N, powInt(x, p.N-1)) }

func repeatedSquaring[E float64 | int64](x E, n uint) E {
	y := E(1)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			y *= x
		}
		x *= x
	}
	return y
}

// powInt returns x to the power n. Integers stay integers if n is not negative.
func powInt(x Array, n int) Array {
	x = atLeastInt(x)
	if n < 0 {
		x = float(x)
	}
	switch n {
	case -1:
		return Reciprocal(x)
	case 0:
		return trace.Fill(number(1, 1, x.DType()), x.Type())
	case 1:
		return x
	case 2:
		return Square(x)
	}
	return apply(unary[ipow]{ipow{n}}, x)
}

type pow struct{}

func (pow) Name() string              { return "pow" }
func (pow) Eval(x, y float64) float64 { return loop.Pow(x, y) }

func (pow) Derivatives(x, y, z Array) (dx, dy Array) {
	return Mul(y, Pow(x, Sub(y, 1))), Mul(Log(x), z)
}

// Where says that x^0 does not vary with x even at 0, nor 0^y with y as long as y >= 0.
func (pow) Where(x, y, _ Array) (wx, wy Array) {
	zero := Equal(x, 0)
	return Not(And(zero, Equal(y, 0))), Not(And(zero, GreaterEqual(y, 0)))
}

// Pow returns x**y, element by element; shapes broadcast.
//
// If y is a Go int, the power is made by repeated squaring (of the reciprocal's denominator if y is
// negative), so that negative x are fine too, and integers stay integers unless y is negative;
// with y = 0 the result is 1 and its derivative 0. Otherwise special cases are those of [math.Pow],
// and the derivatives where x = 0 are
//
//	d/dx Pow(0, 0) = 0
//	d/dy Pow(0, y) = 0 for y >= 0
//	d/dy Pow(x, y) = NaN for x < 0
func Pow[A, B Operand](x A, y B) Array {
	if n, ok := any(y).(int); ok {
		return powInt(operandOf(x).asIs(), n)
	}
	return Apply2[pow](x, y)
}

type hypot struct{}

func (hypot) Name() string              { return "hypot" }
func (hypot) Eval(x, y float64) float64 { return math.Hypot(x, y) }

func (hypot) Derivatives(x, y, z Array) (dx, dy Array) { return Div(x, z), Div(y, z) }

// Where leaves out the tip of the cone, where the minimum-norm subgradient is 0.
func (hypot) Where(_, _, z Array) (wx, wy Array) {
	w := NotEqual(z, 0)
	return w, w
}

// Hypot returns Sqrt(x*x + y*y), element by element, without needless overflow or underflow;
// shapes broadcast. The derivatives at (0, 0) are 0.
//
// Special cases are:
//
//	Hypot(±Inf, y) = +Inf
//	Hypot(x, ±Inf) = +Inf
//	Hypot(NaN, y) = NaN
//	Hypot(x, NaN) = NaN
func Hypot[A, B Operand](x A, y B) Array { return Apply2[hypot](x, y) }
