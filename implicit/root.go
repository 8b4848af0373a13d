package implicit

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// Root returns solve with the derivative of a root: solve gives, from parameters p and a guess x0, an x with
// f(p, x) = 0. f's result and x have the structure, shapes and dtypes of x0.
//
// The derivative is that of x as a function of p near the answer,
//
//	dx = -A⁻¹ B dp, A and B the Jacobians of f by x and p,
//
// in both modes and to any order, with respect to p and to every array that f captures. x0 has no
// derivative, and neither have integers, bools and what x0 holds in fields tagged grad:"-": solve sets or
// leaves these, and f's result for them is ignored.
//
// A is a matrix, and the system is solved by linalg.Lstsq: where A is singular, as when the problem has a
// symmetry, dx is the shortest that fits best. Second derivatives are then those of this choice, and what does
// not depend on the choice, such as an energy, has its true derivatives to any order. Cutoff says what
// counts as singular. MatrixFree does without the matrix, and solves as LinearSolve does.
//
// solve is any Go function. It gets p and x0 without their derivatives, is called once, and is never
// differentiated. Where the arguments of all transforms are concrete it may read values, by Float64s too, and
// branch on them; inside JIT, Vmap and the bodies of flow it is recorded, and must be made of operations of num and
// flow or be wrapped in Opaque. Where solve finds no x, NaN in place of it gives NaN derivatives.
//
// It panics with a *trace.Error if what solve gives, or f where a derivative is taken, differs from x0 in structure or types, and
// if x0 holds nothing that varies.
func Root[P, X any](f func(p P, x X) X, solve func(p P, x0 X) X, opts ...Option) func(p P, x0 X) X {
	return solution("root", func(p P, x X) X {
		y := f(p, x)
		call.MustAgree("root", "f's result and x", trace.Flatten("root", y), "the result", trace.Flatten("root", x), "x")
		return y
	}, solve, optionsOf(opts))
}

// FixedPoint is Root for an x that g maps to itself: g(p, x) = x.
func FixedPoint[P, X any](g func(p P, x X) X, solve func(p P, x0 X) X, opts ...Option) func(p P, x0 X) X {
	const name = "fixed point"
	return solution(name, func(p P, x X) X {
		y := g(p, x)
		call.MustAgree(name, "g's result and x", trace.Flatten(name, y), "the result", trace.Flatten(name, x), "x")
		return tree.Sub(x, y)
	}, solve, optionsOf(opts))
}

// Minimum is Root for an x at which the gradient by x of an objective, an f64 scalar, is 0: a minimum, or
// any other stationary point. Its A is the Hessian, which is symmetric; with MatrixFree, the system is
// solved by conjugate gradients, with Hessian-vector products.
func Minimum[P, X any](objective func(p P, x X) num.Array, solve func(p P, x0 X) X, opts ...Option) func(p P, x0 X) X {
	return solution("minimum", func(p P, x X) X {
		return transforms.Grad(func(x X) num.Array {
			y := objective(p, x)
			if !y.Type().Equal(trace.Scalar) {
				panic(trace.Errorf("minimum", "needs an f64 scalar as the objective, not %v: reduce it, as by num.Sum", y.Type()))
			}
			return y
		})(x)
	}, solve, optionsOf(append(opts[:len(opts):len(opts)], Symmetric())))
}

// arguments are what a condition and a solver take.
type arguments[P, X any] struct {
	P P
	X X
}

// solution returns solve with the derivative that the condition residual = 0 gives its answer.
func solution[P, X any](name string, residual, solve func(P, X) X, o options) func(P, X) X {
	return func(p P, x0 X) X {
		params, guess := trace.Flatten(name, p), trace.Flatten(name, x0)
		unknown := varying(name, guess)
		if !trace.Tracing() && !slices.ContainsFunc(slices.Concat(params.Values, guess.Values), trace.Array.Traced) {
			x := solve(p, x0)
			mustFit(name, x, guess)
			return x
		}
		x := trace.Unflatten(x0, solved(name, solve, p, x0, params, guess))
		body, _ := call.RecordRun(name, func(a arguments[P, X]) X { return residual(a.P, a.X) }, arguments[P, X]{p, x})
		funcs, captures := call.Close(body)
		c := newCondition(funcs[0], len(params.Values), unknown)
		return trace.Unflatten(x0, c.attach(slices.Concat(params.Values, captures), trace.Flatten(name, x).Values, o))
	}
}

// varying marks the leaves that are unknowns, of which there must be one.
func varying(name string, guess trace.Tree) []bool {
	vary := make([]bool, len(guess.Values))
	for i, x := range guess.Values {
		vary[i] = x.DType() == trace.F64 && !guess.Leaves[i].Const
	}
	if !slices.Contains(vary, true) {
		panic(trace.Errorf(name, `x0 holds no f64 arrays that vary, outside of fields tagged grad:"-"`))
	}
	return vary
}

// solved runs the solver on arguments and captured arrays without derivatives.
func solved[P, X any](name string, solve func(P, X) X, p P, x0 X, params, guess trace.Tree) []trace.Array {
	args := arguments[P, X]{trace.Unflatten(p, stopped(params.Values)), trace.Unflatten(x0, stopped(guess.Values))}
	body, _ := call.RecordRun(name, func(a arguments[P, X]) X {
		x := solve(a.P, a.X)
		mustFit(name, x, guess)
		return x
	}, args)
	if x, ok := known(body.Traced); ok {
		return x
	}
	return body.Func.Inline(slices.Concat(body.In.Values, stopped(body.Captures))...)
}

// known returns the results of a func that is good for its arguments only, if all have been computed: then what
// the solver did need not be recorded.
func known(t *trace.Traced) ([]trace.Array, bool) {
	if !t.Specialised {
		return nil, false
	}
	var x []trace.Array
	for _, v := range t.Func.Outputs() {
		y, ok := t.Known(v)
		if !ok {
			return nil, false
		}
		x = append(x, y)
	}
	return x, true
}

func stopped(in []trace.Array) []trace.Array {
	out := slices.Clone(in)
	for i, x := range in {
		if x.DType() == trace.F64 {
			out[i] = num.StopGradient(x)
		}
	}
	return out
}
