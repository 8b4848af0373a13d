package num

import (
	"math"

	"github.com/gradus-ad/gradus/trace"
)

// Cheaper multiplies by the product of two factors that are known, if one is 2 or the like: that is exact. So is moving
// such a factor to a product by another that is known. Only where a result is within a factor of 4 of overflow or of what
// is less exact, being so small, it may differ.
func (mul) Cheaper(in []Array, alone []bool) (Array, bool) {
	x, c, ok := scaled(in)
	if ok {
		p, from, made := trace.Producer(x)
		if _, product := p.(mul); !made || !product {
			return Array{}, false
		}
		y, d, ok := scaled(from)
		if !ok || !doubles(c) && !doubles(d) || !normal(c*d) {
			return Array{}, false
		}
		return apply(mul{}, y, filled(c*d, y)), true
	}
	if !alone[0] && !alone[1] {
		return Array{}, false
	}
	for i := range in {
		u, c, scales := scaledBy(in[i])
		v, d, scaled := scaledBy(in[1-i])
		if scales && scaled && doubles(c) && normal(c*d) {
			return apply(mul{}, u, apply(mul{}, v, filled(c*d, v))), true
		}
	}
	return Array{}, false
}

// Cheaper changes the sign of a factor that is known, which is exact.
func (neg) Cheaper(in []Array, alone []bool) (Array, bool) {
	y, c, ok := scaledBy(in[0])
	if ok {
		return apply(mul{}, y, filled(-c, y)), true
	}
	if !alone[0] {
		return Array{}, false
	}
	p, from, made := trace.Producer(in[0])
	if _, product := p.(mul); !made || !product {
		return Array{}, false
	}
	for i, x := range from {
		if y, c, ok := scaledBy(x); ok {
			return apply(mul{}, from[1-i], apply(mul{}, y, filled(-c, y))), true
		}
	}
	return Array{}, false
}

// scaledBy returns what a is the product of, and the factor that is known.
func scaledBy(a Array) (x Array, factor float64, ok bool) {
	p, in, made := trace.Producer(a)
	if _, product := p.(mul); !made || !product {
		return Array{}, 0, false
	}
	return scaled(in)
}

// scaled tells which of two f64 factors is known.
func scaled(in []Array) (x Array, factor float64, ok bool) {
	for i, a := range in {
		if c, known := trace.SplatF64(a); known {
			return in[1-i], c, true
		}
	}
	return Array{}, 0, false
}

// doubles reports whether a factor is a small power of two.
func doubles(c float64) bool {
	c = math.Abs(c)
	return c == 0.25 || c == 0.5 || c == 1 || c == 2 || c == 4
}

// normal reports whether a factor has all its digits.
func normal(c float64) bool { return math.Abs(c) >= 0x1p-1022 && !math.IsInf(c, 0) }

// exact reports whether a product is not rounded anyway: nothing can be left then that was not there.
func exact(a Array) bool {
	_, c, ok := scaledBy(a)
	return ok && doubles(c) && math.Abs(c) >= 1
}
