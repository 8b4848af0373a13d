package compile

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// prune takes out equations whose results nobody needs any more, since they have been made again
// elsewhere, and finds out anew which memory is read, and until when.
func (c *compiler) prune() {
	for v := range c.vars {
		c.vars[v].stored, c.vars[v].last = false, -1
	}
	for _, v := range c.outs {
		c.read(v, len(c.groups))
	}
	inside := make([]bool, len(c.vars))
	for _, g := range slices.Backward(c.groups) {
		c.pruneGroup(g, inside)
		for _, v := range g.temps {
			c.vars[v].stored, c.vars[v].last = true, g.index
		}
	}
}

// pruneGroup prunes a group. It marks as inside what equations of the group read that others of it make.
func (c *compiler) pruneGroup(g *group, inside []bool) {
	first := len(g.equations) // of those that are kept, which move to the end
	for _, e := range slices.Backward(g.equations) {
		fused := g.kind == scalars || g.kind == elements || g.kind == abreast
		if fused && !slices.ContainsFunc(e.outs, func(v trace.Var) bool { return inside[v] || c.wanted(v) }) {
			continue
		}
		for _, v := range e.outs {
			x := &c.vars[v]
			x.stored = x.stored || !fused || x.place != nil && c.wanted(v)
			if !fused && x.place != nil {
				c.read(v, g.index) // there must be memory, whoever reads it
			}
		}
		for _, v := range e.ins {
			if c.shows(v, g) {
				v = c.vars[v].view.root
			}
			if c.vars[v].group == g.index {
				inside[v] = true
			} else {
				c.read(v, g.index)
			}
		}
		first--
		g.equations[first] = e
	}
	g.equations = g.equations[first:]
	if g.kind != elements {
		return
	}
	g.cuts = nil
	for _, e := range g.equations {
		g.cuts, _ = united(g.cuts, c.cutsOf(e), g.size)
	}
}

// wanted reports whether the memory of v is read.
func (c *compiler) wanted(v trace.Var) bool {
	x := &c.vars[v]
	return x.stored || x.place != nil && c.vars[x.place.root].stored
}

// cutsOf returns where accesses of an equation in a loop break.
func (c *compiler) cutsOf(e equation) []int {
	var cuts []int
	if e.Equation != nil {
		if r, ok := e.Primitive.(reducer); ok {
			cuts = reducedCuts(c.vars[e.ins[0]].typ.Shape, r.Reduced())
		}
	}
	for i, v := range e.ins {
		if _, ok := c.known(v); !ok && !(i == 0 && e.gathers()) {
			cuts = append(cuts, breaks(c.vars[v].typ.Shape, c.viewOf(v).stride)...)
		}
	}
	for _, v := range e.outs {
		if p := c.vars[v].place; p != nil {
			cuts = append(cuts, breaks(c.vars[v].typ.Shape, p.stride)...)
		}
	}
	return cuts
}

// known returns a value that all elements of v are known to have, in an array.
func (c *compiler) known(v trace.Var) (trace.Buffer, bool) {
	x := &c.vars[v]
	if w := x.view; w != nil {
		x = &c.vars[w.root]
	}
	if !x.uniform() {
		return trace.Buffer{}, false
	}
	return *x.constant, true
}
