package num

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// Compiled programs may do what is done at each of many places, along the first axis of arrays, for some places at a time, and
// with the places along the last axis, where they fill vectors. AlongPlaces says whether that can be so for operands that are
// marked as having places, and whether the result is a sum over them then, rather than having places itself. LastPlaces does it,
// for n places: operands that are marked have them last.

func (p reshape) AlongPlaces(in []trace.Type, along []bool) (sums, ok bool) {
	return false, along[0] && len(p.Shape) > 0 && p.Shape[0] == in[0].Shape[0]
}

func (p reshape) LastPlaces(in []Array, _ []bool, n int) Array {
	return reshaped(in[0], placesLast(p.Shape, n))
}

func (p broadcast) AlongPlaces(in []trace.Type, along []bool) (sums, ok bool) {
	same := in[0].Rank() == len(p.Shape)
	if along[0] {
		return false, same && in[0].Shape[0] == p.Shape[0]
	}
	return false, !same || in[0].Shape[0] == 1
}

func (p broadcast) LastPlaces(in []Array, along []bool, n int) Array {
	x := in[0]
	if shape := x.Type().Shape; !along[0] {
		if len(shape) == len(p.Shape) {
			shape = shape[1:]
		}
		x = reshaped(x, append(slices.Clone(shape), 1))
	}
	return broadcastTo(x, placesLast(p.Shape, n))
}

func (p transpose) AlongPlaces(_ []trace.Type, along []bool) (sums, ok bool) {
	return false, along[0] && p.Perm[0] == 0
}

func (p transpose) LastPlaces(in []Array, _ []bool, _ int) Array {
	return transposed(in[0], axesAtLast(append(slices.Clone(p.Perm[1:]), 0), len(p.Perm)))
}

func (p reduceSum) AlongPlaces(in []trace.Type, along []bool) (sums, ok bool) {
	return slices.Contains(p.Axes, 0), along[0] && in[0].DType == trace.F64
}

func (p reduceSum) LastPlaces(in []Array, _ []bool, _ int) Array {
	axes := axesAtLast(p.Axes, in[0].Rank())
	slices.Sort(axes)
	return apply(reduceSum{axes}, in[0])
}

func (p reduceExtreme[R]) AlongPlaces(_ []trace.Type, along []bool) (sums, ok bool) {
	return false, along[0] && !slices.Contains(p.Axes, 0)
}

func (p reduceExtreme[R]) LastPlaces(in []Array, _ []bool, _ int) Array {
	p.Axes = axesAtLast(p.Axes, in[0].Rank())
	return apply(p, in[0])
}

// AlongPlaces of a product holds if the places are all that is left of an operand, or if both are summed over them.
func (p dot) AlongPlaces(in []trace.Type, along []bool) (sums, ok bool) {
	if len(p.LhsBatch) > 0 || in[0].DType != trace.F64 {
		return false, false
	}
	lfree, rfree := p.free(in)
	if along[0] && along[1] {
		at := slices.Index(p.LhsContract, 0)
		return true, at >= 0 && p.RhsContract[at] == 0
	}
	if along[0] {
		return false, slices.Equal(lfree, []int{0})
	}
	return false, along[1] && len(lfree) == 0 && len(rfree) > 0 && rfree[0] == 0
}

func (p dot) LastPlaces(in []Array, along []bool, _ int) Array {
	for i, axes := range []*[]int{&p.LhsContract, &p.RhsContract} {
		if along[i] {
			*axes = axesAtLast(*axes, in[i].Rank())
		}
	}
	if along[0] && !along[1] {
		return apply(dot{LhsContract: p.RhsContract, RhsContract: p.LhsContract}, in[1], in[0])
	}
	return apply(p, in...)
}

// placesLast returns the shape of an array whose first axis has become the last one, of length n.
func placesLast(shape []int, n int) []int { return append(slices.Clone(shape[1:]), n) }

// axesAtLast returns which axes those of an array of some rank are once the first one is the last.
func axesAtLast(axes []int, rank int) []int {
	moved := make([]int, len(axes))
	for i, a := range axes {
		if moved[i] = a - 1; a == 0 {
			moved[i] = rank - 1
		}
	}
	return moved
}
