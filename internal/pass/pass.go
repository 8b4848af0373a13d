// Package pass holds the passes that run over funcs between the transforms and the executors.
package pass

import "github.com/gradus-ad/gradus/trace"

// Pass makes of a func one that does the same with less.
type Pass struct {
	Name string
	// Exact says that the results are the same to the bit. Others round elsewhere.
	Exact bool
	Run   func(*trace.Func) *trace.Func
}

// Pipeline lists the passes that Compile runs, in this order. The funcs that equations own, such as the
// bodies of loops, go through it after the first pass. Each takes time in proportion to the
// equations, and gives back what it was given where it finds nothing to do.
var Pipeline = []Pass{
	{"inline", true, inline},
	{"simplify", true, Simplify},
	{"outward", true, outward},
	{"needed", true, needed},
	{"products", false, products},
	{"cheaper", false, cheaper},
	{"reciprocals", false, reciprocals},
	{"scales", false, scales},
	{"few", false, few},
	{"regroup", false, regroup},
	{"contract", false, contract},
}

// exacter is a primitive whose funcs must give the same bits whatever is done to them: a while makes the same
// steps compiled as evaluated.
type exacter interface{ Exact() }

// Compile runs the pipeline over a func that will not be differentiated any more: the rules of custom
// derivatives are gone, and it is no longer f to the bit.
func Compile(f *trace.Func) *trace.Func { return run(f, false) }

func run(f *trace.Func, exact bool) *trace.Func {
	for i, p := range Pipeline {
		if p.Exact || !exact {
			f = p.Run(f)
		}
		if i == 0 {
			f = bodies(f, exact)
		}
	}
	return f
}

// bodies runs the pipeline over the funcs that equations own, each once however many share it.
func bodies(f *trace.Func, exact bool) *trace.Func {
	if !has(f, func(e *trace.Equation) bool { return len(trace.Funcs(e.Primitive)) > 0 }) {
		return f
	}
	return rewrite(f, func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
		if len(trace.Funcs(e.Primitive)) == 0 {
			return nil, false
		}
		_, must := e.Primitive.(exacter)
		p := trace.WithFuncs(e.Primitive, func(g *trace.Func) *trace.Func { return body(g, exact || must) })
		return trace.Apply(p, in...), true
	})
}

func body(g *trace.Func, exact bool) *trace.Func {
	if exact {
		return trace.Memo(g, "passed, exactly", func() *trace.Func { return run(g, true) })
	}
	return trace.Memo(g, "passed", func() *trace.Func { return run(g, false) })
}
