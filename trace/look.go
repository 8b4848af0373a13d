package trace

import "slices"

// Look calls do with an array for each variable of f, as rules find them while f is run into a new func: constants are concrete, and
// Producer tells what made the others. So a rule can be asked, at little cost, whether there is anything for it to do. What it applies to these
// arrays is lost, and they are good until do returns.
func (f *Func) Look(do func(vars []Array)) {
	b := newBuilder()
	b.written.transform = true
	b.cells, b.made = slices.Grow(b.cells, len(f.types)), slices.Grow(b.made, len(f.types))
	as := make([]Array, len(f.types))
	for v, t := range f.types {
		c := b.lent.next()
		c.typ, c.b, c.id = t, b, Var(v)
		b.cells, b.made = append(b.cells, c), append(b.made, -1)
		as[v] = Array{c: c}
	}
	b.inputs = b.cells[:f.inputs+f.captures]
	b.equations.lend(f.equations)
	for i := range f.equations {
		e := &f.equations[i]
		for _, v := range e.Outs {
			b.made[v] = int32(i)
		}
		if len(e.Ins) == 0 && len(e.Outs) == 1 && !HasEffect(e.Primitive) {
			v := e.Outs[0]
			as[v] = Apply(e.Primitive)[0]
			b.cells[v].outer = as[v].c
		}
	}
	do(as)
	b.closed = true
	b.workspace.release()
	b.workspace = nil
}
