package evals

import (
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The eval llsq: a polynomial fitted to the sign function at n points by least squares.
var llsq = Eval{
	"primal": compiled(misfit, llsqInput.arg),
	"gradient": compiled(func(p polynomial) num.Array {
		return transforms.Grad(misfit)(p).Coefficients
	}, llsqInput.arg),
}

type llsqInput struct {
	X array
	N int
}

func (in llsqInput) arg() polynomial { return polynomial{in.X.Array, in.N} }

// polynomial is the coefficients of a polynomial, from the constant one on, and at how many points it is fitted.
type polynomial struct {
	Coefficients num.Array
	Points       int
}

// misfit returns half of the sum of squared differences between the sign function and the polynomial, at points
// from -1 to 1. The polynomial is evaluated by Horner's rule, in a loop that unrolls.
func misfit(p polynomial) num.Array {
	t := num.Linspace(-1, 1, p.Points)
	var y num.Array
	for j := p.Coefficients.Size() - 1; j >= 0; j-- {
		y = num.Add(num.Mul(y, t), p.Coefficients.At(j))
	}
	return num.Mul(0.5, num.Sum(num.Square(num.Sub(num.Sign(t), y))))
}
