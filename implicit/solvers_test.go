package implicit_test

import (
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/implicit"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
)

// condition and solver are of vectors.
type function = func(p, x num.Array) num.Array

// newton solves f(p, x) = 0 for a vector x by Newton's method, in the IR.
func newton(f function) function {
	return func(p, x0 num.Array) num.Array {
		residual := func(x num.Array) num.Array { return f(p, x) }
		type state struct{ X, Last num.Array }
		s := flow.While(
			func(s state) num.Array {
				return num.Greater(num.Norm(num.Sub(s.X, s.Last)), num.Mul(1e-15, num.Norm(s.X)))
			},
			func(s state) state {
				step := linalg.Lstsq(jac.Fwd(residual)(s.X), residual(s.X))
				return state{num.Sub(s.X, step), s.X}
			}, state{x0, num.Add(x0, 1)}, flow.MaxTrips(60))
		return s.X
	}
}

// unrolled is Newton's method as a fixed number of operations, which is differentiated as it is.
func unrolled(f function, steps int) function {
	return func(p, x num.Array) num.Array {
		residual := func(x num.Array) num.Array { return f(p, x) }
		for range steps {
			x = num.Sub(x, linalg.Solve(jac.Fwd(residual)(x), residual(x)))
		}
		return x
	}
}

// looped is Newton's method as a Go loop that reads values, which is good for define-by-run.
func looped(f function) function {
	return func(p, x num.Array) num.Array {
		residual := func(x num.Array) num.Array { return f(p, x) }
		for range 60 {
			step := linalg.Lstsq(jac.Fwd(residual)(x), residual(x))
			x = num.Sub(x, step)
			if num.LessEqual(num.Norm(step), num.Mul(1e-15, num.Norm(x))).Bool() {
				break
			}
		}
		return x
	}
}

// numeric is a solver that knows nothing but numbers: it halves intervals from 0 to 100.
func numeric(f func(p []float64, x float64) float64) function {
	return func(p, x0 num.Array) num.Array {
		low, high := 0.0, 100.0
		for {
			middle := low + (high-low)/2
			if middle <= low || middle >= high {
				return num.Full(middle, x0.Shape()...)
			}
			if f(p.Float64s(), middle) > 0 {
				high = middle
			} else {
				low = middle
			}
		}
	}
}

// bisection is numeric in the IR, with derivatives of its own that are all zero.
func bisection(f function) function {
	return func(p, x0 num.Array) num.Array {
		type interval struct{ Low, High num.Array }
		middle := func(i interval) num.Array { return num.Mul(0.5, num.Add(i.Low, i.High)) }
		i := flow.While(
			func(i interval) num.Array {
				m := middle(i)
				return num.Any(num.And(num.Less(i.Low, m), num.Less(m, i.High)))
			},
			func(i interval) interval {
				m := middle(i)
				above := num.Greater(f(p, m), 0)
				return interval{num.Where(above, i.Low, m), num.Where(above, m, i.High)}
			}, interval{num.ZerosLike(x0), num.Full(100, x0.Shape()...)})
		return middle(i)
	}
}

// ways are the ways to solve linear systems.
var ways = map[string][]implicit.Option{
	"dense": nil,
	"free":  {implicit.MatrixFree(), implicit.Tolerance(1e-14)},
}
