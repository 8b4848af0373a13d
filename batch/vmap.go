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
	last, at := f.LastUses(), 0
	f.Walk(args, func(e *trace.Equation) {
		runEquation(e, args, env, lanes, n)
		for _, v := range e.Ins {
			if last[v] == at {
				env[v] = trace.Array{} // lets its memory go
			}
		}
		at++
	})
	out := make([]trace.Array, len(f.Outputs()))
	om := make([]bool, len(out))
	for i, v := range f.Outputs() {
		out[i], om[i] = env[v], lanes[v]
	}
	return out, om
}

// runEquation applies an equation to what env holds, and by its Batch rule if any of it is mapped.
func runEquation(e *trace.Equation, args, env []trace.Array, lanes []bool, n int) {
	in := make([]trace.Array, len(e.Ins))
	m := make([]bool, len(e.Ins))
	for i, v := range e.Ins {
		in[i], m[i] = env[v], lanes[v]
	}
	if !slices.Contains(m, true) {
		for i, y := range trace.ApplyAmong(args, e.Primitive, in...) {
			env[e.Outs[i]] = y
		}
		return
	}
	out, om := e.Primitive.Batch(in, m, n)
	for i, v := range e.Outs {
		env[v], lanes[v] = out[i], om[i]
	}
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
