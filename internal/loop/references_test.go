package loop_test

import "math"

// References of the functions that follow from those of pair.

func exp2Of(x float64) scaled {
	n := math.RoundToEven(x)
	e := expOf(refLn2.times(x - n))
	return scaled{e.pair, e.e + int(n)}
}

func expm1Far(x float64) pair {
	if math.Abs(x) < 0.5 {
		return expm1Of(exact(x))
	}
	return expOf(exact(x)).pairOf().plus(-1)
}

func sigmoidOf(x float64) scaled {
	e := expOf(exact(-math.Abs(x)))
	d := e.pairOf().plus(1)
	if x < 0 {
		return scaled{e.pair.div(d), e.e}
	}
	return scaled{exact(1).div(d), 0}
}

func softplusOf(x float64) scaled {
	e := expOf(exact(-math.Abs(x)))
	if x < -700 {
		return e // the next term of the series is far below
	}
	return scaled{log1pOf(e.pairOf()).plus(max(x, 0)), 0}
}

func asinOf(x float64) pair {
	if x == 1 {
		return refPi.ldexp(-1)
	}
	return atanOf(exact(x).div(oneMinusSquareOf(x).sqrt()))
}

func oneMinusSquareOf(x float64) pair { return twoSum(1, -x).mul(twoSum(1, x)) }

func acosOf(x float64) pair {
	if x == -1 {
		return refPi
	}
	return atanOf(twoSum(1, -x).div(twoSum(1, x)).sqrt()).times(2)
}

func sinhOf(x float64) scaled {
	if x < 0.5 {
		e := expm1Of(exact(x))
		return scaled{e.add(e.div(e.plus(1))).ldexp(-1), 0}
	}
	return plusInverse(x, -0.25)
}

func coshOf(x float64) scaled { return plusInverse(math.Abs(x), 0.25) }

// plusInverse returns e**x/2 + c/(e**x/2).
func plusInverse(x, c float64) scaled {
	e := expOf(exact(x))
	if x > 100 {
		return scaled{e.pair, e.e - 1}
	}
	y := e.pairOf().ldexp(-1)
	return scaled{y.add(exact(c).div(y)), 0}
}

func oddScaled(f func(x float64) scaled) func(x float64) scaled {
	return func(x float64) scaled {
		y := f(math.Abs(x))
		if x < 0 {
			y.pair = y.neg()
		}
		return y
	}
}

func tanhOf(x float64) pair {
	if x > 50 {
		return exact(1)
	}
	e := expm1Far(2 * x)
	return e.div(e.plus(2))
}

func asinhOf(x float64) pair {
	if x > 0x1p100 {
		return logOf(exact(x)).add(refLn2)
	}
	z := twoProduct(x, x)
	return log1pOf(exact(x).add(z.div(z.plus(1).sqrt().plus(1))))
}

func acoshOf(x float64) pair {
	if x > 0x1p100 {
		return logOf(exact(x)).add(refLn2)
	}
	d := twoSum(x, -1)
	return log1pOf(d.add(d.mul(d.plus(2)).sqrt()))
}

func atanhOf(x float64) pair {
	if x == 1 {
		return exact(inf)
	}
	return log1pOf(exact(2 * x).div(twoSum(1, -x))).ldexp(-1)
}

func cbrtOf(x float64) pair {
	m, e := math.Frexp(x)
	for e%3 != 0 {
		m, e = m/2, e+1
	}
	y := exact(math.Cbrt(m))
	for range 2 {
		y2 := y.mul(y)
		y = y.sub(y2.mul(y).sub(exact(m)).div(y2.times(3)))
	}
	return y.ldexp(e / 3)
}

func powOf(x, y float64) scaled {
	if x == 0 || y == 0 {
		return scaled{exact(math.Pow(x, y)), 0}
	}
	l := logOf(exact(x)).times(y)
	if math.Abs(l.hi) > 2000 {
		return scaled{exact(1), int(math.Copysign(4000, l.hi))}
	}
	return expOf(l)
}

// atan2Of scales both operands so that their quotient keeps its digits.
func atan2Of(y, x float64) scaled {
	_, e := math.Frexp(max(math.Abs(x), math.Abs(y)))
	x, y = math.Ldexp(x, -e), math.Ldexp(y, -e)
	var z pair
	if math.Abs(y) > math.Abs(x) {
		z = refPi.ldexp(-1).times(math.Copysign(1, y)).sub(atanOf(exact(x).div(exact(y))))
	} else {
		z = atanOf(exact(y).div(exact(x)))
		if x < 0 {
			z = z.add(refPi.times(math.Copysign(1, y)))
		}
	}
	return scaled{z, 0}
}

func hypotOf(x, y float64) scaled {
	_, e := math.Frexp(max(math.Abs(x), math.Abs(y)))
	x, y = math.Ldexp(x, -e), math.Ldexp(y, -e)
	return scaled{twoProduct(x, x).add(twoProduct(y, y)).sqrt(), e}
}

func logAddExpOf(x, y float64) scaled {
	most, least := exact(max(x, y)), exact(min(x, y))
	d := least.sub(most)
	if d.hi < -2000 {
		return scaled{most, 0}
	}
	return scaled{most.add(log1pOf(expOf(d).pairOf())), 0}
}

func xlogyOf(x, y float64) scaled {
	if x == 0 {
		return scaled{exact(0), 0}
	}
	return scaled{logOf(exact(y)).times(x), 0}
}
