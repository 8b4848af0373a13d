package num

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

type erf struct{}

func (erf) Name() string                { return "erf" }
func (erf) Eval(x float64) float64      { return math.Erf(x) }
func (erf) Derivative(x, _ Array) Array { return Mul(2/math.SqrtPi, Exp(Neg(Square(x)))) }

// Erf returns the error function of each element of x, 2/Sqrt(Pi) times the integral of Exp(-t*t)
// from 0 to x.
//
// Special cases are:
//
//	Erf(±Inf) = ±1
//	Erf(NaN) = NaN
func Erf(x Array) Array { return Apply1[erf](x) }

type erfc struct{}

func (erfc) Name() string                { return "erfc" }
func (erfc) Eval(x float64) float64      { return math.Erfc(x) }
func (erfc) Derivative(x, _ Array) Array { return Mul(-2/math.SqrtPi, Exp(Neg(Square(x)))) }

// Erfc returns 1 - Erf(x) of each element of x; it is accurate where that is near 0.
//
// Special cases are:
//
//	Erfc(+Inf) = 0
//	Erfc(-Inf) = 2
//	Erfc(NaN) = NaN
func Erfc(x Array) Array { return Apply1[erfc](x) }

type erfinv struct{}

func (erfinv) Name() string                { return "erfinv" }
func (erfinv) Eval(x float64) float64      { return math.Erfinv(x) }
func (erfinv) Derivative(_, y Array) Array { return Mul(math.SqrtPi/2, Exp(Square(y))) }

// Erfinv returns the inverse of Erf at each element of x. Its derivative at ±1 is +Inf.
//
// Special cases are:
//
//	Erfinv(±1) = ±Inf
//	Erfinv(x) = NaN for |x| > 1
//	Erfinv(NaN) = NaN
func Erfinv(x Array) Array { return Apply1[erfinv](x) }

type lgamma struct{}

func (lgamma) Name() string { return "lgamma" }

func (lgamma) Eval(x float64) float64 {
	y, _ := math.Lgamma(x)
	return y
}

func (lgamma) Derivative(x, _ Array) Array { return Digamma(x) }

// Lgamma returns the natural logarithm of the absolute value of the gamma function of each element
// of x.
//
// Special cases are:
//
//	Lgamma(+Inf) = +Inf
//	Lgamma(0) = +Inf
//	Lgamma(-integer) = +Inf
//	Lgamma(-Inf) = -Inf
//	Lgamma(NaN) = NaN
func Lgamma(x Array) Array { return Apply1[lgamma](x) }

type digamma struct{}

func (digamma) Name() string                { return "digamma" }
func (digamma) Derivative(x, _ Array) Array { return apply(unary[polygamma]{polygamma{1}}, x) }

// Eval goes by reflection and recurrence to x >= 10, where nine terms of the asymptotic series
// suffice: DLMF 5.5.4, 5.5.2 and 5.11.2. (mathext.Digamma is good to ten digits.)
func (digamma) Eval(x float64) float64 {
	switch {
	case x == 0:
		return math.Copysign(math.Inf(1), -x)
	case x < 0:
		return digamma{}.Eval(1-x) - math.Pi*cotPi(x)
	case math.IsInf(x, 1):
		return x
	}
	y := 0.0
	for ; x < 10; x++ {
		y -= 1 / x
	}
	// B(2k)/2k for k = 1, 2, ...
	terms := [...]float64{1. / 12, -1. / 120, 1. / 252, -1. / 240, 1. / 132, -691. / 32760, 1. / 12, -3617. / 8160}
	s, r := 0.0, 1/(x*x)
	for k := len(terms) - 1; k >= 0; k-- {
		s = r * (terms[k] + s)
	}
	return y + (math.Log(x) - 0.5/x - s)
}

// cotPi returns the cotangent of pi times x, which is NaN at whole numbers: both infinities would
// be right.
func cotPi(x float64) float64 {
	r := x - math.RoundToEven(x)
	if r == 0 {
		return math.NaN()
	}
	return 1 / math.Tan(math.Pi*r)
}

// Digamma returns the logarithmic derivative of the gamma function at each element of x.
//
// Special cases are:
//
//	Digamma(+Inf) = +Inf
//	Digamma(±0) = ∓Inf
//	Digamma(-integer) = NaN
//	Digamma(-Inf) = NaN
//	Digamma(NaN) = NaN
func Digamma(x Array) Array { return Apply1[digamma](x) }

// polygamma is the derivative of order N, at least 1, of digamma.
type polygamma struct{ N int }

func (polygamma) Name() string { return "polygamma" }

func (p polygamma) Derivative(x, _ Array) Array {
	return apply(unary[polygamma]{polygamma{p.N + 1}}, x)
}

// Eval goes by DLMF 25.11.12, or by reflection, DLMF 5.15.6, where x < 0. At the poles where both
// sides agree, which are those of odd order, it is +Inf; at the others NaN, but at ±0 the limit
// from that side.
func (p polygamma) Eval(x float64) float64 {
	odd := p.N%2 == 1
	switch {
	case x == 0 && !odd:
		return math.Copysign(math.Inf(1), -x)
	case x <= 0 && odd && x == math.Floor(x) && !math.IsInf(x, 0):
		return math.Inf(1)
	case x < 0:
		y := -cotPiDerivative(p.N, x)
		if odd {
			return y - p.Eval(1-x)
		}
		return y + p.Eval(1-x)
	case math.IsNaN(x):
		return x
	}
	y := math.Gamma(float64(p.N)+1) * mathext.Zeta(float64(p.N)+1, x)
	if odd {
		return y
	}
	return -y
}

// cotPiDerivative returns the derivative of order n at x of pi times cotPi: a polynomial in the
// cotangent c, since c' = -pi(1 + c²).
func cotPiDerivative(n int, x float64) float64 {
	q := []float64{0, math.Pi} // coefficients of the powers of c
	for range n {
		next := make([]float64, len(q)+1)
		for k, a := range q[1:] {
			d := -math.Pi * float64(k+1) * a // of c to the power k
			next[k] += d
			next[k+2] += d
		}
		q = next
	}
	c, y := cotPi(x), 0.0
	for k := len(q) - 1; k >= 0; k-- {
		y = y*c + q[k]
	}
	return y
}
