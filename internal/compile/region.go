package compile

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/gemm"
	"github.com/gradus-ad/gradus/trace"
)

// placewise is a primitive that may be done at some places at a time; package num says how.
type placewise interface {
	AlongPlaces(in []trace.Type, along []bool) (sums, ok bool)
	LastPlaces(in []trace.Array, along []bool, n int) trace.Array
}

const (
	// leastStripped is how many elements a product has whose readers had better follow while they are in the second cache.
	leastStripped = 1 << 17
	// mostStripped is how many elements of it are made at a time, and leastStrip at how many places at least.
	mostStripped = 1 << 16
	leastStrip   = 32
	// mostBehind is how long its last axis is at most: along longer ones, vectors are filled anyway.
	mostBehind = 64
	// mostSummed is how many products an element of it sums at most: to make it is then little more work than to read it, and what
	// it is made from can be read again for each strip.
	mostSummed = 64
)

// region is what of a func goes along the places of a large product: at each place, which is one along the first axis, it is
// independent of what is done at others, but for sums over all places.
type region struct {
	*trace.Func
	seed   *trace.Equation
	places int
	each   int // places of a strip
	kinds  []kind
	made   []int    // the equation of a variable, or -1
	along  [][]bool // of an equation in the region: which operands have places
	later  []bool   // variables that depend on sums, or on what others make of the region
}

// kind is how an equation belongs to a region.
type kind uint8

const (
	outside  kind = iota
	repeated      // it makes the same for all places; others may need that too
	local
	summing
)

// findRegion returns that of the largest product, or nil.
func findRegion(f *trace.Func) *region {
	r := &region{Func: f}
	for i := range f.Equations() {
		if e := &f.Equations()[i]; r.mayBeSeed(e) && (r.seed == nil || f.Type(e.Outs[0]).Size() > f.Type(r.seed.Outs[0]).Size()) {
			r.seed = e
		}
	}
	if r.seed == nil || f.HasEffects() {
		return nil
	}
	r.places = f.Type(r.seed.Outs[0]).Shape[0]
	if r.each = stripOf(r.places, f.Type(r.seed.Outs[0]).Size()/r.places); r.each < leastStrip || r.each*4 > r.places {
		return nil
	}
	r.grow()
	r.connect()
	r.order()
	if !r.worthwhile() {
		return nil
	}
	return r
}

// stripOf returns how many places a strip has, with some elements each: a block of products that sum over places, so that these
// give the same bits, or an equal part of one.
func stripOf(places, elements int) int {
	each := gemm.Block(places)
	for parts := 2; each > 1 && each*elements > mostStripped; parts++ {
		each = (gemm.Block(places) + parts - 1) / parts
	}
	return each
}

func (r *region) mayBeSeed(e *trace.Equation) bool {
	if _, ok := e.Primitive.(multiplier); !ok {
		return false
	}
	t := r.Type(e.Outs[0])
	return t.Stars() == 0 && t.DType == trace.F64 && t.Rank() > 1 && t.Size() >= leastStripped && t.Shape[t.Rank()-1] <= mostBehind
}

// grow finds all equations that may belong to it.
func (r *region) grow() {
	n := len(r.Equations())
	r.kinds, r.along = make([]kind, n), make([][]bool, n)
	r.made, r.later = make([]int, r.NumVars()), make([]bool, r.NumVars())
	for v := range r.made {
		r.made[v] = -1
	}
	for i := range r.Equations() {
		e := &r.Equations()[i]
		for _, v := range e.Outs {
			r.made[v] = i
		}
		if len(e.Outs) == 1 && len(e.Ins) > 0 && r.Type(e.Outs[0]).Stars() == 0 {
			r.kinds[i] = r.classify(i, e)
		}
		for _, v := range e.Ins {
			if k := r.kindOf(v); r.later[v] || k == summing || k == local && r.kinds[i] == outside {
				for _, y := range e.Outs {
					r.later[y] = true
				}
			}
		}
	}
}

// kindOf returns that of the equation that makes v.
func (r *region) kindOf(v trace.Var) kind {
	if at := r.made[v]; at >= 0 {
		return r.kinds[at]
	}
	return outside
}

// classify returns how an equation may belong to the region.
func (r *region) classify(i int, e *trace.Equation) kind {
	along, others := make([]bool, len(e.Ins)), make([]bool, len(e.Ins))
	some := false
	for j, v := range e.Ins {
		if k := r.kindOf(v); r.later[v] || k == summing || r.Type(v).Stars() > 0 {
			return outside
		} else if k != outside {
			along[j], others[j] = true, true
		} else if _, uniform, ok := r.constant(v); !ok {
			return outside
		} else {
			along[j] = !uniform && r.Type(v).Rank() > 0 && r.Type(v).Shape[0] == r.places
		}
		some = some || along[j]
	}
	if _, ok := e.Primitive.(trace.Pointwise); ok {
		for j, v := range e.Ins {
			if _, uniform, _ := r.constant(v); !along[j] && !uniform || !some {
				return outside
			}
		}
		r.along[i] = along
		return local
	}
	p, ok := e.Primitive.(placewise)
	if !ok {
		return outside
	}
	sums, ok := p.AlongPlaces(r.Types(e.Ins), along)
	if !ok { // what has as many elements along its first axis may have no places there
		along = others
		sums, ok = p.AlongPlaces(r.Types(e.Ins), along)
	}
	t := r.Type(e.Outs[0])
	r.along[i] = along
	switch {
	case !ok:
		return outside
	case sums:
		return summing
	case t.Rank() == 0 || t.Shape[0] != r.places:
		return outside
	case !slices.Contains(along, true):
		return repeated
	}
	return local
}

// constant returns the value of a variable that is known, if all its elements are the same. It fails for holes and the like.
func (r *region) constant(v trace.Var) (value any, uniform, ok bool) {
	at := r.made[v]
	if at < 0 || len(r.Equations()[at].Ins) > 0 {
		return nil, false, true
	}
	if trace.HasEffect(r.Equations()[at].Primitive) {
		return nil, false, false
	}
	a := trace.Apply(r.Equations()[at].Primitive)[0]
	if trace.IsHole(a) || a.Type().Stars() > 0 {
		return nil, false, false
	}
	value, uniform = trace.Splat(a)
	return value, uniform, true
}

// connect leaves in the region what the seed is connected with.
func (r *region) connect() {
	readers := make([][]int, r.NumVars())
	for i := range r.Equations() {
		for _, v := range r.Equations()[i].Ins {
			readers[v] = append(readers[v], i)
		}
	}
	connected := make([]bool, len(r.kinds))
	var todo []int
	visit := func(i int) {
		if i >= 0 && r.kinds[i] != outside && !connected[i] {
			connected[i] = true
			todo = append(todo, i)
		}
	}
	visit(r.made[r.seed.Outs[0]])
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, v := range r.Equations()[i].Ins {
			visit(r.made[v])
		}
		for _, k := range readers[r.Equations()[i].Outs[0]] {
			if r.kinds[i] == local {
				visit(k)
			}
		}
	}
	for i, is := range connected {
		if !is {
			r.kinds[i] = outside
		}
	}
}

// order finds what has to come after the region.
func (r *region) order() {
	clear(r.later)
	for i := range r.Equations() {
		e := &r.Equations()[i]
		after := r.kinds[i] == outside && slices.ContainsFunc(e.Ins, func(v trace.Var) bool { return r.later[v] || r.kindOf(v) >= local })
		for _, v := range e.Outs {
			r.later[v] = after
		}
	}
}

// results returns the variables that others need of it: those that are sums, and those that have places.
func (r *region) results() (sums, rows []trace.Var) {
	needed := make([]bool, r.NumVars())
	for _, v := range r.Outputs() {
		needed[v] = true
	}
	for i := range r.Equations() {
		for _, v := range r.Equations()[i].Ins {
			needed[v] = needed[v] || r.kinds[i] == outside
		}
	}
	for i := range r.Equations() {
		switch v := r.Equations()[i].Outs[0]; {
		case !needed[v]:
		case r.kinds[i] == summing:
			sums = append(sums, v)
		case r.kinds[i] == local:
			rows = append(rows, v)
		}
	}
	return sums, rows
}

// worthwhile reports whether the region makes little of much, so that most of it need never leave the second cache.
func (r *region) worthwhile() bool {
	if r.kindOf(r.seed.Outs[0]) != local {
		return false
	}
	size := r.Type(r.seed.Outs[0]).Size()
	sums, rows := r.results()
	results := 0
	for _, v := range sums {
		results += r.Type(v).Size() * ((r.places + r.each - 1) / r.each)
	}
	for _, v := range rows {
		results += r.Type(v).Size()
	}
	across := map[trace.Var]bool{} // operands that are read across their rows, which takes long
	for i := range r.Equations() {
		e := &r.Equations()[i]
		if r.kinds[i] == outside {
			continue
		}
		if w, ok := e.Primitive.(interface{ Work([]trace.Type) int }); ok {
			if r.kinds[i] == local && w.Work(r.Types(e.Ins)) > mostSummed*r.Type(e.Outs[0]).Size() {
				return false
			}
			continue
		}
		for j, v := range e.Ins {
			across[v] = across[v] || r.along[i][j] && r.kindOf(v) == outside
		}
		if r.Type(e.Outs[0]).Size() > size {
			return false
		}
	}
	for v, is := range across {
		if is {
			results += r.Type(v).Size()
		}
	}
	return 4*results <= size
}
