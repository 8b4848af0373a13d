package compile_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// TestStill has constants that change along some of three axes, whose elements are read where they stand first.
func TestStill(t *testing.T) {
	shape := []int{4, 40, 3}
	for axes := range 8 {
		pick := func(k, d int) float64 {
			if axes>>d&1 == 0 {
				return 0
			}
			return float64(k)
		}
		x, mask := make([]float64, 480), make([]bool, 480)
		want := []int{0, 0, 0}
		for d, s := range []int{120, 3, 1} {
			if axes>>d&1 == 1 {
				want[d] = s
			}
		}
		for k := range x {
			x[k] = pick(k/120, 0) + 10*pick(k/3%40, 1) + 1000*pick(k%3, 2)
			mask[k] = int(x[k])%7%2 == 0
		}
		c, m := num.New(x, shape...), num.FromBools(mask, shape...)
		if got := compile.Still(trace.Read(c)); axes > 0 && !slices.Equal(got, want) {
			t.Errorf("axes %b: strides %v, want %v", axes, got, want)
		}
		t.Run(fmt.Sprint(axes), func(t *testing.T) {
			agree(t, func(in []num.Array) []num.Array {
				y := num.Where(m, num.Mul(c, in[0]), num.Sin(in[0]))
				turned := num.Mul(num.Transpose(c, 1, 0, 2), num.Transpose(in[0], 1, 0, 2))
				return []num.Array{y, num.Sum(y, 2), num.Sum(y, 1), num.Flip(turned, 1), num.Amax(num.Slice(turned, 1, num.End), 0)}
			}, floats(5, shape...))
		})
	}
	zeros := num.New([]float64{0, 0, math.Copysign(0, -1), 0}, 2, 2)
	if got := compile.Still(trace.Read(zeros)); !slices.Equal(got, []int{2, 1}) {
		t.Errorf("zeros of both signs: strides %v", got)
	}
}
