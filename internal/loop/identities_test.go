package loop

import (
	"math"
	"testing"
	"unsafe"
)

// TestIdentities holds that what a Builder leaves out changes no bit, for constants on either side of everything
// that may be left out.
func TestIdentities(t *testing.T) {
	words := []uint64{0, 1, 7, math.MaxUint64, sign, math.Float64bits(1), math.Float64bits(-1.5), math.Float64bits(math.Inf(-1)),
		math.Float64bits(math.NaN()), math.Float64bits(5e-324), math.Float64bits(math.MaxFloat64)}
	left := 0
	for _, o := range []Op{Add, Sub, Mul, Div, IAdd, ISub, IMul, And, Or, Xor, AndNot, Select} {
		for _, c := range words {
			for place := range o.Operands() {
				b := NewBuilder()
				in, out := b.Array(I64, 0), b.Array(I64, 0)
				operands := []Value{b.Load(in, 0), b.Load(in, 1), b.Load(in, 2)}
				operands[place] = b.Bits(c)
				n := len(b.Body)
				b.Store(out, 0, b.op(o, operands[:o.Operands()]...))
				if len(b.Body) == n {
					left++
				}
				for _, x := range words {
					for _, y := range words {
						memory, got := []uint64{x, y, x ^ y}, uint64(0)
						b.Run([]unsafe.Pointer{unsafe.Pointer(&memory[0]), unsafe.Pointer(&got)}, 1, nil)
						memory[place] = c
						if want := Compute(o, memory[0], memory[1], memory[2], 0); got != want {
							t.Errorf("%v of %#x with %#x at %d: %#x, want %#x", o, memory, c, place, got, want)
						}
					}
				}
			}
		}
	}
	if left == 0 {
		t.Error("nothing is left out")
	}
}

// TestZerosAdded holds that 0 is left out of sums only where nothing becomes -0 by that.
func TestZerosAdded(t *testing.T) {
	negative := math.Copysign(0, -1)
	values := []float64{0, negative, 1, -1, math.Inf(1), math.NaN()}
	forms := map[string]struct {
		of   func(b *Builder, x, y Value) Value
		want func(x, y float64) float64
		left bool
	}{
		"x":            {func(b *Builder, x, y Value) Value { return x }, func(x, y float64) float64 { return x }, false},
		"product":      {func(b *Builder, x, y Value) Value { return b.Mul(x, y) }, func(x, y float64) float64 { return x * y }, false},
		"square":       {func(b *Builder, x, y Value) Value { return b.Mul(x, x) }, func(x, y float64) float64 { return x * x }, true},
		"sum":          {func(b *Builder, x, y Value) Value { return b.Add(x, y) }, func(x, y float64) float64 { return x + y }, false},
		"difference":   {func(b *Builder, x, y Value) Value { return b.Sub(x, y) }, func(x, y float64) float64 { return x - y }, false},
		"0 - x":        {func(b *Builder, x, y Value) Value { return b.Sub(b.Float(0), x) }, func(x, y float64) float64 { return 0 - x }, true},
		"x + 0":        {func(b *Builder, x, y Value) Value { return b.Add(x, b.Float(0)) }, func(x, y float64) float64 { return x + 0 }, true},
		"x + x*x":      {func(b *Builder, x, y Value) Value { return b.Add(y, b.Mul(x, x)) }, func(x, y float64) float64 { return y + x*x }, true},
		"(x + 0) - y":  {func(b *Builder, x, y Value) Value { return b.Sub(b.Add(x, b.Float(0)), y) }, func(x, y float64) float64 { return x + 0 - y }, true},
		"-(x + 0)":     {func(b *Builder, x, y Value) Value { return b.Neg(b.Add(x, b.Float(0))) }, func(x, y float64) float64 { return -(x + 0) }, false},
		"y - (x + 0)":  {func(b *Builder, x, y Value) Value { return b.Sub(y, b.Add(x, b.Float(0))) }, func(x, y float64) float64 { return y - (x + 0) }, false},
		"(x*x)*y":      {func(b *Builder, x, y Value) Value { return b.Mul(b.Mul(x, x), y) }, func(x, y float64) float64 { return x * x * y }, false},
		"x + (-0 - y)": {func(b *Builder, x, y Value) Value { return b.Add(x, b.Sub(b.Float(negative), y)) }, func(x, y float64) float64 { return x + (negative - y) }, false},
	}
	for name, f := range forms {
		for swapped := range 2 {
			b := NewBuilder()
			in, out := b.Array(F64, 0), b.Array(F64, 0)
			v, zero := f.of(b, b.Load(in, 0), b.Load(in, 1)), b.Float(0)
			sum := b.Add(v, zero)
			if swapped == 1 {
				sum = b.Add(zero, v)
			}
			b.Store(out, 0, sum)
			if left := sum == v; left != f.left {
				t.Errorf("%s + 0: left out: %v", name, left)
			}
			for _, x := range values {
				for _, y := range values {
					memory, got := []float64{x, y}, 0.0
					b.Run([]unsafe.Pointer{unsafe.Pointer(&memory[0]), unsafe.Pointer(&got)}, 1, nil)
					if want := f.want(x, y) + 0; got != want && want == want || math.Signbit(got) != math.Signbit(want) && want == want {
						t.Errorf("%s + 0 of %v and %v: %v, want %v", name, x, y, got, want)
					}
				}
			}
		}
	}
}
