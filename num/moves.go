package num

import (
	"math"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// Primitives whose results are put together from their operands tell the compiler where those stand:
//
//	Places says where each of them does: along each axis element k of operand i is at[i] + k*step[i]. What falls outside of
//	the result is left out.
//	Rest is what there is where no operand is, as bits.
//	Sum adds an operand to what is there from those before; it is nil if operands never meet.

func (p pad) Places([]trace.Type) (at, step [][]int) { return [][]int{p.Lo}, [][]int{p.Step} }
func (pad) Rest(trace.DType) uint64                  { return 0 }
func (pad) Sum(trace.DType) trace.Primitive          { return nil }

func (p concat) Places(types []trace.Type) (at, step [][]int) {
	rank, next := types[0].Rank(), 0
	ones, starts := slices.Repeat([]int{1}, rank), make([]int, rank*len(types))
	for i, t := range types {
		start := starts[rank*i:][:rank]
		start[p.Axis] = next
		at, step, next = append(at, start), append(step, ones), next+t.Shape[p.Axis]
	}
	return at, step
}

func (concat) Rest(trace.DType) uint64         { return 0 }
func (concat) Sum(trace.DType) trace.Primitive { return nil }

func (p addSlice) Places(types []trace.Type) (at, step [][]int) {
	n := types[0].Rank()
	return [][]int{make([]int, n), p.Start}, [][]int{slices.Repeat([]int{1}, n), p.Step}
}

func (addSlice) Rest(trace.DType) uint64 { return 0 }

func (addSlice) Sum(d trace.DType) trace.Primitive {
	if d == trace.Bool {
		return or{}
	}
	return add{}
}

func (p shift) Places(types []trace.Type) (at, step [][]int) {
	start := make([]int, types[0].Rank())
	if start[p.Axis] = 1; p.Reverse {
		start[p.Axis] = -1
	}
	return [][]int{start}, [][]int{slices.Repeat([]int{1}, len(start))}
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
