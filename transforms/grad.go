package transforms

import "github.com/gradus-ad/gradus/num"

// Grad returns the gradient of a scalar function: a function that gives, in the shape of its
// argument, the derivative with respect to every f64 array in it. Integers, bools and what is
// tagged grad:"-" get zeros, as do arrays on which f does not depend. It costs a small constant
// times f, whatever the number of inputs.
//
// f may branch on values, as in if num.Less(x, y).Bool(), where the argument is concrete: then it
// is the branch taken that is differentiated.
//
// It panics with a *trace.Error if f's result is not an f64 scalar, or if nothing in the argument
// varies.
func Grad[In any](f func(In) num.Array) func(In) In {
	g := valueAndGrad("grad", withoutAux(f))
	return func(in In) In {
		_, _, d := g(in)
		return d
	}
}

// ValueAndGrad is Grad that gives the value of f too, computed once.
func ValueAndGrad[In any](f func(In) num.Array) func(In) (num.Array, In) {
	g := valueAndGrad("value and grad", withoutAux(f))
	return func(in In) (num.Array, In) {
		y, _, d := g(in)
		return y, d
	}
}

// GradAux is Grad of a function with a second result, which is passed on and not differentiated:
// a tree of arrays, and of strings, integers and bools, for what is wanted beside the gradient.
// Inside another transform it is a result like any other, with derivatives of its own.
func GradAux[In, Aux any](f func(In) (num.Array, Aux)) func(In) (In, Aux) {
	g := valueAndGrad("grad", f)
	return func(in In) (In, Aux) {
		_, aux, d := g(in)
		return d, aux
	}
}

// ValueAndGradAux is ValueAndGrad of a function with a second result, which is passed on and not
// differentiated.
func ValueAndGradAux[In, Aux any](f func(In) (num.Array, Aux)) func(In) (num.Array, Aux, In) {
	return valueAndGrad("value and grad", f)
}

// none is the second result of a function that has one only.
type none struct{}

func withoutAux[In any](f func(In) num.Array) func(In) (num.Array, none) {
	return func(in In) (num.Array, none) { return f(in), none{} }
}

// result pairs what a function differentiated gives, so that it can be traced as one result.
// The names of its fields appear in errors.
type result[Aux any] struct {
	Value num.Array
	Aux   Aux
}

func valueAndGrad[In, Aux any](name string, f func(In) (num.Array, Aux)) func(In) (num.Array, Aux, In) {
	return func(in In) (y num.Array, aux Aux, d In) {
		recordOnce(name, func(in In) result[Aux] {
			y, aux := f(in)
			return result[Aux]{mustBeScalar(name, y), aux}
		}, in, mustVary(name, flatten(name, in)), func(t *traced[In, result[Aux]]) {
			outs, pulled := t.gradient()
			r := t.output(outs)
			y, aux, d = r.Value, r.Aux, t.input(pulled)
		})
		return y, aux, d
	}
}
