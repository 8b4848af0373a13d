package num

import "math"

type sigmoid struct{}

func (sigmoid) Name() string { return "sigmoid" }

func (sigmoid) Eval(x float64) float64 {
	if x < 0 { // where exp(-x) could overflow
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// Derivative has no 1 - y, of which nothing is left far above 0.
func (sigmoid) Derivative(x, y Array) Array { return Mul(y, Sigmoid(Neg(x))) }

// Sigmoid returns the logistic function 1 / (1 + Exp(-x)) of each element of x, without overflow.
//
// Special cases are:
//
//	Sigmoid(+Inf) = 1
//	Sigmoid(-Inf) = 0
//	Sigmoid(NaN) = NaN
func Sigmoid(x Array) Array { return Apply1[sigmoid](x) }

type softplus struct{}

func (softplus) Name() string { return "softplus" }

func (softplus) Eval(x float64) float64 {
	return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
}

func (softplus) Derivative(x, _ Array) Array { return Sigmoid(x) }

// Softplus returns Log(1 + Exp(x)) of each element of x, without overflow and accurate far below 0.
//
// Special cases are:
//
//	Softplus(+Inf) = +Inf
//	Softplus(-Inf) = 0
//	Softplus(NaN) = NaN
func Softplus(x Array) Array { return Apply1[softplus](x) }

// Relu returns x where x > 0, else 0, for each element of x. Its derivative at 0 is 0, and at NaN,
// which it passes on, 1.
//
// Special cases are:
//
//	Relu(-0) = 0
//	Relu(NaN) = NaN
func Relu(x Array) Array {
	x = float(x)
	return Where(LessEqual(x, 0), 0, x)
}

// LeakyRelu returns x where x > 0, else 0.01 * x, for each element of x. Its derivative at 0 is 0.01.
func LeakyRelu(x Array) Array {
	x = float(x)
	return Where(Greater(x, 0), x, Mul(0.01, x))
}

// Elu returns x where x > 0, else Expm1(x), for each element of x. Its derivative at 0 is 1.
//
// Special cases are:
//
//	Elu(+Inf) = +Inf
//	Elu(-Inf) = -1
//	Elu(NaN) = NaN
//
// Source: Clevert, Unterthiner and Hochreiter, Fast and Accurate Deep Network Learning by Exponential
// Linear Units, arXiv 1511.07289, with alpha = 1.
func Elu(x Array) Array {
	x = float(x)
	return Where(Greater(x, 0), x, Expm1(x))
}

// Gelu returns x times the standard normal distribution function of x for each element of x, exactly
// (by Erfc, not by the approximation with Tanh).
//
// Special cases are:
//
//	Gelu(+Inf) = +Inf
//	Gelu(-Inf) = NaN
//	Gelu(NaN) = NaN
//
// Source: Hendrycks and Gimpel, Gaussian Error Linear Units, arXiv 1606.08415.
func Gelu(x Array) Array { return Mul(0.5, x, Erfc(Mul(-math.Sqrt2/2, x))) }

// Silu returns x * Sigmoid(x), also called swish, for each element of x.
//
// Special cases are:
//
//	Silu(+Inf) = +Inf
//	Silu(-Inf) = NaN
//	Silu(NaN) = NaN
//
// Source: Elfwing, Uchibe and Doya, Sigmoid-Weighted Linear Units for Neural Network Function
// Approximation in Reinforcement Learning, arXiv 1702.03118.
func Silu(x Array) Array { return Mul(x, Sigmoid(x)) }
