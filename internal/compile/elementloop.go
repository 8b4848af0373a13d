package compile

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// elementLoop makes the code of a group: a loop along one axis, the row, inside of loops along the others. A last
// axis of few elements is no loop: its elements, the parts, are all in the body.
type elementLoop struct {
	*compiler
	b      *loop.Builder
	g      *group
	dims   []int
	row    int // the axis of rows
	short  int // the axis of parts, or -1
	parts  int
	arrays []access
	places []spot                     // of the arrays
	values map[trace.Var][]loop.Value // of the parts
	sums   []fold

	beside   bool      // unit vectors are 0, as they are beside their ones
	diagonal *diagonal // the part of two axes that the loop goes along, if not all

	sources []source
	written map[trace.Var]bool // memory of variables that the loop writes to
}

// access is how a loop goes through the memory of a variable.
type access struct {
	root   trace.Var
	offset int   // in bytes
	stride []int // along the outer axes, in bytes
	kind   loop.Kind
}

// spot is where in the memory of a variable an access starts, and its strides along all axes, in elements.
type spot struct {
	root   trace.Var
	start  int
	stride []int
}

// fold is a reduction that a row ends with.
type fold struct {
	to      access
	dtype   trace.DType
	start   uint64
	fill    int // how many elements of the result are to be set to start before
	carry   int // of the loop; -1 if elements are folded in memory
	partial int // where what blocks come to is
	reduce  reducer
}

const (
	mostParts = 8    // of a short axis
	longest   = 1000 // instructions of a body with parts
	shortRow  = 9    // rows of fewer elements had better go along another axis
	shortLoop = 32   // the same if what rows come to is not folded by the code
)

// elementLoop makes the loop of a group, with up to so many parts, and rows along the last axis if it is no shorter than
// least.
func (c *compiler) elementLoop(g *group, parts, least int) *elementLoop {
	l := c.newElementLoop(g, parts, least)
	l.fill()
	return l
}

// newElementLoop is elementLoop without instructions. It has up to so many parts, and rows along the last axis if it is no shorter than least.
func (c *compiler) newElementLoop(g *group, parts, least int) *elementLoop {
	l := &elementLoop{compiler: c, b: loop.NewBuilder(), g: g, dims: axes(g.cuts, g.size), short: -1, parts: 1,
		values: map[trace.Var][]loop.Value{}}
	last := len(l.dims) - 1
	if n := l.dims[last]; last > 0 && 1 < n && n <= parts {
		l.short, l.parts = last, n
		last--
	}
	for d, n := range l.dims[:last+1] {
		if n >= l.dims[l.row] || d == last && n >= least {
			l.row = d
		}
	}
	return l
}

// fill makes the instructions.
func (l *elementLoop) fill() {
	for _, e := range l.g.equations {
		l.equation(e)
	}
	for _, e := range l.g.equations {
		for _, v := range e.outs {
			if x := &l.vars[v]; x.each && x.stored {
				for part, value := range l.values[v] {
					a, offset := l.array(l.viewOf(v), x.typ, part)
					l.b.Store(a, offset, value)
				}
			}
		}
	}
}

// outer returns the lengths of the axes outside of rows.
func (l *elementLoop) outer() []int { return l.without(l.dims) }

// without returns what there is of each outer axis.
func (l *elementLoop) without(of []int) []int {
	var outer []int
	for d, n := range of {
		if d != l.row && d != l.short {
			outer = append(outer, n)
		}
	}
	return outer
}

// value returns the element of a variable, in each part.
func (l *elementLoop) value(v trace.Var) []loop.Value {
	if e, ok := l.values[v]; ok {
		return e
	}
	e := make([]loop.Value, l.parts)
	k, known := l.known(v)
	w := l.viewOf(v)
	if l.beside {
		if _, ok := l.shift(v, l.dims); ok {
			e[0] = l.b.Bits(0)
			l.values[v] = e
			return e
		}
	}
	var start int
	var stride []int
	if !known {
		start, stride = l.diagonal.along(w.offset, l.still(w.root, w.offset, along(l.dims, l.vars[v].typ.Shape, w.stride)))
	}
	for part := range e {
		if known {
			e[part] = constantAt(l.b, k, 0)
		} else {
			a, offset := l.source(w.root, start, stride, part)
			e[part] = l.b.Load(a, offset)
		}
	}
	l.values[v] = e
	return e
}

// array returns the number of an array of the loop for the memory of a view of an array of type t, and the offset
// there of a part.
func (l *elementLoop) array(w view, t trace.Type, part int) (array, offset int) {
	start, stride := l.diagonal.along(w.offset, along(l.dims, t.Shape, w.stride))
	return l.arrayAlong(w.root, start, stride, part)
}

// arrayAlong returns that of an access along strides. Parts are in one array if those of an element are nearer than the
// next element, so that no two elements meet in it.
func (l *elementLoop) arrayAlong(root trace.Var, start int, stride []int, part int) (array, offset int) {
	if l.short >= 0 {
		apart := stride[l.short]
		if offset = apart * part; stride[l.row] != 0 && abs(apart)*(l.parts-1) >= abs(stride[l.row]) {
			start, offset = start+offset, 0
		}
	}
	for n := range l.places {
		if p := &l.places[n]; p.root == root && p.start == start && slices.Equal(p.stride, stride) {
			return n, offset
		}
	}
	n := l.b.Array(kindOf(l.vars[root].typ.DType), stride[l.row])
	l.arrays = append(l.arrays, l.access(root, start, stride))
	l.places = append(l.places, spot{root, start, stride})
	return n, offset
}

func (l *elementLoop) access(root trace.Var, start int, stride []int) access {
	kind := kindOf(l.vars[root].typ.DType)
	a := access{root, start * kind.Size(), l.without(stride), kind}
	for d := range a.stride {
		a.stride[d] *= kind.Size()
	}
	return a
}

func abs(x int) int { return max(x, -x) }

func (l *elementLoop) equation(e equation) {
	if e.Equation == nil {
		l.values[e.outs[0]] = l.value(e.ins[0])
		return
	}
	if r, ok := e.Primitive.(reducer); ok {
		l.reduce(r, e.ins[0], e.outs[0])
		return
	}
	if p, ok := e.Primitive.(gatherer); ok {
		ys := make([]loop.Value, l.parts)
		for part := range ys {
			ys[part] = l.gather(p, e, part)
		}
		l.values[e.outs[0]] = ys
		return
	}
	types := make([]trace.Type, len(e.ins))
	for i, v := range e.ins {
		types[i] = l.vars[v].typ
	}
	ys := make([]loop.Value, l.parts)
	for part := range ys {
		in := make([]loop.Value, len(e.ins))
		for i, v := range e.ins {
			in[i] = l.value(v)[part]
		}
		y, ok := lowerOne(l.b, e.Primitive, types, in)
		if !ok {
			panic("BUG: " + e.Primitive.Name() + " could be lowered before")
		}
		ys[part] = y
	}
	l.values[e.outs[0]] = ys
}

// reduce folds x into y: parts at once, what is left along a row that is reduced by a carry, and otherwise in memory.
func (l *elementLoop) reduce(r reducer, x, y trace.Var) {
	t, d := l.vars[x].typ, l.vars[x].typ.DType
	stride := make([]int, t.Rank()) // of y, at the axes of x
	own := strides(l.vars[y].typ.Shape)
	for i := range stride {
		if !slices.Contains(r.Reduced(), i) {
			stride[i], own = own[0], own[1:]
		}
	}
	to := along(l.dims, t.Shape, stride)
	values := l.value(x)
	if l.short >= 0 && to[l.short] == 0 {
		all := values[0]
		for _, v := range values[1:] {
			all = r.Fold(l.b, d, all, v)
		}
		values = []loop.Value{all}
		if !l.more(to) {
			a, offset := l.arrayAlong(y, 0, to, 0)
			l.b.Store(a, offset, values[0])
			return
		}
	}
	fill := l.vars[y].typ.Size()
	for part, v := range values {
		f := fold{start: r.Start(d), fill: fill, carry: -1, reduce: r, dtype: d}
		if to[l.row] != 0 {
			a, offset := l.arrayAlong(y, 0, to, part)
			l.b.Store(a, offset, r.Fold(l.b, d, l.b.Load(a, offset), v))
			f.to = l.access(y, 0, to)
		} else {
			f.carry = len(l.b.Next)
			acc := l.b.Carry(f.carry)
			l.b.Next[f.carry] = r.Fold(l.b, d, acc, v)
			start := 0
			if l.short >= 0 {
				start = part * to[l.short]
			}
			f.to = l.access(y, start, to)
		}
		l.sums = append(l.sums, f)
		fill = 0
	}
}

// more reports whether other axes than the one of parts are reduced, by the strides of the result.
func (l *elementLoop) more(to []int) bool {
	for d, s := range to {
		if d != l.short && s == 0 && l.dims[d] > 1 {
			return true
		}
	}
	return false
}
