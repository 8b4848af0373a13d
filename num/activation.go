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

func (sigmoid) Derivative(_, y Array) Array { return Mul(y, Sub(1, y)) }

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

// Relu returns x where x > 0, else 0. Its derivative at 0 is 0. Relu(NaN) is NaN.
func Relu(x Array) Array {
	x = float(x)
	return Where(LessEqual(x, 0), 0, x)
}

// LeakyRelu returns x where x > 0, else x / 100. Its derivative at 0 is 1/100.
func LeakyRelu(x Array) Array {
	x = float(x)
	return Where(Greater(x, 0), x, Mul(0.01, x))
}

// Elu returns x where x > 0, else Expm1(x).
func Elu(x Array) Array {
	x = float(x)
	return Where(Greater(x, 0), x, Expm1(x))
}

// Gelu returns x times the standard normal distribution function of x, exactly (by Erfc, not by
// the approximation with Tanh).
//
// Source: Hendrycks and Gimpel, Gaussian Error Linear Units, arXiv 1606.08415.
func Gelu(x Array) Array { return Mul(0.5, x, Erfc(Mul(-math.Sqrt2/2, x))) }

// Silu returns x * Sigmoid(x), also called swish.
func Silu(x Array) Array { return Mul(x, Sigmoid(x)) }
