package trace

import (
	"slices"
	"sync/atomic"

	"github.com/gradus-ad/gradus/internal/debug"
)

// builder records equations and becomes a Func. An attached builder is open on a goroutine
// while user code runs. A detached one is where a transform runs its rules.
type builder struct {
	seq       int64
	rec       *recording // nil if detached
	parent    *builder   // the attached builder that was innermost at birth
	byRun     bool       // shadows can be had: define-by-run
	read      bool       // a shadow has been read: the func is good for these arguments only
	capturing bool
	lends     bool     // cells are the workspace's
	storage   *storage // what the func is to consist of, or nil
	closed    bool
	born      site
	written   written

	*workspace // nil once it is closed by finish
	inputs     []*cell
	captures   []*cell // inside
	outside    []Array // the arrays that the captures stand for

	effects []int32 // equations that have an effect
	user    bool    // has written an equation

	free chunks // storage
}

var builders atomic.Int64

func newBuilder() *builder {
	return &builder{seq: builders.Add(1), workspace: workspaces.Get().(*workspace)}
}

func (b *builder) newCell(t Type, made int) *cell {
	var c *cell
	if b.lends {
		c = b.lent.next()
	} else {
		c = b.free.cell()
	}
	c.typ, c.b, c.id = t, b, Var(len(b.cells))
	b.cells, b.made = append(b.cells, c), append(b.made, int32(made))
	return c
}

func (b *builder) input(t Type) *cell {
	c := b.newCell(t, -1)
	b.inputs = append(b.inputs, c)
	return c
}

// lift returns the cell of b that stands for a: itself, an equation that makes a concrete
// array, or a capture in b and in every builder between.
func (b *builder) lift(a Array) *cell {
	c := a.cell()
	if c.b == b {
		return c
	}
	if l, ok := b.lifted[c]; ok {
		return l
	}
	l := b.liftNew(Array{c: c})
	b.lifted[c] = l
	return l
}

func (b *builder) liftNew(a Array) *cell {
	c := a.cell()
	if c.maker() != nil && c.outer != nil { // it is a constant of another builder
		c = c.outer
	}
	if c.b == nil {
		l := b.liftConcrete(c)
		l.outer = c
		return l
	}
	if !b.capturing {
		panic("BUG: a detached builder met an array of another trace")
	}
	if p := b.parent; p != nil && c.b != p && p.seq > c.b.seq {
		c = p.lift(a)
	}
	l := b.newCell(c.typ, -1)
	l.outer = c
	l.flags = c.flags & (shadowed | free)
	if !b.byRun {
		l.flags &^= shadowed
	}
	b.captures = append(b.captures, l)
	b.outside = append(b.outside, Array{c: c})
	return l
}

// emit records an equation, or finds the same one that stands already: hash-consing keeps
// gradients of gradients small. Effects are not the same. The types of the results are inferred if outs is nil.
func (b *builder) emit(p Primitive, ins []*cell, outs []Type) []*cell {
	n := b.equations.n
	if HasEffect(p) {
		b.effects = append(b.effects, int32(n))
		return b.record(p, ins, outs)
	}
	key := b.key(p, ins)
	if i := b.cons.find(key, func(i int) bool { return b.same(b.equations.at(i), p, ins) }); i >= 0 {
		return b.results(i)
	}
	cells := b.record(p, ins, outs)
	b.cons.add(key, n)
	return cells
}

// record adds an equation.
func (b *builder) record(p Primitive, ins []*cell, outs []Type) []*cell {
	flags := shadowed | free
	for _, c := range ins {
		flags &= c.flags
	}
	if outs == nil {
		types := b.types(len(ins))
		for i, c := range ins {
			types[i] = c.typ
		}
		outs = typesOf(p, types)
	}
	n := b.equations.n
	e := b.equations.next()
	e.Primitive, e.Ins, e.Outs = p, b.vars(len(ins)), b.vars(len(outs))
	e.site, e.work = b.written.site, b.written.work
	for i, c := range ins {
		e.Ins[i] = c.id
	}
	if !b.written.transform {
		e.site = callers(3)
		b.user = b.user || len(ins) > 0
	}
	if !b.byRun {
		flags &^= shadowed
	}
	if _, ok := p.(interface{ StopsGradient() }); ok {
		flags |= free
	}
	for i, t := range outs {
		c := b.newCell(t, n)
		c.flags = flags
		if t.DType != F64 {
			c.flags |= free
		}
		e.Outs[i] = c.id
	}
	return b.results(n)
}

func (b *builder) results(equation int) []*cell {
	outs := b.equations.at(equation).Outs
	return b.cells[outs[0] : int(outs[0])+len(outs)]
}

// finish closes b and makes the Func whose results are outs, without the equations that they do not need. It
// returns the arrays that its captures stand for and, if b may have found values, the cell of each of its variables, too.
func (b *builder) finish(outs []Array) (*Func, []Array, []*cell) {
	results := make([]*cell, len(outs))
	for i, a := range outs {
		if o := a.cell().b; o != nil {
			o.mustBeOpen("", a.Type())
		}
		results[i] = b.lift(a)
	}
	b.closed = true
	equations, vars := b.mark(results)
	f := &Func{inputs: len(b.inputs), outputs: make([]Var, len(results)), effects: len(b.effects) > 0, written: !b.user, memo: new(memo)}
	if b.storage != nil {
		b.storage.lend(f, vars, equations)
	} else {
		f.types, f.equations = make([]Type, 0, vars), make([]Equation, 0, equations)
	}
	outside := b.move(f)
	for i, c := range results {
		f.outputs[i] = b.number[c.id]
	}
	var cells []*cell
	if b.byRun {
		cells = make([]*cell, vars)
		for i, c := range b.cells {
			if b.live[i] {
				cells[b.number[i]] = c
			}
		}
	}
	b.workspace.release()
	b.workspace = nil
	if debug.CheckFuncs.Load() {
		if err := f.Check(); err != nil {
			panic("BUG: " + err.Error())
		}
	}
	return f, outside, cells
}

// move gives f the variables and the equations that are live, with numbers of its own, and returns what its captures stand for.
func (b *builder) move(f *Func) (outside []Array) {
	b.number = slices.Grow(b.number[:0], len(b.cells))[:len(b.cells)]
	add := func(c *cell) {
		b.number[c.id] = Var(len(f.types))
		f.types = append(f.types, c.typ)
	}
	for _, c := range b.inputs {
		add(c)
	}
	for i, c := range b.captures {
		if b.live[c.id] {
			add(c)
			outside = append(outside, b.outside[i])
		}
	}
	f.captures = len(outside)
	for i := range b.equations.n {
		e := b.equations.at(i)
		if !b.live[e.Outs[0]] {
			continue
		}
		for _, v := range e.Outs {
			add(b.cells[v])
		}
		renumber(e.Ins, b.number)
		renumber(e.Outs, b.number)
		f.equations = append(f.equations, *e)
	}
	return outside
}

// mark marks the inputs, and the variables on which the results and effects depend, with all results of the equations that make
// them. It counts those equations and variables.
func (b *builder) mark(results []*cell) (equations, vars int) {
	b.live = slices.Grow(b.live[:0], len(b.cells))[:len(b.cells)]
	live := b.live
	clear(live)
	for _, c := range b.inputs {
		live[c.id] = true
	}
	for _, c := range results {
		live[c.id] = true
	}
	for _, i := range b.effects {
		live[b.equations.at(int(i)).Outs[0]] = true
	}
	for i := b.equations.n - 1; i >= 0; i-- {
		e := b.equations.at(i)
		if !slices.ContainsFunc(e.Outs, func(v Var) bool { return live[v] }) {
			continue
		}
		e.prune(live)
		for _, v := range e.Outs {
			live[v] = true
		}
		for _, v := range e.Ins {
			live[v] = true
		}
		equations++
		vars += len(e.Outs)
	}
	for _, c := range b.captures {
		if live[c.id] {
			vars++
		}
	}
	return equations, vars + len(b.inputs)
}

func renumber(vs, number []Var) {
	for i, v := range vs {
		vs[i] = number[v]
	}
}
