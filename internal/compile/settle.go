package compile

import (
	"math"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

func (c *compiler) settleAll(vs []trace.Var) {
	for _, v := range vs {
		c.settle(v)
	}
}

// settle makes a pending array: each of its cells goes straight into its memory.
func (c *compiler) settle(v trace.Var) {
	p := c.vars[v].pending
	if p == nil {
		return
	}
	shape := c.vars[v].typ.Shape
	whole := view{root: v, stride: strides(shape)}
	first, last := len(c.groups), -1
	for b := range p.cells(shape) {
		to := b.of(whole)
		w, ok := c.origin(v, b)
		g, done := -1, false
		if ok {
			g, done = c.put(w, to)
		}
		if !done {
			w = c.part(v, b)
			g, done = c.put(w, to)
		}
		if !done {
			g = c.copyTo(w, to, 0)
		}
		first, last = min(first, g), max(last, g)
	}
	x := &c.vars[v]
	x.pending, x.settled = nil, true
	x.made, x.group, x.first = byLoop, last, first
}

// copyTo copies v to a place, in a group from lo on, and returns which.
func (c *compiler) copyTo(v trace.Var, to view, lo int) int {
	v = c.part(v, all(c.vars[v].typ.Shape))
	t := c.vars[v].typ
	w := c.pieceCut(nil, []trace.Var{v}, t, breaks(t.Shape, to.stride), lo)
	g, ok := c.put(w, to)
	if !ok {
		panic("BUG: a copy can be put anywhere")
	}
	return g
}

// origin returns the variable that is, as a whole, the part b of v.
func (c *compiler) origin(v trace.Var, b box) (trace.Var, bool) {
	x := &c.vars[v]
	if x.pending == nil {
		return v, slices.Equal(b.shape(), squeezed(x.typ.Shape))
	}
	switch p := x.pending.Primitive.(type) {
	case viewer:
		return c.origin(x.pending.Ins[0], c.through(x.pending.Equation, b))
	case placer:
		types := c.typesOf(x.pending.Ins)
		at, _ := p.Places(types)
		found, of, in := 0, trace.Var(0), box{}
		for i, w := range x.pending.Ins {
			if q := b.minus(at[i]); q.within(types[i].Shape) {
				found, of, in = found+1, w, q
			}
		}
		if found == 1 {
			return c.origin(of, in)
		}
	}
	return 0, false
}

// put gives a variable that has no memory yet, and that a loop or scalar code makes, its place in
// the memory of another. It returns the group that makes it.
func (c *compiler) put(w trace.Var, to view) (group int, ok bool) {
	x := &c.vars[w]
	if x.view != nil {
		if w = c.same(w); w < 0 {
			return 0, false
		}
		x = &c.vars[w]
	}
	if x.made != byLoop || x.group < 0 || x.place != nil || x.pending != nil || x.settled || x.stored || x.output {
		return 0, false
	}
	stride := expanded(x.typ.Shape, to.stride)
	if x.viewed && !slices.Equal(to.stride, tight(strides(x.typ.Shape), x.typ.Shape)) {
		return 0, false // views go along strides of its own
	}
	switch g := c.groups[x.group]; {
	case g.kind == elements && x.each:
		cuts, ok := united(g.cuts, breaks(x.typ.Shape, stride), g.size)
		if !ok {
			return 0, false
		}
		g.cuts = cuts
	case g.kind != scalars:
		return 0, false
	}
	x.place, x.stored = &view{root: to.root, offset: to.offset, stride: stride}, true
	return x.group, true
}

// same returns the variable whose elements, all of them in their order, a view shows; -1 if that is not so.
func (c *compiler) same(v trace.Var) trace.Var {
	w := c.vars[v].view
	t, root := c.vars[v].typ, c.vars[w.root].typ
	if w.offset != 0 || !slices.Equal(squeezed(t.Shape), squeezed(root.Shape)) || !slices.Equal(tight(w.stride, t.Shape), tight(strides(t.Shape), t.Shape)) {
		return -1
	}
	return w.root
}

// squeezed leaves out axes of length 1.
func squeezed(shape []int) []int { return tight(shape, shape) }

// tight leaves out the strides of axes of length 1.
func tight(stride, shape []int) []int {
	var s []int
	for i, n := range shape {
		if n != 1 {
			s = append(s, stride[i])
		}
	}
	return s
}

// expanded is the inverse of tight.
func expanded(shape, tight []int) []int {
	s := make([]int, len(shape))
	for i, n := range shape {
		if n != 1 {
			s[i], tight = tight[0], tight[1:]
		}
	}
	return s
}

// splatOf returns a scalar of some bits.
func splatOf(d trace.DType, bits uint64) trace.Buffer {
	b := trace.NewBuffer(trace.TypeOf(d))
	switch d {
	case trace.F64:
		b.F64[0] = math.Float64frombits(bits)
	case trace.I64:
		b.I64[0] = int64(bits)
	case trace.Bool:
		b.Bool[0] = bits != 0
	}
	return b
}

// placeSpread makes an array in which there are places between the elements of an operand: that is put over,
// or added to, what is there already.
func (c *compiler) placeSpread(e *trace.Equation) bool {
	p, ok := e.Primitive.(placer)
	if !ok || c.vars[e.Outs[0]].typ.Size() == 0 || len(e.Ins) > 2 || c.changesLittle(e) {
		return false // a long concat is as good by Eval
	}
	v, d, shape := e.Outs[0], c.vars[e.Outs[0]].typ.DType, c.vars[e.Outs[0]].typ.Shape
	whole, sum := view{root: v, stride: strides(shape)}, p.Sum(d)
	base, over := e.Ins[0], e.Ins[1:]
	if sum == nil {
		base, over = c.splat(d, p.Rest(d), shape), e.Ins
	}
	under := whole
	under.stride = tight(under.stride, shape)
	first := c.copyTo(base, under, 0)
	last := first
	at, step := p.Places(c.typesOf(e.Ins))
	for i, u := range over {
		i += len(e.Ins) - len(over)
		t := c.vars[u].typ
		if t.Size() == 0 {
			continue
		}
		to := stepped(whole, at[i], step[i], t.Shape)
		if sum == nil {
			last = c.copyTo(u, to, last+1)
			continue
		}
		w := stepped(c.viewOf(base), at[i], step[i], t.Shape)
		w.ready = c.after(base)
		t.Shape = squeezed(t.Shape)
		ins := []trace.Var{c.view(d, t.Shape, w), c.part(u, all(c.vars[u].typ.Shape))}
		y := c.pieceCut(&trace.Equation{Primitive: sum}, ins, t, breaks(t.Shape, to.stride), last+1)
		if last, ok = c.put(y, to); !ok {
			panic("BUG: a sum can be put anywhere")
		}
	}
	x := &c.vars[v]
	x.made, x.group, x.first, x.settled = byLoop, last, first, true
	return true
}

// stepped returns where an array of some shape is in w, if its element k is at + k*step along each axis.
func stepped(w view, at, step, shape []int) view {
	r := view{root: w.root, offset: w.offset, stride: slices.Clone(w.stride)}
	for i, s := range w.stride {
		r.offset += at[i] * s
		r.stride[i] *= step[i]
	}
	r.stride = tight(r.stride, shape)
	return r
}
