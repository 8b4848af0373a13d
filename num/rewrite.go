package num

import (
	"math"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// This file is what the passes over compiled funcs ask of primitives beside Simplify; they know them by these
// methods, which are optional and, as Simplify, return an array that does without the equation.
//
//	Outward(in) moves elements later, when more has been done; it is exact.
//	Untransposed(in) is a product that goes through its operands, or what they are made of, in another order.
//	Cheaper(in, alone) is another function that has the same value but for rounding. Operands that are not alone are read
//	elsewhere too, so that what makes them is not saved.
//	Contract(in) rounds once in place of twice.
//	ByFew(in) divides once for each of the few divisors that a broadcast repeats, ByKnown(in) not at all where ByFew has.
//	Inverse(in) divides once for quotients that have the same divisor, and multiplies.
//	Jumps reports whether a result that has been rounded otherwise may be another one altogether.
//	Chooses marks select, and Negates not. Both tells and, which is true where both operands are, from or, which is
//	false where both are.

func (selectP) Chooses() {}
func (not) Negates()     {}
func (and) Both() bool   { return true }
func (or) Both() bool    { return false }

// Repeats marks broadcast: it makes more elements of few, so what can be done before it should be.
func (broadcast) Repeats() {}

// Outward moves a transpose before the broadcast that its operand is.
func (p transpose) Outward(in []Array) (Array, bool) {
	q, from, ok := trace.Producer(in[0])
	b, repeats := q.(broadcast)
	if !ok || !repeats || in[0].Type().Stars() > 0 || from[0].Type().Stars() > 0 {
		return Array{}, false
	}
	own := from[0].Type().Shape
	padded := append(slices.Repeat([]int{1}, len(b.Shape)-len(own)), own...)
	return broadcastTo(permuteFew(reshaped(from[0], padded), p.Perm), pickInts(b.Shape, p.Perm)), true
}

// permuteFew is transposed, by a reshape if only axes of length 1 change places.
func permuteFew(x Array, perm []int) Array {
	last := -1
	for _, a := range perm {
		if x.Type().Shape[a] == 1 {
			continue
		}
		if a < last {
			return transposed(x, perm)
		}
		last = a
	}
	return reshaped(x, pickInts(x.Type().Shape, perm))
}

// Untransposed takes the axes of a transposed operand where they come from.
func (p dot) Untransposed(in []Array) (Array, bool) {
	types := []trace.Type{in[0].Type(), in[1].Type()}
	lfree, rfree := p.free(types)
	x, lhs, left := untransposed(in[0], pickInts(types[1].Shape, rfree), lfree, p.LhsContract, p.LhsBatch)
	y, rhs, right := untransposed(in[1], pickInts(types[0].Shape, lfree), rfree, p.RhsContract, p.RhsBatch)
	if !left && !right {
		return Array{}, false
	}
	return apply(dot{LhsContract: lhs[0], RhsContract: rhs[0], LhsBatch: lhs[1], RhsBatch: rhs[1]}, x, y), true
}

// untransposed returns what a is the transpose of, if the free axes are in the same order there, and where
// the others are. Where each element meets many of the other operand, in an array of the shape meets, a may be made elementwise
// of transposes.
func untransposed(a Array, meets, free []int, axes ...[]int) (Array, [][]int, bool) {
	left := 0
	if (trace.Type{Shape: meets}).Size() >= goodSide {
		left = maxTurned
	}
	from, perm, ok := turned(a, &left)
	if !ok || !slices.IsSorted(pickInts(perm, free)) {
		return a, axes, false
	}
	there := make([][]int, len(axes))
	for i, at := range axes {
		there[i] = pickInts(perm, at)
	}
	return from, there, true
}

// Untransposed makes the transpose of a product that of its operands, which change places.
func (p transpose) Untransposed(in []Array) (Array, bool) {
	q, from, ok := trace.Producer(in[0])
	d, product := q.(dot)
	if !ok || !product {
		return Array{}, false
	}
	lfree, rfree := d.free([]trace.Type{from[0].Type(), from[1].Type()})
	nb, nl, nr := len(d.LhsBatch), len(lfree), len(rfree)
	for i, a := range p.Perm {
		want := i
		switch {
		case i >= nb+nr:
			want = i - nr
		case i >= nb:
			want = i + nl
		}
		if a != want {
			return Array{}, false
		}
	}
	return apply(dot{LhsContract: d.RhsContract, RhsContract: d.LhsContract, LhsBatch: d.RhsBatch, RhsBatch: d.LhsBatch},
		from[1], from[0]), true
}

// Cheaper is that of the rule, if it has one.
func (b binary[R]) Cheaper(in []Array, _ []bool) (Array, bool) {
	if r, ok := any(b.Op).(interface {
		Cheaper(x, y Array) (Array, bool)
	}); ok {
		return r.Cheaper(in[0], in[1])
	}
	return Array{}, false
}

// Cheaper knows small integer powers, which are products: of more factors, products are less exact.
func (pow) Cheaper(x, y Array) (Array, bool) {
	v, ok := trace.Splat(y)
	if n, float := v.(float64); ok && float && (n == 0 || n == 1 || n == 2 || n == 3 || n == -1) {
		return powInt(x, int(n)), true
	}
	return Array{}, false
}

// Cheaper multiplies by the reciprocal of a power of two, which is exact.
func (div) Cheaper(in []Array, _ []bool) (Array, bool) {
	v, ok := trace.Splat(in[1])
	d, float := v.(float64)
	r := 1 / d
	if m, _ := math.Frexp(d); !ok || !float || math.Abs(m) != 0.5 || r == 0 || r-r != 0 {
		return Array{}, false
	}
	return apply(mul{}, in[0], filled(r, in[1])), true
}

// ByFew multiplies by reciprocals of a divisor that a broadcast repeats.
func (p div) ByFew(in []Array) (Array, bool) {
	q, from, ok := trace.Producer(in[1])
	if _, repeats := q.(broadcast); !ok || !repeats || !p.Few(from[0].Type(), in[1].Type()) {
		return Array{}, false
	}
	return p.byReciprocal(in[0], from[0]), true
}

// Few reports whether a divisor is repeated often enough: twice, where there are whole vectors of divisors.
func (div) Few(divisor, repeated trace.Type) bool {
	return 8*divisor.Size() <= repeated.Size() || wholeVectors(divisor) && 2*divisor.Size() <= repeated.Size()
}

func wholeVectors(t trace.Type) bool { return t.Size() >= 16 }

// ByKnown multiplies by the reciprocals that ByFew makes of the divisor for other quotients.
func (p div) ByKnown(in []Array) Array { return p.byReciprocal(in[0], in[1]) }

// byReciprocal is x/d. Where the reciprocal would overflow, both are scaled. Where it is subnormal, it loses up to two bits.
func (p div) byReciprocal(x, d Array) Array {
	shape := x.Type().Shape
	if !away(d) {
		scale := Where(Less(Abs(d), 0x1p-1000), 0x1p200, 1)
		d = apply(mul{}, d, scale)
		x = mulExact(x, broadcastTo(scale, shape))
	}
	return mulExact(x, broadcastTo(apply(p, filled(1.0, d), d), shape))
}

// Inverse multiplies by the reciprocal of a divisor, if it needs no scaling or there are whole vectors.
func (p div) Inverse(in []Array) (Array, bool) {
	if !away(in[1]) && !wholeVectors(in[1].Type()) {
		return Array{}, false
	}
	return p.byReciprocal(in[0], in[1]), true
}

// Jumps reports what floor and the like do.
func (step[R]) Jumps() bool { return true }

// Jumps reports what mod does.
func (b binary[R]) Jumps() bool {
	_, jumps := any(b.Op).(mod)
	return jumps
}

// Cheaper takes the first place of those where the extreme stands, or a NaN does: that is the same, and made of what loops can do.
func (p argExtreme[R]) Cheaper(in []Array, _ []bool) (Array, bool) {
	x, n := in[0], in[0].Type().Shape[p.Axis]
	best := apply(reduceExtreme[R]{Op: p.Op, Axes: []int{p.Axis}}, x)
	there := Equal(x, ExpandDims(best, p.Axis))
	if x.DType() == trace.F64 {
		there = Or(there, IsNaN(x))
	}
	places := slices.Repeat([]int{1}, x.Rank())
	places[p.Axis] = n
	return Amin(Where(there, Reshape(Arange(n), places...), n), p.Axis), true
}
