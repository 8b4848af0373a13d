package transforms

import (
	"os"

	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/trace"
)

// JIT returns f compiled: it traces f once for the types and the static fields (strings, ints,
// bools, lengths, keys) of an argument, simplifies what it did, and runs that from then on. It may
// be called from many goroutines, of which one compiles while the others wait. Up to 1,024
// programs are kept; the oldest leave first.
//
// On amd64 it compiles to machine code. GRADUS_JIT=avx2 in the environment asks for such without AVX-512, and
// GRADUS_JIT=off for loops in Go, which run everywhere.
//
// What f captures is frozen when it is compiled: if the function reassigns a captured variable
// later, as in w = num.Sub(w, step), the old value stays in use. Make such a value an argument. With
// GRADUS_CHECK=retrace in the environment when JIT is called, every call traces f again and panics
// with a *trace.Error that names the line if f does something else than when it was compiled.
//
// Inside another transform's trace the compiled program is not used: f is traced again, and what
// it does becomes a part of the outer function. So derivatives of a function that calls JIT's
// result are right with respect to what f captures, too.
//
// f cannot branch on values, since it is traced once for all of them: use num.Where. It panics
// with a *trace.Error when one static field alone has caused 64 compilations.
func JIT[In, Out any](f func(In) Out) func(In) Out {
	var programs cache[Program[In, Out]]
	check := os.Getenv("GRADUS_CHECK") == "retrace"
	return func(in In) Out {
		tree := flatten("jit", in)
		if trace.Tracing() || anyTraced(tree.Values) {
			return inlined(recordAt("jit", f, in, tree, false))
		}
		var fresh *traced[In, Out]
		p, hit := programs.get(in, tree, func() (*Program[In, Out], bool) {
			fresh = recordAt("jit", f, in, tree, false)
			if len(fresh.Captures) > 0 {
				return nil, false
			}
			return newProgram(fresh), true
		})
		if p == nil {
			return inlined(fresh)
		}
		if hit && check {
			stale(p.source, pass.Simplify(recordAt("jit", f, in, tree, false).Func))
		}
		return p.call(tree.Values)
	}
}

// inlined makes what f does a part of the trace to which its argument or its captures belong.
func inlined[In, Out any](t *traced[In, Out]) Out {
	return t.output(t.Func.Inline(t.args()...))
}

func anyTraced(as []trace.Array) bool {
	for _, a := range as {
		if a.Traced() {
			return true
		}
	}
	return false
}
