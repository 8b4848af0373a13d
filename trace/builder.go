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
	closed    bool
	born      site
	written   written

	cells     []*cell
	made      []int32 // the equation that made each variable, or -1
	equations []Equation
	inputs    []*cell
	captures  []*cell // inside
	outside   []Array // the arrays that the captures stand for
	lifted    map[*cell]*cell

	cons cons // equations by their keys

	effects []int32 // equations that have an effect
	user    bool    // has written an equation

	free chunks // storage
	text []byte // scratch
}

var builders atomic.Int64

func newBuilder() *builder {
	return &builder{
		seq:    builders.Add(1),
		lifted: make(map[*cell]*cell),
	}
}

func (b *builder) newCell(t Type, made int) *cell {
	c := b.free.cell()
	c.typ, c.b, c.id = t, b, Var(len(b.cells))
	b.cells, b.made = append(roomy(b.cells), c), append(roomy(b.made), int32(made))
	return c
}

// roomy returns s with room for one more element. It doubles what is full: append makes less room, so that more is copied.
func roomy[E any](s []E) []E {
	if len(s) < cap(s) {
		return s
	}
	return slices.Grow(s, max(8, len(s)))
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
		l := b.emit(literal(Array{c: c}), nil)[0]
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
// gradients of gradients small. Effects are not the same.
func (b *builder) emit(p Primitive, ins []*cell) []*cell {
	n := len(b.equations)
	if HasEffect(p) {
		b.effects = append(b.effects, int32(n))
		return b.record(p, ins)
	}
	key := b.key(p, ins)
	if i := b.cons.find(key, func(i int) bool { return b.same(&b.equations[i], p, ins) }); i >= 0 {
		return b.results(i)
	}
	outs := b.record(p, ins)
	b.cons.add(key, n)
	return outs
}

// record adds an equation.
func (b *builder) record(p Primitive, ins []*cell) []*cell {
	e := Equation{Primitive: p, Ins: b.free.vars(len(ins)), site: b.written.site, work: b.written.work}
	types := b.free.types(len(ins))
	flags := shadowed | free
	for i, c := range ins {
		types[i], e.Ins[i] = c.typ, c.id
		flags &= c.flags
	}
	outs, err := p.Infer(types)
	if err != nil {
		panic(inferError(p, types, err))
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
	n := len(b.equations)
	e.Outs = b.free.vars(len(outs))
	for i, t := range outs {
		c := b.newCell(t, n)
		c.flags = flags
		if t.DType != F64 {
			c.flags |= free
		}
		e.Outs[i] = c.id
	}
	b.equations = append(roomy(b.equations), e)
	return b.results(n)
}

func (b *builder) results(equation int) []*cell {
	outs := b.equations[equation].Outs
	return b.cells[outs[0] : int(outs[0])+len(outs)]
}

// finish closes b and makes the Func whose results are outs, without the equations that they do not need. It
// returns the arrays that its captures stand for and the cell of each of its variables, too.
func (b *builder) finish(outs []Array) (*Func, []Array, []*cell) {
	results := make([]*cell, len(outs))
	for i, a := range outs {
		if o := a.cell().b; o != nil {
			o.mustBeOpen("", a.Type())
		}
		results[i] = b.lift(a)
	}
	live, vars := b.live(results)
	f := &Func{
		inputs:    len(b.inputs),
		types:     make([]Type, 0, vars),
		equations: b.equations[:0], // they move there
		effects:   len(b.effects) > 0,
		written:   !b.user,
	}
	b.closed = true
	f.memo = newMemo(f)
	cells := make([]*cell, 0, vars)
	number := make([]Var, len(b.cells))
	add := func(c *cell) {
		cells = append(cells, c)
		number[c.id] = Var(len(f.types))
		f.types = append(f.types, c.typ)
	}
	for _, c := range b.inputs {
		add(c)
	}
	var outside []Array
	for i, c := range b.captures {
		if live[c.id] {
			add(c)
			outside = append(outside, b.outside[i])
		}
	}
	f.captures = len(outside)
	for i := range b.equations {
		e := &b.equations[i]
		if !live[e.Outs[0]] {
			continue
		}
		for _, v := range e.Outs {
			add(b.cells[v])
		}
		renumber(e.Ins, number)
		renumber(e.Outs, number)
		f.equations = append(f.equations, *e)
	}
	clear(b.equations[len(f.equations):])
	for _, c := range results {
		f.outputs = append(f.outputs, number[c.id])
	}
	if debug.CheckFuncs.Load() {
		if err := f.Check(); err != nil {
			panic("BUG: " + err.Error())
		}
	}
	return f, outside, cells
}

// live marks the variables on which the results and effects depend, with all results of the equations
// that make them. It counts those and the inputs.
func (b *builder) live(results []*cell) (live []bool, vars int) {
	live = make([]bool, len(b.cells))
	for _, c := range results {
		live[c.id] = true
	}
	for _, i := range b.effects {
		live[b.equations[i].Outs[0]] = true
	}
	for i := len(b.equations) - 1; i >= 0; i-- {
		e := &b.equations[i]
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
		vars += len(e.Outs)
	}
	return live, vars + len(b.inputs) + len(b.captures)
}

func renumber(vs, number []Var) {
	for i, v := range vs {
		vs[i] = number[v]
	}
}
