package linalg

import (
	"errors"
	"math"
	"slices"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// rankedSVD is the singular value decomposition A = U diag(s) V, with as many singular values as the
// smaller number of rows or columns, in which those up to Cutoff times the largest are set to 0. Like those
// of lu, its results carry no tangent and go beside A to lstsq.
type rankedSVD struct{ Cutoff float64 }

func (rankedSVD) Name() string { return "ranked_svd" }

func (rankedSVD) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 1 || in[0].DType != trace.F64 || in[0].Rank() < 2 {
		return nil, errors.New("needs f64 matrices")
	}
	m, n, _ := dims(in[0])
	r := min(m, n)
	first := lead(in[0], 2)
	return []trace.Type{
		trace.TypeOf(trace.F64, slices.Concat(first, []int{m, r})...),
		trace.TypeOf(trace.F64, slices.Concat(first, []int{r})...),
		trace.TypeOf(trace.F64, slices.Concat(first, []int{r, n})...),
	}, nil
}

func (p rankedSVD) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	u, s, v := trace.NewBuffer(out[0]), trace.NewBuffer(out[1]), trace.NewBuffer(out[2])
	m, n, count := dims(in[0].Type)
	r := min(m, n)
	if r == 0 {
		return []trace.Buffer{u, s, v}
	}
	for i := range count {
		a := blas64.General{Rows: m, Cols: n, Stride: n, Data: slices.Clone(in[0].F64[i*m*n:][:m*n])}
		left := blas64.General{Rows: m, Cols: r, Stride: r, Data: u.F64[i*m*r:][:m*r]}
		right := blas64.General{Rows: r, Cols: n, Stride: n, Data: v.F64[i*r*n:][:r*n]}
		values := s.F64[i*r:][:r]
		if !finite(a.Data) || !thinSVD(a, left, right, values) {
			fill(left.Data, math.NaN())
			fill(right.Data, math.NaN())
			fill(values, math.NaN())
		}
		for j, x := range values {
			if x <= p.Cutoff*values[0] {
				values[j] = 0
			}
		}
	}
	return []trace.Buffer{u, s, v}
}

// thinSVD overwrites u, v and s with the decomposition of a, and a with anything.
func thinSVD(a, u, v blas64.General, s []float64) bool {
	size := make([]float64, 1)
	lapack64.Gesvd(lapack.SVDStore, lapack.SVDStore, a, u, v, s, size, -1)
	work := make([]float64, int(size[0]))
	return lapack64.Gesvd(lapack.SVDStore, lapack.SVDStore, a, u, v, s, work, len(work))
}

func (rankedSVD) JVP([]num.Array, []num.Array, []num.Tangent) []num.Tangent {
	return make([]num.Tangent, 3)
}

func (p rankedSVD) Batch(in []num.Array, mapped []bool, n int) ([]num.Array, []bool) {
	return batchStacks(p, in, mapped, n)
}

func (rankedSVD) Work(in []trace.Type) int {
	m, n, _ := dims(in[0])
	return 10 * in[0].Size() * min(m, n)
}
