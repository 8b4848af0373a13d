package compile

import (
	"fmt"
	"slices"
	"strings"

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
		if g.kind != elements || g.size != size || len(g.equations) >= maxFused {
			return false
		}
		_, ok := united(g.cuts, cuts, size)
		return ok
	}, func() *group { return &group{kind: elements, size: size} })
	g.cuts, _ = united(g.cuts, cuts, size)
	c.add(g, e)
	for _, v := range e.outs {
		c.vars[v].each = each
		c.vars[v].from, c.vars[v].cost = e, c.costOf(e)
	}
	return true
}

// maxFused is how many equations one loop may hold: more do not fit the registers anyway.
const maxFused = 64

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

// elementLoop makes the code of a group: a loop along one axis, the row, inside of loops along the others.
type elementLoop struct {
	*compiler
	b      *loop.Builder
	g      *group
	dims   []int
	row    int // the axis of rows
	arrays []access
	number map[string]int
	values map[trace.Var]loop.Value
	sums   []fold
}

// access is how a loop goes through the memory of a variable.
type access struct {
	root   trace.Var
	offset int   // in bytes
	stride []int // along the outer axes, in bytes
	kind   loop.Kind
}

// fold is a reduction that a row ends with.
type fold struct {
	to     access
	dtype  trace.DType
	start  uint64
	fill   int // how many elements of the result are to be set to start before
	carry  int // of the loop; -1 if elements are folded in memory
	reduce reducer
}

func (c *compiler) elementStep(g *group) step {
	l := &elementLoop{compiler: c, b: loop.NewBuilder(), g: g, dims: axes(g.cuts, g.size),
		number: map[string]int{}, values: map[trace.Var]loop.Value{}}
	for d, n := range l.dims {
		if n >= l.dims[l.row] || d == len(l.dims)-1 && n >= 32 {
			l.row = d
		}
	}
	for _, e := range g.equations {
		l.equation(e)
	}
	for _, e := range g.equations {
		for _, v := range e.outs {
			if x := &c.vars[v]; x.each && x.stored {
				a := l.array(c.viewOf(v), x.typ)
				l.b.Store(a, 0, l.values[v])
			}
		}
	}
	s := &elementStep{n: l.dims[l.row], arrays: l.arrays, sums: l.sums, size: len(l.b.Body)}
	s.guarded = c.compile(l.b, g)
	for i, a := range l.arrays {
		s.steps = append(s.steps, l.b.Arrays[i].Step*a.kind.Size())
	}
	s.outer = slices.Delete(slices.Clone(l.dims), l.row, l.row+1)
	s.rows = 1
	for _, n := range s.outer {
		s.rows *= n
	}
	return s
}

// value returns the element of a variable.
func (l *elementLoop) value(v trace.Var) loop.Value {
	if e, ok := l.values[v]; ok {
		return e
	}
	x := &l.vars[v]
	var e loop.Value
	if k, ok := l.known(v); ok {
		e = constantAt(l.b, k, 0)
	} else {
		e = l.b.Load(l.array(l.viewOf(v), x.typ), 0)
	}
	l.values[v] = e
	return e
}

// array returns the number of an array of the loop for the memory of a view of an array of type t.
func (l *elementLoop) array(w view, t trace.Type) int {
	return l.arrayAlong(w.root, w.offset, along(l.dims, t.Shape, w.stride))
}

func (l *elementLoop) arrayAlong(root trace.Var, offset int, stride []int) int {
	key := fmt.Sprint(root, offset, stride)
	if n, ok := l.number[key]; ok {
		return n
	}
	kind := kindOf(l.vars[root].typ.DType)
	a := access{root, offset * kind.Size(), nil, kind}
	for d, s := range stride {
		if d != l.row {
			a.stride = append(a.stride, s*kind.Size())
		}
	}
	n := l.b.Array(kind, stride[l.row])
	l.arrays = append(l.arrays, a)
	l.number[key] = n
	return n
}

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
		l.values[e.outs[0]] = l.gather(p, e)
		return
	}
	in := make([]loop.Value, len(e.ins))
	types := make([]trace.Type, len(e.ins))
	for i, v := range e.ins {
		in[i], types[i] = l.value(v), l.vars[v].typ
	}
	y, ok := lowerOne(l.b, e.Primitive, types, in)
	if !ok {
		panic("BUG: " + e.Primitive.Name() + " could be lowered before")
	}
	l.values[e.outs[0]] = y
}

// reduce folds x into y: along a row that is reduced by a carry, and otherwise in memory.
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
	f := fold{start: r.Start(d), fill: l.vars[y].typ.Size(), carry: -1, reduce: r, dtype: d}
	v := l.value(x)
	if to[l.row] != 0 {
		a := l.arrayAlong(y, 0, to)
		l.b.Store(a, 0, r.Fold(l.b, d, l.b.Load(a, 0), v))
		f.to = l.arrays[a]
	} else {
		f.carry = len(l.b.Next)
		acc := l.b.Carry(f.carry)
		l.b.Next[f.carry] = r.Fold(l.b, d, acc, v)
		kind := kindOf(d)
		f.to = access{y, 0, nil, kind}
		for i, s := range to {
			if i != l.row {
				f.to.stride = append(f.to.stride, s*kind.Size())
			}
		}
	}
	l.sums = append(l.sums, f)
}

// elementStep runs a loop for each row.
type elementStep struct {
	guarded
	n      int   // elements of a row
	outer  []int // the lengths of the other axes
	rows   int
	arrays []access
	steps  []int // of each array along a row, in bytes
	sums   []fold
	size   int
}

func (s *elementStep) describe(b *strings.Builder) {
	fmt.Fprintf(b, "loop over %d x %d elements, %d arrays, %d instructions: %s", s.rows, s.n, len(s.arrays), s.size, s.names())
}
