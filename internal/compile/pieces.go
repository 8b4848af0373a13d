package compile

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// placer is a primitive whose result is put together from its operands; package num says how.
type placer interface {
	Places(types []trace.Type) (at, step [][]int)
	Rest(d trace.DType) uint64
	Sum(d trace.DType) trace.Primitive
}

// pending is an array that nobody has made yet: a pad, a concat and the like, or what is elementwise in
// such. Cuts along its axes divide it into cells, each of which is elementwise in parts of other arrays. So
// it can be made a cell at a time in one pass, from what its operands are made of.
type pending struct {
	*trace.Equation
	cuts  [][]int // of each axis
	cost  int     // instructions for an element, about
	depth int     // pending arrays behind each other
}

const (
	// maxInline is how many instructions may be run again to save that memory is written and read.
	maxInline = 32
	// maxCells is how many cells an array may be made in by loops of their own.
	maxCells = 16
	// maxVisits is about how often small cells may be looked for in operands, when a program is compiled.
	maxVisits = 512
)

// postpone leaves an array to be made later, in cells.
func (c *compiler) postpone(e *trace.Equation) bool {
	if len(e.Outs) != 1 || c.vars[e.Outs[0]].typ.Size() == 0 || !c.inCells(e) {
		return false
	}
	p := c.pendingOf(e)
	if !c.affordable(e.Outs[0], p) {
		c.settleAll(e.Ins)
		if p = c.pendingOf(e); !c.isPlacer(e) || !c.affordable(e.Outs[0], p) {
			return false
		}
	}
	c.vars[e.Outs[0]].pending = p
	return true
}

func (c *compiler) isPlacer(e *trace.Equation) bool {
	_, ok := e.Primitive.(placer)
	return ok
}

// inCells reports whether each cell of what e makes comes from cells of its operands.
func (c *compiler) inCells(e *trace.Equation) bool {
	if p, ok := e.Primitive.(placer); ok {
		if c.changesLittle(e) {
			return false
		}
		types := c.typesOf(e.Ins)
		_, step := p.Places(types)
		for i := range e.Ins {
			if spread(types[i].Shape, step[i]) {
				return false
			}
		}
		return true
	}
	if !slices.ContainsFunc(e.Ins, func(v trace.Var) bool { return c.vars[v].pending != nil }) {
		return false
	}
	if _, ok := e.Primitive.(viewer); ok {
		_, ok := c.straight(e)
		return ok
	}
	return !c.vars[e.Outs[0]].needed && elementwise(e.Primitive) && c.lowersOne(e)
}

// spread reports whether there are places between neighbours.
func spread(shape, step []int) bool {
	for i, n := range shape {
		if n > 1 && step[i] != 1 {
			return true
		}
	}
	return false
}

func (c *compiler) typesOf(vs []trace.Var) []trace.Type {
	types := make([]trace.Type, len(vs))
	for i, v := range vs {
		types[i] = c.vars[v].typ
	}
	return types
}

// pendingOf says in which cells the result of e is made.
func (c *compiler) pendingOf(e *trace.Equation) *pending {
	shape := c.vars[e.Outs[0]].typ.Shape
	p := &pending{Equation: e, cuts: make([][]int, len(shape)), depth: 1}
	add := func(axis, at int) {
		if at > 0 && at < shape[axis] {
			p.cuts[axis] = append(p.cuts[axis], at)
		}
	}
	place, places := e.Primitive.(placer)
	var starts [][]int
	if places {
		starts, _ = place.Places(c.typesOf(e.Ins))
	}
	together := !places || place.Sum(c.vars[e.Outs[0]].typ.DType) != nil
	for i, v := range e.Ins {
		x := &c.vars[v]
		axes, start := identity(len(x.typ.Shape))
		if places {
			start = starts[i]
			for a, at := range start {
				add(a, at)
				add(a, at+x.typ.Shape[a])
			}
		} else if m, ok := c.straight(e); ok {
			axes, start = m.axes, m.start
		}
		if cost := c.cost(v); together {
			p.cost += cost
		} else {
			p.cost = max(p.cost, cost)
		}
		if x.pending == nil {
			continue
		}
		p.depth = max(p.depth, x.pending.depth+1)
		for a, cuts := range x.pending.cuts {
			for _, at := range cuts {
				if axes[a] >= 0 {
					add(axes[a], at+start[a])
				}
			}
		}
	}
	if together {
		p.cost += c.ownCost(e.Primitive, e.Ins)
	}
	for a := range p.cuts {
		slices.Sort(p.cuts[a])
		p.cuts[a] = slices.Compact(p.cuts[a])
	}
	return p
}

// identity maps axes onto themselves.
func identity(n int) (axes, start []int) {
	axes = make([]int, n)
	for i := range axes {
		axes[i] = i
	}
	return axes, make([]int, n)
}

// affordable reports whether v may be made in the cells that p says.
func (c *compiler) affordable(v trace.Var, p *pending) bool {
	cells, large := 1, 0
	for _, cuts := range p.cuts {
		if cells *= len(cuts) + 1; cells*p.depth > maxVisits {
			return false
		}
	}
	for b := range p.cells(c.vars[v].typ.Shape) {
		if b.size() > maxSmall {
			large++
		}
	}
	return large <= maxCells && p.cost <= maxInline
}

// cost returns how many instructions it takes to make an element of v again; 0 if it is in memory.
func (c *compiler) cost(v trace.Var) int {
	if p := c.vars[v].pending; p != nil {
		return p.cost
	}
	if c.again(v) {
		return c.vars[v].cost
	}
	return 0
}

// again reports whether elements of v are best made again where they are needed: they are cheap, and
// not in memory so far.
func (c *compiler) again(v trace.Var) bool {
	x := &c.vars[v]
	return x.each && x.view == nil && x.place == nil && !x.stored && x.from != nil && x.from.Equation != nil && x.cost <= maxInline
}

// cells goes through the cells of an array.
func (p *pending) cells(shape []int) func(yield func(box) bool) {
	return func(yield func(box) bool) {
		b := box{make([]int, len(shape)), slices.Clone(shape)}
		var walk func(axis int) bool
		walk = func(axis int) bool {
			if axis == len(shape) {
				return yield(box{slices.Clone(b.lo), slices.Clone(b.hi)})
			}
			b.lo[axis] = 0
			for _, hi := range append(p.cuts[axis][:len(p.cuts[axis]):len(p.cuts[axis])], shape[axis]) {
				b.hi[axis] = hi
				if !walk(axis + 1) {
					return false
				}
				b.lo[axis] = hi
			}
			return true
		}
		walk(0)
	}
}

// costOf returns how many instructions an element of what e makes takes, with those for its operands.
func (c *compiler) costOf(e equation) int {
	if e.Equation == nil || !elementwise(e.Primitive) {
		return maxInline + 1 // which is not made again
	}
	n := c.ownCost(e.Primitive, e.ins)
	for _, v := range e.ins {
		n += c.cost(v)
	}
	return n
}

// ownCost returns how many instructions an element takes.
func (c *compiler) ownCost(p trace.Primitive, ins []trace.Var) int {
	if !elementwise(p) {
		if _, ok := p.(viewer); ok {
			return 0
		}
		return 1
	}
	return c.loweredOf(p, ins).cost
}
