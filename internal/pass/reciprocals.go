package pass

import "github.com/gradus-ad/gradus/trace"

// divider is a quotient; package num says more.
type divider interface {
	Few(divisor, repeated trace.Type) bool
	ByFew(in []trace.Array) (trace.Array, bool)
	Inverse(in []trace.Array) (trace.Array, bool)
	ByKnown(in []trace.Array) trace.Array
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
	known := inverted(f, jumps)
	return f.Revise(func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
		p, ok := e.Primitive.(divider)
		if !ok || jumps[e.Outs[0]] {
			return nil, false
		}
		if known[e.Ins[1]] {
			return []trace.Array{p.ByKnown(in)}, true
		}
		y, ok := p.ByFew(in)
		if !ok && quotients[e.Ins[1]] > 1 {
			y, ok = p.Inverse(in)
		}
		return []trace.Array{y}, ok
	})
}

// inverted marks the divisors that ByFew makes reciprocals of.
func inverted(f *trace.Func, jumps []bool) []bool {
	known, made := make([]bool, f.NumVars()), makers(f)
	es := f.Equations()
	for i := range es {
		e := &es[i]
		p, ok := e.Primitive.(divider)
		if !ok || jumps[e.Outs[0]] {
			continue
		}
		q := made[e.Ins[1]]
		if q == nil || len(q.Ins) != 1 {
			continue
		}
		if _, ok := q.Primitive.(repeater); ok && p.Few(f.Type(q.Ins[0]), f.Type(e.Ins[1])) {
			known[q.Ins[0]] = true
		}
	}
	return known
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
