package pass

import (
	"github.com/gradus-ad/gradus/trace"
)

// rule returns what stands in place of an equation, given the new operands, if something does. It must not keep the
// slice of them, and it may be asked for an equation more than once. What it returns is read before it is asked again.
type rule func(e *trace.Equation, in []trace.Array) (out []trace.Array, ok bool)

// rewrite runs f into a new func, with what a rule gives in place of equations. As it is built, equal
// equations become one, what depends on constants alone is computed, each primitive's exact algebra is
// applied, and what the results do not need is left out.
func rewrite(f *trace.Func, r rule) *trace.Func {
	types := append(f.Types(f.Inputs()), f.Types(f.Captures())...)
	return trace.Rewrite(types, func(args []trace.Array) []trace.Array {
		env := make([]trace.Array, f.NumVars())
		copy(env, args)
		var in []trace.Array
		f.Walk(args, func(e *trace.Equation) {
			in = in[:0]
			for _, v := range e.Ins {
				in = append(in, env[v])
			}
			out, ok := r(e, in)
			if !ok {
				out = f.Again(args, e, in...)
			}
			for i, y := range out {
				env[e.Outs[i]] = y
			}
		})
		return pick(env, f.Outputs())
	}).WithCaptures(len(f.Captures()))
}

// one is what a rule returns for an equation with one result: the same slice each time, which is read at once.
type one [1]trace.Array

// of returns it, given what is in place of the equation, if something is.
func (o *one) of(y trace.Array, ok bool) ([]trace.Array, bool) {
	o[0] = y
	return o[:], ok
}

func pick(env []trace.Array, vs []trace.Var) []trace.Array {
	as := make([]trace.Array, len(vs))
	for i, v := range vs {
		as[i] = env[v]
	}
	return as
}

// has reports whether an equation of f is what is looked for.
func has(f *trace.Func, what func(e *trace.Equation) bool) bool {
	es := f.Equations()
	for i := range es {
		if what(&es[i]) {
			return true
		}
	}
	return false
}

// hasA reports whether the primitive of an equation of f is a P.
func hasA[P any](f *trace.Func) bool {
	return has(f, func(e *trace.Equation) bool {
		_, ok := e.Primitive.(P)
		return ok
	})
}

// makers returns the equation that makes each variable, or nil.
func makers(f *trace.Func) []*trace.Equation {
	made := make([]*trace.Equation, f.NumVars())
	es := f.Equations()
	for i := range es {
		for _, v := range es[i].Outs {
			made[v] = &es[i]
		}
	}
	return made
}

// readers counts how often each variable is read, by equations and as a result.
func readers(f *trace.Func) []int {
	n := make([]int, f.NumVars())
	es := f.Equations()
	for i := range es {
		for _, v := range es[i].Ins {
			n[v]++
		}
	}
	for _, v := range f.Outputs() {
		n[v]++
	}
	return n
}
