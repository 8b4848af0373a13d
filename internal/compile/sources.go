package compile

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// What a loop reads is in few pieces of memory: what steps hand to each other is in the arena, and constants are put behind each other in
// pools. What is read there along the same strides is one array of the loop, at offsets: code has few registers for where arrays
// start, and each array takes time in every run.

// pools are variables that stand for memory which holds what loops read.
type pools struct {
	arena trace.Var
	f64s  trace.Var // constants
	bools trace.Var
	in    map[trace.Var]int // where a constant is in its pool
}

// maxPooled is the number of elements up to which constants are pooled.
const maxPooled = 1024

// addPools adds the variables, when the arena is laid out and has so many words.
func (c *compiler) addPools(arena int) {
	c.pools = pools{c.fresh(trace.TypeOf(trace.F64)), c.fresh(trace.TypeOf(trace.F64, 0)), c.fresh(trace.TypeOf(trace.Bool, 0)), map[trace.Var]int{}}
	x := &c.vars[c.pools.arena]
	x.offset, x.words, x.made = 0, min(1, arena), byLoop
	for _, v := range []trace.Var{c.pools.f64s, c.pools.bools} {
		c.vars[v].constant = &trace.Buffer{Type: c.vars[v].typ}
	}
}

// pooled returns where an element of a constant is in its pool.
func (c *compiler) pooled(v trace.Var, k *trace.Buffer) (pool trace.Var, start int, ok bool) {
	if pool = c.pools.f64s; k.Type.DType == trace.Bool {
		pool = c.pools.bools
	}
	if k.Type.DType == trace.I64 || k.Type.Size() > maxPooled {
		return 0, 0, false
	}
	all := c.vars[pool].constant
	start, ok = c.pools.in[v]
	if !ok {
		start = len(all.F64) + len(all.Bool)
		all.F64, all.Bool = append(all.F64, k.F64...), append(all.Bool, k.Bool...)
		all.Type.Shape = []int{start + k.Type.Size()}
		c.pools.in[v] = start
	}
	return pool, start, true
}

// source returns the number of an array that the loop only reads, and the offset there, for a part of an access along strides.
func (l *elementLoop) source(root trace.Var, start int, stride []int, part int) (array, offset int) {
	if l.writes(root) {
		return l.arrayAlong(root, start, stride, part)
	}
	if l.short >= 0 {
		start += stride[l.short] * part
	}
	kind := kindOf(l.vars[root].typ.DType)
	switch x := &l.vars[root]; {
	case x.constant != nil:
		if pool, at, ok := l.pooled(root, x.constant); ok {
			root, start = pool, start+at
		}
	case x.offset >= 0 && x.words > 0 && kind != loop.Bool:
		root, start = l.pools.arena, start+x.offset
	}
	for _, s := range l.sources {
		if s.root == root && s.kind == kind && slices.Equal(s.stride, stride) {
			return s.array, start - s.start
		}
	}
	n := l.b.Array(kind, stride[l.row])
	a := access{root, start * kind.Size(), l.without(stride), kind}
	for d := range a.stride {
		a.stride[d] *= kind.Size()
	}
	l.arrays, l.places = append(l.arrays, a), append(l.places, spot{root: none})
	l.sources = append(l.sources, source{spot{root, start, stride}, kind, n})
	return n, 0
}

// source is an array that a loop only reads.
type source struct {
	spot
	kind  loop.Kind
	array int
}

// none is the root of no place.
const none trace.Var = -2

// writes reports whether the loop writes to the memory of a variable.
func (l *elementLoop) writes(root trace.Var) bool {
	if l.written == nil {
		l.written = map[trace.Var]bool{}
		for _, e := range l.g.equations {
			for _, v := range e.outs {
				l.written[l.rootOf(v)] = true
			}
		}
	}
	return l.written[root]
}
