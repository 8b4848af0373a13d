// Package lotka has derivatives through 1,000 steps of Runge-Kutta of the Lotka-Volterra equations: a loop with a
// small state.
package lotka

import (
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
)

const (
	steps = 1000
	h     = 0.01 // the length of one
)

// params are the rates in x' = αx - βxy for prey and y' = δxy - γy for predators.
type params struct{ Alpha, Beta, Delta, Gamma num.Array }

// rate returns how fast the populations u, f64[2], change.
func rate(p params, u num.Array) num.Array {
	x, y := u.At(0), u.At(1)
	meetings := num.Mul(x, y)
	prey := num.Sub(num.Mul(p.Alpha, x), num.Mul(p.Beta, meetings))
	return num.Stack(0, prey, num.Sub(num.Mul(p.Delta, meetings), num.Mul(p.Gamma, y)))
}

// step is one step of the classical Runge-Kutta method.
func step(p params, u num.Array) num.Array {
	k1 := rate(p, u)
	k2 := rate(p, num.Add(u, num.Mul(h/2, k1)))
	k3 := rate(p, num.Add(u, num.Mul(h/2, k2)))
	k4 := rate(p, num.Add(u, num.Mul(h, k3)))
	return num.Add(u, num.Mul(h/6, num.Add(num.Add(k1, k4), num.Mul(2, num.Add(k2, k3)))))
}

// misfit returns a function of the parameters: the sum of squared differences between the populations after each step
// and what was observed, f64[steps,2].
func misfit(observed, start num.Array) func(params) num.Array {
	return func(p params) num.Array {
		_, squares := flow.Scan(func(u, observed num.Array) (num.Array, num.Array) {
			u = step(p, u)
			return u, num.Sum(num.Square(num.Sub(u, observed)))
		}, start, observed)
		return num.Sum(squares)
	}
}

// problem is all that a trajectory depends on.
type problem struct {
	Start num.Array
	params
}

// trajectory returns the populations after each step, f64[steps,2].
func trajectory(p problem) num.Array {
	_, all := flow.Scan(func(u num.Array, _ struct{}) (num.Array, num.Array) {
		u = step(p.params, u)
		return u, u
	}, p.Start, struct{}{}, flow.Length(steps))
	return all
}
