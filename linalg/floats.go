package linalg

import "math"

func finite(x []float64) bool {
	for _, v := range x {
		if v-v != 0 {
			return false
		}
	}
	return true
}

// scaled is a product of many numbers, m times 2 to the power e, which neither overflows nor
// underflows on the way.
type scaled struct {
	m float64
	e int
}

var one = scaled{m: 1}

func (p scaled) times(x float64) scaled {
	m, e := math.Frexp(x)
	return p.join(scaled{m, e})
}

func (p scaled) join(q scaled) scaled {
	m, e := math.Frexp(p.m * q.m)
	return scaled{m, p.e + q.e + e}
}

func (p scaled) value() float64 { return math.Ldexp(p.m, p.e) }
