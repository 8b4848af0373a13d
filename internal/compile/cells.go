package compile

import (
	"encoding/binary"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// box is a part of an array, from lo to before hi along each axis.
type box struct{ lo, hi []int }

func (b box) size() int {
	n := 1
	for i := range b.lo {
		n *= b.hi[i] - b.lo[i]
	}
	return n
}

// all returns the whole of an array.
func all(shape []int) box { return box{make([]int, len(shape)), shape} }

// shape returns that of the part, without axes of length 1.
func (b box) shape() []int {
	s := make([]int, len(b.lo))
	for i := range s {
		s[i] = b.hi[i] - b.lo[i]
	}
	return squeezed(s)
}

// of returns where the elements of the part are, along the axes of its shape, if w says that of the whole.
func (b box) of(w view) view {
	part := view{root: w.root, offset: w.offset}
	for i, s := range w.stride {
		part.offset += b.lo[i] * s
		if b.hi[i]-b.lo[i] != 1 {
			part.stride = append(part.stride, s)
		}
	}
	return part
}

// key returns what tells the part of v from all others.
func (b box) key(v trace.Var) string {
	var few [64]byte
	k := binary.AppendVarint(few[:0], int64(v))
	for i := range b.lo {
		k = binary.AppendVarint(binary.AppendVarint(k, int64(b.lo[i])), int64(b.hi[i]))
	}
	return string(k)
}

// minus returns the part as one of an array that stands at some place.
func (b box) minus(at []int) box {
	r := box{slices.Clone(b.lo), slices.Clone(b.hi)}
	for i, n := range at {
		r.lo[i] -= n
		r.hi[i] -= n
	}
	return r
}

// within reports whether the part is one of an array of that shape.
func (b box) within(shape []int) bool {
	for i, n := range shape {
		if b.lo[i] < 0 || b.hi[i] > n {
			return false
		}
	}
	return true
}

// part returns a variable that holds a part of v, which lies within one cell of it.
func (c *compiler) part(v trace.Var, b box) trace.Var {
	x := &c.vars[v]
	if x.pending == nil && slices.Equal(b.shape(), x.typ.Shape) {
		return v
	}
	key := b.key(v)
	w, ok := c.parts[key]
	if !ok {
		w = c.makePart(v, b)
		c.parts[key] = w
	}
	return w
}

func (c *compiler) makePart(v trace.Var, b box) trace.Var {
	x := &c.vars[v]
	if x.pending == nil && !c.again(v) {
		w := b.of(c.viewOf(v))
		w.ready = c.after(v) // the whole may still be in the making
		return c.view(x.typ.DType, b.shape(), w)
	}
	var from *trace.Equation
	var ins []trace.Var
	if x.pending == nil {
		from, ins = x.from.Equation, x.from.ins
	} else {
		from, ins = x.pending.Equation, x.pending.Ins
		switch p := from.Primitive.(type) {
		case placer:
			return c.placedPart(p, ins, x.typ.DType, b)
		case viewer:
			return c.part(ins[0], c.through(from, b))
		}
	}
	parts := make([]trace.Var, len(ins))
	for i, in := range ins {
		parts[i] = c.part(in, b)
	}
	return c.piece(from, parts, trace.Type{DType: c.vars[v].typ.DType, Shape: b.shape()})
}

// placedPart returns the variable for a cell of what p puts together.
func (c *compiler) placedPart(p placer, ins []trace.Var, d trace.DType, b box) trace.Var {
	types := c.typesOf(ins)
	at, _ := p.Places(types)
	made := trace.Var(-1)
	for i, v := range ins {
		q := b.minus(at[i])
		if !q.within(types[i].Shape) {
			continue
		}
		w := c.part(v, q)
		if sum := p.Sum(d); made >= 0 && sum != nil {
			w = c.piece(&trace.Equation{Primitive: sum}, []trace.Var{made, w}, trace.Type{DType: d, Shape: b.shape()})
		}
		made = w
	}
	if made < 0 {
		made = c.splat(d, p.Rest(d), b.shape())
	}
	return made
}

// splat returns a variable whose elements are all the same.
func (c *compiler) splat(d trace.DType, bits uint64, shape []int) trace.Var {
	root := c.fresh(trace.TypeOf(d))
	one := splatOf(d, bits)
	c.vars[root].constant = &one
	return c.view(d, shape, view{root: root, stride: make([]int, len(shape))})
}

// view returns a variable whose elements are in the memory of another.
func (c *compiler) view(d trace.DType, shape []int, w view) trace.Var {
	v := c.fresh(trace.Type{DType: d, Shape: shape})
	c.vars[v].view = &w
	return v
}

// fresh returns a variable that is none of the func's.
func (c *compiler) fresh(t trace.Type) trace.Var {
	c.vars = append(c.vars, variable{typ: t, group: -1, first: -1, offset: -1, last: -1})
	return trace.Var(len(c.vars) - 1)
}

// piece places an elementwise equation on parts and returns its result.
func (c *compiler) piece(e *trace.Equation, ins []trace.Var, t trace.Type) trace.Var {
	return c.pieceCut(e, ins, t, nil, 0)
}

// pieceCut is piece in a group from lo on, for a result that goes where accesses break at cuts.
func (c *compiler) pieceCut(e *trace.Equation, ins []trace.Var, t trace.Type, cuts []int, lo int) trace.Var {
	w := c.fresh(t)
	eq := equation{e, ins, []trace.Var{w}}
	if t.Size() <= maxSmall {
		c.addScalars(eq, lo)
	} else if !c.placeLoop(eq, t.Size(), cuts, true, lo) {
		panic("BUG: parts of one shape fit into one loop")
	}
	return w
}

// straight says how a view goes through a pending operand if it leaves out elements and axes of length 1
// at most: axis k of the operand is axes[k] of the view, or none, and begins at start[k] there.
type straight struct{ axes, start []int }

func (c *compiler) straight(e *trace.Equation) (straight, bool) {
	p, ok := e.Primitive.(viewer)
	if !ok {
		return straight{}, false
	}
	from, to := c.vars[e.Ins[0]].typ.Shape, c.vars[e.Outs[0]].typ.Shape
	var m straight
	next := 0 // axes of the view up to here have been found
	for k := range from {
		unit := make([]int, len(from))
		unit[k] = 1
		at, steps, ok := p.View(from, 0, unit)
		if !ok {
			return m, false
		}
		axis := -1
		for j, s := range steps {
			switch {
			case s == 0 || to[j] == 1:
			case s != 1 || axis >= 0 || j < next || slices.ContainsFunc(to[next:j], func(n int) bool { return n != 1 }):
				return m, false
			default:
				axis, next = j, j+1
			}
		}
		m.axes, m.start = append(m.axes, axis), append(m.start, -at)
	}
	return m, !slices.ContainsFunc(to[next:], func(n int) bool { return n != 1 })
}

// through returns the part of its operand that a straight view shows in b.
func (c *compiler) through(e *trace.Equation, b box) box {
	m, _ := c.straight(e)
	r := box{make([]int, len(m.axes)), make([]int, len(m.axes))}
	for k, axis := range m.axes {
		if r.lo[k], r.hi[k] = -m.start[k], 1-m.start[k]; axis >= 0 {
			r.lo[k], r.hi[k] = b.lo[axis]-m.start[k], b.hi[axis]-m.start[k]
		}
	}
	return r
}
