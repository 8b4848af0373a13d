package pass

import (
	"math"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// group is what is looked through together: what it is read for, and how that is made.
type group struct {
	wants    []want
	makes    []trace.Var // of its equations
	products int         // made of values
	before   int         // what its equations cost
	accepted bool
}

// want is a monomial that is read, without its sign.
type want struct {
	monomial
	as    int32 // the value, or variable, that it is
	signs uint8
	minus bool // it is made with the other sign
}

// How a want is read: as it is, as its negative, or by a sum, which takes up signs.
const (
	positively = 1 << iota
	negatively
	summed
)

// maxWants bounds the time that it takes to plan a group. Larger ones stay as they are.
const maxWants = 32

// decide plans how to make what is read, and keeps the plans that cost less than what there is. It reports whether there are any.
func (r *regrouper) decide() bool {
	read := readers(r.Func)
	r.leaveAlone()
	es := r.Equations()
	for i := range es {
		e := &es[i]
		if len(e.Outs) == 1 && r.seen[e.Outs[0]] {
			g := r.groupOf(e.Outs[0])
			g.before += r.cost(e, read)
			g.makes = append(g.makes, e.Outs[0])
			continue
		}
		_, sum := e.Primitive.(summer)
		for _, v := range e.Ins {
			if r.seen[v] {
				r.groupOf(v).want(r.forms[v], sum)
			}
		}
	}
	for _, v := range r.Outputs() {
		if r.seen[v] {
			r.groupOf(v).want(r.forms[v], false)
		}
	}
	found := false
	for _, g := range r.groups {
		if g != nil {
			g.accepted = r.plan(g)
			found = found || g.accepted
		}
	}
	return found
}

// leaveAlone looks through no equation that is alone in its group: there is nothing to gain.
func (r *regrouper) leaveAlone() {
	sizes := make([]int32, len(r.seen))
	for v, seen := range r.seen {
		if seen {
			sizes[r.root(int32(v))]++
		}
	}
	for v := range r.seen {
		r.seen[v] = r.seen[v] && sizes[r.root(int32(v))] > 1
	}
}

func (r *regrouper) groupOf(v trace.Var) *group {
	root := r.root(int32(v))
	g := r.groups[root]
	if g == nil {
		g = new(group)
		r.groups[root] = g
	}
	return g
}

// cost is what an equation costs: nothing, if it changes a sign, or is a sum that takes up its product.
func (r *regrouper) cost(e *trace.Equation, read []int) int {
	if _, sum := e.Primitive.(summer); !sum {
		return multiplications(e)
	}
	products, alone := 0, false
	for _, v := range e.Ins {
		if q := r.made[v]; q != nil && multiplications(q) > 0 {
			products++
			alone = read[v] == 1
		}
	}
	if products == 1 && alone {
		return 0
	}
	return 1
}

// multiplications counts those of an equation.
func multiplications(e *trace.Equation) int {
	n := 0
	for _, p := range powersOf(e) {
		n += p
	}
	return max(n-1, 0)
}

// want notes that a monomial is read.
func (g *group) want(m monomial, sum bool) {
	sign := uint8(positively)
	switch {
	case sum:
		sign = summed
	case m.by < 0:
		sign = negatively
	}
	if len(g.wants) > maxWants {
		return
	}
	if w := g.find(m); w != nil {
		w.signs |= sign
		return
	}
	m.by = math.Abs(m.by)
	g.wants = append(g.wants, want{monomial: m, signs: sign})
}

func (g *group) find(m monomial) *want {
	for i := range g.wants {
		if w := &g.wants[i]; w.by == math.Abs(m.by) && sameFactors(w.monomial, m) {
			return w
		}
	}
	return nil
}

// plan finds products of which everything that a group is read for is made, and reports whether they cost less than its
// equations.
func (r *regrouper) plan(g *group) bool {
	sums := r.work.sums[:0]
	for i := 0; i < len(g.wants); i++ {
		if len(g.wants) > maxWants {
			return false
		}
		for _, f := range g.wants[i].factors {
			if r.is(f.of, aSum) && !slices.Contains(sums, f.of) {
				sums = append(sums, f.of)
				g.want(r.valueOf(f.of).x, true)
				g.want(r.valueOf(f.of).y, true)
			}
		}
	}
	r.work.sums = sums
	if g.least() >= g.before || !r.multiplyAll(g) {
		return false
	}
	cost := g.products
	for _, k := range sums {
		s := r.valueOf(k)
		if x, y := g.find(s.x).as, g.find(s.y).as; r.is(x, aProduct) == r.is(y, aProduct) {
			cost++ // else the sum takes up its product
		}
	}
	return cost < g.before
}

// least returns how many products it takes at least to make what a group is read for: one for each, and those of the longest.
func (g *group) least() int {
	each, longest := 0, 0
	for i := range g.wants {
		w := &g.wants[i]
		n := len(w.factors) - 1
		if w.by != 1 {
			n++
		}
		if n > 0 || w.factors[0].power > 1 {
			each++
		}
		longest = max(longest, n)
	}
	return max(each, longest)
}
