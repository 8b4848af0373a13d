package vm

import (
	"math"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
)

// Scratch memory as numbers.
func f(at unsafe.Pointer, place int32) float64    { return *(*float64)(unsafe.Add(at, place)) }
func u(at unsafe.Pointer, place int32) uint64     { return *(*uint64)(unsafe.Add(at, place)) }
func put(at unsafe.Pointer, place int32) *float64 { return (*float64)(unsafe.Add(at, place)) }
func putBits(at unsafe.Pointer, place int32) *uint64 {
	return (*uint64)(unsafe.Add(at, place))
}

// elements runs the body for n elements, one by one, until one ends the loop.
func (c *Code) elements(arrays []unsafe.Pointer, n int, carries, scratch []uint64) {
	copy(scratch, c.bytes.constants)
	at := unsafe.Pointer(unsafe.SliceData(scratch))
	width := c.loop.Width()
	for i := range n {
		lane := i % width
		c.element(arrays, i, lane, carries, at)
		if c.loop.Ends && u(at, c.bytes.while) == 0 {
			return
		}
		for k, s := range c.loop.Stores {
			p := c.place(arrays, s.Array, i, s.Offset)
			if x := u(at, c.bytes.stores[k]); c.loop.Arrays[s.Array].Kind != loop.Bool {
				*(*uint64)(p) = x
			} else {
				*(*bool)(p) = x != 0
			}
		}
		for k, place := range c.bytes.next {
			carries[k*width+lane] = u(at, place)
		}
	}
}

// element runs the body for element i. The conversions forbid the compiler to fuse a product and a sum.
func (c *Code) element(arrays []unsafe.Pointer, i, lane int, carries []uint64, at unsafe.Pointer) {
	width := c.loop.Width()
	for k := 0; k < len(c.bytes.code); k++ {
		x := &c.bytes.code[k]
		switch x.op {
		case unless:
			if u(at, x.a) == 0 {
				k = x.imm - 1
			}
		case jump:
			k = x.imm - 1
		case opcode(loop.Carry):
			*putBits(at, x.d) = carries[x.imm*width+lane]
		case loadF64:
			*putBits(at, x.d) = *(*uint64)(c.place(arrays, int(x.a), i, x.imm))
		case loadBool:
			*putBits(at, x.d) = mask(*(*bool)(c.place(arrays, int(x.a), i, x.imm)))
		case opcode(loop.Add):
			*put(at, x.d) = f(at, x.a) + f(at, x.b)
		case opcode(loop.Sub):
			*put(at, x.d) = f(at, x.a) - f(at, x.b)
		case opcode(loop.Mul):
			*put(at, x.d) = f(at, x.a) * f(at, x.b)
		case opcode(loop.Div):
			*put(at, x.d) = f(at, x.a) / f(at, x.b)
		case opcode(loop.Sqrt):
			*put(at, x.d) = math.Sqrt(f(at, x.a))
		case opcode(loop.FMA):
			*put(at, x.d) = math.FMA(f(at, x.a), f(at, x.b), f(at, x.c))
		case fmaFMA:
			b := f(at, x.b)
			*put(at, x.d) = math.FMA(math.FMA(f(at, x.a), b, f(at, x.c)), b, f(at, x.e))
		case mulAdd:
			*put(at, x.d) = float64(f(at, x.a)*f(at, x.b)) + f(at, x.c)
		case mulSub:
			*put(at, x.d) = float64(f(at, x.a)*f(at, x.b)) - f(at, x.c)
		case subMul:
			*put(at, x.d) = f(at, x.c) - float64(f(at, x.a)*f(at, x.b))
		case mulMul:
			*put(at, x.d) = f(at, x.a) * f(at, x.b) * f(at, x.c)
		case addAdd:
			*put(at, x.d) = f(at, x.a) + f(at, x.b) + f(at, x.c)
		case opcode(loop.And):
			*putBits(at, x.d) = u(at, x.a) & u(at, x.b)
		case opcode(loop.Or):
			*putBits(at, x.d) = u(at, x.a) | u(at, x.b)
		case opcode(loop.Xor):
			*putBits(at, x.d) = u(at, x.a) ^ u(at, x.b)
		case opcode(loop.AndNot):
			*putBits(at, x.d) = ^u(at, x.a) & u(at, x.b)
		case opcode(loop.IAdd):
			*putBits(at, x.d) = u(at, x.a) + u(at, x.b)
		case opcode(loop.ISub):
			*putBits(at, x.d) = u(at, x.a) - u(at, x.b)
		case opcode(loop.Shl):
			*putBits(at, x.d) = u(at, x.a) << uint(x.imm)
		case opcode(loop.Less):
			*putBits(at, x.d) = mask(f(at, x.a) < f(at, x.b))
		case opcode(loop.Select):
			m := u(at, x.a)
			*putBits(at, x.d) = m&u(at, x.b) | ^m&u(at, x.c)
		case opcode(loop.Index):
			*putBits(at, x.d) = uint64(i)
		case opcode(loop.Gather):
			*putBits(at, x.d) = c.gathered(arrays, int(x.a), u(at, x.b))
		default:
			*putBits(at, x.d) = loop.Compute(loop.Op(x.op), u(at, x.a), u(at, x.b), u(at, x.c), uint64(x.imm))
		}
	}
}

// gathered returns the element of an array that a Gather with an index reads.
func (c *Code) gathered(arrays []unsafe.Pointer, array int, index uint64) uint64 {
	k := c.loop.Arrays[array].Kind
	p := unsafe.Add(arrays[array], int(index)*k.Size())
	if k != loop.Bool {
		return *(*uint64)(p)
	}
	return mask(*(*bool)(p))
}
