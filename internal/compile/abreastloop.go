package compile

import (
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// abreastLoop makes the code of a group that goes abreast: a row of all places, with all elements of a place in
// the body.
type abreastLoop struct {
	*elementLoop
	n      int
	number map[row]int // of the array for some elements
}

// row is where the first of some elements is, one of each place, and their step.
type row struct {
	root        trace.Var
	start, step int
}

func (c *compiler) abreastLoop(g *group) *elementLoop {
	l := &abreastLoop{&elementLoop{compiler: c, b: loop.NewBuilder(), g: g, dims: []int{g.size}, short: -1, parts: 1,
		values: map[trace.Var][]loop.Value{}}, g.size, map[row]int{}}
	for _, e := range g.equations {
		l.equation(e)
	}
	for _, e := range g.equations {
		for _, v := range e.outs {
			if x := &c.vars[v]; x.stored && longAxis(x.typ, l.n) {
				l.store(v)
			}
		}
	}
	return l.elementLoop
}

func longAxis(t trace.Type, n int) bool { return ranksOf(t, n).axis >= 0 }

// at is where elements are: in an array of the loop, at some offset.
type at struct{ array, offset int }

// where returns where the elements of a view are, those of the first place.
func (l *abreastLoop) where(w view, t trace.Type) []at {
	r := ranksOf(t, l.n)
	step := 0
	if r.axis >= 0 {
		step = w.stride[r.axis]
	}
	places := make([]int, r.count)
	least := 0
	for k := range places {
		places[k] = r.place(k, t, w.stride)
		least = min(least, places[k])
	}
	all := make([]at, r.count)
	for k, p := range places {
		offset := p - least
		if step != 0 { // those between two places are in one array
			offset %= abs(step)
		}
		start := w.offset + p - offset
		key := row{w.root, start, step}
		n, ok := l.number[key]
		if !ok {
			n = l.b.Array(kindOf(l.vars[w.root].typ.DType), step)
			l.arrays = append(l.arrays, l.access(w.root, start, []int{step}))
			l.number[key] = n
		}
		all[k] = at{n, offset}
	}
	return all
}

// store stores the elements of v.
func (l *abreastLoop) store(v trace.Var) {
	for k, a := range l.where(l.viewOf(v), l.vars[v].typ) {
		l.b.Store(a.array, a.offset, l.values[v][k])
	}
}

// value returns the elements of a variable at a place.
func (l *abreastLoop) value(v trace.Var) []loop.Value {
	if e, ok := l.values[v]; ok {
		return e
	}
	x := &l.vars[v]
	e := make([]loop.Value, ranksOf(x.typ, l.n).count)
	switch k, known := l.known(v); {
	case known:
		for i := range e {
			e[i] = constantAt(l.b, k, 0)
		}
	case l.shows(v, l.g):
		picked, ok := l.picks(v, l.n)
		if !ok {
			panic("BUG: a view does not go along")
		}
		for i, k := range picked {
			e[i] = l.values[x.view.root][k]
		}
	default:
		l.load(v, e)
	}
	l.values[v] = e
	return e
}

// load loads elements that are in memory. Those of a known array that are the same at all places are in the code.
func (l *abreastLoop) load(v trace.Var, e []loop.Value) {
	x, w := &l.vars[v], l.viewOf(v)
	k := l.vars[w.root].constant
	r := ranksOf(x.typ, l.n)
	var places []at
	for i := range e {
		start := w.offset + r.place(i, x.typ, w.stride)
		if k != nil && (r.axis < 0 || sameAlong(*k, start, w.stride[r.axis], l.n)) {
			e[i] = constantAt(l.b, *k, start)
			continue
		}
		if places == nil {
			places = l.where(w, x.typ)
		}
		e[i] = l.b.Load(places[i].array, places[i].offset)
	}
}

// sameAlong reports whether n elements of a known array, a step apart, are the same.
func sameAlong(b trace.Buffer, start, step, n int) bool {
	if step == 0 {
		return true
	}
	few := trace.NewBuffer(trace.Type{DType: b.Type.DType, Shape: []int{2}})
	for i := 1; i < n; i++ {
		for j, k := range []int{start, start + i*step} {
			switch b.Type.DType {
			case trace.F64:
				few.F64[j] = b.F64[k]
			case trace.I64:
				few.I64[j] = b.I64[k]
			case trace.Bool:
				few.Bool[j] = b.Bool[k]
			}
		}
		if !uniform(few) {
			return false
		}
	}
	return true
}

func (l *abreastLoop) equation(e equation) {
	in, types := make([][]loop.Value, len(e.ins)), make([]trace.Type, len(e.ins))
	for i, v := range e.ins {
		in[i], types[i] = l.value(v), single(l.vars[v].typ, l.n)
	}
	if e.Equation == nil {
		l.values[e.outs[0]] = in[0]
		return
	}
	out := single(l.vars[e.outs[0]].typ, l.n)
	ys, ok := lower(l.b, e.Primitive, types, in, []trace.Type{out})
	if !ok {
		panic("BUG: " + e.Primitive.Name() + " could be lowered before")
	}
	if r, ok := e.Primitive.(reducer); ok && !longAxis(l.vars[e.outs[0]].typ, l.n) {
		l.fold(r, e.outs[0], ys[0])
		return
	}
	l.values[e.outs[0]] = ys[0]
}

// fold folds the values of all places to the elements of y.
func (l *abreastLoop) fold(r reducer, y trace.Var, values []loop.Value) {
	x := &l.vars[y]
	fill := x.typ.Size()
	for k, v := range values {
		f := fold{start: r.Start(x.typ.DType), fill: fill, carry: len(l.b.Next), reduce: r, dtype: x.typ.DType,
			to: l.access(y, k, []int{0})}
		acc := l.b.Carry(f.carry)
		l.b.Next[f.carry] = r.Fold(l.b, x.typ.DType, acc, v)
		l.sums = append(l.sums, f)
		fill = 0
	}
}
