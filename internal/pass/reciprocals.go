package pass

import "github.com/gradus-ad/gradus/trace"

// divider is a quotient; package num says more.
type divider interface {
	ByFew(in []trace.Array) (trace.Array, bool)
	Inverse(in []trace.Array) (trace.Array, bool)
}

type jumper interface{ Jumps() bool }

// reciprocals divides once for all elements, and all quotients, that have the same divisor, and multiplies. What is rounded to
// whole numbers or compared stays a quotient: 49/49 is 1, but 49*(1/49) is less.
func reciprocals(f *trace.Func) *trace.Func {
	if !hasA[divider](f) {
		return f
	}
	jumps := jumping(f)
	quotients := make([]int8, f.NumVars()) // up to two by each divisor
	for i := range f.Equations() {
		e := &f.Equations()[i]
		if _, ok := e.Primitive.(divider); ok && !jumps[e.Outs[0]] {
			quotients[e.Ins[1]] = min(quotients[e.Ins[1]]+1, 2)
		}
	}
	return rewrite(f, func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
		p, ok := e.Primitive.(divider)
		if !ok || jumps[e.Outs[0]] {
			return nil, false
		}
		y, ok := p.ByFew(in)
		if !ok && quotients[e.Ins[1]] > 1 {
			y, ok = p.Inverse(in)
		}
		return []trace.Array{y}, ok
	})
}

// jumping marks the variables that something reads which is not continuous.
func jumping(f *trace.Func) []bool {
	jumps := make([]bool, f.NumVars())
	es := f.Equations()
	for i := len(es) - 1; i >= 0; i-- {
		e := &es[i]
		j, ok := e.Primitive.(jumper)
		_, moves := e.Primitive.(trace.Mover)
		for k, v := range e.Outs {
			if f.Type(v).DType != trace.F64 || ok && j.Jumps() || moves && jumps[e.Outs[k]] {
				for _, x := range e.Ins {
					jumps[x] = true
				}
			}
		}
	}
	return jumps
}
