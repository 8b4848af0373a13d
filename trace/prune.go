package trace

import "github.com/gradus-ad/gradus/internal/pick"

// Pruner is a primitive that owns funcs and can do without results that nobody uses. Prune returns one
// that gives the results marked, and perhaps others, and marks the operands that it takes and the
// results that it gives.
type Pruner interface {
	Primitive
	Prune(used []bool) (p Primitive, ins, outs []bool)
}

// prune leaves out what an equation makes for nobody.
func (e *Equation) prune(live []bool) {
	p, ok := e.Primitive.(Pruner)
	if !ok {
		return
	}
	used := make([]bool, len(e.Outs))
	all := true
	for i, v := range e.Outs {
		used[i] = live[v]
		all = all && used[i]
	}
	if all {
		return
	}
	q, ins, outs := p.Prune(used)
	e.Primitive, e.Ins, e.Outs = q, pick.Marked(e.Ins, ins), pick.Marked(e.Outs, outs)
}

// Giving returns f, which has no captures, with the results marked only, and marks the inputs that it
// needs for them.
func (f *Func) Giving(results []bool) (g *Func, needed []bool) {
	g = Build(f.Types(f.Inputs()), func(in []Array) []Array { return pick.Marked(f.Inline(in...), results) })
	return g, g.Needed()
}

// Needed marks the inputs that an equation or a result of f is made of.
func (f *Func) Needed() []bool {
	needed := make([]bool, f.inputs)
	mark := func(vs []Var) {
		for _, v := range vs {
			if int(v) < f.inputs {
				needed[v] = true
			}
		}
	}
	for i := range f.equations {
		mark(f.equations[i].Ins)
	}
	mark(f.outputs)
	return needed
}

// Taking returns f, which has no captures, with the inputs marked only: it must not need the others.
func (f *Func) Taking(inputs []bool) *Func {
	types := f.Types(f.Inputs())
	return Build(pick.Marked(types, inputs), func(in []Array) []Array {
		args := make([]Array, len(types))
		for i, t := range types {
			if args[i] = Hole(t); inputs[i] {
				args[i], in = in[0], in[1:]
			}
		}
		return f.Inline(args...)
	})
}
