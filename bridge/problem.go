package bridge

import (
	"slices"
	"sync"

	"gonum.org/v1/gonum/optimize"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// Problem returns the minimisation of f, which maps a vector to a scalar, with value, gradient and
// Hessian, for any of gonum's methods. Value and gradient at one x are computed together, once a
// gradient has been asked for.
//
// With exact gradients a method comes so near to the minimum that f differs by rounding only, where
// its line search can fail before the gradient is below gonum's default threshold of 1e-12. The
// result is good then; a larger optimize.Settings.GradientThreshold avoids the error.
func Problem(f func(num.Array) num.Array) optimize.Problem {
	e := &evaluator{
		value: transforms.JIT(f),
		both: transforms.JIT(func(x num.Array) [2]num.Array {
			y, g := transforms.ValueAndGrad(f)(x)
			return [2]num.Array{y, g}
		}),
	}
	return optimize.Problem{Func: e.Func, Grad: e.Grad, Hess: Hessian(f)}
}

// ProblemOf is Problem for a function of a tree, such as the parameters of a model. It returns the
// start x0 as a vector, in the order of tree.Ravel, and the function that turns a vector, such as
// the solution, into a tree again. Integers, bools and fields tagged grad:"-" stay as in x0.
func ProblemOf[In any](f func(In) num.Array, x0 In) (p optimize.Problem, x []float64, unravel func([]float64) In) {
	v, back := tree.Ravel(x0)
	p = Problem(func(v num.Array) num.Array { return f(back(v)) })
	return p, v.Float64s(), func(x []float64) In { return back(num.Vector(x...)) }
}

// evaluator computes values and gradients, and remembers those at the last x.
type evaluator struct {
	value func(num.Array) num.Array
	both  func(num.Array) [2]num.Array

	mu        sync.Mutex
	gradients bool // have been asked for
	last      evaluation
}

type evaluation struct {
	x, gradient []float64 // gradient is nil if only the value is known
	value       float64
}

// Func returns the value at x.
func (e *evaluator) Func(x []float64) float64 { return e.at(x, false).value }

// Grad puts the gradient at x into dst.
func (e *evaluator) Grad(dst, x []float64) {
	mustFit("bridge.Problem: Grad", dst, len(x))
	copy(dst, e.at(x, true).gradient)
}

// at returns what is known at x after the gradient, if it is wanted, has been computed.
func (e *evaluator) at(x []float64, gradient bool) evaluation {
	e.mu.Lock()
	e.gradients = e.gradients || gradient
	both, last := e.gradients, e.last
	e.mu.Unlock()
	if last.x != nil && slices.Equal(last.x, x) && (last.gradient != nil || !gradient) {
		return last
	}
	now := evaluation{x: slices.Clone(x)}
	if v := num.Vector(x...); both {
		y := e.both(v)
		now.value, now.gradient = y[0].Float64(), y[1].Float64s()
	} else {
		y := e.value(v)
		if !y.Type().Equal(trace.Scalar) {
			panic(trace.Errorf("bridge.Problem", "needs a function with an f64 scalar as its result, not %v", y.Type()))
		}
		now.value = y.Float64()
	}
	e.mu.Lock()
	e.last = now
	e.mu.Unlock()
	return now
}
