package num

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// This file has what batching knows of unit vectors (trace.Units), the directions of Jacobians. The zeros of a direction are exact:
// where a tangent is zero by its structure no coefficient counts, not even an infinite one. So a product with unit vectors takes
// elements of the other operand and adds no zeros times others, which would make NaN of an infinite one.

// unitsOf returns unit vectors of another shape, if x is made of such whose elements in row-major order begin
// later by skip.
func unitsOf(x Array, t trace.Type, skip int) (Array, bool) {
	first, ok := trace.FirstUnit(x)
	if !ok {
		return Array{}, false
	}
	return trace.Units(t.With(x.DType()), first-skip), true
}

// ofUnits returns what p takes of each unit vector of x, if that is a run of its elements.
func (p slice) ofUnits(x Array, n int) (Array, bool) {
	shape := x.Type().Shape[1:]
	skip, inner := 0, 1
	kept := make([]int, len(shape))
	whole := true // of the axes to the right
	for i := len(shape) - 1; i >= 0; i-- {
		kept[i] = p.Limit[i] - p.Start[i]
		if p.Step[i] != 1 || kept[i] > 1 && !whole {
			return Array{}, false
		}
		skip += p.Start[i] * inner
		inner *= shape[i]
		whole = whole && kept[i] == shape[i]
	}
	return unitsOf(x, trace.TypeOf(x.DType(), kept...).Batched(n), skip)
}

// ofUnits returns the products of unit vectors, which are one operand, with the other operand, which is the same for all of
// them: each is the part of it that the 1 meets. All axes of a vector are summed over, or have length 1.
func (p dot) ofUnits(in []Array, mapped []bool, n int) (Array, bool) {
	if mapped[0] == mapped[1] || len(p.LhsBatch) > 0 {
		return Array{}, false
	}
	units, other, own, met := in[0], in[1], p.LhsContract, p.RhsContract
	if mapped[1] {
		units, other, own, met = in[1], in[0], p.RhsContract, p.LhsContract
	}
	first, ok := trace.FirstUnit(units)
	vector := units.Type().Row()
	size := vector.Size()
	if !ok || size == 0 || size != (trace.Type{Shape: pickInts(vector.Shape, own)}).Size() {
		return Array{}, false
	}
	free := pickInts(other.Type().Shape, axesBut(other.Rank(), met, nil))
	parts := transposed(other, slices.Concat(sortedBy(met, own), axesBut(other.Rank(), met, nil)))
	return p.shaped(rowsFrom(reshaped(parts, append([]int{size}, free...)), first, n), in, mapped), true
}

// shaped gives the products of n unit vectors with a part of the other operand the axes of length 1 that a vector has.
func (p dot) shaped(y Array, in []Array, mapped []bool) Array {
	types := []trace.Type{in[0].Type(), in[1].Type()}
	for i := range types {
		if mapped[i] {
			types[i] = types[i].Row()
		}
	}
	lfree, rfree := p.free(types)
	return reshaped(y, slices.Concat(y.Type().Shape[:1], pickInts(types[0].Shape, lfree), pickInts(types[1].Shape, rfree)))
}

// rowsFrom returns n rows of x, from number first on: zeros where x has none.
func rowsFrom(x Array, first, n int) Array {
	lo, hi := max(first, 0), min(first+n, x.Type().Shape[0])
	t := x.Type().Row().Batched(n)
	if lo >= hi {
		return Zero(t)
	}
	x = part(x, 0, lo, hi)
	if hi-lo == n {
		return x
	}
	p := pad{Lo: make([]int, t.Rank()), Hi: make([]int, t.Rank()), Step: slices.Repeat([]int{1}, t.Rank())}
	p.Lo[0], p.Hi[0] = lo-first, first+n-hi
	return apply(p, x)
}
