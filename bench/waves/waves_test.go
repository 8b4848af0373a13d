package waves

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// The polynomials in C are as accurate as those of compiled functions, so that the race is fair: within 1.5 ulp.
func TestAccuracyOfC(t *testing.T) {
	if expC == nil {
		t.Skip("built without cgo")
	}
	rng := rand.New(rand.NewPCG(3, 1))
	x, y := make([]float64, 2000), make([]float64, 2000)
	for name, c := range map[string]struct {
		f    func(x, y []float64)
		ref  func(x *big.Float) *big.Float
		wide float64
	}{
		"exp":  {expC, exp, 700},
		"tanh": {tanhC, tanh, 3},
	} {
		for i := range x {
			x[i] = c.wide * (2*rng.Float64() - 1)
		}
		c.f(x, y)
		worst := 0.0
		for i := range x {
			want := c.ref(new(big.Float).SetPrec(200).SetFloat64(x[i]))
			nearest, _ := want.Float64()
			d, _ := new(big.Float).Sub(want, big.NewFloat(y[i])).Float64()
			worst = max(worst, math.Abs(d)/(math.Nextafter(math.Abs(nearest), math.Inf(1))-math.Abs(nearest)))
		}
		if t.Logf("%s: %.2f ulp", name, worst); !(worst <= 1.5) {
			t.Errorf("%s is off by %.2f ulp", name, worst)
		}
	}
	for x, want := range map[float64]float64{-800: 0, -745: 5e-324, 0: 1, 800: math.Inf(1)} {
		if expC([]float64{x}, y[:1]); y[0] != want {
			t.Errorf("exp(%v) = %v, want %v", x, y[0], want)
		}
	}
}

// exp sums the series at x/2^20, and squares.
func exp(x *big.Float) *big.Float {
	r := new(big.Float).SetMantExp(x, -20)
	sum, term := big.NewFloat(1).SetPrec(200), big.NewFloat(1).SetPrec(200)
	for k := 1; k < 20; k++ {
		term.Mul(term, r).Quo(term, big.NewFloat(float64(k)))
		sum.Add(sum, term)
	}
	for range 20 {
		sum.Mul(sum, sum)
	}
	return sum
}

func tanh(x *big.Float) *big.Float {
	e := exp(new(big.Float).Add(x, x))
	one := big.NewFloat(1).SetPrec(200)
	return new(big.Float).Quo(new(big.Float).Sub(e, one), new(big.Float).Add(e, one))
}
