package trace

import (
	"fmt"
	"slices"
	"strings"
)

// Apply applies a primitive to arrays. If all are concrete it computes at once; otherwise it
// records an equation in the innermost open func that the operands have a part in, and outer
// operands become captures of every func between.
func Apply(p Primitive, ins ...Array) []Array {
	b := target(p.Name(), ins)
	if b == nil {
		return compute(p, ins)
	}
	if y, ok := b.simplify(p, ins); ok {
		return append(b.slice(1)[:0], y)
	}
	return b.arrays(b.apply(p, ins, nil))
}

// Again is ApplyAmong for an equation of f. Where its operands have the types that they have in f, so have its results, and none is
// inferred.
func (f *Func) Again(args []Array, e *Equation, ins ...Array) []Array {
	p := e.Primitive
	b := target(p.Name(), ins)
	if b == nil {
		return ApplyAmong(args, p, ins...)
	}
	if y, ok := b.simplify(p, ins); ok {
		return append(b.slice(1)[:0], y)
	}
	return b.arrays(b.apply(p, ins, f.results(e, ins)))
}

// results returns the types of what e makes of operands that have the types that they have in f, or nil if they have not.
func (f *Func) results(e *Equation, ins []Array) []Type {
	for i, v := range e.Ins {
		if !ins[i].Type().Equal(f.types[v]) {
			return nil
		}
	}
	first, last := e.Outs[0], e.Outs[len(e.Outs)-1]
	if int(last-first) != len(e.Outs)-1 {
		return nil
	}
	return f.types[first : last+1]
}

// ApplyOne is Apply for a primitive of one result.
func ApplyOne(p Primitive, ins ...Array) Array {
	b := target(p.Name(), ins)
	if b == nil {
		return computeOne(p, ins)
	}
	if y, ok := b.simplify(p, ins); ok {
		return y
	}
	return Array{c: b.apply(p, ins, nil)[0]}
}

// apply records p applied to ins and returns the cells of the results, of the types outs: nil if they are to be inferred.
func (b *builder) apply(p Primitive, ins []Array, outs []Type) []*cell {
	var few [4]*cell
	cells := few[:0]
	for _, a := range ins {
		cells = append(cells, b.lift(a))
	}
	return b.emit(p, cells, outs)
}

// simplify returns what can stand for p applied to ins, where a transform writes. It gives a Simplifier a copy of the
// operands, so that the caller can have them on its stack.
func (b *builder) simplify(p Primitive, ins []Array) (Array, bool) {
	if !b.written.transform {
		return Array{}, false
	}
	s, ok := p.(Simplifier)
	if !ok {
		return Array{}, false
	}
	n := len(b.given)
	b.given = append(b.given, ins...)
	y, ok := s.Simplify(b.given[n:len(b.given):len(b.given)])
	b.given = b.given[:n]
	return y, ok
}

// target returns the builder to which an equation with the given operands belongs: the one
// opened last among the operands' own, where that of an attached one is the innermost open
// on its goroutine. It is nil if all operands are concrete.
func target(name string, ins []Array) *builder {
	var t *builder
	for _, a := range ins {
		b := a.cell().b
		if b == nil {
			continue
		}
		if b.mustBeOpen(name, a.Type()); b.rec != nil {
			b = b.rec.top
		}
		if t == nil || b.seq > t.seq {
			t = b
		}
	}
	return t
}

// mustBeOpen refuses arrays of b when its func is finished, and on another goroutine.
func (b *builder) mustBeOpen(name string, t Type) {
	if b.closed {
		e := Errorf(name, "an array of %v escaped its trace", t)
		if born := b.born.position(); born.File != "" {
			e.Msg += fmt.Sprintf(", which began at %v and is over", born)
		}
		panic(e)
	}
	if b.rec != nil && b.rec.goroutine != goroutine() {
		panic(Errorf(name, "an array of %v is used on another goroutine than the one that traces it, begun at %v",
			t, b.born.position()))
	}
}

func (b *builder) arrays(cells []*cell) []Array {
	as := b.slice(len(cells))
	for i, c := range cells {
		as[i] = Array{c: c}
	}
	return as
}

// typesOf returns the types of what p makes, which are possible ones.
func typesOf(p Primitive, types []Type) []Type {
	outs, err := p.Infer(types)
	if err != nil {
		panic(inferError(p, types, err))
	}
	for _, t := range outs {
		if t.Overflows() {
			panic(Errorf(p.Name(), "%v: the result, %v, has too many elements", typesText(types), t))
		}
	}
	return outs
}

func inferError(p Primitive, types []Type, err error) *Error {
	return Errorf(p.Name(), "%v: %s", err, typesText(types))
}

// typesText returns the types of operands: f64[2] x f64[3].
func typesText(types []Type) string {
	if len(types) == 0 {
		return "no operands"
	}
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = t.String()
	}
	return strings.Join(words, " x ")
}

// Producer returns the primitive that made a traced array and its operands, so that a
// Simplify rule can look behind its operands. It fails for inputs, captures, concrete arrays
// and primitives with several results.
func Producer(a Array) (p Primitive, ins []Array, ok bool) {
	e := a.cell().maker()
	if e == nil || len(e.Outs) != 1 {
		return nil, nil, false
	}
	return e.Primitive, a.c.operands(e), true
}

// ProducerOf is Producer for primitives that are a P, a type of primitives: it fails for others, and is the faster way to find that out.
func ProducerOf[P any](a Array) (p P, ins []Array, ok bool) {
	e := a.cell().maker()
	if e == nil || len(e.Outs) != 1 {
		return p, nil, false
	}
	if p, ok = e.Primitive.(P); !ok {
		return p, nil, false
	}
	return p, a.c.operands(e), true
}

// operands returns those of the equation that makes c.
func (c *cell) operands(e *Equation) []Array {
	ins := c.b.slice(len(e.Ins))
	for i, v := range e.Ins {
		ins[i] = c.b.cells[v].operand()
	}
	return ins
}

// maker returns the equation that makes a traced array, or nil: it is an input or a capture, or its func is finished.
func (c *cell) maker() *Equation {
	if c.b == nil || c.b.closed || c.b.made[c.id] < 0 {
		return nil
	}
	return c.b.equations.at(int(c.b.made[c.id]))
}

// operand returns what an equation is given: constants are concrete.
func (c *cell) operand() Array {
	if c.outer != nil && c.maker() != nil {
		return Array{c: c.outer}
	}
	return Array{c: c}
}

// writer gives positions, and what they are for, to the equations that a transform records.
type writer struct {
	builders []*builder
	before   []written

	few       [2]*builder // room for those
	fewBefore [2]written
}

// written is what a builder gives to equations that a transform writes.
type written struct {
	transform bool
	site      site
	work      *work
}

// newWriter returns a writer for the builders to which operations on args go.
func newWriter(args []Array) *writer {
	w := &writer{}
	w.builders, w.before = w.few[:0], w.fewBefore[:0]
	for _, a := range args {
		b := a.cell().b
		if b != nil && b.rec != nil && b.rec.top != nil {
			b = b.rec.top
		}
		w.add(b)
	}
	return w
}

func (w *writer) add(b *builder) {
	if b == nil || b.closed || slices.Contains(w.builders, b) {
		return
	}
	w.builders = append(w.builders, b)
	w.before = append(w.before, b.written)
}

// at says that what is recorded from now on comes from an equation. It is for the given work, or
// for that of which the walk itself is a part, if that is a derivative.
func (w *writer) at(e *Equation, job *work) {
	for i, b := range w.builders {
		b.written = written{true, e.site, job}
		if outer := w.before[i].work; outer != nil {
			b.written.work = outer
		}
	}
}

// reserve makes room for what is made of some equations of one result each: mostly as many, or a few more.
func (w *writer) reserve(equations int) {
	equations += equations / 4
	for _, b := range w.builders {
		b.cells, b.made = slices.Grow(b.cells, equations), slices.Grow(b.made, equations)
		b.cons.reserve(equations)
	}
}

func (w *writer) done() {
	for i, b := range w.builders {
		b.written = w.before[i]
	}
}
