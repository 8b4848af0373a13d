package trace

import "slices"

// Revise returns f with what change gives in place of equations, given their operands, where it gives something, and what is made
// of constants alone computed: a func as Rewrite makes of a Walk through f. Where there is nothing to do, that is f itself, and what
// stands before the first equation with something to do stays as it is. change finds constants concrete, and Producer tells what
// made other operands. It must not keep the slice of them, what it returns is read before it is asked again, and it may be asked for
// an equation twice. Arrays are good until Revise returns.
func (f *Func) Revise(change func(e *Equation, in []Array) (out []Array, ok bool)) *Func {
	b := newBuilder()
	b.lends = true
	defer func() { b.closed = true }()
	vars := b.look(f)
	first := f.firstIn(vars, change)
	if first == len(f.equations) {
		b.workspace.release()
		b.workspace = nil
		return f
	}
	args := vars[:f.inputs+f.captures]
	var in []Array
	f.walk(args, b.keep(f, first), func(w *writer, e *Equation) {
		w.at(e, e.work)
		in = in[:0]
		for _, v := range e.Ins {
			in = append(in, vars[v])
		}
		out, ok := change(e, in)
		if !ok {
			out = f.Again(args, e, in...)
		}
		for i, y := range out {
			vars[e.Outs[i]] = y
		}
	})
	g, _, _ := b.finish(gather(vars, f.outputs))
	g.inputs, g.captures = f.inputs, f.captures
	return g
}

// look returns an array for each variable of f, as rules find them while f is run into a new func.
func (b *builder) look(f *Func) []Array {
	b.written.transform = true
	b.cells, b.made = slices.Grow(b.cells, len(f.types)), slices.Grow(b.made, len(f.types))
	vars := make([]Array, len(f.types))
	for v, t := range f.types {
		vars[v] = Array{c: b.newCell(t, -1)}
	}
	b.inputs = b.cells[: f.inputs+f.captures : f.inputs+f.captures]
	b.equations.lend(f.equations)
	for i := range f.equations {
		e := &f.equations[i]
		for _, v := range e.Outs {
			b.made[v] = int32(i)
		}
		if len(e.Ins) == 0 && len(e.Outs) == 1 && !HasEffect(e.Primitive) {
			v := e.Outs[0]
			vars[v] = ApplyOne(e.Primitive)
			b.cells[v].outer = vars[v].c
		}
	}
	return vars
}

// firstIn returns the number of the first equation that change has something for, or that can be computed.
func (f *Func) firstIn(vars []Array, change func(e *Equation, in []Array) ([]Array, bool)) int {
	var in []Array
	for i := range f.equations {
		e := &f.equations[i]
		in = in[:0]
		traced := len(e.Ins) == 0
		for _, v := range e.Ins {
			in = append(in, vars[v])
			traced = traced || vars[v].Traced()
		}
		if len(in) == 0 {
			continue
		}
		if _, ok := change(e, in); ok || !traced && !HasEffect(e.Primitive) {
			return i
		}
	}
	return len(f.equations)
}

// keep makes the first equations of f, which b has looked at, its own, and forgets all that was made since. It returns how many
// these are: less than n, if there is one whose results are not the next variables.
func (b *builder) keep(f *Func, n int) int {
	b.equations.reset()
	b.cons.reset()
	clear(b.lifted)
	b.effects = b.effects[:0]
	b.cons.reserve(len(f.equations))
	vars, kept := f.inputs+f.captures, 0
	var ins []*cell
	for ; kept < n; kept++ {
		e := &f.equations[kept]
		if int(e.Outs[0]) != vars {
			break
		}
		vars += len(e.Outs)
		ins = ins[:0]
		for _, v := range e.Ins {
			ins = append(ins, b.cells[v])
		}
		own := b.equations.next()
		*own = *e
		own.Ins, own.Outs = append(b.vars(len(e.Ins))[:0], e.Ins...), append(b.vars(len(e.Outs))[:0], e.Outs...)
		if HasEffect(e.Primitive) {
			b.effects = append(b.effects, int32(kept))
		} else {
			b.cons.add(b.key(e.Primitive, ins), kept)
		}
	}
	b.cells, b.made = b.cells[:vars], b.made[:vars]
	b.lent.cut(vars)
	return kept
}
