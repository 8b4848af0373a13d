package loop

// Inverse sines, cosines and tangents go to arguments t where a polynomial of t² serves, by quotients or square
// roots that are computed whether needed or not, and are then a multiple of pi/4 plus or minus a
// polynomial. The multiple plus t is taken exactly.

// atanPoly is (atan(t)/t - 1)/t² in z = t² for |t| <= 1. Error 2**-56.6.
var atanPoly = []float64{
	-0.3333333333333333, 0.19999999999990195, -0.14285714284580608, 0.11111111060264285,
	-0.09090907856126772, 0.07692288891108348, -0.06666471477465118, 0.058808944470995266,
	-0.05255014065808258, 0.047269829521026846, -0.04230408101405359, 0.036852372302938405,
	-0.030211020890813227, 0.022332369328536123, -0.014201979919754519, 0.007392957183102092,
	-0.0029779353411083765, 0.0008614998276025816, -0.00015815596785129986, 1.3774556340600149e-05,
}

// asinPoly is (asin(t)/t - 1)/t² in z for |t| <= 1/2. Error 2**-58.9.
var asinPoly = []float64{
	0.16666666666666666, 0.07499999999993741, 0.04464285715491768, 0.03038194355878244,
	0.022372193386180468, 0.017351961684376457, 0.013977042241385967, 0.011426781989426378,
	0.010639416061396026, 0.004185992434984443, 0.020655840803540663, -0.019658739078557596,
	0.031874467286293305,
}

// offset returns base + lo + t + t*tail.
func (b *Builder) offset(base, lo, t, tail Value) Value {
	y, yl := b.fastSum(base, t)
	return b.Add(y, b.Add(yl, b.FMA(t, tail, lo)))
}

// Atan returns the arctangent of x, which for |x| > 1 is that of -1/x more than pi/2 of x's sign.
func (b *Builder) Atan(x Value) Value {
	a := b.Abs(x)
	large := b.Less(b.Float(1), a)
	t := b.Select(large, b.Div(b.Float(-1), a), a)
	z := b.Mul(t, t)
	y := b.offset(b.And(large, b.Float(halfPi)), b.And(large, b.Float(halfPiLo)), t,
		b.Mul(z, b.poly(z, atanPoly...)))
	return b.signed(y, x)
}

// Atan2 returns the angle of the point (x, y). It is that of the octant's t = min/max, whose rounding error
// tl is kept; the derivative of the arctangent is about 1 - t²/2, right at both ends. Special cases are those of
// math.Atan2.
func (b *Builder) Atan2(y, x Value) Value {
	ax, ay := b.Abs(x), b.Abs(y)
	steep := b.Less(ax, ay)
	p, q := b.Select(steep, ax, ay), b.Select(steep, ay, ax)
	up := b.Select(b.Less(q, b.Float(0x1p-500)), b.Float(0x1p500), b.Float(1)) // else tl would underflow
	p, q = b.Mul(p, up), b.Max(b.Float(0x1p-1074), b.Mul(q, up))               // so that 0/0 is 0
	t := b.Select(b.And(b.Equal(ax, ay), b.Less(b.Float(0), ay)), b.Float(1), b.Div(p, q))
	tl := b.Div(b.FMA(b.Neg(t), q, p), q)
	tl = b.And(b.Less(q, b.Float(inf)), tl)
	z := b.Mul(t, t)
	tl = b.Mul(tl, b.FMA(z, b.Float(-0.5), b.Float(1)))
	back := b.negative(x)
	turn := b.And(b.Xor(back, steep), b.Bits(sign))
	base := b.Select(steep, b.Float(halfPi), b.And(back, b.Float(pi)))
	lo := b.Select(steep, b.Float(halfPiLo), b.And(back, b.Float(piLo)))
	r := b.offset(base, b.Add(lo, b.Xor(tl, turn)), b.Xor(t, turn), b.Mul(z, b.poly(z, atanPoly...)))
	return b.signed(b.Abs(r), y)
}

// reduceArc returns for |x| > 1/2 a mask, t = sqrt((1-|x|)/2), of which twice the arcsine is the arccosine of |x|, and
// otherwise t = |x|; and asin(t)/t - 1. Source: fdlibm's e_asin.c.
func (b *Builder) reduceArc(x Value) (large, t, tail Value) {
	a := b.Abs(x)
	large = b.Less(b.Float(0.5), a)
	z := b.Select(large, b.FMA(a, b.Float(-0.5), b.Float(0.5)), b.Mul(a, a))
	t = b.Select(large, b.Sqrt(z), a)
	return large, t, b.Mul(z, b.poly(z, asinPoly...))
}

// Asin returns the arcsine of x.
func (b *Builder) Asin(x Value) Value {
	large, t, tail := b.reduceArc(x)
	t = b.Select(large, b.Mul(t, b.Float(-2)), t)
	y := b.offset(b.And(large, b.Float(halfPi)), b.And(large, b.Float(halfPiLo)), t, tail)
	return b.signed(y, x)
}

// Acos returns the arccosine of x.
func (b *Builder) Acos(x Value) Value {
	large, t, tail := b.reduceArc(x)
	back := b.Less(x, b.Float(0))
	t = b.Select(large, b.signed(b.Add(t, t), x), b.Neg(x))
	base := b.Select(large, b.And(back, b.Float(pi)), b.Float(halfPi))
	lo := b.Select(large, b.And(back, b.Float(piLo)), b.Float(halfPiLo))
	return b.offset(base, lo, t, tail)
}
