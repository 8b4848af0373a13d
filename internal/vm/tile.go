package vm

import (
	"math"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
)

// tile runs the body for n elements from at on: first what does not depend on carries, an
// instruction at a time, then the rest, an element at a time.
func (c *Code) tile(arrays []unsafe.Pointer, at, n int, carries, scratch []uint64) {
	l := c.loop
	reg := func(v loop.Value) []uint64 { s := c.slot[v] * tile; return scratch[s : s+n : s+n] }
	for k := range l.Body {
		x := &l.Body[k]
		y := reg(loop.Value(k))
		switch {
		case c.late[k]:
		case x.Op == loop.Load:
			c.load(arrays, at, x, y)
		case x.Op == loop.Gather:
			for i, at := range reg(x.B) {
				y[i] = c.gathered(arrays, int(x.A), at)
			}
		case x.Op == loop.Index:
			for i := range y {
				y[i] = uint64(at + i)
			}
		case x.Op == loop.Pick:
			copy(y, l.Picks[int(x.Imm)+at:])
		case x.Op == loop.Const:
			for i := range y {
				y[i] = x.Imm
			}
		default:
			var in [3][]uint64
			for j, w := range x.Values() {
				in[j] = reg(w)
			}
			if !arithmetic(x.Op, y, in) {
				whole(x, y, in)
			}
		}
	}
	if len(l.Next) > 0 {
		c.reduce(arrays, at, n, carries, scratch)
	}
	for _, s := range l.Stores {
		c.store(arrays, at, s, reg(s.Value))
	}
}

// reduce runs the instructions that depend on carries.
func (c *Code) reduce(arrays []unsafe.Pointer, at, n int, carries, scratch []uint64) {
	l := c.loop
	width := l.Width()
	for i := range n {
		lane := (at + i) % width
		for k := range l.Body {
			if !c.late[k] {
				continue
			}
			x, y := &l.Body[k], &scratch[c.slot[k]*tile+i]
			switch x.Op {
			case loop.Carry:
				*y = carries[int(x.Imm)*width+lane]
				continue
			case loop.Gather:
				*y = c.gathered(arrays, int(x.A), scratch[c.slot[x.B]*tile+i])
				continue
			}
			var in [3]uint64
			for j, w := range x.Values() {
				in[j] = scratch[c.slot[w]*tile+i]
			}
			*y = loop.Compute(x.Op, in[0], in[1], in[2], x.Imm)
		}
		for k, w := range l.Next {
			carries[k*width+lane] = scratch[c.slot[w]*tile+i]
		}
	}
}

func (c *Code) load(arrays []unsafe.Pointer, at int, x *loop.Instr, y []uint64) {
	a := &c.loop.Arrays[x.A]
	p := c.place(arrays, int(x.A), at, int(x.Imm))
	switch {
	case len(y) == 0:
	case a.Kind == loop.Bool:
		for i := range y {
			y[i] = mask(*(*bool)(unsafe.Add(p, a.Step*i)))
		}
	case a.Step == 1:
		copy(y, unsafe.Slice((*uint64)(p), len(y)))
	default:
		for i := range y {
			y[i] = *(*uint64)(unsafe.Add(p, 8*a.Step*i))
		}
	}
}

func (c *Code) store(arrays []unsafe.Pointer, at int, s loop.Store, y []uint64) {
	a := &c.loop.Arrays[s.Array]
	p := c.place(arrays, s.Array, at, s.Offset)
	switch {
	case len(y) == 0:
	case a.Kind == loop.Bool:
		for i, v := range y {
			*(*bool)(unsafe.Add(p, a.Step*i)) = v != 0
		}
	case a.Step == 1:
		copy(unsafe.Slice((*uint64)(p), len(y)), y)
	default:
		for i, v := range y {
			*(*uint64)(unsafe.Add(p, 8*a.Step*i)) = v
		}
	}
}

// floats returns the same words as f64 values.
func floats(x []uint64) []float64 {
	if len(x) == 0 {
		return nil
	}
	return unsafe.Slice((*float64)(unsafe.Pointer(&x[0])), len(x))
}

// arithmetic applies the instructions that are most common, and reports whether it has.
func arithmetic(o loop.Op, out []uint64, in [3][]uint64) bool {
	y, a, b := floats(out), floats(in[0]), floats(in[1])
	a = a[:len(y)]
	if len(b) > 0 {
		b = b[:len(y)]
	}
	switch o {
	case loop.Add:
		for i := range y {
			y[i] = a[i] + b[i]
		}
	case loop.Sub:
		for i := range y {
			y[i] = a[i] - b[i]
		}
	case loop.Mul:
		for i := range y {
			y[i] = a[i] * b[i]
		}
	case loop.Div:
		for i := range y {
			y[i] = a[i] / b[i]
		}
	case loop.FMA:
		c := floats(in[2])[:len(y)]
		for i := range y {
			y[i] = math.FMA(a[i], b[i], c[i])
		}
	case loop.Sqrt:
		for i := range y {
			y[i] = math.Sqrt(a[i])
		}
	case loop.Less:
		for i := range y {
			out[i] = mask(a[i] < b[i])
		}
	case loop.Nearest:
		for i := range y {
			y[i] = math.RoundToEven(a[i])
		}
	default:
		return logic(o, out, in)
	}
	return true
}

// logic is arithmetic for instructions on bits.
func logic(o loop.Op, y []uint64, in [3][]uint64) bool {
	a, b, c := in[0], in[1], in[2]
	switch o {
	case loop.And:
		for i := range y {
			y[i] = a[i] & b[i]
		}
	case loop.Or:
		for i := range y {
			y[i] = a[i] | b[i]
		}
	case loop.Xor:
		for i := range y {
			y[i] = a[i] ^ b[i]
		}
	case loop.AndNot:
		for i := range y {
			y[i] = ^a[i] & b[i]
		}
	case loop.IAdd:
		for i := range y {
			y[i] = a[i] + b[i]
		}
	case loop.Select:
		for i := range y {
			y[i] = a[i]&b[i] | ^a[i]&c[i]
		}
	default:
		return false
	}
	return true
}

// whole applies any other instruction.
func whole(x *loop.Instr, y []uint64, in [3][]uint64) {
	for i := range y {
		var v [3]uint64
		for j := range x.Op.Operands() {
			v[j] = in[j][i]
		}
		y[i] = loop.Compute(x.Op, v[0], v[1], v[2], x.Imm)
	}
}
