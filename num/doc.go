// Package num is what functions are written in: arrays, and operations on them that can be computed
// at once, traced and differentiated. It follows numpy's names and rules where there is no
// reason against.
//
// # Arrays
//
// An [Array] has a dtype (f64, i64 or bool), a shape and elements in row-major order, and never
// changes. Operations on concrete arrays compute at once; on the arrays that a transform hands
// to a function they are recorded. The zero Array is the scalar 0.
//
//	x := num.Vector(1, 2, 3)
//	a := num.New([]float64{1, 2, 3, 4, 5, 6}, 2, 3)
//	y := num.MatMul(a, num.Sin(x))
//
// # Operands
//
// Operations of two operands take an array or a Go constant on either side. An int takes the dtype
// of the other operand; a float64 makes integers and bools f64. Two arrays get the dtype that
// holds both (bool, then i64, then f64) and broadcast: shapes are aligned at the last axis, and
// lengths of 1 are stretched.
//
//	num.Mul(0.5, m, num.Square(v))
//
// # Rounding
//
// Compiled, elementary functions are within 1.5 units in the last place, but for Xlogy, and LogAddExp where its terms cancel. At
// once, arrays of 64 or more elements go by the same machine code on amd64. Elsewhere most are those of package math, which
// may differ in the last place.
//
// # Axes and indices
//
// Axes and indices count from 0, or from the end if they are negative. An index that is out of
// range is a mistake and panics, as does every mistake in a shape, an axis or a dtype, with a
// [trace.Error] that names the line. Only indices whose values are not known while tracing are
// moved to the nearest end instead.
//
//	x.At(i, j)	an element or a sub-array
//	Slice, Stride, Split	ranges
//	Take, TakeAlong, Index	gathers, by arrays of indices
//	Set, AddAt, SetSlice	a copy with some elements replaced or added to
//
// # Derivatives
//
// Only f64 carries a derivative. At a kink it is the subgradient of least norm, and ties share
// it evenly: Abs has 0 at 0, Maximum(x, x) has a half for each. What is not selected or not
// touched (the other side of Where, the elements that Slice leaves out) contributes exactly 0,
// whatever happens there.
//
// [Tap] shows values inside of a function while it runs, under every transform.
//
// A new elementwise function is a type with the methods of [Unary] or [Binary]; see [Apply1].
package num
