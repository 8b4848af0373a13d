package compile

import (
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// gatherer is a primitive that takes slots of its first operand, which the others name by an index for each
// of some leading axes. Clamp moves an index into an axis.
type gatherer interface {
	Clamp(b *loop.Builder, i loop.Value, n int) loop.Value
}

// maxSlot is how many elements slots may have to be taken one by one: longer ones are copied.
const maxSlot = 8

// placeGather puts an equation that takes short slots into a loop over the elements of the result. Its operands
// there are the array, the indices, repeated for each element of a slot, and where that is in it.
func (c *compiler) placeGather(e *trace.Equation) bool {
	if _, ok := e.Primitive.(gatherer); !ok {
		return false
	}
	x, out := c.vars[e.Ins[0]].typ, c.vars[e.Outs[0]].typ
	k := len(e.Ins) - 1
	slot := x.Shape[k:]
	size := trace.Type{Shape: slot}.Size()
	if size > maxSlot || out.Size() == 0 {
		return false
	}
	ins := []trace.Var{e.Ins[0]}
	for _, i := range e.Ins[1:] {
		if size > 1 {
			w := c.viewOf(i)
			w.stride = append(w.stride[:len(w.stride):len(w.stride)], make([]int, len(slot))...)
			w.ready = c.after(i)
			i = c.view(trace.I64, out.Shape, w)
		}
		ins = append(ins, i)
	}
	if size > 1 {
		ins = append(ins, c.within(slot, c.viewOf(e.Ins[0]).stride[k:], out.Shape))
	}
	return c.placeLoop(equation{e, ins, e.Outs}, out.Size(), nil, true, 0)
}

// within returns a variable that says where each element of a slot is, repeated to a shape.
func (c *compiler) within(slot, stride, shape []int) trace.Var {
	at := trace.NewBuffer(trace.TypeOf(trace.I64, slot...))
	for k := range at.I64 {
		at.I64[k] = int64(placeOf(k, slot, stride))
	}
	v := c.fresh(at.Type)
	c.vars[v].constant = &at
	lead := make([]int, len(shape)-len(slot))
	return c.view(trace.I64, shape, view{root: v, stride: append(lead, strides(slot)...)})
}

// gather makes an element of the result of an equation that placeGather has placed.
func (l *elementLoop) gather(p gatherer, e equation) loop.Value {
	w, shape := l.viewOf(e.ins[0]), l.vars[e.ins[0]].typ.Shape
	array := l.arrayAlong(w.root, w.offset, make([]int, len(l.dims)))
	at := l.b.Int(0)
	for k, i := range e.ins[1:] {
		v := l.value(i)
		if k < len(e.Ins)-1 {
			v = l.b.IMul(p.Clamp(l.b, v, shape[k]), l.b.Int(int64(w.stride[k])))
		}
		at = l.b.IAdd(at, v)
	}
	return l.b.Gather(array, at)
}

// gathers reports whether placeGather has placed e: then its first operand is read as a whole.
func (e *equation) gathers() bool {
	if e.Equation == nil {
		return false
	}
	_, ok := e.Primitive.(gatherer)
	return ok
}
