package implicit

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// LinearSolve returns x with a(x) = b, for a function a that is linear and that is all that is known of the
// system: no matrix is made. x has the structure, shapes and dtypes of b, whose arrays must all be f64.
// GMRES solves the system or, with Symmetric, conjugate gradients do, from x = 0 on; LeastSquares is for
// systems without a solution, or with several.
//
// The derivatives are those of the solution, not of the iteration, in both modes and to any order, with
// respect to b and to what a captures: each is the solution of a system with a or its transpose, to
// the same Tolerance. Under Vmap the lanes are solved one after the other.
//
// Where Tolerance is not met within MaxIterations, as in a singular system without a solution, or where a or b hold
// NaN or infinities, every element of x is NaN.
//
// It panics with a *trace.Error if a is not linear, with the line that is not, or if its result differs from b
// in structure or types.
func LinearSolve[X any](a func(X) X, b X, opts ...Option) X {
	const name = "linear solve"
	side := trace.Flatten(name, b)
	for i, x := range side.Values {
		if x.DType() != trace.F64 {
			panic(trace.Errorf(name, "b%s is %v, and all arrays must be f64", spaced(side.Leaves[i].Path), x.Type()))
		}
	}
	if len(side.Values) == 0 {
		panic(trace.Errorf(name, "b, a %T, holds no arrays", b))
	}
	body, _ := call.Record(name, a, b)
	call.MustAgree(name, "b and the result of the function", body.Out, "the result", side, "b")
	funcs, captures := call.Close(body)
	k := len(captures)
	f := constsFirst(funcs[0], k)
	mustBeLinear(name, f, k)
	return trace.Unflatten(b, trace.Apply(newLinearSolve(f, k, optionsOf(opts)), slices.Concat(captures, side.Values)...))
}

// mustBeLinear panics if f is not linear in its inputs after the first k.
func mustBeLinear(name string, f *trace.Func, k int) {
	linear := make([]bool, len(f.Inputs()))
	for i := range linear {
		linear[i] = i >= k
	}
	if err := tape.CheckLinear(tape.LinearFirst(f, linear)); err != nil {
		e := err.(*trace.Error)
		if e.Primitive == "" {
			panic(trace.Errorf(name, "the function is not linear: %s", e.Msg))
		}
		panic(&trace.Error{Pos: e.Pos, Primitive: name, Msg: "the function is not linear: " + e.Primitive + " " + e.Msg})
	}
}

// constsFirst returns f with its last k inputs, the captures, first.
func constsFirst(f *trace.Func, k int) *trace.Func {
	types := f.Types(f.Inputs())
	n := len(types) - k
	return trace.Build(slices.Concat(types[n:], types[:n]), func(in []trace.Array) []trace.Array {
		return f.Inline(slices.Concat(in[k:], in[:k])...)
	})
}

func spaced(path string) string {
	if path == "" {
		return ""
	}
	return " " + path
}
