package loop

import "math"

// Pow is what Builder.Pow makes, to the bit, as a function of Go. The one of package math loses up to 25 bits where the
// result is large or small.
func Pow(x, y float64) float64 {
	a := math.Abs(x)
	switch {
	case a == 0 || y == 0 || x == 1 || math.IsInf(a, 0) || math.IsInf(y, 0) || x != x || y != y:
		return math.Pow(x, y)
	case x < 0 && y != math.Floor(y):
		return math.NaN()
	}
	hi, lo := logPair(a)
	c := min(max(y, -0x1p1000), 0x1p1000)
	p := c * hi
	pl := math.FMA(c, lo, math.FMA(c, hi, -p))
	q := min(max(p, expLeast), expMost)
	if p != q {
		pl = 0
	}
	z := expSum(q, pl)
	if half := y * 0.5; x < 0 && half != math.Floor(half) {
		return -z
	}
	return z
}

// Exp returns e**x. The one of package math overflows from 709.44 on amd64; this one where it should, above 709.78.
func Exp(x float64) float64 { return expSum(min(max(x, expLeast), expMost), 0) }

// logPair is Builder's, for positive x.
func logPair(x float64) (hi, lo float64) {
	k := 0.0
	if x < leastNormal {
		x, k = x*0x1p54, -54
	}
	i := math.Float64bits(x) + 1023<<52 - sqrtHalfBits
	k += float64(int(i>>52) - 1023)
	m := math.Float64frombits(i&(1<<52-1) + sqrtHalfBits)

	f, d := m-1, m+1
	dl := m - (d - 1)
	r := 1 / d
	s := float64(f * r)
	sl := float64(r * math.FMA(-s, dl, math.FMA(-s, d, f)))
	z := s * s
	zl := math.FMA(s, s, -z)
	s, sl = s+s, sl+sl
	zl = math.FMA(s, sl*0.5, zl)
	w := float64(z * third)
	wl := math.FMA(zl, third, math.FMA(z, thirdLo, math.FMA(z, third, -w)))
	w, wl = fastSum(w, math.FMA(z*z, horner(z, atanhTail), wl))
	p := float64(s * w)
	pl := math.FMA(sl, w, math.FMA(s, wl, math.FMA(s, w, -p)))
	y, yl := fastSum(s, p)
	yl += pl + sl
	hi, lo = fastSum(float64(k*ln2A), y)
	return hi, lo + math.FMA(k, ln2B, yl)
}

// expSum returns e**(x + lo), for x from expLeast to expMost.
func expSum(x, lo float64) float64 {
	n := math.FMA(x, log2e, whole+twoBiases) - (whole + twoBiases)
	r, c := fastSum(math.FMA(n, -ln2A, x), math.FMA(n, -ln2B, lo))
	u := r + math.FMA(float64(r*r), horner(r, expPoly), c)
	half := math.Floor((n + twoBiases) / 2)
	scale := func(p, e float64) float64 { return p * math.Float64frombits(uint64(e)<<52) }
	return scale(scale(1+u, half), n+twoBiases-half)
}

// The conversions forbid the compiler to fuse a product and a sum.

func fastSum(x, y float64) (hi, lo float64) {
	hi = x + y
	return hi, (x - hi) + y
}

func horner(x float64, c []float64) float64 {
	y := c[len(c)-1]
	for k := len(c) - 2; k >= 0; k-- {
		y = math.FMA(y, x, c[k])
	}
	return y
}
