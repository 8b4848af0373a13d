package pass

import "github.com/gradus-ad/gradus/trace"

// divider is a quotient; package num says more.
type divider interface {
	trace.Primitive
	Quotient(in []trace.Array) (divisor, few trace.Array)
	Over(x, reciprocal trace.Array) trace.Array
}

type jumper interface{ Jumps() bool }

// reciprocals divides once where several quotients have one divisor, and multiplies by the reciprocal. What
// is rounded to whole numbers or compared stays a quotient: 49/49 is 1, but 49*(1/49) is less.
func reciprocals(f *trace.Func) *trace.Func {
	shared, made := quotients(f)
	if !shared {
		return f
	}
	return rewrite(f, func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
		p, ok := e.Primitive.(divider)
		if !ok || !made[e.Outs[0]] {
			return nil, false
		}
		d, few := p.Quotient(in)
		one := trace.Fill(1.0, few.Type())
		if trace.Same(in[0], one) && trace.Same(d, few) {
			return nil, false
		}
		return []trace.Array{p.Over(in[0], trace.Apply(p, one, few)[0])}, true
	})
}

// quotients marks the results of those that are to be made of reciprocals, if there are any.
func quotients(f *trace.Func) (any bool, marked []bool) {
	if !hasA[divider](f) {
		return false, nil
	}
	made, jumps := makers(f), jumping(f)
	divisors := make([]trace.Var, f.NumVars()) // of results
	count := make([]int, f.NumVars())          // of quotients, by divisor
	es := f.Equations()
	for i := range es {
		if _, ok := es[i].Primitive.(divider); !ok || jumps[es[i].Outs[0]] {
			continue
		}
		d, n := es[i].Ins[1], 1
		if e := made[d]; e != nil {
			if len(e.Ins) == 0 {
				continue // a known divisor
			}
			if _, ok := e.Primitive.(repeater); ok && f.Type(e.Ins[0]).Size() < f.Type(d).Size() {
				d, n = e.Ins[0], 2 // one for each element is enough
			}
		}
		divisors[es[i].Outs[0]] = d + 1
		count[d] += n
	}
	marked = make([]bool, f.NumVars())
	for y, d := range divisors {
		if d > 0 && count[d-1] > 1 {
			any, marked[y] = true, true
		}
	}
	return any, marked
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
