package num

import (
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// Primitives whose results run along an axis tell the compiler how:
//
//	Runs says along which axis, and whether from its end, and which operand the first result is.
//	Next makes a result from the one before it and the elements of the operands.

func (p cumSum) Runs() (axis int, reverse bool, first int)     { return p.Axis, p.Reverse, 0 }
func (p cumProd) Runs() (axis int, reverse bool, first int)    { return p.Axis, p.Reverse, 0 }
func (p recurrence) Runs() (axis int, reverse bool, first int) { return p.Axis, p.Reverse, 1 }
func (p segSum) Runs() (axis int, reverse bool, first int)     { return p.Axis, p.Reverse, 0 }

func (p cumExtreme[R]) Runs() (axis int, reverse bool, first int) { return p.Axis, false, 0 }

func (cumSum) Next(b *loop.Builder, d trace.DType, y loop.Value, in []loop.Value) loop.Value {
	return reduceSum{}.Fold(b, d, y, in[0])
}

func (cumProd) Next(b *loop.Builder, d trace.DType, y loop.Value, in []loop.Value) loop.Value {
	return reduceProd{}.Fold(b, d, y, in[0])
}

func (recurrence) Next(b *loop.Builder, _ trace.DType, y loop.Value, in []loop.Value) loop.Value {
	return b.Add(b.Mul(in[0], y), in[1])
}

func (segSum) Next(b *loop.Builder, _ trace.DType, y loop.Value, in []loop.Value) loop.Value {
	return b.Select(in[1], b.Add(y, in[0]), in[0])
}

func (p cumExtreme[R]) Next(b *loop.Builder, d trace.DType, y loop.Value, in []loop.Value) loop.Value {
	less, x := b.ILess, in[0]
	if d == trace.F64 {
		less = b.Less
	}
	var worse loop.Value
	if p.Op.Ints(0, 1) {
		worse = less(y, x)
	} else {
		worse = less(x, y)
	}
	if d == trace.F64 {
		worse = b.Or(worse, b.IsNaN(x))
	}
	return b.Select(worse, x, y)
}
