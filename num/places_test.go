package num_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// Compiled, the place of an extreme is looked for otherwise: it is the same with ties, zeros of both signs, infinities and NaN.
func TestPlacesCompiled(t *testing.T) {
	nan, inf, zero := math.NaN(), math.Inf(1), math.Copysign(0, -1)
	rows := []float64{
		1, 3, 3, 2, 0, zero, 0, zero, zero, 0, 0, -1, nan, 5, nan, 6, 1, inf, -inf, inf,
		-inf, -inf, -inf, nan, inf, inf, inf, inf, 2, nan, 1, nan, 7, 7, 7, 7, -1, -2, -2, -1,
	}
	x := num.New(rows, 10, 4)
	ints := num.Convert(num.New([]float64{3, 1, 3, 1, 1 << 60, -1 << 60, 1 << 60, -1 << 60}, 2, 4), trace.I64)
	for name, arg := range map[string]func(num.Array, ...int) num.Array{"argmax": num.Argmax, "argmin": num.Argmin} {
		for _, x := range []num.Array{x, num.Transpose(x), ints, num.Stack(0, x, num.Neg(x), num.Flip(x, 1))} {
			for axis := range x.Rank() {
				f := func(x num.Array) num.Array { return arg(x, axis) }
				if got, want := transforms.JIT(f)(x).Ints(), f(x).Ints(); !slices.Equal(got, want) {
					t.Errorf("%s along axis %d of %v: compiled %v, else %v", name, axis, x, got, want)
				}
			}
		}
	}
}
