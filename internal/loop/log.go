package loop

// Logarithms go by x = m * 2**k with m from sqrt(1/2) to sqrt(2), so that log(x) is k ln 2 + log(m), and
// near 1, where k is 0, nothing cancels. With f = m - 1 and s = f/(2+f),
//
//	log(m) = 2 atanh(s) = f - (f²/2 - s*(f²/2 + R(s²))).
//
// Source: fdlibm's e_log.c.

// logPoly is R(z)/z for |s| <= (sqrt(2)-1)/(sqrt(2)+1). Error 2**-58.5.
var logPoly = []float64{
	0.6666666666666666, 0.3999999999979959, 0.28571428668197046, 0.22222205237308823,
	0.18183258467542965, 0.1532101548059655, 0.14733492169619777,
}

// biased is what split takes off for k: the biased exponent as the lowest bits of an f64 is that plus 2**52.
const biased = 0x1p52 + 1023

// split returns m, k and the biased k in the exponent of e, for positive x neither subnormal nor infinite. It moves the
// bounds of exponents from powers of 2 to those times sqrt(1/2), as musl's log.c does.
func (b *Builder) split(x, bias Value) (m, k, e Value) {
	i := b.IAdd(x, b.Bits(1023<<52-sqrtHalfBits))
	k = b.Sub(b.Or(b.Shr(i, 52), b.Float(0x1p52)), bias)
	m = b.IAdd(b.And(i, b.Bits(1<<52-1)), b.Bits(sqrtHalfBits))
	return m, k, b.And(i, b.Bits(0xfff<<52))
}

// splitAny is split for positive x that may be subnormal.
func (b *Builder) splitAny(x Value) (m, k Value) {
	small := b.Less(x, b.Float(leastNormal))
	x = b.Select(small, b.Mul(x, b.Float(0x1p54)), x)
	m, k, _ = b.split(x, b.Select(small, b.Float(biased+54), b.Float(biased)))
	return m, k
}

// logNear1 returns f, s, half = f²/2 and s*(half + R).
func (b *Builder) logNear1(m Value) (f, s, half, rest Value) {
	f = b.Sub(m, b.Float(1))
	s = b.Div(f, b.Add(f, b.Float(2)))
	z := b.Mul(s, s)
	half = b.Mul(f, b.Mul(f, b.Float(0.5)))
	return f, s, half, b.Mul(s, b.FMA(z, b.poly(z, logPoly...), half))
}

// logPole puts in the values of logarithms where y is not right: NaN for x < at, -Inf for x = at, and x if
// that is +Inf or NaN.
func (b *Builder) logPole(x, y Value, at float64) Value {
	y = b.Or(y, b.Less(x, b.Float(at))) // all ones are a NaN
	y = b.Select(b.Equal(x, b.Float(at)), b.Float(negInf), y)
	return b.Select(b.Less(x, b.Float(inf)), y, x)
}

// Log returns the natural logarithm of x.
func (b *Builder) Log(x Value) Value {
	m, k := b.splitAny(x)
	f, _, half, rest := b.logNear1(m)
	rest = b.FMA(k, b.Float(ln2Lo), rest)
	return b.logPole(x, b.FMA(k, b.Float(ln2), b.Sub(f, b.Sub(half, rest))), 0)
}

// Log2 returns the binary logarithm of x, k + log(m)/ln(2). Source: FreeBSD's e_log2.c.
func (b *Builder) Log2(x Value) Value { return b.logBase(x, 1, 0, log2e, log2eLo) }

// Log10 returns the decimal logarithm of x.
func (b *Builder) Log10(x Value) Value { return b.logBase(x, log10of2A, log10of2B, log10e, log10eLo) }

// logBase returns k*(two + twoLo) + log(m)*(scale + scaleLo). The products of k and two are exact.
func (b *Builder) logBase(x Value, two, twoLo, scale, scaleLo float64) Value {
	m, k := b.splitAny(x)
	f, _, half, rest := b.logNear1(m)
	hi, lo := b.fastSum(f, b.Neg(half))
	lo = b.Add(lo, rest)
	p, pl := b.product(hi, b.Float(scale))
	pl = b.FMA(lo, b.Float(scale), b.FMA(hi, b.Float(scaleLo), pl))
	if two != 1 {
		pl = b.FMA(k, b.Float(twoLo), pl)
		k = b.Mul(k, b.Float(two))
	}
	y, yl := b.fastSum(k, p)
	return b.logPole(x, b.Add(y, b.Add(yl, pl)), 0)
}

// Log1p returns log(1 + x), by the rounded sum and what rounding left.
func (b *Builder) Log1p(x Value) Value {
	u, c := b.sum(x, b.Float(1))
	y := b.logPole(x, b.logSum(u, c, b.Float(biased)), -1)
	return b.Select(b.Less(b.Abs(x), b.Float(0x1p-54)), x, y) // -0 too
}

// logSum returns log(u + c) for u neither subnormal nor infinite, and c far below it, plus ln 2 times what bias is
// below biased. It is accurate where u + c is near 1. The derivative of the logarithm is 1/(1+f) = (1-s)/(1+s), here
// 1 - 2s + 2s², which is near enough for c.
func (b *Builder) logSum(u, c, bias Value) Value {
	m, k, e := b.split(u, bias)
	f, s, half, rest := b.logNear1(m)
	c = b.Mul(c, b.ISub(b.Bits(2047<<52), e)) // times 2 * 2**-k
	rest = b.FMA(c, b.FMA(s, b.Sub(s, b.Float(1)), b.Float(0.5)), rest)
	rest = b.FMA(k, b.Float(ln2Lo), rest)
	return b.FMA(k, b.Float(ln2), b.Sub(f, b.Sub(half, rest)))
}

// Xlogy returns x*log(y), and 0 where x is 0 unless y is NaN.
func (b *Builder) Xlogy(x, y Value) Value {
	zero := b.And(b.Equal(x, b.Float(0)), b.Equal(y, y))
	return b.AndNot(zero, b.Mul(x, b.Log(y)))
}

// logPair returns log(m * 2**k) as (hi, lo), with an error of 2**-67 or so. Now s is (hi, lo), and so is
// the first term of
//
//	2 atanh(s) = 2s + 2s*(z/3 + z²*P(z)), z = s².
func (b *Builder) logPair(m, k Value) (hi, lo Value) {
	one := b.Float(1)
	f, d := b.Sub(m, one), b.Add(m, one)
	dl := b.Sub(m, b.Sub(d, one))
	r := b.Div(one, d)
	s := b.Mul(f, r)
	n := b.Neg(s)
	sl := b.Mul(r, b.FMA(n, dl, b.FMA(n, d, f)))
	z, zl := b.product(s, s)
	s, sl = b.Add(s, s), b.Add(sl, sl)
	zl = b.FMA(s, b.Mul(sl, b.Float(0.5)), zl)
	w, wl := b.product(z, b.Float(third))
	wl = b.FMA(zl, b.Float(third), b.FMA(z, b.Float(thirdLo), wl))
	w, wl = b.fastSum(w, b.FMA(b.Mul(z, z), b.poly(z, atanhTail...), wl))
	p, pl := b.product(s, w)
	pl = b.FMA(sl, w, b.FMA(s, wl, pl))
	y, yl := b.fastSum(s, p)
	yl = b.Add(yl, b.Add(pl, sl))
	hi, lo = b.fastSum(b.Mul(k, b.Float(ln2A)), y)
	return hi, b.Add(lo, b.FMA(k, b.Float(ln2B), yl))
}

// atanhTail is P(z). Error 2**-72.8 of the logarithm.
var atanhTail = []float64{
	0.2, 0.14285714285716578, 0.11111111110007345, 0.09090909302537437, 0.07692286464315087,
	0.06667880916241645, 0.05842535113401228, 0.0595536046158698,
}
