package linalg

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// Along the singular vectors, cofactors are those of exact arithmetic: at random matrices, and at those
// with singular values that are 0, nearly 0, equal and far apart.
func TestDiagonalCofactors(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, s := range map[string][]float64{
		"random": nil, "zero": {0, 0, 0, 0, 0}, "rank 1": {2, 0, 0, 0, 0}, "rank 2": {2, 1, 0, 0, 0}, "rank 4": {3, 2, 1, 1, 0},
		"nearly of rank 4": {3, 2, 1, 1, 1e-15}, "nearly of rank 3": {3, 2, 1, 1e-8, 1e-16}, "nearly 0": {1e-9, 1e-9, 1e-9, 1e-9, 1e-17},
		"equal": {1, 1, 1, 1, 1}, "far apart": {1e6, 1e3, 1, 1e-3, 1e-6},
	} {
		for n := 4; n <= 5; n++ {
			for order := range n + 1 {
				t.Run(fmt.Sprintf("%s, %d x %d, order %d", name, n, n, order), func(t *testing.T) {
					a := random(r, n)
					if s != nil {
						a = withSingularValues(r, s[:n])
					}
					var e [][]float64
					for range order {
						e = append(e, random(r, n))
					}
					compareCofactors(t, a, e, n)
				})
			}
		}
	}
}

func compareCofactors(t *testing.T, a []float64, e [][]float64, n int) {
	u, s, v := make([]float64, n*n), make([]float64, n), make([]float64, n*n)
	if !decomposeSVD(append([]float64(nil), a...), u, s, v, n) {
		t.Fatal("no decomposition")
	}
	got := make([]float64, n*n)
	diagonalCofactors(got, u, s, v, e, n)
	want, largest := exactCofactors(a, e, n), 0.0
	for _, x := range want {
		largest = max(largest, math.Abs(x))
	}
	// What rounding A moves the result by: one more singular value, the largest, is off by an epsilon.
	moved := math.Abs(s[0])
	for i := range max(0, n-2-len(e)) {
		moved *= math.Abs(s[i])
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 2e-14*max(largest, moved) {
			t.Fatalf("element %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// exactCofactors expands by rows, in numbers of 300 bits.
func exactCofactors(a []float64, e [][]float64, n int) []float64 {
	want := make([]float64, n*n)
	same := 1.0
	for k := 1; len(e) < n-1; k++ {
		e = append(e[:len(e):len(e)], a)
		same *= float64(k)
	}
	if len(e) > n-1 {
		return want
	}
	for i := range n {
		for j := range n {
			y, _ := exactMixed(e, n, without(upTo(n), i), without(upTo(n), j)).Float64()
			want[i*n+j] = signed(i+j, y/same)
		}
	}
	return want
}

func exactMixed(e [][]float64, n int, rows, cols []int) *big.Float {
	sum := new(big.Float).SetPrec(300)
	if len(e) == 0 {
		return sum.SetInt64(1)
	}
	for k := range e {
		for c, col := range cols {
			x := new(big.Float).SetPrec(300).SetFloat64(signed(c, e[k][rows[0]*n+col]))
			sum.Add(sum, x.Mul(x, exactMixed(without(e, k), n, rows[1:], without(cols, c))))
		}
	}
	return sum
}

func random(r *rand.Rand, n int) []float64 {
	a := make([]float64, n*n)
	for i := range a {
		a[i] = r.NormFloat64()
	}
	return a
}

func withSingularValues(r *rand.Rand, s []float64) []float64 {
	n := len(s)
	u, v, w := make([]float64, n*n), make([]float64, n*n), make([]float64, n)
	decomposeSVD(random(r, n), u, w, v, n)
	a := make([]float64, n*n)
	for i := range n {
		for j := range n {
			for k := range n {
				a[i*n+j] += u[i*n+k] * s[k] * v[k*n+j]
			}
		}
	}
	return a
}
