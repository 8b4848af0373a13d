package compile

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// mostAgain is how many instructions an element takes at most that a loop makes again, in place of reading what another loop
// has stored.
const mostAgain = 6

// makeAgain lets loops make again what is cheap and made of one array that is in memory anyway, where another loop would store it
// for them. To write an array takes as long as to read two. It reports whether there was something.
func (c *compiler) makeAgain() (some bool) {
	shown := map[trace.Var]bool{} // by views
	for v := range c.vars {
		if w := c.vars[v].view; w != nil {
			shown[w.root] = true
		}
	}
	for _, g := range c.groups {
		if g.kind != elements {
			continue
		}
		for _, e := range g.equations {
			if v := e.outs[0]; c.mayMakeAgain(v) && !shown[v] {
				some = c.makeInReaders(v, g) || some
			}
		}
	}
	return some
}

// mayMakeAgain reports whether v is stored for other loops alone.
func (c *compiler) mayMakeAgain(v trace.Var) bool {
	x := &c.vars[v]
	return x.each && x.stored && !x.output && !x.settled && x.place == nil && x.typ.Size() > block
}

// makeInReaders makes v, of a group, again in all groups that read it, if they are loops that it fits into.
func (c *compiler) makeInReaders(v trace.Var, g *group) bool {
	r := recipe{compiler: c, group: g, size: c.vars[v].typ.Size()}
	if !r.add(v) {
		return false
	}
	var readers []*group
	for _, h := range c.groups[g.index+1:] {
		reads := slices.ContainsFunc(h.equations, func(e equation) bool { return slices.Contains(e.ins, v) })
		switch {
		case reads && !r.fits(h, v):
			return false
		case reads:
			readers = append(readers, h)
		}
	}
	for _, h := range readers {
		r.cook(h, v)
	}
	return len(readers) > 0
}

// recipe is the equations of a group that a variable is made of.
type recipe struct {
	*compiler
	group     *group
	size      int
	equations []equation // operands first
	cost      int
	from      trace.Var // the large array that is read
	large     int       // how many there are
}

// add adds the equation that makes v, with those for its operands that are not in memory. It returns false if that is too much.
func (r *recipe) add(v trace.Var) bool {
	at := slices.IndexFunc(r.group.equations, func(e equation) bool { return slices.Contains(e.outs, v) })
	e := r.group.equations[at]
	if e.Equation == nil || !elementwise(e.Primitive) {
		return false
	}
	if r.cost += r.loweredOf(e.Primitive, e.ins).cost; r.cost > mostAgain {
		return false
	}
	for _, w := range e.ins {
		x := &r.vars[w]
		if _, known := r.known(w); known || r.has(w) {
			continue
		}
		if x.each && x.view == nil && x.group == r.group.index && !x.stored {
			if !r.add(w) {
				return false
			}
			continue
		}
		if root := r.rootOf(w); 8*r.vars[root].typ.Size() > r.size && (r.large == 0 || root != r.from) {
			r.from = root
			r.large++
		}
	}
	r.equations = append(r.equations, e)
	return r.large <= 1
}

// has reports whether w is made by what there is.
func (r *recipe) has(w trace.Var) bool {
	return slices.ContainsFunc(r.equations, func(e equation) bool { return slices.Contains(e.outs, w) })
}

// fits reports whether a group has room for the equations, and needs v a place at a time.
func (r *recipe) fits(h *group, v trace.Var) bool {
	if slices.ContainsFunc(h.equations, func(e equation) bool { return e.gathers() && e.ins[0] == v }) {
		return false
	}
	if h.kind != elements || h.size != r.group.size || len(h.equations)+len(r.equations) > fewFused && h.full() {
		return false
	}
	cuts := h.cuts
	for _, e := range r.equations {
		var ok bool
		if cuts, ok = united(cuts, r.cutsOf(e), h.size); !ok {
			return false
		}
	}
	return true
}

// cook puts the equations into a group, which reads what they give in place of v.
func (r *recipe) cook(h *group, v trace.Var) {
	made := map[trace.Var]trace.Var{}
	exchanged := func(vs []trace.Var) []trace.Var {
		vs = slices.Clone(vs)
		for i, w := range vs {
			if m, ok := made[w]; ok {
				vs[i] = m
			}
		}
		return vs
	}
	var all []equation
	for _, e := range r.equations {
		w := e.outs[0]
		m := r.fresh(r.vars[w].typ)
		x := &r.vars[m]
		x.group, x.first, x.made, x.each = h.index, h.index, byLoop, true
		all = append(all, equation{e.Equation, exchanged(e.ins), []trace.Var{m}})
		made[w] = m
	}
	for _, e := range h.equations {
		made := made[v]
		if i := slices.Index(e.ins, v); i >= 0 {
			e.ins = slices.Clone(e.ins)
			for ; i < len(e.ins); i++ {
				if e.ins[i] == v {
					e.ins[i] = made
				}
			}
		}
		all = append(all, e)
	}
	h.equations, h.work = all, h.work+r.cost
}
