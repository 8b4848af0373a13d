package evals

import (
	"testing"

	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// Minors in lanes, and minors in turn, against the determinant by elimination.
func TestLaplace(t *testing.T) {
	for _, n := range []int{1, 6, 8, 11} {
		if testing.Short() && n > 10 {
			t.Skip("takes seconds")
		}
		a := num.Add(num.Eye(n), num.Mul(0.3, num.Sin(num.Reshape(num.Arange(n*n), n, n))))
		type both struct{ Value, Slope num.Array }
		by := func(det func(num.Array) num.Array) both {
			return transforms.JIT(func(a num.Array) both {
				value, slope := transforms.ValueAndGrad(det)(a)
				return both{value, slope}
			})(a)
		}
		got, want := by(laplace), by(linalg.Det)
		off := func(got, want num.Array) float64 { return num.Amax(num.Abs(num.Sub(got, want))).Float64() }
		if e := max(off(got.Value, want.Value), off(got.Slope, want.Slope)); !(e <= 1e-13) {
			t.Errorf("n = %d: off by %.1e", n, e)
		}
	}
}
