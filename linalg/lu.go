package linalg

import (
	"errors"
	"math"
	"slices"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// lu factors matrices with partial pivoting, as LAPACK's getrf: both triangles in one matrix, and for
// each row the one that it was exchanged with. Its results carry no tangent. They go, beside the
// matrix itself, to primitives whose derivatives are those by the matrix: so all of them, at any order,
// use the same factors.
type lu struct{}

func (lu) Name() string { return "lu" }

func (lu) Infer(in []trace.Type) ([]trace.Type, error) {
	if err := squares(in, 1); err != nil {
		return nil, err
	}
	return []trace.Type{in[0], vectors(in[0], trace.I64)}, nil
}

func (lu) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	f, pivots := in[0].Copy(), trace.NewBuffer(out[1])
	n, count := size(out[0])
	swaps := make([]int, n)
	for m := range count {
		factor(f.F64[m*n*n:][:n*n], n, swaps)
		for i, p := range swaps {
			pivots.I64[m*n+i] = int64(p)
		}
	}
	return []trace.Buffer{f, pivots}
}

// small is the size of matrices for which plain loops are faster than LAPACK.
const small = 16

func factor(a []float64, n int, swaps []int) {
	if n > small && finite(a) {
		lapack64.Getrf(blas64.General{Rows: n, Cols: n, Stride: n, Data: a}, swaps)
		return
	}
	for j := range n { // LAPACK leaves out products with 0, which are NaN where the other factor is infinite
		p := j
		for i := j + 1; i < n; i++ {
			if math.Abs(a[i*n+j]) > math.Abs(a[p*n+j]) {
				p = i
			}
		}
		swaps[j] = p
		swapRows(a, n, j, p)
		pivot := a[j*n : (j+1)*n]
		if pivot[j] == 0 {
			continue
		}
		for i := j + 1; i < n; i++ {
			row := a[i*n : (i+1)*n]
			row[j] /= pivot[j]
			for k := j + 1; k < n; k++ {
				row[k] -= row[j] * pivot[k]
			}
		}
	}
}

func swapRows(a []float64, width, i, j int) {
	if i == j {
		return
	}
	for k := range width {
		a[i*width+k], a[j*width+k] = a[j*width+k], a[i*width+k]
	}
}

func (lu) JVP([]num.Array, []num.Array, []num.Tangent) []num.Tangent { return make([]num.Tangent, 2) }

func (p lu) Batch(in []num.Array, mapped []bool, n int) ([]num.Array, []bool) {
	return batchStacks(p, in, mapped, n)
}

func (lu) Work(in []trace.Type) int { return in[0].Size() * in[0].Shape[in[0].Rank()-1] / 3 }

// luSolve solves A x = b, or Aᵀ x = b, for the columns of b. Its operands are A, the two results
// of lu for A, and b. It is linear in b.
type luSolve struct{ Trans bool }

func (luSolve) Name() string { return "lu_solve" }

func (luSolve) Infer(in []trace.Type) ([]trace.Type, error) {
	if err := squares(in, 2); err != nil {
		return nil, err
	}
	if len(in) != 4 || !in[2].Equal(vectors(in[0], trace.I64)) {
		return nil, errors.New("needs a matrix, its factors, its pivots and a right-hand side")
	}
	return rightSide(in[0], in[3])
}

// rightSide checks the type of right-hand sides for matrices.
func rightSide(a, b trace.Type) ([]trace.Type, error) {
	if b.DType != trace.F64 || b.Rank() != a.Rank() || !slices.Equal(lead(a, 1), lead(b, 1)) {
		return nil, errors.New("the right-hand side does not fit the matrix")
	}
	return []trace.Type{b}, nil
}

func (p luSolve) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	x := in[3].Copy()
	n, count := size(in[0].Type)
	k := out[0].Shape[out[0].Rank()-1]
	for m := range count {
		f, pivots := in[1].F64[m*n*n:][:n*n], in[2].I64[m*n:][:n]
		b := x.F64[m*n*k:][:n*k]
		lower, upper := triangle{lower: true, trans: p.Trans, unit: true}, triangle{trans: p.Trans}
		if p.Trans {
			upper.solve(f, n, b, k)
			lower.solve(f, n, b, k)
			for i := n - 1; i >= 0; i-- {
				swapRows(b, k, i, int(pivots[i]))
			}
			continue
		}
		for i, j := range pivots {
			swapRows(b, k, i, int(j))
		}
		lower.solve(f, n, b, k)
		upper.solve(f, n, b, k)
	}
	return []trace.Buffer{x}
}

// JVP: A dx = db - dA x.
func (p luSolve) JVP(in, out []num.Array, t []num.Tangent) []num.Tangent {
	product := "...ij,...jk->...ik"
	if p.Trans {
		product = "...ji,...jk->...ik"
	}
	dax := num.EinsumTangent(product, []num.Array{in[0], out[0]}, 0, t[0])
	return []num.Tangent{solveTangent(p, in, 3, num.AddTangents(t[3], num.NegTangent(dax)))}
}

func (luSolve) Linear(dep []bool) bool { return !dep[0] && !dep[1] && !dep[2] }

func (p luSolve) Transpose(t *trace.Transposition) []num.Tangent {
	return []num.Tangent{{}, {}, {}, solveTangent(luSolve{!p.Trans}, t.In, 3, t.Ct[0])}
}

func (luSolve) Mask(in []num.Array, _ int, m num.Array) num.Array {
	n, _ := size(in[0].Type())
	return columnsOf(m, n)
}

func (p luSolve) Batch(in []num.Array, mapped []bool, n int) ([]num.Array, []bool) {
	if mapped[0] || mapped[1] || mapped[2] {
		return batchStacks(p, in, mapped, n)
	}
	x := asColumns(1, in[3], func(b num.Array) num.Array { return apply(p, in[0], in[1], in[2], b) })
	return []num.Array{x}, []bool{true}
}

func (luSolve) Work(in []trace.Type) int { return in[3].Size() * in[0].Shape[in[0].Rank()-1] }
