// Package pass holds the passes that run over funcs between the transforms and the executors.
package pass

import "github.com/gradus-ad/gradus/trace"

// Simplify returns a func with the same inputs, captures and results, to the bit, in which equal
// equations stand once, what depends on constants alone is computed, each primitive's exact
// algebra has been applied, and nothing is left that the results do not need.
func Simplify(f *trace.Func) *trace.Func {
	for {
		g := rebuild(f)
		if len(g.Equations()) >= len(f.Equations()) {
			return g
		}
		f = g
	}
}

// rebuild runs f into a new func: building does all the work.
func rebuild(f *trace.Func) *trace.Func {
	types := append(f.Types(f.Inputs()), f.Types(f.Captures())...)
	return trace.Build(types, func(args []trace.Array) []trace.Array {
		return f.Inline(args...)
	}).WithCaptures(len(f.Captures()))
}
