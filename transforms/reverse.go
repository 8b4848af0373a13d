package transforms

import (
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// VJP returns f at primal and its pullback there: the linear function from a cotangent, in the
// structure of f's result, to one in the structure of primal. The pullback may be called any number
// of times, and costs a small constant times f.
func VJP[In, Out any](f func(In) Out, primal In) (Out, func(cotangent Out) In) {
	t := record("vjp", f, primal, true)
	outs, tp := t.tape(false)
	like := t.out
	like.Values = outs
	return t.output(outs), func(cotangent Out) In {
		return t.input(tp.Pull(sameTree("vjp", "cotangent", cotangent, like)))
	}
}

// Transpose returns the transpose of a function that is linear in its argument. Only the types of
// like matter. It panics with a *trace.Error that names the line where f is not linear.
func Transpose[In, Out any](f func(In) Out, like In) func(Out) In {
	t := record("transpose", f, like, false)
	if err := tape.CheckLinear(t.Func); err != nil {
		panic(err)
	}
	return func(cotangent Out) In {
		cts := sameTree("transpose", "cotangent", cotangent, t.out)
		ct := make([]trace.Tangent, len(cts))
		for i, c := range cts {
			ct[i] = trace.DenseTangent(c, true)
		}
		return trace.Unflatten(t.like, tape.Pull(t.Func, t.Captures, ct))
	}
}
