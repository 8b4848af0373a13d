package loop

import (
	"math"
	"math/bits"
)

// Sin returns the sine of x: what the method of Builder gives, and for large x too.
func Sin(x float64) float64 {
	if x == 0 {
		return x
	}
	t, r, rl := reduce(x)
	s, c := sinCos(r, rl)
	if t&1 == 0 {
		return negatedIf(t&2 != 0, r+s)
	}
	return negatedIf(t&2 != 0, 1-c)
}

// Cos returns the cosine of x; see Sin.
func Cos(x float64) float64 {
	t, r, rl := reduce(x)
	s, c := sinCos(r, rl)
	if t&1 == 0 {
		return negatedIf((t+1)&2 != 0, 1-c)
	}
	return negatedIf((t+1)&2 != 0, r+s)
}

// Tan returns the tangent of x; see Sin.
func Tan(x float64) float64 {
	if x == 0 {
		return x
	}
	t, r, rl := reduce(x)
	z := float64(r * r)
	zl := math.FMA(r, r, -z)
	h := float64(z * 0.5)
	c := 1 - h
	cl := (1 - c) - h
	rest := math.FMA(float64(z*z), horner(z, cosPoly[1:]), math.FMA(zl, 0.5, float64(r*rl)))
	c, cl = fastSum(c, cl-rest)
	s, sl := fastSum(r, math.FMA(float64(z*r), horner(z, sinPoly), float64(rl*c)))
	if t&1 == 0 {
		return quotient(s, sl, c, cl)
	}
	return -quotient(c, cl, s, sl)
}

func negatedIf(negative bool, x float64) float64 {
	if negative {
		return -x
	}
	return x
}

// sinCos and quotient are the methods of Builder, on numbers; see fastSum for the conversions.
func sinCos(r, rl float64) (sin, cos float64) {
	z := float64(r * r)
	sin = math.FMA(float64(z*r), horner(z, sinPoly), rl)
	return sin, math.FMA(z, horner(z, cosPoly), float64(r*rl))
}

func quotient(x, xl, y, yl float64) float64 {
	r := 1 / y
	q := float64(x * r)
	return math.FMA(math.FMA(-q, yl, math.FMA(-q, y, x)+xl), r, q)
}

// reduce returns n in the low bits of t, and x - n*pi/2 as (r, rl).
func reduce(x float64) (t uint64, r, rl float64) {
	switch {
	case math.IsInf(x, 0):
		return 0, math.NaN(), 0
	case math.Abs(x) > reductionMost:
		return reduceLarge(x)
	}
	f := math.FMA(x, twoOverPi, whole)
	n := f - whole
	d := math.FMA(n, -halfPiA, x)
	w := float64(n * -halfPiB)
	wl := math.FMA(n, halfPiB, w)
	r, rl = fastSum(d, w)
	return math.Float64bits(f), r, math.FMA(n, -halfPiC, rl-wl)
}

// reduceLarge is reduce for |x| >= 2**20, by the bits of 2/pi that matter to x. Payne and Hanek, Radian reduction for
// trigonometric functions, SIGNUM Newsletter 18 (1983).
func reduceLarge(x float64) (t uint64, r, rl float64) {
	b := math.Float64bits(x)
	m := b&(1<<52-1) | 1<<52 // |x| is m * 2**e
	e := int(b>>52&0x7ff) - 1075
	skipped := max(e-2, 0) // of what they make, only multiples of 4
	w := func(i int) uint64 {
		i += skipped / 64
		return twoOverPiBits[i]<<(skipped%64) | twoOverPiBits[i+1]>>(64-skipped%64)
	}
	var p [4]uint64 // m times 192 bits, the lowest first
	var carry uint64
	h2, l2 := bits.Mul64(m, w(2))
	h1, l1 := bits.Mul64(m, w(1))
	h0, l0 := bits.Mul64(m, w(0))
	p[0] = l2
	p[1], carry = bits.Add64(l1, h2, 0)
	p[2], carry = bits.Add64(l0, h1, carry)
	p[3] = h0 + carry
	down := uint(max(2-e, 0)) // so that bit 190 is 1
	for i := range 3 {
		p[i] = p[i]>>down | p[i+1]<<(64-down)
	}
	n := p[2] >> 62
	f2, f1, f0 := p[2]<<2|p[1]>>62, p[1]<<2|p[0]>>62, p[0]<<2
	negative := f2>>63 == 1
	if negative { // the nearest whole number is above
		n++
		f0, carry = bits.Sub64(0, f0, 0)
		f1, carry = bits.Sub64(0, f1, carry)
		f2, _ = bits.Sub64(0, f2, carry)
	}
	up := uint(bits.LeadingZeros64(f2)) // no f64 is nearer to a multiple of pi/2 than that
	f2, f1 = f2<<up|f1>>(64-up), f1<<up|f0>>(64-up)
	hi := math.Ldexp(float64(f2>>11), -53-int(up))
	lo := math.Ldexp(float64(f2<<53|f1>>11), -117-int(up))
	const halfPiLo = 0x1.1a62633145c07p-54
	r = float64(hi * halfPi)
	r, rl = fastSum(r, math.FMA(hi, halfPi, -r)+math.FMA(lo, halfPi, float64(hi*halfPiLo)))
	if negative {
		r, rl = -r, -rl
	}
	if x < 0 {
		return -n, -r, -rl
	}
	return n, r, rl
}

// twoOverPiBits are the first bits behind the point of 2/pi.
var twoOverPiBits = [...]uint64{
	0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561, 0xb7246e3a424dd2e0,
	0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484, 0xe99c7026b45f7e41, 0x3991d639835339f4,
	0x9c845f8bbdf9283b, 0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d,
	0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d,
}
