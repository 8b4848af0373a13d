package evals

import (
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The eval ode: y' = f(x, y) with f_0 = x_0 and f_i = x_i y_(i-1), from y = 0 at t = 0 to t = 2 in s steps of the
// classical Runge-Kutta method, and the gradient of the last component by x.
var ode = Eval{
	"primal": compiled(integrate, odeInput.arg),
	"gradient": compiled(func(p chain) num.Array {
		return transforms.Grad(func(p chain) num.Array { return integrate(p).At(-1) })(p).X
	}, odeInput.arg),
}

type odeInput struct {
	X array
	S int
}

func (in odeInput) arg() chain { return chain{in.X.Array, in.S} }

// chain is the coefficients of the equation and the number of steps.
type chain struct {
	X     num.Array
	Steps int
}

func integrate(p chain) num.Array {
	rate := func(y num.Array) num.Array {
		return num.Mul(p.X, num.Concat(0, num.Ones(1), num.Slice(y, 0, -1)))
	}
	h := 2 / float64(p.Steps)
	step := func(_, y num.Array) num.Array {
		k1 := rate(y)
		k2 := rate(num.Add(y, num.Mul(h/2, k1)))
		k3 := rate(num.Add(y, num.Mul(h/2, k2)))
		k4 := rate(num.Add(y, num.Mul(h, k3)))
		return num.Add(y, num.Mul(h/6, num.Add(k1, num.Mul(2, k2), num.Mul(2, k3), k4)))
	}
	return flow.For(0, p.Steps, step, num.ZerosLike(p.X))
}
