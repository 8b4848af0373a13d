package pass

import "github.com/gradus-ad/gradus/trace"

// divider is a quotient; package num says more.
type divider interface {
	ByFew(in []trace.Array) (trace.Array, bool)
}

type jumper interface{ Jumps() bool }

// reciprocals divides once for all elements that have the same divisor, and multiplies. What is rounded to
// whole numbers or compared stays a quotient: 49/49 is 1, but 49*(1/49) is less.
func reciprocals(f *trace.Func) *trace.Func {
	if !hasA[divider](f) {
		return f
	}
	jumps := jumping(f)
	return rewrite(f, func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
		p, ok := e.Primitive.(divider)
		if !ok || jumps[e.Outs[0]] {
			return nil, false
		}
		y, ok := p.ByFew(in)
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
