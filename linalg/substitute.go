package linalg

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// triangle says which triangle of a matrix is meant, and how.
type triangle struct{ lower, trans, unit bool }

// solve overwrites the n by k matrix b with the solution of T x = b.
func (p triangle) solve(t []float64, n int, b []float64, k int) {
	if n <= small || k == 0 || !finite(t) || !finite(b) || !p.unit && singular(t, n) {
		p.substitute(t, n, b, k)
		return
	}
	matrix := blas64.Triangular{Uplo: blas.Upper, Diag: blas.NonUnit, N: n, Stride: n, Data: t}
	trans := blas.NoTrans
	if p.lower {
		matrix.Uplo = blas.Lower
	}
	if p.unit {
		matrix.Diag = blas.Unit
	}
	if p.trans {
		trans = blas.Trans
	}
	if k == 1 {
		blas64.Trsv(trans, matrix, blas64.Vector{N: n, Inc: 1, Data: b})
		return
	}
	blas64.Trsm(blas.Left, trans, 1, matrix, blas64.General{Rows: n, Cols: k, Stride: k, Data: b})
}

// substitute is solve as the plain loop, in which no product is left out, as BLAS may with 0.
func (p triangle) substitute(t []float64, n int, b []float64, k int) {
	forward := p.lower != p.trans
	for step := range n {
		i, from, to := step, 0, step
		if !forward {
			i, from, to = n-1-step, n-step, n
		}
		row := b[i*k : (i+1)*k]
		for j := from; j < to; j++ {
			c := t[i*n+j]
			if p.trans {
				c = t[j*n+i]
			}
			for q, v := range b[j*k : (j+1)*k] {
				row[q] -= c * v
			}
		}
		if !p.unit {
			for q := range row {
				row[q] /= t[i*n+i]
			}
		}
	}
}

func singular(t []float64, n int) bool {
	for i := range n {
		if t[i*n+i] == 0 {
			return true
		}
	}
	return false
}
