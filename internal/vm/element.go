package vm

import (
	"math"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
)

// element runs the body for element i, which has one lane of the width of a carry. It reports whether the loop
// goes on.
func (c *Code) element(arrays []unsafe.Pointer, i, lane, width int, carries, v []uint64) bool {
	slot := c.slot
	body := c.loop.Body
	for k := range body {
		x := &body[k]
		var y uint64
		switch x.Op {
		case loop.Const:
			y = x.Imm
		case loop.Load:
			p := c.place(arrays, int(x.A), i, int(x.Imm))
			if c.loop.Arrays[x.A].Kind != loop.Bool {
				y = *(*uint64)(p)
			} else {
				y = mask(*(*bool)(p))
			}
		case loop.Carry:
			y = carries[int(x.Imm)*width+lane]
		case loop.Add:
			y = bits(float(v[slot[x.A]]) + float(v[slot[x.B]]))
		case loop.Sub:
			y = bits(float(v[slot[x.A]]) - float(v[slot[x.B]]))
		case loop.Mul:
			y = bits(float(v[slot[x.A]]) * float(v[slot[x.B]]))
		case loop.FMA:
			y = bits(math.FMA(float(v[slot[x.A]]), float(v[slot[x.B]]), float(v[slot[x.C]])))
		case loop.Div:
			y = bits(float(v[slot[x.A]]) / float(v[slot[x.B]]))
		case loop.And:
			y = v[slot[x.A]] & v[slot[x.B]]
		case loop.Or:
			y = v[slot[x.A]] | v[slot[x.B]]
		case loop.Xor:
			y = v[slot[x.A]] ^ v[slot[x.B]]
		case loop.IAdd:
			y = v[slot[x.A]] + v[slot[x.B]]
		case loop.Shl:
			y = v[slot[x.A]] << x.Imm
		case loop.Select:
			m := v[slot[x.A]]
			y = m&v[slot[x.B]] | ^m&v[slot[x.C]]
		default:
			y = c.rare(arrays, i, x, v)
		}
		v[slot[k]] = y
	}
	if c.loop.Ends && v[slot[c.loop.While]] == 0 {
		return false
	}
	for _, s := range c.loop.Stores {
		p := c.place(arrays, s.Array, i, s.Offset)
		if c.loop.Arrays[s.Array].Kind != loop.Bool {
			*(*uint64)(p) = v[slot[s.Value]]
		} else {
			*(*bool)(p) = v[slot[s.Value]] != 0
		}
	}
	c.step(lane, width, carries, v)
	return true
}

// step gives a lane of the carries its next values, which may be each other's.
func (c *Code) step(lane, width int, carries, v []uint64) {
	for k, w := range c.loop.Next {
		carries[k*width+lane] = v[c.slot[w]]
	}
}

// rare is an instruction that is not worth a case of its own.
func (c *Code) rare(arrays []unsafe.Pointer, i int, x *loop.Instr, v []uint64) uint64 {
	switch x.Op {
	case loop.Index:
		return uint64(i)
	case loop.Gather:
		return c.gathered(arrays, x, v[c.slot[x.B]])
	}
	var in [3]uint64
	for j, w := range x.Values() {
		in[j] = v[c.slot[w]]
	}
	return loop.Compute(x.Op, in[0], in[1], in[2], x.Imm)
}

// gathered returns the element that a Gather with an index reads.
func (c *Code) gathered(arrays []unsafe.Pointer, x *loop.Instr, index uint64) uint64 {
	k := c.loop.Arrays[x.A].Kind
	p := unsafe.Add(arrays[x.A], int(index)*k.Size())
	if k != loop.Bool {
		return *(*uint64)(p)
	}
	return mask(*(*bool)(p))
}

func float(x uint64) float64 { return math.Float64frombits(x) }
func bits(x float64) uint64  { return math.Float64bits(x) }

func mask(b bool) uint64 {
	if b {
		return math.MaxUint64
	}
	return 0
}
