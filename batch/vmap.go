// Package batch is vmap: it reinterprets a func over arrays with one more leading axis, by the
// Batch rule of every primitive.
package batch

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// Run applies f to n lanes at once. Arguments marked mapped, for the inputs and captures of f,
// have one more leading axis, of length n; the others are the same in every lane. It reports
// which of the results are mapped.
func Run(f *trace.Func, args []trace.Array, mapped []bool, n int) ([]trace.Array, []bool) {
	env := make([]trace.Array, f.NumVars())
	lanes := make([]bool, f.NumVars())
	copy(env, args)
	copy(lanes, mapped)
	f.Walk(args, func(e *trace.Equation) {
		in := make([]trace.Array, len(e.Ins))
		m := make([]bool, len(e.Ins))
		for i, v := range e.Ins {
			in[i], m[i] = env[v], lanes[v]
		}
		if !slices.Contains(m, true) {
			for i, y := range trace.Apply(e.Primitive, in...) {
				env[e.Outs[i]] = y
			}
			return
		}
		out, om := e.Primitive.Batch(in, m, n)
		for i, v := range e.Outs {
			env[v], lanes[v] = out[i], om[i]
		}
	})
	out := make([]trace.Array, len(f.Outputs()))
	om := make([]bool, len(out))
	for i, v := range f.Outputs() {
		out[i], om[i] = env[v], lanes[v]
	}
	return out, om
}

// Vmap returns f with one more leading axis, of length n, on the inputs and captures marked
// mapped and on every result.
func Vmap(f *trace.Func, mapped []bool, n int) *trace.Func {
	types := append(f.Types(f.Inputs()), f.Types(f.Captures())...)
	for i, t := range types {
		if mapped[i] {
			types[i] = t.Batched(n)
		}
	}
	return trace.Build(types, func(in []trace.Array) []trace.Array {
		out, om := Run(f, in, mapped, n)
		return Spread(out, om, n)
	})
}
