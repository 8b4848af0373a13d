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

// factors hands out pieces of larger storage, since a monomial has few factors and there are many monomials.
type factors []factor

// make returns a slice without factors that has room for n.
func (s *factors) make(n int) []factor {
	if n > len(*s) {
		*s = make([]factor, max(n, 64))
	}
	x := (*s)[:0:n]
	*s = (*s)[n:]
	return x
}

// times returns the product of powers of monomials, unless it has too many factors or its number is not an ordinary one.
func (s *factors) times(x monomial, px int, y monomial, py int) (monomial, bool) {
	z := monomial{by: raised(x.by, px) * raised(y.by, py), factors: s.make(len(x.factors) + len(y.factors))}
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

// raised returns a power of a number.
func raised(x float64, power int) float64 {
	if power == 1 || x == 1 {
		return x
	}
	return math.Pow(x, float64(power))
}

// merged returns the factors of a product.
func (s *factors) merged(x, y []factor) []factor {
	z, _ := s.times(monomial{1, x}, 1, monomial{1, y}, 1)
	return z.factors
}

// appendKey appends the text by which factors are known.
func appendKey(text []byte, x []factor) []byte {
	for _, f := range x {
		text = append(binary.LittleEndian.AppendUint32(text, uint32(f.of)), byte(f.power))
	}
	return text
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

// meet reports whether x and y have a factor in common.
func meet(x, y []factor) bool {
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch order := cmp.Compare(x[i].of, y[j].of); {
		case order < 0:
			i++
		case order > 0:
			j++
		default:
			return true
		}
	}
	return false
}

// common returns the factors that x and y have in common, and what is left of both.
func (s *factors) common(x, y []factor) (both, restX, restY []factor) {
	both, restX, restY = s.make(min(len(x), len(y))), s.make(len(x)), s.make(len(y))
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
