package gemm

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// BenchmarkProduct prints how many times as long gonum's Gemm takes, on as many threads as it likes, run in turn:
// the median over rounds.
func BenchmarkProduct(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, s := range [][3]int{{16, 16, 16}, {64, 64, 64}, {200, 200, 200}, {512, 512, 512}, {1024, 1024, 1024}, {32, 784, 128}} {
		for _, ta := range []blas.Transpose{blas.NoTrans, blas.Trans} {
			for _, tb := range []blas.Transpose{blas.NoTrans, blas.Trans} {
				x, a := benchMatrix(rnd, ta, s[0], s[1])
				y, c := benchMatrix(rnd, tb, s[1], s[2])
				z := blas64.General{Rows: s[0], Cols: s[2], Stride: s[2], Data: make([]float64, s[0]*s[2])}
				p := Product{M: s[0], K: s[1], N: s[2], A: a, B: c, C: Strides{s[2], 1}}
				b.Run(fmt.Sprintf("%dx%dx%d/%c%c", s[0], s[1], s[2], ta, tb), func(b *testing.B) {
					var ratios []float64
					for b.Loop() {
						theirs := clock(func() { blas64.Gemm(ta, tb, 1, x, y, 0, z) })
						ours := clock(func() { p.Run(&z.Data[0], &x.Data[0], &y.Data[0], nil) })
						ratios = append(ratios, float64(theirs)/float64(ours))
					}
					slices.Sort(ratios)
					b.ReportMetric(ratios[len(ratios)/2], "times-faster")
					b.ReportMetric(0, "ns/op")
				})
			}
		}
	}
}

// benchMatrix returns a matrix that is m by n, once transposed if asked for.
func benchMatrix(rnd *rand.Rand, t blas.Transpose, m, n int) (blas64.General, Strides) {
	rows, cols, s := m, n, Strides{n, 1}
	if t == blas.Trans {
		rows, cols, s = n, m, Strides{1, m}
	}
	x := make([]float64, m*n)
	for i := range x {
		x[i] = rnd.NormFloat64()
	}
	return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: x}, s
}

func clock(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}
