package evals

import (
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// gradient is a way to the gradient of a function of a vector.
type gradient func(f func(num.Array) num.Array) func(num.Array) num.Array

var (
	forward gradient = jac.Fwd[num.Array]
	reverse gradient = transforms.Grad[num.Array]
)

// mixtures makes the four functions of an eval in which one derivative stands inside of another: the first letter
// says how the outer one is taken, the second the inner.
func mixtures[In any](f func(outer, inner gradient) func(num.Array) num.Array, arg func(In) num.Array) Eval {
	return Eval{
		"ff": compiled(f(forward, forward), arg),
		"fr": compiled(f(forward, reverse), arg),
		"rf": compiled(f(reverse, forward), arg),
		"rr": compiled(f(reverse, reverse), arg),
	}
}

// descent is the state of a gradient descent.
type descent struct {
	X, Value, Slope num.Array
	Step            num.Array
	Successes       num.Array // since the step last changed
	Done            num.Array
}

// argmin descends from start: the step doubles after ten successes, and is halved after a failure.
func argmin(f func(num.Array) num.Array, start num.Array, grad gradient) num.Array {
	const tolerance = 1e-5
	slope := grad(f)
	stop := func(d descent) descent {
		d.Done = num.FromBools([]bool{true})
		return d
	}
	resize := func(factor float64) func(d descent) descent {
		return func(d descent) descent {
			d.Step, d.Successes = num.Mul(factor, d.Step), num.ScalarInt(0)
			return d
		}
	}
	try := func(d descent) descent {
		next := num.Sub(d.X, num.Mul(d.Step, d.Slope))
		value := f(next)
		succeed := func(d descent) descent {
			return descent{next, value, slope(next), d.Step, num.Add(d.Successes, 1), d.Done}
		}
		return flow.Cond(num.Less(value, d.Value), succeed, resize(0.5), d)
	}
	near := func(x num.Array) num.Array { return num.LessEqual(num.Norm(num.StopGradient(x)), tolerance) }
	move := func(d descent) descent {
		return flow.Cond(near(num.Mul(d.Step, d.Slope)), stop, try, d)
	}
	return flow.While(
		func(d descent) num.Array { return num.Not(d.Done) },
		func(d descent) descent {
			return flow.Cond(near(d.Slope), stop, func(d descent) descent {
				return flow.Cond(num.Equal(d.Successes, 10), resize(2), move, d)
			}, d)
		},
		descent{start, f(start), slope(start), num.Scalar(1e-5), num.ScalarInt(0), num.FromBools([]bool{false})},
	).X
}
