package loop

// sinhPoly is (sinh(x)/x - 1)/x² in z = x² for |x| <= 1. Error 2**-73.
var sinhPoly = []float64{
	0.16666666666666666, 0.008333333333333333, 0.00019841269841269703, 2.7557319224077724e-06,
	2.5052108354355188e-08, 1.6059049710387768e-10, 7.646535891306196e-13, 2.8469458934447645e-15,
}

// atanhPoly is (atanh(s)/s - 1)/s² in z = s² for |s| <= 0.334. Error 2**-63.5.
var atanhPoly = []float64{
	0.3333333333333333, 0.1999999999999918, 0.1428571428596826, 0.11111111081355382,
	0.09090910907282465, 0.07692241927486639, 0.06668169448025191, 0.05860146793663369,
	0.05473892497730198, 0.03536473338062912, 0.08180945133931045,
}

// Coefficients of Cephes' tanh.c: tanh(x) is x + x*z*P(z)/Q(z), z = x², for |x| <= 0.625. Error 2**-56.
var (
	tanhP = []float64{-1.61468768441708447952e3, -9.92877231001918586564e1, -9.64399179425052238628e-1}
	tanhQ = []float64{4.84406305325125486048e3, 2.23548839060100448583e3, 1.12811678491632931402e2, 1}
)

// halfExp returns e**a/2 for a >= 0 as (hi, lo), and e**-a/2. The former overflows where sinh and cosh do.
func (b *Builder) halfExp(a Value) (hi, lo, inverse Value) {
	p, pl, t := b.expSum(b.Min(b.Float(711), a), b.Float(0), twoBiases-1)
	hi = b.scale(p, t)
	return hi, b.scale(pl, t), b.Div(b.Float(0.25), hi)
}

// Sinh returns the hyperbolic sine of x, by a polynomial for |x| < 1.
func (b *Builder) Sinh(x Value) Value {
	a := b.Abs(x)
	hi, lo, inverse := b.halfExp(a)
	z := b.Mul(a, a)
	small := b.FMA(b.Mul(a, z), b.poly(z, sinhPoly...), a)
	large := b.Add(hi, b.Sub(lo, inverse))
	return b.signed(b.Select(b.Less(a, b.Float(1)), small, large), x)
}

// Cosh returns the hyperbolic cosine of x.
func (b *Builder) Cosh(x Value) Value {
	hi, lo, inverse := b.halfExp(b.Abs(x))
	return b.Add(hi, b.Add(lo, inverse))
}

// Tanh returns the hyperbolic tangent of x, which for |x| >= 0.625 is 1 - 2/(e**2x + 1): both formulas are a
// sum of a quotient, and there is one division. With s = 2**n and u = e**r - 1, e**2x + 1 is s*u + (s + 1).
func (b *Builder) Tanh(x Value) Value {
	a, one := b.Abs(x), b.Float(1)
	t, n, r := b.reduceExp(b.Min(b.Float(44), b.Add(a, a)), 1023)
	r = b.FMA(n, b.Float(-ln2B), r)
	u := b.FMA(b.Mul(r, r), b.poly(r, expPoly...), r)
	s := b.Shl(t, 52)
	z := b.Mul(a, a)
	small := b.Less(a, b.Float(0.625))
	p := b.Select(small, b.Mul(b.Mul(a, z), b.poly(z, tanhP...)), b.Float(-2))
	q := b.Select(small, b.poly(z, tanhQ...), b.FMA(s, u, b.Add(s, one)))
	y := b.Add(b.Select(small, a, one), b.Div(p, q))
	return b.signed(y, x)
}

// Asinh returns the inverse hyperbolic sine of x, log(|x| + sqrt(x² + 1)), all sums (hi, lo).
func (b *Builder) Asinh(x Value) Value {
	a := b.Abs(x)
	p, pl := b.product(a, a)
	q, ql := b.sum(p, b.Float(1))
	return b.signed(b.logRoot(a, q, b.Add(ql, pl)), x)
}

// Acosh returns the inverse hyperbolic cosine of x, log(x + sqrt(x² - 1)). Here x² - 1 rounds only where that is
// nothing.
func (b *Builder) Acosh(x Value) Value {
	p, pl := b.product(x, x)
	y := b.logRoot(x, b.Sub(p, b.Float(1)), pl)
	return b.Or(y, b.Less(x, b.Float(1))) // all ones are a NaN
}

// logRoot returns log(a + sqrt(q + ql)), or log(2a) where a is large.
func (b *Builder) logRoot(a, q, ql Value) Value {
	r := b.Sqrt(q)
	rl := b.Div(b.Add(b.FMA(b.Neg(r), r, q), ql), b.Max(b.Float(0x1p-500), b.Add(r, r)))
	u, c := b.sum(a, r)
	c = b.Add(c, rl)
	large := b.Less(b.Float(0x1p28), a)
	y := b.logSum(b.Select(large, a, u), b.AndNot(large, c),
		b.Select(large, b.Float(biased-1), b.Float(biased)))
	return b.Select(b.Less(a, b.Float(inf)), y, a)
}

// Atanh returns the inverse hyperbolic tangent of x, which is half the logarithm of (1+x)/(1-x). With 2**k near
// that it is k*ln(2)/2 + atanh(s) for
//
//	s = ((1+x) - 2**k*(1-x)) / ((1+x) + 2**k*(1-x)),
//
// and s is x if k is 0. The bits of f64s are near their binary logarithms, so k comes from a difference of bits, which
// is good to 0.09. It is rounded down, but for a tenth, so that s is hardly negative and nothing cancels.
func (b *Builder) Atanh(x Value) Value {
	a, one := b.Abs(x), b.Float(1)
	p, pl := b.fastSum(one, a)
	q, ql := b.fastSum(one, b.Neg(a))
	i := b.IAdd(b.ISub(p, q), b.Bits(1023<<52+1<<52/10))
	k := b.Sub(b.Or(b.Shr(i, 52), b.Float(0x1p52)), b.Float(biased))
	f := b.And(i, b.Bits(0x7ff<<52))
	n := b.Neg(f)
	near := b.Equal(f, one)
	s := b.Div(
		b.Select(near, a, b.Add(b.FMA(n, q, p), b.FMA(n, ql, pl))),
		b.Select(near, one, b.Add(b.FMA(f, q, p), b.FMA(f, ql, pl))))
	z := b.Mul(s, s)
	y := b.offset(b.Mul(k, b.Float(ln2A/2)), b.Mul(k, b.Float(ln2B/2)), s, b.Mul(z, b.poly(z, atanhPoly...)))
	y = b.Select(b.Equal(a, one), b.Float(inf), y)
	return b.signed(b.Or(y, b.Less(one, a)), x) // all ones are a NaN
}
