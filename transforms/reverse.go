package transforms

import (
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// VJP returns f at primal and its pullback there: the linear function from a cotangent, in the
// structure, shapes and dtypes of f's result, to one in those of primal. The pullback may be called
// any number of times, from any goroutine and inside other transforms, and costs a small constant
// times f.
//
// What the cotangent holds for integers and bools is ignored; they, and fields tagged grad:"-", get
// zeros.
func VJP[In, Out any](f func(In) Out, primal In) (Out, func(cotangent Out) In) {
	t := record("vjp", f, primal, true)
	outs, tp := t.tape(false)
	y := t.output(outs)
	t.release()
	return y, func(cotangent Out) In {
		return t.input(tp.Pull(sameTree("vjp", "cotangent", cotangent, t.out)))
	}
}

// Transpose returns the transpose of a function that is linear in its argument: in the f64 arrays
// of it that vary. Of these only the types matter in like; what else it holds is taken from it.
// It panics with a *trace.Error that names the line where f is not linear.
func Transpose[In, Out any](f func(In) Out, like In) func(Out) In {
	in := mustVary("transpose", flatten("transpose", like))
	t := record("transpose", func(xs []trace.Array) Out {
		return f(trace.Unflatten(like, fill(in, xs, func(a trace.Array) trace.Array { return a })))
	}, varying(in, in.Values), false)
	if err := tape.CheckLinear(t.Func); err != nil {
		panic(err)
	}
	fn, captures := t.Func, t.Captures
	t.release()
	in = emptied(in)
	like = trace.Unflatten(like, in.Values)
	return func(cotangent Out) In {
		cts := sameTree("transpose", "cotangent", cotangent, t.out)
		ct := make([]trace.Tangent, len(cts))
		for i, c := range cts {
			ct[i] = trace.DenseTangent(c, true)
		}
		return trace.Unflatten(like, fill(in, tape.Pull(fn, captures, ct), num.ZerosLike))
	}
}
