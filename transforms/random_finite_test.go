package transforms_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
	"pgregory.net/rapid"
)

// Of a wild program and its gradient, something is blamed if and only if a result is not finite.
func TestRandomBlame(t *testing.T) {
	values := []float64{0, 1, 0.5, -1, 2, math.Copysign(0, -1), math.Inf(1), math.NaN(), 1e200}
	equations, arguments := 0, 0
	check(t, 1000, func(t *rapid.T) {
		a := newArtist(t, true)
		in := make([]num.Array, a.number(1, 2, "inputs"))
		for i := range in {
			in[i] = num.Vector(values[a.uniform(len(values), "value")], values[a.uniform(len(values), "value")], 0.7)
		}
		p := a.program(in, []num.Array{}, a.number(1, 8, "steps"))
		for what, f := range map[string]func([]num.Array) []num.Array{
			"f": p.apply, "gradient": transforms.Grad(func(x []num.Array) num.Array { return total(p.apply(x)) }),
		} {
			y, err := transforms.Try(f, in)
			wild := slices.ContainsFunc(y, func(y num.Array) bool {
				return slices.ContainsFunc(y.Float64s(), func(v float64) bool { return v-v != 0 })
			})
			if wild != (err != nil) {
				exhibit(t, p, "%s is %v, but the error is %v", what, y, err)
			}
			if e, ok := err.(*trace.Error); ok {
				if e.Primitive == "try" {
					arguments++
				} else {
					equations++
				}
			}
		}
	})
	if equations == 0 || arguments == 0 {
		t.Errorf("%d equations and %d arguments were blamed", equations, arguments)
	}
}
