package loop_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/internal/loop"
)

// Pow and the Pow of loops are the same function, special cases and all.
func TestPowOfGo(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	xs := []float64{0, math.Copysign(0, -1), 1, -1, 2, -2, 0.5, -3, inf, -inf, math.NaN(), 5e-324, -5e-324, 1e-310, huge, -huge}
	ys := append(xs, 1e9, -1e9, 1e9+1, 0x1p53, 2.5, -2.5, 1./3)
	var as, bs []float64
	for _, x := range xs {
		for _, y := range ys {
			as, bs = append(as, x), append(bs, y)
		}
	}
	for range 20000 {
		x := math.Exp(r.Float64()*1400 - 700)
		y := (r.Float64()*2 - 1) * 760 / math.Abs(math.Log(x))
		as, bs = append(as, x, 1+r.Float64()*1e-9, -x), append(bs, y, r.Float64()*1e11, math.Round(y))
	}
	want, _ := eval2((*loop.Builder).Pow, as, bs)
	for i, w := range want {
		if got := loop.Pow(as[i], bs[i]); got != w && !(math.IsNaN(got) && math.IsNaN(w)) || got == 0 && math.Signbit(got) != math.Signbit(w) {
			t.Fatalf("Pow(%v, %v) = %v, want %v", as[i], bs[i], got, w)
		}
	}
}
