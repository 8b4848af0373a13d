package pass

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
)

// factor is a power of what a monomial does not look into.
type factor struct {
	of    int32 // a variable, or, from their number on, a value of the regrouper
	power int
}

// monomial is a product of powers, in order of what they are of, and of a number.
type monomial struct {
	by      float64
	factors []factor
}

const (
	maxPower  = 9 // of one factor
	maxDegree = 14
)

// times returns the product of powers of monomials, unless it has too many factors or its number is not an ordinary one.
func times(x monomial, px int, y monomial, py int) (monomial, bool) {
	z := monomial{by: math.Pow(x.by, float64(px)) * math.Pow(y.by, float64(py))}
	degree := 0
	for i, j := 0, 0; i < len(x.factors) || j < len(y.factors); {
		var f factor
		switch order := compareAt(x.factors, i, y.factors, j); {
		case order < 0:
			f = factor{x.factors[i].of, x.factors[i].power * px}
			i++
		case order > 0:
			f = factor{y.factors[j].of, y.factors[j].power * py}
			j++
		default:
			f = factor{x.factors[i].of, x.factors[i].power*px + y.factors[j].power*py}
			i, j = i+1, j+1
		}
		if f.power > maxPower {
			return monomial{}, false
		}
		degree += f.power
		z.factors = append(z.factors, f)
	}
	return z, degree <= maxDegree && ordinary(z.by)
}

// merged returns the factors of a product.
func merged(x, y []factor) []factor {
	z, _ := times(monomial{1, x}, 1, monomial{1, y}, 1)
	return z.factors
}

// text returns factors as a key.
func text(x []factor) string {
	b := make([]byte, 0, 5*len(x))
	for _, f := range x {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(f.of)), byte(f.power))
	}
	return string(b)
}

// compareAt compares what two factors are of. There is none behind the last one.
func compareAt(x []factor, i int, y []factor, j int) int {
	switch {
	case i == len(x):
		return 1
	case j == len(y):
		return -1
	}
	return cmp.Compare(x[i].of, y[j].of)
}

// ordinary reports whether a number may be moved from one factor to another.
func ordinary(c float64) bool {
	c = math.Abs(c)
	return 0x1p-200 < c && c < 0x1p200
}

// common returns the factors that x and y have in common, and what is left of both.
func common(x, y []factor) (both, restX, restY []factor) {
	for i, j := 0, 0; i < len(x) || j < len(y); {
		switch order := compareAt(x, i, y, j); {
		case order < 0:
			restX = append(restX, x[i])
			i++
		case order > 0:
			restY = append(restY, y[j])
			j++
		default:
			p, q := x[i].power, y[j].power
			both = append(both, factor{x[i].of, min(p, q)})
			if p > q {
				restX = append(restX, factor{x[i].of, p - q})
			}
			if q > p {
				restY = append(restY, factor{x[i].of, q - p})
			}
			i, j = i+1, j+1
		}
	}
	return both, restX, restY
}

// sameFactors reports whether one of two monomials is a multiple of the other.
func sameFactors(x, y monomial) bool { return slices.Equal(x.factors, y.factors) }
