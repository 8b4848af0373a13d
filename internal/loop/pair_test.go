package loop_test

import "math"

// pair is hi + lo, a number of some 106 bits, and the reference for the elementary functions. Sources: Dekker's and
// Knuth's products and sums, Taylor's series, and steps of Newton from package math's values.
type pair struct{ hi, lo float64 }

// scaled is a pair times 2**e, for what is near or beyond the ends of f64.
type scaled struct {
	pair
	e int
}

func exact(x float64) pair { return pair{x, 0} }

func twoSum(a, b float64) pair {
	s := a + b
	v := s - a
	return pair{s, (a - (s - v)) + (b - v)}
}

func twoProduct(a, b float64) pair {
	p := float64(a * b) // not fused with what is added to it, as arm64 would
	return pair{p, math.FMA(a, b, -p)}
}

func (a pair) neg() pair { return pair{-a.hi, -a.lo} }

func (a pair) add(b pair) pair {
	s, t := twoSum(a.hi, b.hi), twoSum(a.lo, b.lo)
	u := twoSum(s.hi, s.lo+t.hi)
	return twoSum(u.hi, u.lo+t.lo)
}

func (a pair) sub(b pair) pair { return a.add(b.neg()) }

func (a pair) mul(b pair) pair {
	p := twoProduct(a.hi, b.hi)
	return twoSum(p.hi, p.lo+(a.hi*b.lo+a.lo*b.hi))
}

func (a pair) div(b pair) pair {
	q := a.hi / b.hi
	r := a.sub(b.mul(exact(q)))
	p := r.hi / b.hi
	r = r.sub(b.mul(exact(p)))
	return twoSum(q, p).add(exact(r.hi / b.hi))
}

func (a pair) times(x float64) pair { return a.mul(exact(x)) }
func (a pair) plus(x float64) pair  { return a.add(exact(x)) }

func (a pair) sqrt() pair {
	if a.hi == 0 {
		return a
	}
	r := math.Sqrt(a.hi)
	return exact(r).add(a.sub(twoProduct(r, r)).div(exact(2 * r)))
}

func (a pair) ldexp(e int) pair { return pair{math.Ldexp(a.hi, e), math.Ldexp(a.lo, e)} }

var (
	refPi   = pair{0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53}
	refLn2  = pair{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56}
	refLn10 = logOf(exact(10))
)

// series returns the sum of terms that next gives from the one before, until they are nothing.
func series(term pair, next func(term pair, k int) pair) pair {
	sum := exact(0)
	for k := 1; k < 400; k++ {
		sum = sum.add(term)
		if math.Abs(term.hi) <= 0x1p-110*math.Abs(sum.hi) {
			break
		}
		term = next(term, k)
	}
	return sum
}

// expm1Of is for |x| below 1 or so.
func expm1Of(x pair) pair {
	return series(x, func(t pair, k int) pair { return t.mul(x).div(exact(float64(k + 1))) })
}

// expOf takes n ln 2 off, in three parts, and halves the rest six times.
func expOf(x pair) scaled {
	n := math.RoundToEven(x.hi / math.Ln2)
	r := x.sub(twoProduct(n, refLn2.hi)).sub(twoProduct(n, refLn2.lo)).sub(exact(n * 0x1.7b57a079a1934p-111))
	s := expm1Of(r.ldexp(-6))
	for range 6 {
		s = s.add(s).add(s.mul(s))
	}
	return scaled{s.plus(1), int(n)}
}

func (s scaled) pairOf() pair { return s.ldexp(s.e) }

// logOf takes k ln 2 off, so that what is left goes by log1pOf.
func logOf(x pair) pair {
	if x.hi <= 0 {
		return exact(math.Log(x.hi))
	}
	m, e := math.Frexp(x.hi)
	if m < math.Sqrt2/2 {
		e--
	}
	x = x.ldexp(-e)
	y := log1pOf(x.plus(-1))
	return y.add(twoProduct(float64(e), refLn2.hi)).add(twoProduct(float64(e), refLn2.lo))
}

// log1pOf is 2 atanh(x/(2+x)) by its series, for x from -0.3 to 0.5 or so; others go by logOf.
func log1pOf(x pair) pair {
	if x.hi < -0.3 || x.hi > 0.5 {
		return logOf(x.plus(1))
	}
	if math.Abs(x.hi) < 0x1p-200 {
		return x
	}
	s := x.div(x.plus(2))
	z := s.mul(s)
	p := s
	return series(s, func(_ pair, k int) pair {
		p = p.mul(z)
		return p.div(exact(float64(2*k + 1)))
	}).times(2)
}

// sinCosOf is for |x| below 1 or so.
func sinCosOf(x pair) (s, c pair) {
	z := x.mul(x).neg()
	s = series(x, func(t pair, k int) pair { return t.mul(z).div(exact(float64(2 * k * (2*k + 1)))) })
	c = series(exact(1), func(t pair, k int) pair { return t.mul(z).div(exact(float64(2 * k * (2*k - 1)))) })
	return s, c
}

// sinCosFar takes multiples of pi/2 off, of 210 bits, for |x| up to 2**22.
func sinCosFar(x float64) (s, c pair) {
	n := math.RoundToEven(x * 2 / math.Pi)
	h := twoProduct(n, refPi.hi/2)
	r := exact(x - h.hi).sub(exact(h.lo)).sub(twoProduct(n, refPi.lo/2)).sub(twoProduct(n, -0x1.f1976b7ed8fbcp-110)).
		sub(exact(n * 0x1.4cf98e804177dp-164))
	s, c = sinCosOf(r)
	switch int64(n) & 3 {
	case 1:
		return c, s.neg()
	case 2:
		return s.neg(), c.neg()
	case 3:
		return c.neg(), s
	}
	return s, c
}

func atanOf(x pair) pair {
	if math.Abs(x.hi) > 1 {
		half := refPi.ldexp(-1)
		if x.hi < 0 {
			half = half.neg()
		}
		return half.sub(atanOf(exact(1).div(x)))
	}
	y := math.Atan(x.hi)
	s, c := sinCosOf(exact(y))
	return exact(y).add(x.mul(c).sub(s).div(c.add(x.mul(s))))
}

// erfOf is by the series of terms that are all positive, DLMF 7.6.2.
func erfOf(x float64) pair {
	z := twoProduct(x, x)
	s := series(exact(x), func(t pair, k int) pair { return t.mul(z).times(2).div(exact(float64(2*k + 1))) })
	return s.mul(expOf(z.neg()).pairOf()).times(2).div(refPi.sqrt())
}

// erfcOf goes by the continued fraction where x is large, DLMF 7.9.1.
func erfcOf(x float64) scaled {
	if x < 4 {
		return scaled{exact(1).sub(erfOf(x)), 0}
	}
	f := exact(x)
	for k := 120; k > 0; k-- {
		f = exact(x).add(exact(float64(k) / 2).div(f))
	}
	e := expOf(twoProduct(x, x).neg())
	return scaled{e.pair.div(f).div(refPi.sqrt()), e.e}
}
