package compile

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// reducer is a primitive that reduces one operand along axes: Fold says by what two elements are made
// one, and from which bits it starts.
type reducer interface {
	Reduced() []int
	Fold(b *loop.Builder, d trace.DType, x, y loop.Value) loop.Value
	Start(d trace.DType) uint64
	Merge(d trace.DType, x, y uint64) uint64 // Fold on bits
}

// placeElements puts an elementwise equation, or a reduction, into a loop over the elements of its
// operands.
func (c *compiler) placeElements(e *trace.Equation) bool {
	r, reduces := e.Primitive.(reducer)
	if !reduces && !(elementwise(e.Primitive) && c.lowersOne(e)) {
		return false
	}
	t := c.f.Type(e.Ins[0])
	var cuts []int
	if reduces {
		if t.Size() == 0 {
			return false // Start is for sums of something
		}
		cuts = reducedCuts(t.Shape, r.Reduced())
	}
	return c.placeLoop(equation{e, e.Ins, e.Outs}, t.Size(), cuts, !reduces, 0)
}

// placeCopy makes w a copy of the view v.
func (c *compiler) placeCopy(v, w trace.Var) {
	if !c.placeLoop(equation{nil, []trace.Var{v}, []trace.Var{w}}, c.vars[v].typ.Size(), nil, true, 0) {
		panic("BUG: a view cannot be copied")
	}
}

// placeLoop puts an equation into a loop over size elements whose accesses break at cuts, and at those
// of the operands. It is one of those from lo on.
func (c *compiler) placeLoop(e equation, size int, cuts []int, each bool, lo int) bool {
	ok := true
	for i, v := range e.ins {
		if i == 0 && e.gathers() {
			lo = max(lo, c.after(v))
			continue
		}
		x := &c.vars[v]
		if _, ok := c.known(v); ok {
			continue
		}
		w := c.viewOf(v)
		if cuts, ok = united(cuts, breaks(x.typ.Shape, w.stride), size); !ok {
			return false
		}
		if x.each && x.view == nil && c.groups[x.group].size == size {
			lo = max(lo, x.group)
		} else {
			lo = max(lo, c.after(v))
		}
	}
	g := c.join(lo, func(g *group) bool {
		if g.kind != elements || g.size != size || len(g.equations) >= fewFused && g.full() {
			return false
		}
		_, ok := united(g.cuts, cuts, size)
		return ok
	}, func() *group { return &group{kind: elements, size: size} })
	g.cuts, _ = united(g.cuts, cuts, size)
	if c.add(g, e); e.Equation != nil {
		g.work += c.ownCost(e.Primitive, e.ins)
	}
	for _, v := range e.outs {
		c.vars[v].each = each
		c.vars[v].from, c.vars[v].cost = &e, c.costOf(e)
	}
	return true
}

// A loop holds up to fewFused equations, or more if they take no more than maxFused instructions, about: what the processor keeps of code.
// What does not fit the registers is spilled next to where it is used, which takes less than to store it to an array and load it where a loop
// of its own finds it.
const (
	fewFused = 64
	maxFused = 4096
)

// full reports whether a loop takes as many instructions as it may. Those of all parts of a short axis count: there would be no parts if they
// were too many.
func (g *group) full() bool {
	dims := axes(g.cuts, g.size)
	if last := len(dims) - 1; last > 0 && dims[last] > 1 && dims[last] <= mostParts {
		return g.work*dims[last] >= longest/2
	}
	return g.work >= maxFused
}

// reducedCuts returns the products of trailing axes at which axes that are reduced meet others.
func reducedCuts(shape, reduced []int) []int {
	var cuts []int
	inner := 1
	for i := len(shape) - 1; i > 0; i-- {
		inner *= shape[i]
		if slices.Contains(reduced, i) != slices.Contains(reduced, i-1) && inner > 1 {
			cuts = append(cuts, inner)
		}
	}
	return cuts
}

// uniform reports whether all elements of a known array are the same.
func uniform(b trace.Buffer) bool {
	same := func(i int) bool {
		switch b.Type.DType {
		case trace.F64:
			return b.F64[i] == b.F64[0] && (b.F64[i] != 0 || 1/b.F64[i] == 1/b.F64[0])
		case trace.I64:
			return b.I64[i] == b.I64[0]
		}
		return b.Bool[i] == b.Bool[0]
	}
	for i := range b.Type.Size() {
		if !same(i) {
			return false
		}
	}
	return b.Type.Size() > 0
}
