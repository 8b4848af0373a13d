package loop

// Exponentials go by x = n ln 2 + r with n a whole number and |r| <= ln(2)/2, so that e**x is a polynomial of r
// times 2**n; Muller, Elementary Functions, section 11.2. The argument is held to where
// the result is an f64, NaN passing by, so that n has twelve bits.

// expPoly is (e**r - 1 - r)/r². Error 2**-57.9.
var expPoly = []float64{
	0.5000000000000011, 0.16666666666666414, 0.041666666666530267, 0.008333333333494338,
	0.0013888888943598065, 0.00019841269506770372, 2.4801493135866227e-05,
	2.7557586274837455e-06, 2.7630234017595217e-07, 2.5000069564647483e-08,
}

// expm1Poly is the same for e**r - 1. Error 2**-61.7.
var expm1Poly = []float64{
	0.5, 0.16666666666666677, 0.04166666666666651, 0.0083333333333217, 0.001388888888896231,
	0.00019841269885939323, 2.4801587172622995e-05, 2.755724440393374e-06,
	2.7557402602957274e-07, 2.5108967568499572e-08, 2.087533231756589e-09,
}

// exp2Poly is (2**r - 1)/r for |r| <= 1/2. Error 2**-58.
var exp2Poly = []float64{
	0.6931471805599453, 0.2402265069591013, 0.055504108664820084, 0.00961812910759412,
	0.0013333558146774623, 0.00015403530457112032, 1.5252733493124385e-05,
	1.3215435282341418e-06, 1.0178199573642556e-07, 7.073783242546004e-09,
	4.4347709712796606e-10,
}

// Twice the bias of exponents, which is what scale wants added to n.
const twoBiases = 2 * 1023

// reduceExp returns e**x's n, to which a bias is added, in the low bits of t, and r, short of the low
// part of n ln 2.
func (b *Builder) reduceExp(x Value, bias float64) (t, n, r Value) {
	t = b.FMA(x, b.Float(log2e), b.Float(whole+bias))
	n = b.Sub(t, b.Float(whole+bias))
	return t, n, b.FMA(n, b.Float(-ln2A), x)
}

// scale returns p * 2**n, rounded once even if it is subnormal, for t that has n + twoBiases in its
// low bits. If p is NaN, so is the result, whatever t.
func (b *Builder) scale(p, t Value) Value {
	half := b.Shr(t, 1)
	return b.Mul(b.Mul(p, b.Shl(half, 52)), b.Shl(b.ISub(t, half), 52))
}

// clamp returns x held between lo and hi. NaN stays NaN.
func (b *Builder) clamp(x Value, lo, hi float64) Value {
	return b.Max(b.Float(lo), b.Min(b.Float(hi), x))
}

// Where Exp and its kin underflow to 0 and overflow.
const expLeast, expMost = -746, 710

// Exp returns e**x.
func (b *Builder) Exp(x Value) Value {
	t, n, r := b.reduceExp(b.clamp(x, expLeast, expMost), twoBiases)
	r = b.FMA(n, b.Float(-ln2B), r)
	return b.scale(b.expNear0(r), t)
}

// expNear0 returns e**r for |r| <= ln(2)/2.
func (b *Builder) expNear0(r Value) Value {
	return b.poly(r, append([]float64{1, 1}, expPoly...)...)
}

// expSum returns e**(x + lo) as (p + pl) * 2**n with n + bias in the low bits of t, for |lo| at most an ulp
// of x or so. pl is below an ulp of p.
func (b *Builder) expSum(x, lo Value, bias float64) (p, pl, t Value) {
	t, n, r := b.reduceExp(x, bias)
	r, c := b.fastSum(r, b.FMA(n, b.Float(-ln2B), lo))
	u := b.Add(r, b.FMA(b.Mul(r, r), b.poly(r, expPoly...), c))
	p, pl = b.fastSum(b.Float(1), u)
	return p, pl, t
}

// Exp2 returns 2**x.
func (b *Builder) Exp2(x Value) Value {
	x = b.clamp(x, -1076, 1025)
	t := b.Add(x, b.Float(whole+twoBiases))
	r := b.Sub(x, b.Sub(t, b.Float(whole+twoBiases)))
	return b.scale(b.poly(r, append([]float64{1}, exp2Poly...)...), t)
}

// Expm1 returns e**x - 1. With s = 2**n it is s*(e**r - 1) + (s - 1), computed in halves so that n may be 1024.
// Source: fdlibm's s_expm1.c, whose cases for n here are one.
func (b *Builder) Expm1(x Value) Value {
	t, n, r := b.reduceExp(b.clamp(x, -40, expMost), 1022)
	r, c := b.fastSum(r, b.Mul(n, b.Float(-ln2B)))
	s := b.Shl(t, 52)
	tail := b.FMA(b.Mul(r, r), b.poly(r, expm1Poly...), c)
	y := b.FMA(s, r, b.Sub(s, b.Float(0.5)))
	y = b.FMA(s, tail, y)
	tiny := b.Less(b.Abs(x), b.Float(0x1p-54)) // subnormals, and -0
	return b.Select(tiny, x, b.Add(y, y))
}

// Sigmoid returns 1/(1 + e**-x), or e**x/(1 + e**x) where x is negative, by e**-|x|. The quotient is
// corrected by what roundings left, so that its error is little more than the exponential's.
func (b *Builder) Sigmoid(x Value) Value {
	a := b.Max(b.Float(expLeast), b.Neg(b.Abs(x)))
	p, pl, t := b.expSum(a, b.Float(0), twoBiases)
	e, el := b.scale(p, t), b.scale(pl, t)
	d, dl := b.fastSum(b.Float(1), e)
	neg := b.negative(x)
	return b.quotient(
		b.Select(neg, e, b.Float(1)), b.And(neg, el),
		d, b.Add(dl, el), b.Div(b.Float(1), d))
}

// quotient returns (x + xl)/(y + yl), given r = 1/y.
func (b *Builder) quotient(x, xl, y, yl, r Value) Value {
	q := b.Mul(x, r)
	n := b.Neg(q)
	return b.FMA(b.FMA(n, yl, b.Add(b.FMA(n, y, x), xl)), r, q)
}

// Softplus returns log(1 + e**x) as max(x, 0) + log(1 + e**-|x|).
func (b *Builder) Softplus(x Value) Value {
	return b.logOnePlusExp(b.Max(x, b.Float(0)), b.Neg(b.Abs(x)), b.Float(0))
}

// logOnePlusExp returns m + log(1 + e**(x + lo)) for x <= 0.
func (b *Builder) logOnePlusExp(m, x, lo Value) Value {
	p, pl, t := b.expSum(b.Max(b.Float(expLeast), x), lo, twoBiases)
	u, c := b.fastSum(b.Float(1), b.scale(p, t))
	return b.Add(m, b.logSum(u, b.Add(c, b.scale(pl, t)), b.Float(biased)))
}

// LogAddExp returns log(e**x + e**y) as max(x, y) + log(1 + e**-|x-y|), the difference taken to twice the
// digits. Where the maximum is negative the terms cancel, and the error is relative to them.
func (b *Builder) LogAddExp(x, y Value) Value {
	less := b.Less(x, y)
	most, least := b.Select(less, y, x), b.Select(less, x, y)
	d, lo := b.sum(least, b.Neg(most))
	lo = b.And(b.Less(b.Float(expLeast), d), lo) // NaN if d is infinite or NaN
	d = b.AndNot(b.Equal(x, y), d)               // infinities too, of which the difference is NaN
	return b.logOnePlusExp(most, d, lo)
}
