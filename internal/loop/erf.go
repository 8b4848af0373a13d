package loop

// erfPoly is erf(x)/x - 1 in z = x² for |x| <= 1. Error 2**-62.7.
var erfPoly = []float64{
	0.1283791670955126, -0.3761263890318375, 0.11283791670954862, -0.0268661706450736,
	0.005223977624786452, -0.0008548326979015582, 0.00012055331045649944, -1.4925593695315168e-05,
	1.6460975567193438e-06, -1.6350052058673325e-07, 1.4658047488743137e-08, -1.136627217507512e-09,
	5.946226735149575e-11,
}

// erfcPoly is (1 + 1.375x)*e**x²*erfc(x) in t = (x-4)/(x+4) for x from 0 to 28, where it is from 0.78 to 1.04. Error
// 2**-59.9. The form is that of Shepherd and Laframboise, Chebyshev Approximation of (1+2x)exp(x²)erfc x in
// 0 <= x < Inf, Math. Comp. 36 (1981); with less than their 2 it is so flat that the error of t is harmless.
var erfcPoly = []float64{
	0.890496474562899, -0.1769482830654404, 0.07892341048250881,
	-0.0045138429178066, -0.03541336496279976, 0.04472013167390181,
	-0.03582117133383319, 0.021538933797962324, -0.009867109782162294,
	0.003209752224069545, -0.0005277696733737904, -0.00011230669910922661,
	9.650363565214101e-05, -1.7369323741749753e-05, -6.794956497282969e-06,
	3.7979330706479963e-06, 1.1319239964253586e-07, -5.376790242400126e-07,
	5.9227942958068644e-08, 7.105436296075723e-08, -1.3015517259031368e-08,
	-9.136291396414703e-09, 1.3079510577298098e-09, 8.232163767471433e-10,
}

// erfcPoly0Lo is the low part of its first coefficient.
const erfcPoly0Lo = -8.107296987692257e-18

// erfTail is e**x² * erfc(x) in t = (x-3)/(x+3) for x from 1 to 5.95. Error 2**-57 of erf(x).
var erfTail = []float64{
	0.17900115118135376, -0.326233560045902, 0.2456038016643118, -0.1501159363433822,
	0.0716658501344097, -0.02439232785041569, 0.0042703539140770954, 0.0007131755995244663,
	-0.0005810916395939677, 7.639464925718624e-05, 0.00010295223781228819, 1.520340783346736e-05,
}

// Erf returns the error function of x, by a polynomial for |x| < 1, and otherwise as 1 - erfc(x).
func (b *Builder) Erf(x Value) Value {
	a := b.Min(b.Float(5.95), b.Abs(x)) // where it is 1
	z := b.Mul(a, a)
	small := b.FMA(a, b.poly(z, erfPoly...), a)

	t, n, r := b.reduceExp(b.Neg(z), 1023)
	r = b.FMA(n, b.Float(-ln2B), r)
	e := b.Mul(b.expNear0(r), b.Shl(t, 52))
	q := b.Div(b.Sub(a, b.Float(3)), b.Add(a, b.Float(3)))
	large := b.FMA(b.Neg(e), b.poly(q, erfTail...), b.Float(1))
	return b.signed(b.Select(b.Less(a, b.Float(1)), small, large), x)
}

// Erfc returns 1 - erf(x), by one formula for |x|, all whose parts are (hi, lo).
func (b *Builder) Erfc(x Value) Value {
	a := b.Min(b.Float(28), b.Abs(x)) // where it is 0
	s, sl := b.product(a, b.Neg(a))
	e, el, exponent := b.expSum(s, sl, twoBiases)

	one, slope := b.Float(1), b.Float(1.375)
	d := b.FMA(a, slope, one)
	dl := b.FMA(a, slope, b.Sub(one, d))
	t := b.Sub(b.Div(b.Add(a, a), b.Add(a, b.Float(4))), one)
	q := b.FMA(t, b.poly(t, erfcPoly[1:]...), b.Float(erfcPoly0Lo))
	p, pl := b.fastSum(b.Float(erfcPoly[0]), q)

	n, nl := b.product(e, p)
	nl = b.FMA(e, pl, b.FMA(el, p, nl))
	y := b.scale(b.quotient(n, nl, d, dl, b.Div(one, d)), exponent)
	return b.Select(b.negative(x), b.Sub(b.Float(2), y), y)
}
