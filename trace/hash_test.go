package trace

import (
	"math"
	"testing"
)

// parameters is a primitive with parameters of many types.
type parameters struct {
	full // for its methods
	Ints []int
	Of   []DType
	Some []Type
	X    float64
	B    bool
	N    uint16
	Word string
	V    Array
	F    *Func
	Rule struct{ K int32 }
}

// TestPrimitivesThatAreSame demands that primitives are one if and only if one text stands for them, and that they have one hash then
// and others otherwise.
func TestPrimitivesThatAreSame(t *testing.T) {
	nan := math.Float64frombits(math.Float64bits(math.NaN()) ^ 5)
	f := func() *Func { return Build([]Type{Scalar}, func(in []Array) []Array { return in }) }
	all := []parameters{
		{}, {Ints: []int{}}, {Ints: []int{0}}, {Ints: []int{1, 2}}, {Ints: []int{2, 1}}, {Of: []DType{F64}}, {Of: []DType{F64}},
		{Some: []Type{{DType: I64}}}, {Some: []Type{{Shape: []int{3}}}}, {Some: []Type{{Shape: []int{3}}}},
		{X: math.NaN()}, {X: nan}, {X: math.Copysign(0, -1)}, {B: true}, {N: 7}, {Word: "a"}, {Word: "b"}, {Word: "a"},
		{V: newFloat(1)}, {V: newFloat(1)}, {V: newFloat(2)}, {F: f()}, {F: f()}, {Rule: struct{ K int32 }{5}},
	}
	b := newBuilder()
	for _, p := range all {
		for _, q := range all {
			want := Canonical(p) == Canonical(q)
			if got := b.same(&Equation{Primitive: p}, q, nil); got != want {
				t.Errorf("%s and %s are same: %v", Canonical(p), Canonical(q), got)
			}
			if got := b.hash(p) == b.hash(q); got != want {
				t.Errorf("%s and %s have one hash: %v", Canonical(p), Canonical(q), got)
			}
		}
	}
}
