package num

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// reduceProd multiplies along axes.
type reduceProd struct{ Axes []int }

func (reduceProd) Name() string { return "reduce_prod" }

func (p reduceProd) Infer(in []trace.Type) ([]trace.Type, error) {
	return inferReduction(in, p.Axes, trace.F64, trace.I64)
}

func (p reduceProd) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	return reduceBuffer(in[0], out[0], p.Axes, reducer{product[float64], product[int64], nil})
}

func product[E float64 | int64](x []E) E {
	p := E(1)
	for _, v := range x {
		p *= v
	}
	return p
}

// JVP: the derivative by an element is the product of all before it and all after it, so
// that nothing is divided by an element that may be zero.
func (p reduceProd) JVP(in, _ []Array, t []Tangent) []Tangent {
	others := alongOne(in[0], p.Axes, func(x Array, axis int) Array {
		before := apply(cumProd{Axis: axis}, apply(shift{axis, false, 1}, x))
		after := apply(cumProd{axis, true}, apply(shift{axis, true, 1}, x))
		return mulExact(before, after)
	})
	return []Tangent{LinearTangent(reduceSum(p), in, 0, ScaleTangent(others, t[0]))}
}

// alongOne applies f, which keeps the shape, to x with the given axes made one.
func alongOne(x Array, axes []int, f func(x Array, axis int) Array) Array {
	if len(axes) == 1 {
		return f(x, axes[0])
	}
	var perm, shape []int
	n := 1
	for i, d := range x.Type().Shape {
		if slices.Contains(axes, i) {
			n *= d
		} else {
			perm, shape = append(perm, i), append(shape, d)
		}
	}
	perm = append(perm, axes...)
	back := make([]int, len(perm))
	for i, a := range perm {
		back[a] = i
	}
	moved := transposed(x, perm)
	y := f(reshaped(moved, append(shape, n)), len(shape))
	return transposed(reshaped(y, moved.Type().Shape), back)
}

func (p reduceProd) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	return []Array{apply(reduceProd{shifted(p.Axes)}, in[0])}, []bool{true}
}

// Simplify knows that a product over no axis is its operand.
func (p reduceProd) Simplify(in []Array) (Array, bool) { return in[0], len(p.Axes) == 0 }

// Prod returns the product over the given axes, or over all. Its derivative needs no division:
// zeros are exact. Bools count as integers. The product of no elements is 1.
func Prod(x Array, axes ...int) Array {
	x = atLeastInt(x)
	return apply(reduceProd{axesOf("prod", x, axes)}, x)
}
