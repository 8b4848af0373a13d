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
