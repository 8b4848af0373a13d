package num

import (
	"math"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// Primitives whose results are put together from their operands tell the compiler where those stand:
//
//	Place says where operand i does: along each axis its element k is at + k*step. What falls outside of
//	the result is left out.
//	Rest is what there is where no operand is, as bits.
//	Sum adds an operand to what is there from those before; it is nil if operands never meet.

func (p pad) Place([]trace.Type, int) (at, step []int) { return p.Lo, p.Step }
func (pad) Rest(trace.DType) uint64                    { return 0 }
func (pad) Sum(trace.DType) trace.Primitive            { return nil }

func (p concat) Place(types []trace.Type, i int) (at, step []int) {
	at = make([]int, types[i].Rank())
	for _, t := range types[:i] {
		at[p.Axis] += t.Shape[p.Axis]
	}
	return at, slices.Repeat([]int{1}, len(at))
}

func (concat) Rest(trace.DType) uint64         { return 0 }
func (concat) Sum(trace.DType) trace.Primitive { return nil }

func (p addSlice) Place(types []trace.Type, i int) (at, step []int) {
	if i == 0 {
		n := types[0].Rank()
		return make([]int, n), slices.Repeat([]int{1}, n)
	}
	return p.Start, p.Step
}

func (addSlice) Rest(trace.DType) uint64 { return 0 }

func (addSlice) Sum(d trace.DType) trace.Primitive {
	if d == trace.Bool {
		return or{}
	}
	return add{}
}

func (p shift) Place(types []trace.Type, _ int) (at, step []int) {
	at = make([]int, types[0].Rank())
	if at[p.Axis] = 1; p.Reverse {
		at[p.Axis] = -1
	}
	return at, slices.Repeat([]int{1}, len(at))
}

func (p shift) Rest(d trace.DType) uint64 {
	switch {
	case d == trace.F64:
		return math.Float64bits(p.Fill)
	case d == trace.I64:
		return uint64(int64(p.Fill))
	case p.Fill != 0:
		return 1
	}
	return 0
}

func (shift) Sum(trace.DType) trace.Primitive { return nil }
