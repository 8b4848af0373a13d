package rows

import (
	"math/rand/v2"
	"slices"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Operand is the type of an operand and the values that it may have. The zero Operand has none.
type Operand struct {
	Type   trace.Type
	kind   kind
	spans  []span
	values Tensor
}

type kind uint8

const (
	nowhere kind = iota
	reals
	apart
	ascending
	integers
	truths
	given
)

type span struct{ lo, hi float64 }

// Reals is an f64 operand between lo and hi.
func Reals(lo, hi float64, shape ...int) Operand {
	return Operand{Type: trace.TypeOf(trace.F64, shape...), kind: reals, spans: []span{{lo, hi}}}
}

// Or is o between lo and hi as well: a domain with a gap, where there is a kink or a pole.
func (o Operand) Or(lo, hi float64) Operand {
	o.spans = append(slices.Clone(o.spans), span{lo, hi})
	return o
}

// Shaped is o with another shape.
func (o Operand) Shaped(shape ...int) Operand {
	o.Type.Shape = shape
	return o
}

// Apart is an f64 operand between lo and hi no two elements of which are close, in any order.
func Apart(lo, hi float64, shape ...int) Operand {
	o := Reals(lo, hi, shape...)
	o.kind = apart
	return o
}

// Ascending is Apart in ascending order along a single axis.
func Ascending(lo, hi float64, n int) Operand {
	o := Reals(lo, hi, n)
	o.kind = ascending
	return o
}

// Integers is an i64 operand from lo to hi.
func Integers(lo, hi int, shape ...int) Operand {
	return Operand{Type: trace.TypeOf(trace.I64, shape...), kind: integers, spans: []span{{float64(lo), float64(hi)}}}
}

// Bools is a bool operand.
func Bools(shape ...int) Operand {
	return Operand{Type: trace.TypeOf(trace.Bool, shape...), kind: truths}
}

// Given is an operand with one value only.
func Given(t Tensor, d trace.DType) Operand {
	return Operand{Type: trace.TypeOf(d, t.Shape...), kind: given, values: t}
}

// HasDomain reports whether anything is said of the operand's values.
func (o Operand) HasDomain() bool { return o.kind != nowhere }

// Draw returns an operand at random.
func (o Operand) Draw(r *rand.Rand) num.Array {
	n := o.Type.Size()
	t := Tensor{Shape: o.Type.Shape}
	order := r.Perm(n)
	for i := range n {
		v := 0.0
		switch o.kind {
		case reals:
			s := o.spans[r.IntN(len(o.spans))]
			v = s.at(0.01 + 0.98*r.Float64())
		case apart:
			v = o.spans[0].at((float64(order[i]) + 0.3 + 0.4*r.Float64()) / float64(n))
		case ascending:
			v = o.spans[0].at((float64(i) + 0.3 + 0.4*r.Float64()) / float64(n))
		case integers:
			v = o.spans[0].lo + float64(r.IntN(int(o.spans[0].hi-o.spans[0].lo)+1))
		case truths:
			v = float64(r.IntN(2))
		case given:
			v = o.values.Data[i]
		}
		t.Data = append(t.Data, v)
	}
	return t.Array(o.Type.DType)
}

func (s span) at(u float64) float64 { return s.lo + u*(s.hi-s.lo) }

// Tame brings any array into the type and the domain of o by differentiable functions, so that a
// program made of any operations stays where they are defined.
func (o Operand) Tame(x num.Array) num.Array {
	if o.kind == given {
		return o.values.Array(o.Type.DType)
	}
	x = Fit(x, o.Type.Shape)
	switch o.kind {
	case integers:
		n := int(o.spans[0].hi-o.spans[0].lo) + 1
		return num.Add(num.Mod(toInts(x), n), int(o.spans[0].lo))
	case truths:
		if x.DType() == trace.Bool {
			return x
		}
		return num.Greater(x, 0)
	}
	u := unit(x)
	n := o.Type.Size()
	if o.kind != reals {
		at := make([]float64, n)
		for i := range at {
			at[i] = float64(i) / float64(n)
			if o.kind == apart { // 5 and 7 are primes that no size here divides by
				at[i] = float64((i*stride(n)+n/2)%n) / float64(n)
			}
		}
		u = num.Add(num.Mul(u, 0.9/float64(n)), Tensor{o.Type.Shape, at}.Array(trace.F64))
	}
	return num.Add(num.Mul(u, o.spans[0].hi-o.spans[0].lo), o.spans[0].lo)
}

// stride returns a number that has no divisor in common with n.
func stride(n int) int {
	for _, p := range []int{5, 7, 11, 13} {
		if n%p != 0 {
			return p
		}
	}
	return 1
}

// unit squashes x to between 0.02 and 0.98.
func unit(x num.Array) num.Array {
	if x.DType() != trace.F64 {
		x = num.Mul(num.Convert(x, trace.F64), 0.37)
	}
	return num.Add(num.Mul(num.Sin(x), 0.48), 0.5)
}

func toInts(x num.Array) num.Array {
	if x.DType() == trace.F64 {
		x = num.Mul(num.Sin(x), 10)
	}
	return num.Convert(x, trace.I64)
}

// Fit returns an array of the given shape with elements of x.
func Fit(x num.Array, shape []int) num.Array {
	t := trace.Type{Shape: shape}
	switch {
	case slices.Equal(x.Shape(), shape):
		return x
	case x.Size() == 0:
		return num.Zero(trace.Type{DType: x.DType(), Shape: shape})
	case x.Size() == t.Size():
		return num.Reshape(x, shape...)
	}
	i := make([]int, t.Size())
	for k := range i {
		i[k] = k % x.Size()
	}
	return num.Reshape(num.Take(num.Ravel(x), num.FromInts(i, len(i)), 0), shape...)
}
