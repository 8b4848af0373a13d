package loop

// Square returns x².
func (b *Builder) Square(x Value) Value { return b.Mul(x, x) }

// Reciprocal returns 1/x.
func (b *Builder) Reciprocal(x Value) Value { return b.Div(b.Float(1), x) }

// OneMinusSquare returns (1-x)*(1+x).
func (b *Builder) OneMinusSquare(x Value) Value {
	one := b.Float(1)
	return b.Mul(b.Sub(one, x), b.Add(one, x))
}

// PowInt returns x to the power n by repeated squaring, as num's ipow does, to the bit.
func (b *Builder) PowInt(x Value, n int) Value {
	if n < 0 {
		return b.Reciprocal(b.powUint(x, uint(-n), b.Float(1), b.Mul))
	}
	return b.powUint(x, uint(n), b.Float(1), b.Mul)
}

// IPowInt is PowInt of integers, for n >= 0.
func (b *Builder) IPowInt(x Value, n int) Value { return b.powUint(x, uint(n), b.Int(1), b.IMul) }

func (b *Builder) powUint(x Value, n uint, one Value, mul func(x, y Value) Value) Value {
	if n == 0 {
		return one
	}
	y := Value(-1)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			if y < 0 {
				y = x
			} else {
				y = mul(y, x)
			}
		}
		if n > 1 {
			x = mul(x, x)
		}
	}
	return y
}

// Pow returns x to the power y as e**(y*log|x|), the logarithm and the product (hi, lo). Special cases are those
// of math.Pow.
func (b *Builder) Pow(x, y Value) Value {
	a := b.Abs(x)
	hi, lo := b.logPair(b.splitAny(a))
	hi = b.Select(b.Less(a, b.Float(inf)), hi, a)
	hi = b.Select(b.Equal(a, b.Float(0)), b.Float(negInf), hi)
	c := b.clamp(y, -0x1p1000, 0x1p1000) // so that log(1)*Inf is 0
	p, pl := b.product(c, hi)
	pl = b.FMA(c, lo, pl)
	q := b.clamp(p, expLeast, expMost)
	e, _, t := b.expSum(q, b.And(b.Equal(p, q), pl), twoBiases)
	z := b.scale(e, t)

	isInt := b.Equal(b.Floor(y), y)
	half := b.Mul(y, b.Float(0.5))
	odd := b.And(isInt, b.NotEqual(b.Floor(half), half))
	z = b.Or(z, b.And(b.And(odd, x), b.Bits(sign)))
	finite := b.And(b.Less(x, b.Float(0)), b.Less(b.Float(negInf), x))
	z = b.Or(z, b.AndNot(isInt, finite)) // all ones are a NaN
	one := b.Or(b.Equal(x, b.Float(1)), b.Equal(y, b.Float(0)))
	return b.Select(one, b.Float(1), z)
}

// Cbrt returns the cube root of x as x*y², where y is the root's reciprocal. A third of the bits of x, as in
// fdlibm's s_cbrt.c, gives the first five bits of y; with h = 1 - x*y³,
//
//	x**(-1/3) = y * (1-h)**(-1/3) = y * (1 + h/3 + 2h²/9 + 14h³/81 + 35h⁴/243 + ...)
//
// gives the others, and a last step is made on the root itself. No step divides.
func (b *Builder) Cbrt(x Value) Value {
	a := b.Abs(x)
	small := b.Less(a, b.Float(1)) // the last step is not to overflow nor to underflow
	s := b.Mul(a, b.Select(small, b.Float(0x1p300), b.Float(0x1p-300)))

	high := b.Sub(b.Or(b.Shr(s, 32), b.Float(0x1p52)), b.Float(0x1p52))
	y := b.Shl(b.FMA(high, b.Float(-1./3), b.Float(whole+cbrtBias)), 32)
	y = b.cbrtStep(s, y, 1./3, 2./9, 14./81, 35./243)
	y = b.cbrtStep(s, y, 1./3, 2./9)

	c := b.Mul(b.Mul(s, y), y)
	q, ql := b.product(c, c)
	p, pl := b.product(q, c)
	rest := b.FMA(b.Neg(ql), c, b.Sub(b.Sub(s, p), pl))
	c = b.FMA(rest, b.Mul(b.Mul(y, y), b.Float(1./3)), c)

	c = b.Mul(c, b.Select(small, b.Float(0x1p-100), b.Float(0x1p100)))
	same := b.Equal(b.Add(x, x), x) // 0 and infinities
	return b.Select(same, x, b.signed(c, x))
}

// cbrtBias is 4/3 of the bias of exponents in the high half of an f64, less what makes the worst |h| of the first
// guess least, 0.103, found by search.
const cbrtBias = 0x553ee940

// cbrtStep returns y * (1 + c[0]*h + c[1]*h² + ...). x*y³ is a product that does not overflow.
func (b *Builder) cbrtStep(x, y Value, c ...float64) Value {
	h := b.FMA(b.Neg(b.Mul(x, y)), b.Mul(y, y), b.Float(1))
	return b.FMA(b.Mul(y, h), b.poly(h, c...), y)
}

// Hypot returns sqrt(x² + y²), both scaled by a power of 2 where squares overflow or underflow.
func (b *Builder) Hypot(x, y Value) Value {
	ax, ay := b.Abs(x), b.Abs(y)
	most := b.Max(ax, ay)
	large, small := b.Less(b.Float(0x1p510), most), b.Less(most, b.Float(0x1p-450))
	down, up, one := b.Float(0x1p-600), b.Float(0x1p600), b.Float(1)
	s := b.Select(large, down, b.Select(small, up, one))
	r := b.Select(large, up, b.Select(small, down, one))
	x, y = b.Mul(ax, s), b.Mul(ay, s)
	z := b.Mul(b.Sqrt(b.FMA(x, x, b.Mul(y, y))), r)
	infinite := b.Or(b.Equal(ax, b.Float(inf)), b.Equal(ay, b.Float(inf)))
	return b.Select(infinite, b.Float(inf), z)
}
