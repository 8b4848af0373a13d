package linalg

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// matrixOf returns the operand of the named function as f64, and refuses what is no square matrix.
func matrixOf(name string, a num.Array) num.Array {
	a = anyMatrixOf(name, a)
	if r, c, _ := dims(a.Type()); r != c {
		panic(trace.Errorf(name, "the matrix is not square, %d x %d: %v", r, c, a.Type()))
	}
	return a
}

// anyMatrixOf returns the operand of the named function as f64, and refuses what is no matrix.
func anyMatrixOf(name string, a num.Array) num.Array {
	if a.Rank() < 2 {
		panic(trace.Errorf(name, "needs a matrix: %v", a.Type()))
	}
	return num.Convert(a, trace.F64)
}

// dims returns the numbers of rows and columns of matrices, and how many matrices there are.
func dims(t trace.Type) (m, n, count int) {
	n, count = size(t)
	return t.Shape[t.Rank()-2], n, count
}

// size returns the number of rows of square matrices, and how many matrices there are.
func size(t trace.Type) (n, count int) {
	r := t.Rank()
	return t.Shape[r-1], trace.Type{Shape: t.Shape[:r-2]}.Size()
}

// lead returns the shape without the last n axes.
func lead(t trace.Type, n int) []int { return t.Shape[:t.Rank()-n] }

// squares checks that the first types are of equal stacks of square f64 matrices.
func squares(in []trace.Type, count int) error {
	if len(in) < count {
		return fmt.Errorf("needs %d operands at least", count)
	}
	for _, t := range in[:count] {
		r := t.Rank()
		if t.DType != trace.F64 || r < 2 || t.Shape[r-1] != t.Shape[r-2] || !t.Equal(in[0]) {
			return errors.New("needs square f64 matrices of one shape")
		}
	}
	return nil
}

// vectors returns the type of one vector of the given dtype for each matrix of type t.
func vectors(t trace.Type, d trace.DType) trace.Type { return trace.TypeOf(d, lead(t, 1)...) }

// scalars returns the type of one number for each matrix of type t.
func scalars(t trace.Type) trace.Type { return trace.TypeOf(trace.F64, lead(t, 2)...) }

// apply applies a primitive of one result.
func apply(p trace.Primitive, in ...num.Array) num.Array { return trace.Apply(p, in...)[0] }

// broadcastLead returns the shape to which the leading axes of two operands broadcast.
func broadcastLead(name string, a, b num.Array, s, t []int) []int {
	if len(s) < len(t) {
		s, t = t, s
	}
	shape := slices.Clone(s)
	tail := shape[len(s)-len(t):]
	for i, n := range t {
		if tail[i] != n && tail[i] != 1 && n != 1 {
			panic(trace.Errorf(name, "leading axes do not broadcast: %v x %v", a.Type(), b.Type()))
		}
		if tail[i] == 1 {
			tail[i] = n
		}
	}
	return shape
}

// stretch broadcasts the axes of x before its last n to the shape s.
func stretch(x num.Array, s []int, n int) num.Array {
	t := x.Type()
	if slices.Equal(lead(t, n), s) {
		return x
	}
	return num.BroadcastTo(x, slices.Concat(s, t.Shape[t.Rank()-n:])...)
}

// batchStacks is the Batch rule of primitives that treat all leading axes of all operands alike.
func batchStacks(p trace.Primitive, in []num.Array, mapped []bool, n int) ([]num.Array, []bool) {
	all := slices.Clone(in)
	for i, x := range in {
		if !mapped[i] {
			all[i] = num.BroadcastTo(x, x.Type().Batched(n).Shape...)
		}
	}
	out := trace.Apply(p, all...)
	return out, slices.Repeat([]bool{true}, len(out))
}

// asColumns applies f, which works on the columns of matrices, to b with its first axes moved
// behind the columns: all solved for at once.
func asColumns(first int, b num.Array, f func(b num.Array) num.Array) num.Array {
	rank := b.Rank()
	perm, back := make([]int, rank), make([]int, rank)
	for i := range perm {
		perm[i] = (i + first) % rank
		back[perm[i]] = i
	}
	b = num.Transpose(b, perm...)
	t := b.Type()
	k := trace.Type{Shape: t.Shape[rank-first-1:]}.Size()
	x := f(num.Reshape(b, append(slices.Clone(lead(t, first+1)), k)...))
	shape := slices.Clone(t.Shape)
	shape[rank-first-2] = x.Type().Shape[rank-first-2]
	return num.Transpose(num.Reshape(x, shape...), back...)
}

// columnsOf is the mask of the solution of linear systems, of n rows: an element of a right-hand side
// reaches the whole column.
func columnsOf(m num.Array, n int) num.Array {
	any := num.ExpandDims(num.Any(m, -2), -2)
	return num.BroadcastTo(any, withRows(m.Type(), n).Shape...)
}

// withRows returns the type of matrices with another number of rows.
func withRows(t trace.Type, n int) trace.Type {
	s := slices.Clone(t.Shape)
	s[len(s)-2] = n
	return trace.TypeOf(t.DType, s...)
}

// solveTangent applies p, which solves linear systems for operand i of in, to a tangent. A column
// that nothing touches stays zero where the matrix is singular.
func solveTangent(p trace.Linear, in []num.Array, i int, t num.Tangent) num.Tangent {
	x := num.LinearTangent(p, in, i, t)
	if !x.Masked() {
		return x
	}
	_, m := x.Parts()
	return num.MaskTangent(m, x)
}
