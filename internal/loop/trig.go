package loop

// Sines, cosines and tangents go by x = n*pi/2 + r with n a whole number and |r| <= pi/4, where pi/2 is taken in
// three parts (Cody and Waite), and r as (hi, lo). They are right for |x| <= 2**20 * pi/2, and NaN for
// infinities; for others see ReductionFails.

const reductionMost = 1 << 20 * halfPi

// sinPoly is (sin(r)/r - 1)/r² in z = r². Error 2**-56.9.
var sinPoly = []float64{
	-0.16666666666666666, 0.008333333333329165, -0.00019841269834190283, 2.7557314955717165e-06,
	-2.505092581020514e-08, 1.5905162593599962e-10,
}

// cosPoly is (1 - cos(r))/r² in z. Error 2**-62.
var cosPoly = []float64{
	0.5, -0.041666666666666664, 0.0013888888888885422, -2.4801587296172935e-05,
	2.755731616368364e-07, -2.0875952667797693e-09, 1.1370685944884363e-11,
}

// ReductionFails returns a mask of the finite x for which Sin, Cos and Tan are not right: a loop computes something
// there, which its caller is to compute again.
func (b *Builder) ReductionFails(x Value) Value {
	a := b.Abs(x)
	return b.And(b.Less(b.Float(reductionMost), a), b.Less(a, b.Float(inf)))
}

// reduceTrig returns n in the low bits of t, and r. n*A is exact, as n has at most 21 bits, and so is the
// first difference; n*B is taken to all its digits.
func (b *Builder) reduceTrig(x Value) (t, r, rl Value) {
	t = b.FMA(x, b.Float(twoOverPi), b.Float(whole))
	n := b.Sub(t, b.Float(whole))
	d := b.FMA(n, b.Float(-halfPiA), x)
	w := b.Mul(n, b.Float(-halfPiB))
	wl := b.FMA(n, b.Float(halfPiB), w) // what w has too much
	r, rl = b.fastSum(d, w)
	return t, r, b.FMA(n, b.Float(-halfPiC), b.Sub(rl, wl))
}

// sinCos returns what is to be added to r for its sine, and taken from 1 for its cosine.
func (b *Builder) sinCos(r, rl Value) (sin, cos Value) {
	z := b.Mul(r, r)
	sin = b.FMA(b.Mul(z, r), b.poly(z, sinPoly...), rl)
	return sin, b.FMA(z, b.poly(z, cosPoly...), b.Mul(r, rl))
}

func (b *Builder) even(t Value) Value { return b.IEqual(b.And(t, b.Int(1)), b.Int(0)) }

// bit1 returns bit 1 of t as a sign.
func (b *Builder) bit1(t Value) Value { return b.And(b.Shl(t, 62), b.Bits(sign)) }

// Sin returns the sine of x. If Cos of the same x is asked too, that costs five instructions more.
func (b *Builder) Sin(x Value) Value {
	t, r, rl := b.reduceTrig(x)
	s, c := b.sinCos(r, rl)
	y := b.Select(b.even(t), b.Add(r, s), b.Sub(b.Float(1), c))
	return b.Select(b.Equal(x, b.Float(0)), x, b.Xor(y, b.bit1(t))) // -0
}

// Cos returns the cosine of x.
func (b *Builder) Cos(x Value) Value {
	t, r, rl := b.reduceTrig(x)
	s, c := b.sinCos(r, rl)
	y := b.Select(b.even(t), b.Sub(b.Float(1), c), b.Add(r, s))
	return b.Xor(y, b.bit1(b.IAdd(t, b.Int(1))))
}

// Tan returns the tangent of x, the quotient of sine and cosine, both (hi, lo).
func (b *Builder) Tan(x Value) Value {
	t, r, rl := b.reduceTrig(x)
	z, zl := b.product(r, r)
	half := b.Float(0.5)
	h := b.Mul(z, half)
	c, cl := b.fastSum(b.Float(1), b.Neg(h))
	rest := b.FMA(b.Mul(z, z), b.poly(z, cosPoly[1:]...), b.FMA(zl, half, b.Mul(r, rl)))
	c, cl = b.fastSum(c, b.Sub(cl, rest))
	s, sl := b.fastSum(r, b.FMA(b.Mul(z, r), b.poly(z, sinPoly...), b.Mul(rl, c)))
	even := b.even(t)
	p, pl := b.Select(even, s, c), b.Select(even, sl, cl)
	q, ql := b.Select(even, c, s), b.Select(even, cl, sl)
	y := b.quotient(p, pl, q, ql, b.Div(b.Float(1), q))
	y = b.Xor(y, b.And(b.Shl(t, 63), b.Bits(sign)))
	return b.Select(b.Equal(x, b.Float(0)), x, y) // -0
}
