package pass

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// fewer is a function that can be applied to what few factors are repeated to; package num says more.
type fewer interface {
	FewFirst(in []trace.Array, alone []bool) (trace.Array, bool)
}

// few multiplies factors that are repeated by each other first: (x*a)*b is x*(a*b) where a and b are broadcasts of as few elements.
// So what happens to many directions is one product for each. The same goes for masks. What is compared stays as it is, and so do products with
// what may underflow by itself, as exp does.
func few(f *trace.Func) *trace.Func {
	if !hasA[repeater](f) || !hasA[fewer](f) {
		return f
	}
	read, made := readers(f), makers(f)
	stays := staying(f, made)
	var alone []bool
	var o one
	return f.Revise(func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
		p, ok := e.Primitive.(fewer)
		if !ok || stays[e.Outs[0]] {
			return nil, false
		}
		alone = alone[:0]
		for _, v := range e.Ins {
			alone = append(alone, read[v] == 1 && !stays[v])
		}
		return o.of(p.FewFirst(in, alone))
	})
}

// staying marks what few leaves as it is.
func staying(f *trace.Func, made []*trace.Equation) []bool {
	stays, wild := jumping(f), make([]bool, f.NumVars())
	es := f.Equations()
	for i := range es {
		e := &es[i]
		for _, v := range e.Outs {
			wild[v] = isWild(e, wild)
			stays[v] = f.Type(v).DType == trace.F64 && (stays[v] || slices.ContainsFunc(e.Ins, func(x trace.Var) bool {
				return wild[x] && repeats(made[x])
			}))
		}
	}
	return stays
}

// repeats reports whether an equation, if there is one, makes more elements of few.
func repeats(e *trace.Equation) bool {
	if e == nil {
		return false
	}
	_, ok := e.Primitive.(repeater)
	return ok
}
