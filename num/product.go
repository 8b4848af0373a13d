package num

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/gemm"
	"github.com/gradus-ad/gradus/trace"
)

// This file makes contractions products of matrices, or stacks of them, that gemm computes where the operands
// are.

// Product returns the contraction of two f64 arrays of some types, whose elements are at some strides, as a
// product of matrices; the result is in row-major order. An operand does not fit if its axes are not
// those of matrices: it does once its axes are, in memory, in the order that Order says.
func (p dot) Product(types []trace.Type, stride [2][]int) (g gemm.Product, fits [2]bool) {
	if types[0].Rank() == 2 && types[1].Rank() == 2 {
		if g, ok := p.ofMatrices(types, [2]int(stride[0]), [2]int(stride[1])); ok {
			return g, [2]bool{true, true}
		}
	}
	batch, rows, columns, sum := p.axes(types, stride)
	m, n := size(rows), size(columns)
	rows, fits[0] = matrixAxis(rows, n)
	columns, fits[1] = matrixAxis(columns, m)
	for i := range fits {
		alone := slices.Clone(sum)
		for k := range alone {
			if i == 0 {
				alone[k].B = 0
			} else {
				alone[k].A = 0
			}
		}
		fits[i] = fits[i] && len(united(alone)) == 1
	}
	if !fits[0] || !fits[1] {
		return g, fits
	}
	sum = united(sum)
	row, column, k := rows[0], columns[0], sum[0]
	return gemm.Product{
		M: row.Len, N: column.Len, K: k.Len,
		A: gemm.Strides{Row: row.A, Col: k.A}, B: gemm.Strides{Row: k.B, Col: column.B}, C: gemm.Strides{Row: row.C, Col: column.C},
		Batch: slices.Concat(united(batch), rows[1:], columns[1:]),
	}, fits
}

// ofMatrices is Product for two matrices, none of them a vector: what takes next to no time there.
func (p dot) ofMatrices(types []trace.Type, lhs, rhs [2]int) (g gemm.Product, ok bool) {
	m, k, n, ok := p.matrices(types)
	if !ok || m < 2 || k[0] < 2 || n < 2 {
		return g, false
	}
	g.M, g.N, g.K = m, n, k[0]
	l, r := p.LhsContract[0], p.RhsContract[0]
	g.A, g.B, g.C = gemm.Strides{Row: lhs[1-l], Col: lhs[l]}, gemm.Strides{Row: rhs[r], Col: rhs[1-r]}, gemm.Strides{Row: n, Col: 1}
	return g, true
}

// Order returns the axes of operand i as Product likes them best.
func (p dot) Order(types []trace.Type, i int) []int {
	lfree, rfree := p.free(types)
	if i == 0 {
		return slices.Concat(p.LhsBatch, lfree, p.LhsContract)
	}
	return slices.Concat(p.RhsBatch, p.RhsContract, rfree)
}

// axes returns the axes along which the product goes, with their strides: those of batches, those of lhs
// and rhs alone, and those that are summed over.
func (p dot) axes(types []trace.Type, stride [2][]int) (batch, rows, columns, sum []gemm.Axis) {
	lfree, rfree := p.free(types)
	out := strides(slices.Concat(pickInts(types[0].Shape, p.LhsBatch), pickInts(types[0].Shape, lfree), pickInts(types[1].Shape, rfree)))
	next := func() int {
		s := out[0]
		out = out[1:]
		return s
	}
	for i, a := range p.LhsBatch {
		batch = append(batch, gemm.Axis{Len: types[0].Shape[a], A: stride[0][a], B: stride[1][p.RhsBatch[i]], C: next()})
	}
	for _, a := range lfree {
		rows = append(rows, gemm.Axis{Len: types[0].Shape[a], A: stride[0][a], C: next()})
	}
	for _, a := range rfree {
		columns = append(columns, gemm.Axis{Len: types[1].Shape[a], B: stride[1][a], C: next()})
	}
	for i, a := range p.LhsContract {
		sum = append(sum, gemm.Axis{Len: types[0].Shape[a], A: stride[0][a], B: stride[1][p.RhsContract[i]]})
	}
	return batch, rows, columns, sum
}

// united returns axes that go through the same elements in the same order, as few as there can be but at
// least one.
func united(axes []gemm.Axis) []gemm.Axis {
	var few []gemm.Axis
	for _, x := range axes {
		if x.Len == 0 {
			return []gemm.Axis{{}}
		}
		if x.Len == 1 {
			continue
		}
		if n := len(few); n > 0 {
			if y := &few[n-1]; y.A == x.A*x.Len && y.B == x.B*x.Len && y.C == x.C*x.Len {
				x.Len *= y.Len
				few = few[:n-1]
			}
		}
		few = append(few, x)
	}
	if len(few) == 0 {
		return []gemm.Axis{{Len: 1}}
	}
	return few
}

// size is how many places there are along axes.
func size(axes []gemm.Axis) int {
	n := 1
	for _, x := range axes {
		n *= x.Len
	}
	return n
}

// A side of a matrix should have minSide elements if there are more axes than that of the matrix, and goodSide if the operand
// is met so often, goodSide times, that to copy it is little beside the product.
const (
	minSide  = 8
	goodSide = 64
)

// matrixAxis returns axes the first of which can be that of a matrix, the others those of a stack of
// products. It reports whether that is a good idea, and no copy is better, where each element of the operand meets
// that many of the other.
func matrixAxis(axes []gemm.Axis, meets int) ([]gemm.Axis, bool) {
	axes = united(axes)
	longest := 0
	for i, x := range axes {
		if x.Len >= axes[longest].Len {
			longest = i
		}
	}
	first := axes[longest]
	enough := minSide
	if meets >= goodSide {
		enough = goodSide
	}
	return slices.Concat([]gemm.Axis{first}, slices.Delete(slices.Clone(axes), longest, longest+1)), len(axes) == 1 || first.Len >= enough
}

// multiplyFloats computes the contraction of f64 arrays.
func (p dot) multiplyFloats(in []trace.Buffer, z trace.Buffer) {
	types := []trace.Type{in[0].Type, in[1].Type}
	if types[0].Rank() == 2 && types[1].Rank() == 2 {
		if g, ok := p.ofMatrices(types, [2]int{types[0].Shape[1], 1}, [2]int{types[1].Shape[1], 1}); ok {
			g.Run(firstFloat(z), firstFloat(in[0]), firstFloat(in[1]), g.Threads())
			return
		}
	}
	stride := [2][]int{strides(types[0].Shape), strides(types[1].Shape)}
	g, fits := p.Product(types, stride)
	if !fits[0] || !fits[1] {
		in = slices.Clone(in)
		for i, fit := range fits {
			if !fit {
				order := p.Order(types, i)
				in[i] = permuted(in[i], order)
				for k, s := range strides(in[i].Type.Shape) {
					stride[i][order[k]] = s
				}
			}
		}
		g, _ = p.Product(types, stride)
	}
	g.Run(firstFloat(z), firstFloat(in[0]), firstFloat(in[1]), g.Threads())
}

// firstFloat returns where the elements of b are; nil if it has none.
func firstFloat(b trace.Buffer) *float64 {
	if len(b.F64) == 0 {
		return nil
	}
	return &b.F64[0]
}
