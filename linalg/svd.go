package linalg

import (
	"math"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// signedSVD is the singular value decomposition A = U diag(s) V with rotations U and V: the product of
// their determinants is 1, for which the first of the singular values may be negative. Like those of
// lu, its results carry no tangent and go beside A to cofactors.
type signedSVD struct{}

func (signedSVD) Name() string { return "signed_svd" }

func (signedSVD) Infer(in []trace.Type) ([]trace.Type, error) {
	if err := squares(in, 1); err != nil {
		return nil, err
	}
	return []trace.Type{in[0], vectors(in[0], trace.F64), in[0]}, nil
}

func (signedSVD) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	u, s, v := trace.NewBuffer(out[0]), trace.NewBuffer(out[1]), trace.NewBuffer(out[2])
	n, count := size(out[0])
	for m := range count {
		a := append([]float64(nil), in[0].F64[m*n*n:][:n*n]...)
		if !decomposeSVD(a, u.F64[m*n*n:][:n*n], s.F64[m*n:][:n], v.F64[m*n*n:][:n*n], n) {
			fill(u.F64[m*n*n:][:n*n], math.NaN())
			fill(s.F64[m*n:][:n], math.NaN())
			fill(v.F64[m*n*n:][:n*n], math.NaN())
		}
	}
	return []trace.Buffer{u, s, v}
}

func fill(x []float64, v float64) {
	for i := range x {
		x[i] = v
	}
}

func (signedSVD) JVP([]num.Array, []num.Array, []num.Tangent) []num.Tangent {
	return make([]num.Tangent, 3)
}

func (p signedSVD) Batch(in []num.Array, mapped []bool, n int) ([]num.Array, []bool) {
	return batchStacks(p, in, mapped, n)
}

func (signedSVD) Work(in []trace.Type) int { return 10 * in[0].Size() * in[0].Shape[in[0].Rank()-1] }

// decomposeSVD overwrites u, s and v with the decomposition of a, and a with anything. It fails if a is not
// finite.
func decomposeSVD(a, u, s, v []float64, n int) bool {
	if n == 0 || !finite(a) {
		return n == 0
	}
	size := make([]float64, 1)
	lapack64.Gesvd(lapack.SVDAll, lapack.SVDAll, general(a, n), general(u, n), general(v, n), s, size, -1)
	work := make([]float64, int(size[0]))
	if !lapack64.Gesvd(lapack.SVDAll, lapack.SVDAll, general(a, n), general(u, n), general(v, n), s, work, len(work)) {
		return false
	}
	if reflection(u, n) != reflection(v, n) {
		s[0] = -s[0]
		for i := range n {
			u[i*n] = -u[i*n]
		}
	}
	return true
}

// reflection reports whether the determinant of an orthogonal matrix is -1.
func reflection(q []float64, n int) bool {
	f := append([]float64(nil), q...)
	swaps := make([]int, n)
	factor(f, n, swaps)
	negative := false
	for i, p := range swaps {
		if f[i*n+i] < 0 != (p != i) {
			negative = !negative
		}
	}
	return negative
}

// diagonalCofactors computes cofactors for A = U diag(s) V by those for diag(s) along Uᵀ E Vᵀ. In
// the determinant of the diagonal plus small matrices, an element of these stands at the rows and columns
// of a set of places, once each, and all other places give their s.
func diagonalCofactors(z, u, s, v []float64, e [][]float64, n int) {
	turned := make([][]float64, len(e))
	for k := range e {
		turned[k] = multiply(blas.NoTrans, multiply(blas.Trans, u, e[k], blas.NoTrans, n), v, blas.Trans, n)
	}
	g := make([]float64, n*n)
	between := rangeProducts(s)
	places := make([]int, 0, len(e)+1)
	var choose func(from int, p scaled)
	choose = func(from int, p scaled) {
		if len(places) == len(e)+1 {
			addMinors(g, p.join(between[from][n]).value(), turned, n, places)
			return
		}
		for i := from; i < n; i++ {
			places = append(places, i)
			choose(i+1, p.join(between[from][i]))
			places = places[:len(places)-1]
		}
	}
	choose(0, one)
	copy(z, multiply(blas.NoTrans, multiply(blas.NoTrans, u, g, blas.NoTrans, n), v, blas.NoTrans, n))
}

// addMinors adds to g what one set of places contributes: p times the cofactors of the matrices there.
func addMinors(g []float64, p float64, e [][]float64, n int, places []int) {
	for i, r := range places {
		for j, c := range places {
			g[r*n+c] += signed(i+j, p*mixed(e, n, without(places, i), without(places, j)))
		}
	}
}

// rangeProducts returns the products of s from i up to but without j, for all i <= j.
func rangeProducts(s []float64) [][]scaled {
	n := len(s)
	p := make([][]scaled, n+1)
	for i := range p {
		p[i] = make([]scaled, n+1)
		p[i][i] = one
		for j := i; j < n; j++ {
			p[i][j+1] = p[i][j].times(s[j])
		}
	}
	return p
}

// multiply returns the product of two matrices or their transposes.
func multiply(ta blas.Transpose, a, b []float64, tb blas.Transpose, n int) []float64 {
	c := make([]float64, n*n)
	if finite(a) && finite(b) {
		blas64.Gemm(ta, tb, 1, general(a, n), general(b, n), 0, general(c, n))
		return c
	}
	for i := range n { // Gemm leaves out products with 0
		for j := range n {
			for k := range n {
				c[i*n+j] += element(a, ta, i, k, n) * element(b, tb, k, j, n)
			}
		}
	}
	return c
}

func general(x []float64, n int) blas64.General {
	return blas64.General{Rows: n, Cols: n, Stride: n, Data: x}
}

func element(a []float64, t blas.Transpose, i, j, n int) float64 {
	if t == blas.Trans {
		i, j = j, i
	}
	return a[i*n+j]
}
