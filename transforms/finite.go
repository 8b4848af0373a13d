package transforms

import (
	"github.com/gradus-ad/gradus/trace"
)

// CompileOption changes what Compile makes.
type CompileOption func(*compileOptions)

type compileOptions struct{ finite bool }

// CheckFinite makes Call and Run of a program panic with a *trace.Error if a result is NaN or infinite.
// It says where that began: at the first equation whose result is not finite though its operands are, and
// that matters, which means that it flows into such a result. What num.Where does not choose, or what
// becomes finite again, as Exp(-Inf), does not matter. The error has the user's line and says which
// primitive it was; whether in the function itself, in a tangent or in a cotangent; the element and the
// operands there; in loops, the step, by its row; or else which argument it came from:
//
//	model.go:42: log: primal is NaN at [3]: operand -1
//	model.go:57: div: tangent of sqrt is +Inf in step 7: operands 0.5, 0
//
// A program whose results are finite costs no more than a look at them; otherwise it runs once more.
// Where the program becomes a part of a trace, nothing is checked.
func CheckFinite() CompileOption { return func(o *compileOptions) { o.finite = true } }

// Try is Call, with what CheckFinite says of a result that is not finite, or any other mistake, as an error
// beside the result.
func (p *Program[In, Out]) Try(in In) (out Out, err error) {
	failed := trace.Try(func() {
		args := sameTree("try", "argument", in, p.in)
		ys := p.run(args)
		out = trace.Unflatten(p.result, ys)
		err = p.explain("try", args, ys)
	})
	if failed != nil {
		err = failed
	}
	return out, err
}

// explain looks for the cause in what was traced, and, if that is finite, in what ran: a reciprocal may have been
// infinite where a quotient was not.
func (p *Program[In, Out]) explain(name string, args, results []trace.Array) error {
	if err := explain(name, p.source, p.in, args, results); err != nil {
		return err
	}
	return explain(name, p.fn, p.in, args, results)
}

// Try returns f(in), and why it is not finite, if it is not: an error as CheckFinite gives, or any other
// mistake in f. It traces f, which may branch on values, and runs what it did. f may be a gradient or any
// other function that transforms return. Neither in nor what f captures may be traced.
func Try[In, Out any](f func(In) Out, in In) (out Out, err error) {
	failed := trace.Try(func() {
		t := record("try", f, in, true)
		args := t.args()
		if anyTraced(args) {
			panic(trace.Errorf("try", "the argument, or what the function captures, is being traced"))
		}
		ys := t.Func.Eval(args...)
		out = t.output(ys)
		err = explain("try", t.Func, t.in, args, ys)
	})
	if failed != nil {
		err = failed
	}
	return out, err
}

// explain returns, as an error, why results are not finite, if one is not.
func explain(name string, f *trace.Func, in trace.Tree, args, results []trace.Array) error {
	if anyTraced(results) {
		return nil
	}
	e := f.NonFinite(name, args, results, func(i int) string { return "the argument" + path(in, i) })
	if e == nil {
		return nil
	}
	return e
}
