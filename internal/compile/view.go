package compile

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// viewer is a primitive that moves or repeats elements along strides: View returns where the elements of
// its result are if those of its operand, of the given shape, are at offset and strides.
type viewer interface {
	View(shape []int, offset int, stride []int) (at int, strides []int, ok bool)
}

// placeView makes the result of an equation that moves elements a view of the memory of its operand.
func (c *compiler) placeView(e *trace.Equation) bool {
	p, ok := e.Primitive.(viewer)
	if !ok {
		return false
	}
	v := e.Ins[0]
	w := c.viewOf(v)
	offset, stride, ok := p.View(c.vars[v].typ.Shape, w.offset, w.stride)
	if _, copied := c.copies[v]; !ok && !copied && c.keepsOrder(e, p) {
		if !c.placeRows(v, e.Outs[0]) {
			c.placeCopy(v, e.Outs[0])
		}
		return true
	}
	if !ok {
		v = c.whole(v)
		w = c.viewOf(v)
		if offset, stride, ok = p.View(c.vars[v].typ.Shape, w.offset, w.stride); !ok {
			return false
		}
	}
	c.vars[e.Outs[0]].view = &view{root: w.root, offset: offset, stride: stride}
	c.vars[w.root].viewed = true
	return true
}

// keepsOrder reports whether the elements of the result of an equation are those of its operand in their order.
func (c *compiler) keepsOrder(e *trace.Equation, p viewer) bool {
	in, out := c.vars[e.Ins[0]].typ.Shape, c.vars[e.Outs[0]].typ.Shape
	at, stride, ok := p.View(in, 0, strides(in))
	return ok && at == 0 && slices.Equal(tight(stride, out), tight(strides(out), out)) && c.vars[e.Ins[0]].typ.Size() == c.vars[e.Outs[0]].typ.Size()
}

// rootOf returns the variable in whose memory the elements of v are.
func (c *compiler) rootOf(v trace.Var) trace.Var {
	x := &c.vars[v]
	if x.place == nil && x.view != nil {
		v = x.view.root
		x = &c.vars[v]
	}
	if x.place != nil {
		return x.place.root
	}
	return v
}

// viewOf returns where the elements of v are, in memory of its own if it is no view.
func (c *compiler) viewOf(v trace.Var) view {
	if x := &c.vars[v]; x.place == nil && x.view == nil {
		return view{root: v, stride: c.stridesOf(x.typ.Shape)}
	}
	return viewIn(c.vars, v)
}

func viewIn(vars []variable, v trace.Var) view {
	x := &vars[v]
	if x.place != nil {
		return *x.place
	}
	if x.view == nil {
		return view{root: v, stride: strides(x.typ.Shape)}
	}
	w := *x.view
	if p := vars[w.root].place; p != nil { // which has strides like memory of its own
		w.root, w.offset = p.root, w.offset+p.offset
	}
	return w
}

// strides returns those of an array in row-major order.
func strides(shape []int) []int {
	s := make([]int, len(shape))
	n := 1
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = n
		n *= shape[i]
	}
	return s
}

// shaped are the strides of a shape.
type shaped struct{ shape, stride []int }

// stridesOf is strides, but that it gives the same slice again: nobody writes to those of a view, and most arrays of a func have few
// shapes.
func (c *compiler) stridesOf(shape []int) []int {
	for i := range c.recent {
		if r := &c.recent[i]; len(r.shape) == len(shape) && slices.Equal(r.shape, shape) {
			return r.stride
		}
	}
	s := strides(shape)
	c.recent[c.oldest] = shaped{shape, s}
	c.oldest = (c.oldest + 1) % len(c.recent)
	return s
}

// breaks returns the products of trailing axes at which an access along strides is not like one along a
// single axis.
func breaks(shape, stride []int) []int {
	var cuts []int
	inner := 1 // elements to the right
	run, step := 1, 0
	for i := len(shape) - 1; i >= 0; i-- {
		n := shape[i]
		if n == 1 {
			continue
		}
		if inner > 1 && stride[i] != step*run {
			cuts = append(cuts, inner)
			run, step = 1, stride[i]
		} else if inner == 1 {
			step = stride[i]
		}
		run *= n
		inner *= n
	}
	return cuts
}

// united returns the cuts of both, if they fit each other: each divides the next, and the last the
// size.
func united(a, b []int, size int) ([]int, bool) {
	if len(a) == 0 && len(b) == 0 {
		return nil, true
	}
	if (len(b) == 0 || slices.Equal(a, b)) && areUnited(a, size) {
		return a, true
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	all = slices.Compact(all)
	before := 1
	for _, c := range all {
		if c%before != 0 {
			return nil, false
		}
		before = c
	}
	if size%before != 0 {
		return nil, false
	}
	return all, true
}

// areUnited reports whether cuts are as united returns them.
func areUnited(cuts []int, size int) bool {
	before := 1
	for _, c := range cuts {
		if c <= before || c%before != 0 {
			return false
		}
		before = c
	}
	return size%before == 0
}

// axes returns the lengths of the axes between cuts, the outermost first.
func axes(cuts []int, size int) []int {
	var dims []int
	before := 1
	for _, c := range append(cuts[:len(cuts):len(cuts)], size) {
		dims = append(dims, c/before)
		before = c
	}
	slices.Reverse(dims)
	return dims
}

// along returns the strides, along axes that break where an access does or finer, of that access to an
// array of some shape: where the element is that comes after all those to the right of an axis.
func along(dims, shape, stride []int) []int {
	out := make([]int, len(dims))
	if slices.Contains(shape, 0) {
		return out // nothing is read
	}
	inner := 1
	for d := len(dims) - 1; d >= 0; d-- {
		if dims[d] > 1 {
			out[d] = placeOf(inner, shape, stride)
		}
		inner *= dims[d]
	}
	return out
}

// placeOf returns where element k, in order, of an array is.
func placeOf(k int, shape, stride []int) int {
	at := 0
	for i := len(shape) - 1; i >= 0; i-- {
		at += k % shape[i] * stride[i]
		k /= shape[i]
	}
	return at
}
