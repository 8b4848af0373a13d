package amd64

import (
	"math"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/looptest"
)

// TestSigns has FMAs of operands with either sign, each of which may be used afterwards, and may be a constant.
func TestSigns(t *testing.T) {
	var words []uint64
	for _, x := range looptest.Specials {
		words = append(words, math.Float64bits(x))
	}
	n := len(words)
	in := slices.Concat(words, words[n/3:], words[:n/3], words[n/2:], words[:n/2], words)
	for signs := range 8 {
		for alive := range 8 {
			for known := range 4 {
				b := loop.NewBuilder()
				operand := func(k int) (v, signed loop.Value) {
					if v = b.Load(b.Array(loop.F64, 1), 0); known == k {
						v = b.Float(1.5)
					}
					if signed = v; signs>>k&1 == 1 {
						signed = b.Neg(v)
					}
					return v, signed
				}
				x, p := operand(0)
				y, q := operand(1)
				z, r := operand(2)
				sum := b.FMA(p, q, r)
				for k, v := range []loop.Value{x, y, z, p, q, r} {
					if alive>>(k%3)&1 == 1 {
						sum = b.Max(sum, v)
					}
				}
				b.Store(b.Array(loop.F64, 1), 0, sum)
				want, got := run(t, b.Live(), in, n)
				for level, g := range got {
					for k := range want {
						if !looptest.Same(true, want[k], g[k]) {
							t.Fatalf("%v, signs %b, alive %b, constant %d: element %d is %#x, want %#x", level, signs, alive, known, k, g[k], want[k])
						}
					}
				}
			}
		}
	}
}

// TestSignsLeaveNothing has signs that FMAs take up: what made them is gone, as it would be in the way when the body is ordered.
func TestSignsLeaveNothing(t *testing.T) {
	b := loop.NewBuilder()
	b.Sequential = true
	in := b.Array(loop.F64, 0)
	x, y, z := b.Sqrt(b.Load(in, 0)), b.Load(in, 1), b.Load(in, 2)
	b.Store(b.Array(loop.F64, 0), 0, b.FMA(b.Neg(x), y, b.Neg(z)))
	var ops []loop.Op
	for _, i := range negated(b.Live(), newRoom(0)).Body {
		ops = append(ops, i.Op)
	}
	if want := []loop.Op{loop.Load, loop.Sqrt, loop.Load, loop.Load, loop.FMA}; !slices.Equal(ops, want) {
		t.Errorf("%v, want %v", ops, want)
	}
}
