package transforms

import (
	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/trace"
)

// Checkpoint returns f such that reverse mode keeps nothing of what f computes: only the argument and
// what f captures. When the tape is run backwards, f runs again first. A chain of n checkpoints
// keeps n arguments, and what one of them computes while that is run backwards, at the price of
// running everything once more; checkpoints inside checkpoints keep less and run more often. Values
// and derivatives of every order are those of f, and f may branch on values where it could before.
//
// Where one array is used inside and outside of a checkpoint, its gradient is a sum that is
// associated differently than without, so that last digits may differ.
func Checkpoint[In, Out any](f func(In) Out) func(In) Out {
	return func(in In) Out {
		if !trace.Tracing() && !anyTraced(trace.Flatten("checkpoint", in).Values) {
			return f(in)
		}
		b, result := call.RecordRun("checkpoint", f, in)
		if len(b.Out.Values) == 0 {
			b.Here()
			return result
		}
		funcs, captures := call.Close(b)
		ys := trace.Apply(call.Checkpoint{Body: funcs[0]}, append(b.In.Values[:len(b.In.Values):len(b.In.Values)], captures...)...)
		return trace.Unflatten(result, ys)
	}
}
