package compile

import (
	"reflect"
	"slices"
	"sync"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// lowering is what it depends on how an elementwise equation is made of instructions.
type lowering struct {
	primitive trace.Primitive
	dtype     trace.DType // of the last operand
}

// lowered is what came of it.
type lowered struct {
	ok   bool
	size int     // instructions for an element
	cost int     // without those that cost little
	op   loop.Op // of the only instruction, with the operands as they are; Const if there are others
}

// lowersOne reports whether an element of e can be made of instructions.
func (c *compiler) lowersOne(e *trace.Equation) bool {
	return c.lowered(e.Primitive, len(e.Ins), c.f.Type(e.Ins[len(e.Ins)-1]).DType).ok
}

// lowered tries to make an element of a result of instructions, once for all equations that are alike.
func (c *compiler) lowered(p trace.Primitive, operands int, last trace.DType) lowered {
	if !reflect.TypeOf(p).Comparable() {
		return tryLower(p, operands, last)
	}
	k := lowering{p, last}
	l, known := c.lowers[k]
	if !known {
		l = loweredOnce(k, operands)
		c.lowers[k] = l
	}
	return l
}

// plain has what came of primitives without parameters: all of one type are the same, in every program.
var plain sync.Map // from lowering to lowered

func loweredOnce(k lowering, operands int) lowered {
	if reflect.TypeOf(k.primitive).Size() > 0 {
		return tryLower(k.primitive, operands, k.dtype)
	}
	if l, known := plain.Load(k); known {
		return l.(lowered)
	}
	l := tryLower(k.primitive, operands, k.dtype)
	plain.Store(k, l)
	return l
}

// loweredOf is lowered for operands that are ins.
func (c *compiler) loweredOf(p trace.Primitive, ins []trace.Var) lowered {
	return c.lowered(p, len(ins), c.vars[ins[len(ins)-1]].typ.DType)
}

func tryLower(p trace.Primitive, operands int, last trace.DType) lowered {
	b := loop.NewBuilder()
	array := b.Array(loop.F64, 1)
	in, types := make([]loop.Value, operands), make([]trace.Type, operands)
	for i := range in {
		in[i], types[i].DType = b.Load(array, i), last
	}
	v, ok := lowerOne(b, p, types, in)
	l := lowered{ok, len(b.Body), costOf(b.Body), loop.Const}
	if i := &b.Body[v]; ok && len(b.Body) == operands+1 && slices.Equal(i.Values(), in) {
		l.op = i.Op
	}
	b.Release()
	return l
}

// costOf returns how many instructions there are, but for those that cost little. Divisions take as long as many.
func costOf(body []loop.Instr) int {
	n := 0
	for _, i := range body {
		switch i.Op {
		case loop.Const, loop.Load:
		case loop.Div, loop.Sqrt:
			n += 16
		default:
			n++
		}
	}
	return n
}
