package compile

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// Arrays of a long axis and a few elements at each place along it, which may be in front or behind, are gone through
// abreast: in one loop along the axis, whose body has all elements at a place. So arrays that have other axes beside
// the long one, or none, meet in one loop, and what sums up a few elements is a part of it.

const (
	// maxAbreast is how many elements an array may have at a place.
	maxAbreast = 32
	// maxWork is about how many instructions the body of a loop abreast may have.
	maxWork = 1500
)

// alongside is a primitive whose Expand may be run for each place along an axis, as on arrays of length 1 there.
type alongside interface{ Alongside() }

// long returns the length of the axis of an array that is longer than all others together, if these are short; or 0.
func long(t trace.Type) int {
	for _, n := range t.Shape {
		if n > maxAbreast && t.Size() <= n*maxAbreast {
			return n
		}
	}
	return 0
}

// ranks is how an array of n places is laid out: axis is the long one, or -1; there are inner elements behind it
// and count at each place.
type ranks struct{ axis, inner, count int }

func ranksOf(t trace.Type, n int) ranks {
	r := ranks{slices.Index(t.Shape, n), 1, 1}
	for i, m := range t.Shape {
		if i != r.axis {
			r.count *= m
		}
		if i > r.axis {
			r.inner *= m
		}
	}
	return r
}

// place returns where element k at the first place is in memory.
func (r ranks) place(k int, t trace.Type, stride []int) int {
	at := 0
	for i := len(t.Shape) - 1; i >= 0; i-- {
		if i != r.axis {
			at += k % t.Shape[i] * stride[i]
			k /= t.Shape[i]
		}
	}
	return at
}

// single is a type with length 1 in place of n.
func single(t trace.Type, n int) trace.Type {
	if a := slices.Index(t.Shape, n); a >= 0 {
		t.Shape = slices.Clone(t.Shape)
		t.Shape[a] = 1
	}
	return t
}

// placeAbreast puts an equation that has a loop of no other kind into a group of its own.
func (c *compiler) placeAbreast(e *trace.Equation) bool {
	if _, ok := e.Primitive.(alongside); !ok {
		return false
	}
	g := &group{kind: abreast, size: long(c.vars[e.Outs[0]].typ)}
	eq := equation{e, e.Ins, e.Outs}
	if g.size == 0 || !c.runsAbreast(eq, g.size) {
		return false
	}
	c.add(g, eq)
	return true
}

// runsAbreast reports whether an equation has code in a loop along n places.
func (c *compiler) runsAbreast(e equation, n int) bool {
	for _, v := range slices.Concat(e.ins, e.outs) {
		if long(c.vars[v].typ) != n && c.vars[v].typ.Size() > maxAbreast {
			return false
		}
	}
	if e.Equation == nil || elementwise(e.Primitive) {
		return !slices.ContainsFunc(e.ins, func(v trace.Var) bool { return !c.alike(v, e.outs[0], n) })
	}
	_, expands := e.Primitive.(expander)
	_, reduces := e.Primitive.(reducer)
	_, along := e.Primitive.(alongside)
	return expands && (reduces || along && long(c.vars[e.outs[0]].typ) == n)
}

// alike reports whether the elements of two arrays are the same in order, whatever axes of length 1 they have.
func (c *compiler) alike(v, w trace.Var, n int) bool {
	a, b := ranksOf(c.vars[v].typ, n), ranksOf(c.vars[w].typ, n)
	return a.axis >= 0 && b.axis >= 0 && a.inner == b.inner && a.count == b.count
}

// placesOf returns the length of the long axis that all equations of a group run along; 0 if there is none.
func (c *compiler) placesOf(g *group) int {
	if g.kind == abreast {
		return g.size
	}
	if g.kind != elements || len(g.equations) == 0 {
		return 0
	}
	e := &g.equations[0]
	n := long(c.vars[append(e.ins[:len(e.ins):len(e.ins)], e.outs[0])[0]].typ)
	for _, e := range g.equations {
		if n == 0 || e.gathers() || !c.runsAbreast(e, n) {
			return 0
		}
	}
	return n
}

// convoy is a set of groups that will go abreast.
type convoy struct {
	groups []*group
	made   map[trace.Var]bool
	work   int
	wide   bool // some array has more than one element at a place
	closed bool // others read what it makes, or put something beside it, so that it cannot come later
}

// goAbreast makes groups that have a long axis in common, of which one makes what another reads, one group.
func (c *compiler) goAbreast() {
	open := map[int]*convoy{}
	for _, g := range c.groups {
		n := c.placesOf(g)
		for m, k := range open {
			if m != n && c.readsAny(g, k.made) {
				k.closed = true
			}
		}
		if n == 0 {
			continue
		}
		k, work := open[n], c.workOf(g, n)
		if k == nil || k.work+work > maxWork || !c.follows(g, k, n) {
			c.start(k, n)
			k = &convoy{made: map[trace.Var]bool{}}
			open[n] = k
		}
		k.work += work
		c.enter(g, k, n)
	}
	for n, k := range open {
		c.start(k, n)
	}
}

// enter puts a group at the end of a convoy.
func (c *compiler) enter(g *group, k *convoy, n int) {
	k.groups = append(k.groups, g)
	for _, e := range g.equations {
		for _, v := range slices.Concat(e.ins, e.outs) {
			k.wide = k.wide || ranksOf(c.vars[v].typ, n).count > 1
		}
		for _, v := range e.outs {
			k.made[v] = true
			if p := c.vars[v].place; p != nil {
				k.made[p.root] = true
				k.closed = true // what others put into the same memory has an order
			}
		}
	}
}

// follows reports whether a group can run abreast with those of a convoy, and has a reason to.
func (c *compiler) follows(g *group, k *convoy, n int) bool {
	next := k.groups[len(k.groups)-1].index+1 == g.index
	if k.closed && !next || !c.readsAny(g, k.made) {
		return false
	}
	for _, e := range g.equations {
		for _, v := range e.ins {
			if !c.reaches(v, k, n) {
				return false
			}
		}
	}
	return true
}

// reaches reports whether v can be read in the loop of a convoy: where that makes it, element by element at each place.
func (c *compiler) reaches(v trace.Var, k *convoy, n int) bool {
	root := v
	if w := c.vars[v].view; w != nil {
		root = w.root
		if _, ok := c.picks(v, n); k.made[root] && (!ok || c.vars[root].place != nil) {
			return false // shows knows no views of what goes elsewhere
		}
	}
	return !k.made[root] || long(c.vars[root].typ) == n && c.vars[root].group >= 0 && !c.vars[root].settled
}

// picks returns which of the elements of what it is a view of, at the same place, v shows, if it shows no others.
func (c *compiler) picks(v trace.Var, n int) ([]int, bool) {
	x := &c.vars[v]
	root := c.vars[x.view.root].typ
	of, in := ranksOf(x.typ, n), ranksOf(root, n)
	if of.axis < 0 || in.axis < 0 || x.view.stride[of.axis] != in.inner {
		return nil, false
	}
	picked := make([]int, of.count)
	for k := range picked {
		at := x.view.offset + of.place(k, x.typ, x.view.stride)
		if at/in.inner%n != 0 {
			return nil, false
		}
		picked[k] = at/(in.inner*n)*in.inner + at%in.inner
	}
	return picked, true
}

// shows reports whether v is a view of what a loop abreast makes itself.
func (c *compiler) shows(v trace.Var, g *group) bool {
	w := c.vars[v].view
	if g.kind != abreast || w == nil {
		return false
	}
	root := &c.vars[w.root]
	return root.group == g.index && root.place == nil && !root.settled
}

// readsAny reports whether a group reads, or puts something into, the memory of some variables.
func (c *compiler) readsAny(g *group, some map[trace.Var]bool) bool {
	for _, e := range g.equations {
		for _, v := range slices.Concat(e.ins, e.outs) {
			if some[v] || some[c.rootOf(v)] || c.vars[v].view != nil && some[c.vars[v].view.root] {
				return true
			}
		}
	}
	return false
}

// workOf returns about how many instructions a group takes at each place.
func (c *compiler) workOf(g *group, n int) int {
	work := 0
	for _, e := range g.equations {
		switch {
		case e.Equation == nil:
		case elementwise(e.Primitive):
			work += c.loweredOf(e.Primitive, e.ins).size * ranksOf(c.vars[e.outs[0]].typ, n).count
		default:
			work += 4 * ranksOf(c.vars[e.ins[0]].typ, n).count
		}
	}
	return work
}

// start makes a convoy one group, in the place of the last.
func (c *compiler) start(k *convoy, n int) {
	if k == nil || len(k.groups) < 2 || !k.wide {
		return
	}
	g := k.groups[len(k.groups)-1]
	var all []equation
	for _, h := range k.groups {
		all = append(all, h.equations...)
		if h != g {
			h.equations = nil
		}
	}
	g.kind, g.size, g.equations, g.cuts = abreast, n, all, nil
	for v := range k.made {
		x := &c.vars[v]
		x.group = max(x.group, g.index)
		if x.place == nil && !x.settled {
			x.first = g.index
		}
	}
}
