package compile

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/gemm"
	"github.com/gradus-ad/gradus/trace"
)

// multiplier is a primitive that is a product of matrices: Product says which, if the elements of its
// operands, f64 arrays, are at some strides. An operand that does not fit is to be copied, with its axes in the
// order that Order says.
type multiplier interface {
	Product(types []trace.Type, stride [2][]int) (g gemm.Product, fits [2]bool)
	Order(types []trace.Type, i int) []int
}

// productStep is a product of matrices, from memory to memory.
type productStep struct {
	gemm.Product
	name  string
	in    [2]view
	out   trace.Var
	small *gemm.Small // or nil
}

// placeProduct makes a product a step of its own. Operands that are views are read where they are.
func (c *compiler) placeProduct(e *trace.Equation) bool {
	p, ok := e.Primitive.(multiplier)
	if !ok || c.vars[e.Outs[0]].typ.DType != trace.F64 {
		return false
	}
	types := c.f.Types(e.Ins)
	ins := []trace.Var{e.Ins[0], e.Ins[1]}
	s := &productStep{name: e.Primitive.Name(), out: e.Outs[0]}
	s.in = [2]view{c.viewOf(ins[0]), c.viewOf(ins[1])}
	var fits [2]bool
	s.Product, fits = p.Product(types, [2][]int{s.in[0].stride, s.in[1].stride})
	for i, fit := range fits {
		if !fit {
			ins[i], s.in[i] = c.inOrder(ins[i], p.Order(types, i))
		}
	}
	if !fits[0] || !fits[1] {
		s.Product, _ = p.Product(types, [2][]int{s.in[0].stride, s.in[1].stride})
	}
	s.small = s.Small()
	c.vars[s.out].stored = true
	c.add(&group{kind: owned, make: func(*group) step { return s }}, equation{e, ins, e.Outs})
	return true
}

// inOrder returns a variable that holds the elements of v with its axes in another order, and where the
// elements of v are in it.
func (c *compiler) inOrder(v trace.Var, order []int) (trace.Var, view) {
	from := c.viewOf(v)
	t := trace.Type{DType: c.vars[v].typ.DType}
	moved := view{root: from.root, offset: from.offset}
	for _, a := range order {
		t.Shape = append(t.Shape, c.vars[v].typ.Shape[a])
		moved.stride = append(moved.stride, from.stride[a])
	}
	w := c.fresh(t)
	c.vars[w].view = &moved
	w = c.whole(w)
	in := view{root: w, stride: make([]int, len(order))}
	for i, s := range strides(t.Shape) {
		in.stride[order[i]] = s
	}
	return w, in
}

func (s *productStep) run(f *frame) {
	s.multiply(f.base[s.in[0].root], f.base[s.in[1].root], f.base[s.out])
}

// multiply runs the product on the memory of its operands and its result; nil if there are no elements.
func (s *productStep) multiply(x, y, z unsafe.Pointer) {
	if x != nil {
		x = unsafe.Add(x, 8*s.in[0].offset)
	}
	if y != nil {
		y = unsafe.Add(y, 8*s.in[1].offset)
	}
	if s.small != nil {
		s.small.Run((*float64)(z), (*float64)(x), (*float64)(y))
		return
	}
	s.Run((*float64)(z), (*float64)(x), (*float64)(y), s.Threads())
}

func (s *productStep) describe(b *strings.Builder) {
	fmt.Fprintf(b, "product of %d x %d and %d x %d", s.M, s.K, s.K, s.N)
	for _, x := range s.Batch {
		if x.Len != 1 {
			fmt.Fprintf(b, ", %d times", x.Len)
		}
	}
	b.WriteString(": " + s.name)
}
