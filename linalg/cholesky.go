package linalg

import (
	"math"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// cholesky is the lower triangular L with L Lᵀ = (A + Aᵀ)/2. Being a function of all elements, and not
// of one triangle, its gradient is symmetric.
type cholesky struct{}

func (cholesky) Name() string { return "cholesky" }

func (cholesky) Infer(in []trace.Type) ([]trace.Type, error) {
	if err := squares(in, 1); err != nil {
		return nil, err
	}
	return in[:1], nil
}

func (cholesky) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	l := trace.NewBuffer(out[0])
	n, count := size(out[0])
	for m := range count {
		a, z := in[0].F64[m*n*n:][:n*n], l.F64[m*n*n:][:n*n]
		for i := range n {
			for j := range i + 1 {
				z[i*n+j] = a[i*n+j]/2 + a[j*n+i]/2
			}
		}
		if !decompose(z, n) {
			for i := range n {
				for j := range i + 1 {
					z[i*n+j] = math.NaN()
				}
			}
		}
	}
	return []trace.Buffer{l}
}

// decompose overwrites the lower triangle of a matrix with that of its factor, and reports whether
// it is positive definite.
func decompose(a []float64, n int) bool {
	if n == 0 {
		return true
	}
	_, ok := lapack64.Potrf(blas64.Symmetric{Uplo: blas.Lower, N: n, Stride: n, Data: a})
	return ok && finite(a)
}

// JVP: dL = L Φ(L⁻¹ dA L⁻ᵀ), where Φ takes the lower triangle and half the diagonal of what is
// symmetric. See Murray, Differentiation of the Cholesky decomposition, 2016, equation 8.
func (cholesky) JVP(_, out []num.Array, t []num.Tangent) []num.Tangent {
	l := out[0]
	typ := l.Type()
	solve := triangularSolve{Lower: true}
	flip := func(t num.Tangent) num.Tangent { return num.EinsumTangent("...ij->...ji", []num.Array{l}, 0, t) }
	from := func(t num.Tangent) num.Tangent { return solveTangent(solve, []num.Array{l, {}}, 1, t) }
	z := from(flip(from(t[0])))
	sum := num.AddTangents(z, flip(z))
	lower := elements(typ, func(i, j int) bool { return j <= i })
	half := num.MaskTangent(lower, num.ScaleTangent(halves(typ), sum))
	return []num.Tangent{num.MaskTangent(lower, num.EinsumTangent("...ij,...jk->...ik", []num.Array{l, l}, 1, half))}
}

// halves is 1/4 on the diagonal of matrices and 1/2 elsewhere: what the sum of a matrix and its
// transpose is to be multiplied by.
func halves(t trace.Type) num.Array {
	return num.Where(elements(t, func(i, j int) bool { return i == j }), 0.25, 0.5)
}

func (p cholesky) Batch(in []num.Array, mapped []bool, n int) ([]num.Array, []bool) {
	return batchStacks(p, in, mapped, n)
}

func (cholesky) Work(in []trace.Type) int { return in[0].Size() * in[0].Shape[in[0].Rank()-1] / 6 }

// Cholesky returns the lower triangular L with L Lᵀ = A for symmetric positive definite matrices. A is
// replaced by the mean of itself and its transpose, and so its gradient is symmetric. Where that is
// not positive definite, singular included, or not finite, the triangle of L is NaN.
func Cholesky(a num.Array) num.Array { return apply(cholesky{}, matrixOf("cholesky", a)) }
