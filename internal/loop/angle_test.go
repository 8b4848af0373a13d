package loop

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// piOf returns pi with a number of bits, by Machin's formula: 16 arctan 1/5 - 4 arctan 1/239.
func piOf(precision uint) *big.Float {
	arctan := func(k int64) *big.Float { // of 1/k
		term := new(big.Float).SetPrec(precision).Quo(big.NewFloat(1), big.NewFloat(0).SetPrec(precision).SetInt64(k))
		sum := new(big.Float).SetPrec(precision).Set(term)
		square := new(big.Float).SetPrec(precision).SetInt64(k * k)
		for n := int64(3); term.MantExp(nil) > -int(precision)-8; n += 2 {
			term.Quo(term, square)
			term.Neg(term)
			sum.Add(sum, new(big.Float).SetPrec(precision).Quo(term, new(big.Float).SetInt64(n)))
		}
		return sum
	}
	a, b := arctan(5), arctan(239)
	a.Mul(a, big.NewFloat(16))
	return a.Sub(a, b.Mul(b, big.NewFloat(4)))
}

// TestReduceLarge compares with the remainder by pi to 1400 bits, also at the numbers nearest to multiples of pi/2.
func TestReduceLarge(t *testing.T) {
	const precision = 1400
	half := piOf(precision)
	half.Quo(half, big.NewFloat(2))
	rng := rand.New(rand.NewPCG(7, 8))
	xs := []float64{1e22, 1 << 20, 0x1.921fb54442d18p+21, math.MaxFloat64, -math.MaxFloat64, 603185789.4892403, 1811959.1160513903,
		6381956970095103 * 0x1p797} // the last is the nearest of all
	for range 3000 {
		x := math.Ldexp(1+rng.Float64(), 20+rng.IntN(1003))
		n := new(big.Float).SetPrec(precision).SetInt64(1<<20 + rng.Int64N(1<<40))
		near, _ := n.Mul(n, half).Float64()
		xs = append(xs, x, -x, near, math.Nextafter(near, 0))
	}
	for _, x := range xs {
		k, r, rl := reduceLarge(x)
		exact := new(big.Float).SetPrec(precision).SetFloat64(x)
		q := new(big.Float).SetPrec(precision).Quo(exact, half)
		n, _ := new(big.Float).SetPrec(precision).Add(q, big.NewFloat(math.Copysign(0.5, x))).Int(nil)
		if got, want := k&3, new(big.Int).And(n, big.NewInt(3)).Uint64(); got != want {
			t.Fatalf("%v: quadrant %d, want %d", x, got, want)
		}
		exact.Sub(exact, new(big.Float).SetPrec(precision).Mul(new(big.Float).SetPrec(precision).SetInt(n), half))
		d := new(big.Float).SetPrec(precision).Sub(exact, big.NewFloat(r))
		d.Sub(d, big.NewFloat(rl))
		d.Quo(d, exact)
		if e, _ := d.Float64(); math.Abs(e) > 0x1p-75 {
			t.Errorf("%v: remainder %v + %v is off by %.3g of it", x, r, rl, e)
		}
	}
}

// TestAngles holds that the functions give what loops do, to the bit.
func TestAngles(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	xs := []float64{0, math.Copysign(0, -1), math.Pi, math.Pi / 2, 1e-300, math.NaN(), math.Inf(1), math.Inf(-1), reductionMost, -reductionMost}
	for range 20000 {
		xs = append(xs, rng.NormFloat64()*math.Exp(13*rng.Float64()), float64(rng.IntN(1<<20))*halfPi)
	}
	for name, f := range map[string]struct {
		write func(b *Builder, x Value) Value
		of    func(float64) float64
	}{"sin": {(*Builder).Sin, Sin}, "cos": {(*Builder).Cos, Cos}, "tan": {(*Builder).Tan, Tan}} {
		b := NewBuilder()
		in, out := b.Array(F64, 1), b.Array(F64, 1)
		b.Store(out, 0, f.write(b, b.Load(in, 0)))
		ys := make([]float64, len(xs))
		b.Run([]unsafe.Pointer{unsafe.Pointer(&xs[0]), unsafe.Pointer(&ys[0])}, len(xs), nil)
		for i, x := range xs {
			if math.Abs(x) > reductionMost && !math.IsInf(x, 0) {
				continue
			}
			if got := f.of(x); math.Float64bits(got) != math.Float64bits(ys[i]) && (got == got || ys[i] == ys[i]) {
				t.Fatalf("%s of %v: got %v, loops give %v", name, x, got, ys[i])
			}
		}
	}
}
