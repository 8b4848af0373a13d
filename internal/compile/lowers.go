package compile

import (
	"reflect"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// lowering is what it depends on whether an elementwise equation can be made of instructions.
type lowering struct {
	primitive trace.Primitive
	dtype     trace.DType // of the last operand
}

// lowersOne tries whether an element of e can be made of instructions, once for all equations like e.
func (c *compiler) lowersOne(e *trace.Equation) bool {
	k := lowering{e.Primitive, c.f.Type(e.Ins[len(e.Ins)-1]).DType}
	if !reflect.TypeOf(k.primitive).Comparable() {
		return c.tryLower(e)
	}
	ok, known := c.lowers[k]
	if !known {
		ok = c.tryLower(e)
		c.lowers[k] = ok
	}
	return ok
}

func (c *compiler) tryLower(e *trace.Equation) bool {
	_, ok := lowered(e.Primitive, c.f.Types(e.Ins))
	return ok
}

// lowered returns the instructions that make an element.
func lowered(p trace.Primitive, types []trace.Type) ([]loop.Instr, bool) {
	b := loop.NewBuilder()
	array := b.Array(loop.F64, 1)
	in := make([]loop.Value, len(types))
	for i := range in {
		in[i] = b.Load(array, i)
	}
	_, ok := lowerOne(b, p, types, in)
	return b.Body, ok
}
