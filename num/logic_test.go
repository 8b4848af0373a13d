package num_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

func TestComparisons(t *testing.T) {
	type compare func(a, b num.Array) num.Array
	a, b := num.Vector(1, 2, 3, nan, minus, inf), num.Vector(2, 2, 2, nan, 0, inf)
	for name, c := range map[string]struct {
		f    compare
		want []bool
	}{
		"equal":        {num.Equal[num.Array, num.Array], []bool{false, true, false, false, true, true}},
		"notequal":     {num.NotEqual[num.Array, num.Array], []bool{true, false, true, true, false, false}},
		"less":         {num.Less[num.Array, num.Array], []bool{true, false, false, false, false, false}},
		"lessequal":    {num.LessEqual[num.Array, num.Array], []bool{true, true, false, false, true, true}},
		"greater":      {num.Greater[num.Array, num.Array], []bool{false, false, true, false, false, false}},
		"greaterequal": {num.GreaterEqual[num.Array, num.Array], []bool{false, true, true, false, true, true}},
	} {
		t.Run(name, func(t *testing.T) {
			f := func(in [2]num.Array) num.Array { return c.f(in[0], in[1]) }
			in := [2]num.Array{a, b}
			for mode, z := range map[string]num.Array{"at once": f(in), "compiled": transforms.JIT(f)(in), "batched": transforms.Vmap(f)(in)} {
				if !slices.Equal(z.Bools(), c.want) {
					t.Errorf("%s: %v, want %v", mode, z, c.want)
				}
			}
			ints := c.f(num.FromInts([]int{1, 2, 3}, 3), num.ScalarInt(2)).Bools()
			if !slices.Equal(ints, c.want[:3]) {
				t.Errorf("integers: %v, want %v", ints, c.want[:3])
			}
		})
	}
}

func TestConnectives(t *testing.T) {
	a, b := num.FromBools([]bool{false, true, false, true}, 4), num.FromBools([]bool{false, false, true, true}, 4)
	for name, c := range map[string]struct {
		got  num.Array
		want []bool
	}{
		"and":           {num.And(a, b), []bool{false, false, false, true}},
		"or":            {num.Or(a, b), []bool{false, true, true, true}},
		"not":           {num.Not(a), []bool{true, false, true, false}},
		"and of scalar": {num.And(a, num.FromBools([]bool{true})), []bool{false, true, false, true}},
	} {
		if !slices.Equal(c.got.Bools(), c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	err := trace.Try(func() { num.And(a, num.Vector(1, 2, 3, 4)) })
	if want := "and: needs bools: bool[4] x f64[4]"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestWhereErrors(t *testing.T) {
	err := trace.Try(func() { num.Where(num.Scalar(1), 2, 3) })
	if want := "where: the condition must be bool, not f64[]"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestConvert(t *testing.T) {
	x := num.Vector(-1.7, 0, 2.9)
	if got := num.Convert(x, trace.I64).Ints(); !slices.Equal(got, []int{-1, 0, 2}) {
		t.Errorf("to integers: %v", got)
	}
	if got := num.Convert(x, trace.Bool).Bools(); !slices.Equal(got, []bool{true, false, true}) {
		t.Errorf("to bools: %v", got)
	}
	if got := num.Convert(num.Less(x, 1), trace.F64).Float64s(); !slices.Equal(got, []float64{1, 1, 0}) {
		t.Errorf("from bools: %v", got)
	}
	through := func(x num.Array) num.Array {
		return num.Mul(x, num.Convert(num.Convert(x, trace.I64), trace.F64))
	}
	if got := transforms.Grad(through)(num.Scalar(2.5)).Float64(); got != 2 {
		t.Errorf("derivative of x int(x) at 2.5 is %v, want 2", got)
	}
}

func TestStopGradient(t *testing.T) {
	f := func(x num.Array) num.Array { return num.Mul(x, x, num.StopGradient(x)) }
	for mode, got := range map[string]float64{
		"reverse": reverse(f)(num.Scalar(3)).Float64(), "forward": forward(f)(num.Scalar(3)).Float64(),
	} {
		if got != 18 {
			t.Errorf("%s: %v, want 18", mode, got)
		}
	}
	for mode, got := range map[string]float64{
		"rr": reverse(reverse(f))(num.Scalar(3)).Float64(), "ff": forward(forward(f))(num.Scalar(3)).Float64(),
	} {
		if got != 6 {
			t.Errorf("%s: %v, want 6", mode, got)
		}
	}
}
