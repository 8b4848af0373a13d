package transforms

import (
	"strings"

	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/trace"
)

// Policy says what a Checkpoint keeps of what it computes, in place of computing it again.
type Policy struct{ keep string }

// KeepEverything keeps what reverse mode would keep without the checkpoint.
func KeepEverything() Policy { return Policy{call.Everything} }

// KeepProducts keeps what contractions make (MatMul, Dot, Einsum and what is made of them), which cost
// most to compute again for the memory that they take.
func KeepProducts() Policy { return Policy{call.Products} }

// KeepNamed keeps the values that trace.Name has given one of these names, also those of every step of
// a loop. It panics with a *trace.Error if a name is empty or holds a comma.
func KeepNamed(names ...string) Policy {
	words := make([]string, len(names))
	for i, n := range names {
		if n == "" || strings.Contains(n, ",") {
			panic(trace.Errorf("checkpoint", "cannot keep what is named %q", n))
		}
		words[i] = call.Named + n
	}
	return Policy{strings.Join(words, ",")}
}

// Checkpoint returns f such that reverse mode keeps nothing of what f computes: only the argument and
// what f captures. When the tape is run backwards, f runs again first. A chain of n checkpoints
// keeps n arguments, and what one of them computes while that is run backwards, at the price of
// running everything once more; checkpoints inside checkpoints keep less and run more often. Policies
// name values to keep in place of computing them again: those that any of them names are kept, and what
// depends on no others is computed from them. Values and derivatives of every order are those of f,
// and f may branch on values where it could before.
//
// First gradients are those without checkpoints to the bit, unless the same expression of the same arrays
// stands inside and outside: without, it is differentiated once, so that last digits may differ.
func Checkpoint[In, Out any](f func(In) Out, keep ...Policy) func(In) Out {
	var words []string
	for _, p := range keep {
		words = append(words, p.keep)
	}
	policy := strings.Join(words, ",")
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
		ys := trace.Apply(call.Checkpoint{Body: funcs[0], Keep: policy}, append(b.In.Values[:len(b.In.Values):len(b.In.Values)], captures...)...)
		return trace.Unflatten(result, ys)
	}
}
