package num

import (
	"math"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// This file is about what happens to few elements, which broadcasts repeat, before it happens to many.

// FewFirst multiplies a factor by another that is repeated the same way.
func (p mul) FewFirst(in []Array, alone []bool) (Array, bool) { return fewFirst(p, in, alone) }

// FewFirst combines masks that are repeated the same way.
func (p and) FewFirst(in []Array, alone []bool) (Array, bool) { return fewFirst(p, in, alone) }
func (p or) FewFirst(in []Array, alone []bool) (Array, bool)  { return fewFirst(p, in, alone) }

// FewFirst changes the sign of a factor that is repeated, which is exact.
func (p neg) FewFirst(in []Array, alone []bool) (Array, bool) {
	_, from, ok := trace.ProducerOf[mul](in[0])
	if !ok || !alone[0] {
		return Array{}, false
	}
	for i, x := range from {
		if r, few, ok := trace.ProducerOf[broadcast](x); ok {
			return apply(mul{}, apply(r, apply(p, few[0])), from[1-i]), true
		}
	}
	return Array{}, false
}

// fewFirst is p(p(a, b), x) for p(a, p(b, x)), where a and b are repeated the same way, or a is known.
func fewFirst[P trace.Primitive](p P, in []Array, alone []bool) (Array, bool) {
	for i, a := range in {
		_, from, ok := trace.ProducerOf[P](in[1-i])
		if !ok || !alone[1-i] {
			continue
		}
		for j, b := range from {
			r, few, ok := trace.ProducerOf[broadcast](b)
			if !ok {
				continue
			}
			if x, ok := alike(a, few[0]); ok {
				return apply(p, apply(r, apply(p, x, few[0])), from[1-j]), true
			}
		}
	}
	return Array{}, false
}

// alike returns what is repeated to make a, or a number, in the form of another array that is repeated.
func alike(a, few Array) (Array, bool) {
	if _, from, ok := trace.ProducerOf[broadcast](a); ok {
		return from[0], from[0].Type().Equal(few.Type())
	}
	c, ok := trace.SplatF64(a)
	return filled(c, few), ok && math.Abs(c) > 0x1p-200 && math.Abs(c) < 0x1p200
}

// Outward looks at what is repeated once, and leaves out of any what is the same for all that it looks at.
func (p reduceAny) Outward(in []Array) (Array, bool) {
	if few, _, ok := anyOfFew(in[0], p.Axes); ok {
		return few, true
	}
	_, from, ok := trace.ProducerOf[and](in[0])
	if !ok {
		return Array{}, false
	}
	for i, x := range from {
		few, same, ok := anyOfFew(x, p.Axes)
		if !ok || !same {
			continue
		}
		rest, _, ok := anyOfFew(from[1-i], p.Axes)
		if !ok {
			rest = anyOf(from[1-i], p.Axes)
		}
		return and2(few, rest), true
	}
	return Array{}, false
}

// anyOfFew is anyOf for what a broadcast repeats, and whether that is the same along all axes.
func anyOfFew(m Array, axes []int) (few Array, same, ok bool) {
	r, from, ok := trace.ProducerOf[broadcast](m)
	if !ok || len(axes) == 0 || m.Size() == 0 || m.Type().Stars() > 0 || from[0].Type().Stars() > 0 {
		return Array{}, false, false
	}
	own := from[0].Type().Shape
	lead := len(r.Shape) - len(own)
	var shape, kept, long []int
	for i, n := range r.Shape {
		reduced := slices.Contains(axes, i)
		if !reduced {
			kept = append(kept, n)
		}
		if i < lead || reduced && own[i-lead] == 1 {
			continue
		}
		if reduced {
			long = append(long, len(shape))
		}
		shape = append(shape, own[i-lead])
	}
	few = reshaped(from[0], shape)
	if len(long) > 0 {
		few = anyOf(few, long)
	}
	return broadcastTo(few, kept), len(long) == 0, true
}

// away reports whether a divisor has a reciprocal that neither overflows nor loses more than the last two bits, unless it is 0 or infinite.
func away(d Array) bool {
	if _, _, ok := trace.ProducerOf[unary[sqrt]](d); ok {
		return true
	}
	_, from, ok := trace.ProducerOf[binary[hypot]](d)
	return ok && slices.ContainsFunc(from, func(x Array) bool {
		c, ok := trace.SplatF64(x)
		return ok && math.Abs(c) >= 0x1p-1000
	})
}
