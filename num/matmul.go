package num

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// Dot returns the inner product of two arrays of equal shapes: the sum of the products of their
// elements, a scalar.
func Dot(a, b Array) Array {
	a, b = numbers(a, b)
	if !slices.Equal(a.Type().Shape, b.Type().Shape) {
		panic(trace.Errorf("dot", "shapes differ: %v x %v", a.Type(), b.Type()))
	}
	return apply(dot{LhsContract: allAxes(a), RhsContract: allAxes(b)}, a, b)
}

// numbers gives the operands of a contraction one dtype. Bools count as integers.
func numbers(a, b Array) (x, y Array) {
	d := wider(trace.I64, wider(a.DType(), b.DType()))
	return convertTo(a, d), convertTo(b, d)
}

// MatMul returns the matrix product over the last axis of a and the last but one of b, by numpy's
// rules: axes before the last two are batch axes, which broadcast; a vector a counts as one row, a
// vector b as one column, and the result has no axis for it. Integers stay integers.
func MatMul(a, b Array) Array {
	a, b = numbers(a, b)
	if a.Rank() == 0 || b.Rank() == 0 {
		panic(trace.Errorf("matmul", "a scalar has no axis to sum over: %v x %v: multiply with num.Mul", a.Type(), b.Type()))
	}
	ka, kb := a.Rank()-1, max(b.Rank()-2, 0)
	if m, n := a.Type().Shape[ka], b.Type().Shape[kb]; m != n {
		panic(trace.Errorf("matmul", "inner sizes %d and %d differ: %v x %v", m, n, a.Type(), b.Type()))
	}
	switch {
	case b.Rank() <= 2: // the batch axes of a are free ones
		return apply(dot{LhsContract: []int{ka}, RhsContract: []int{kb}}, a, b)
	case a.Rank() <= 2: // the row of a, if it has one, comes first and belongs behind the batch axes
		y := apply(dot{LhsContract: []int{ka}, RhsContract: []int{kb}}, a, b)
		if a.Rank() == 1 {
			return y
		}
		return moved(y, 0, y.Rank()-2)
	}
	lead, ok := broadcastShapes(a.Type().Shape[:ka-1], b.Type().Shape[:kb])
	if !ok {
		panic(trace.Errorf("matmul", "batch axes do not broadcast: %v x %v", a.Type(), b.Type()))
	}
	a = broadcastTo(a, slices.Concat(lead, a.Type().Shape[ka-1:]))
	b = broadcastTo(b, slices.Concat(lead, b.Type().Shape[kb:]))
	n := len(lead)
	return apply(dot{
		LhsContract: []int{n + 1}, RhsContract: []int{n},
		LhsBatch: leading(n), RhsBatch: leading(n),
	}, a, b)
}

// Outer returns all products of an element of a and one of b. Its shape is that of a followed by
// that of b.
func Outer(a, b Array) Array {
	a, b = numbers(a, b)
	return apply(dot{}, a, b)
}
