package compile

import (
	"math"
	"math/bits"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// Directions that go together through a sum over a few inputs at a time, as those of a Hessian do through the energy of pairs, are
// arrays of which most elements are known zeros, or read by selects that do not take them. To go through all elements in vectors would be in
// vain. Where few are left they are scalars, whatever size the arrays have: what is known folds, and what nobody reads is not made.

// A word has a bit for each element of an array.
const maxThin = 64

const (
	// thinning is how many times as many elements there are to be as are left: scalars may find no others to make vectors with.
	thinning = 4
	// maxThinWork is how many instructions may be left, and maxThinTried how many are gone through to find those.
	maxThinWork, maxThinTried = 20000, 1 << 18
)

// thinner knows about elements of arrays of more than maxSmall and up to maxThin of them.
type thinner struct {
	*compiler
	known []uint64 // of each variable, the elements whose values are known
	zero  []uint64 // those of them that are zeros, or false
	read  []uint64 // those that are read
}

// findThin finds the sizes of arrays that are made element by element though they are not small.
func (c *compiler) findThin() {
	if !c.hasMask() {
		return
	}
	n := c.f.NumVars()
	t := thinner{c, make([]uint64, n), make([]uint64, n), make([]uint64, n)}
	es := c.f.Equations()
	for i := range es {
		t.knowledge(&es[i])
	}
	for _, v := range c.f.Outputs() {
		t.read[v] = t.all(v)
	}
	var left, whole, tried [maxThin + 1]int
	for i := len(es) - 1; i >= 0; i-- {
		e := &es[i]
		k, ok := t.needs(e)
		if !ok {
			continue
		}
		size, l := c.f.Type(e.Outs[0]).Size(), c.loweredOf(e.Primitive, e.Ins)
		left[size] += bits.OnesCount64(k) * l.cost
		whole[size] += size * l.cost
		tried[size] += size * l.size
	}
	for n := range whole {
		if whole[n] > 0 && left[n]*thinning <= whole[n] && left[n] <= maxThinWork && tried[n] <= maxThinTried {
			c.thin |= 1 << (n - 1)
		}
	}
}

// hasMask reports whether there is a known mask that is neither true nor false throughout.
func (c *compiler) hasMask() bool {
	es := c.f.Equations()
	for i := range es {
		e := &es[i]
		if len(e.Ins) == 0 && len(e.Outs) == 1 && c.f.Type(e.Outs[0]).DType == trace.Bool && c.thinnable(e.Outs[0]) {
			if b, ok := constantOf(e); ok && !uniform(b) {
				return true
			}
		}
	}
	return false
}

// thinnable reports whether v has as many elements as a thinner knows about.
func (c *compiler) thinnable(v trace.Var) bool {
	t := c.f.Type(v)
	return t.Stars() == 0 && t.Size() > maxSmall && t.Size() <= maxThin
}

// isThin reports whether arrays of a type are made element by element, though they are not small.
func (c *compiler) isThin(t trace.Type) bool {
	return t.Stars() == 0 && t.Size() > maxSmall && t.Size() <= maxThin && c.thin>>(t.Size()-1)&1 != 0
}

// all returns the elements of v.
func (t *thinner) all(v trace.Var) uint64 {
	if !t.thinnable(v) {
		return 0
	}
	return ^uint64(0) >> (maxThin - t.f.Type(v).Size())
}

// follows returns what e does to each element, or that it has them as its operand does; ok is false if it does neither.
func (t *thinner) follows(e *trace.Equation) (op loop.Op, same, ok bool) {
	if len(e.Ins) == 0 || len(e.Outs) != 1 || !t.thinnable(e.Outs[0]) {
		return 0, false, false
	}
	if elementwise(e.Primitive) {
		l := t.loweredOf(e.Primitive, e.Ins)
		return l.op, false, l.ok
	}
	p, views := e.Primitive.(viewer)
	same = views && len(e.Ins) == 1 && t.thinnable(e.Ins[0]) && t.keepsOrder(e, p)
	return 0, same, same
}

// knowledge notes what is known of the result of e.
func (t *thinner) knowledge(e *trace.Equation) {
	if len(e.Ins) == 0 && len(e.Outs) == 1 && t.thinnable(e.Outs[0]) {
		if b, ok := constantOf(e); ok {
			t.known[e.Outs[0]], t.zero[e.Outs[0]] = t.all(e.Outs[0]), zeros(b)
		}
		return
	}
	op, same, ok := t.follows(e)
	if !ok {
		return
	}
	v, in := e.Outs[0], e.Ins
	switch {
	case same:
		t.known[v], t.zero[v] = t.known[in[0]], t.zero[in[0]]
	case op == loop.Select:
		yes, no, either := t.choices(in[0])
		t.known[v] = yes&t.known[in[1]] | no&t.known[in[2]]
		t.zero[v] = yes&t.zero[in[1]] | no&t.zero[in[2]] | either&t.zero[in[1]]&t.zero[in[2]]
		t.known[v] |= t.zero[v]
	case op == loop.Add || op == loop.Sub:
		t.zero[v] = t.zero[in[0]] & t.zero[in[1]]
		t.known[v] = t.zero[v]
	}
}

// choices returns where a mask is known to be true, and false, and where it is not known.
func (t *thinner) choices(mask trace.Var) (yes, no, either uint64) {
	return t.known[mask] &^ t.zero[mask], t.known[mask] & t.zero[mask], ^t.known[mask]
}

// zeros returns which elements have no bits.
func zeros(b trace.Buffer) (zero uint64) {
	for k, x := range b.F64 {
		if math.Float64bits(x) == 0 {
			zero |= 1 << k
		}
	}
	for k, x := range b.I64 {
		if x == 0 {
			zero |= 1 << k
		}
	}
	for k, x := range b.Bool {
		if !x {
			zero |= 1 << k
		}
	}
	return zero
}

// needs notes which elements e reads, and returns those that it computes; ok is false if it is not elementwise.
func (t *thinner) needs(e *trace.Equation) (computed uint64, ok bool) {
	op, same, ok := t.follows(e)
	if !ok {
		for _, v := range e.Ins {
			t.read[v] |= t.all(v)
		}
		return 0, false
	}
	in, wanted := e.Ins, t.read[e.Outs[0]]&^t.known[e.Outs[0]]
	if op == loop.Select {
		yes, no, either := t.choices(in[0])
		t.read[in[0]] |= wanted & either
		t.read[in[1]] |= wanted &^ no
		t.read[in[2]] |= wanted &^ yes
		return wanted & either, true
	}
	for _, v := range in {
		t.read[v] |= wanted & t.all(v)
	}
	switch op {
	case loop.Add:
		wanted &^= t.zero[in[0]] | t.zero[in[1]]
	case loop.Sub:
		wanted &^= t.zero[in[1]]
	}
	return wanted, !same
}
