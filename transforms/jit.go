package transforms

import (
	"os"
	"reflect"

	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/internal/tree"
	"github.com/gradus-ad/gradus/trace"
)

// JIT returns f compiled: it traces f once for the types and the static fields (strings, ints,
// bools, lengths, keys, and what is nil) of an argument, simplifies what it did, and runs that from then on. It may
// be called from many goroutines, of which one compiles while the others wait. If f then runs for over a second,
// as it does if it waits for one of those itself, another one traces it, too. Up to 1,024 programs are kept; the
// oldest leave first.
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
	j := &jitted[In, Out]{
		f:       f,
		trees:   tree.Of[trace.Array, In](),
		dynamic: reflect.TypeFor[In]().Kind() == reflect.Interface,
		check:   os.Getenv("GRADUS_CHECK") == "retrace",
	}
	return j.call
}

// jitted is a function that JIT has been given.
type jitted[In, Out any] struct {
	f        func(In) Out
	trees    tree.Trees[trace.Array, In] // arguments
	programs cache[Program[In, Out]]
	dynamic  bool // In is an interface
	check    bool
}

func (j *jitted[In, Out]) call(in In) Out {
	t, err := j.trees.Flatten(in)
	if err != nil || len(t.Values) == 0 {
		flatten("jit", in) // panics
	}
	if trace.Tracing() || anyTraced(t.Values) {
		return inlined(recordAt("jit", j.f, in, t, false))
	}
	k := key{tree: t}
	if j.dynamic {
		k.typ = reflect.TypeOf(in)
	}
	p := j.programs.find(&k)
	if p == nil {
		return j.cold(in, k)
	}
	if j.check {
		j.retrace(p, in, t)
	}
	return p.call(t.Values)
}

// cold is a call for which there was no program.
func (j *jitted[In, Out]) cold(in In, k key) Out {
	var fresh *traced[In, Out]
	p, hit := j.programs.make(&k, tree.Statics[trace.Array](in), func() (keep bool) {
		fresh = recordAt("jit", j.f, in, k.tree, false)
		return len(fresh.Captures) == 0
	}, func() *Program[In, Out] { return newProgram(fresh) })
	if p == nil {
		return inlined(fresh)
	}
	if hit && j.check {
		j.retrace(p, in, k.tree)
	}
	return p.call(k.tree.Values)
}

// retrace panics if f does something else than what it was compiled for.
func (j *jitted[In, Out]) retrace(p *Program[In, Out], in In, t trace.Tree) {
	stale(p.source, pass.Simplify(recordAt("jit", j.f, in, t, false).Func))
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
