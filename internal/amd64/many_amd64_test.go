package amd64

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/looptest"
)

// TestManyRegisters has code for single elements in which more values are alive than there are registers, 16 or 32, and
// what is read from memory may be anywhere in an instruction.
func TestManyRegisters(t *testing.T) {
	const n = 64
	ops := []loop.Op{loop.Add, loop.Sub, loop.Mul, loop.Mul, loop.Div, loop.Sqrt, loop.FMA, loop.FMA, loop.FMA, loop.Min, loop.Max,
		loop.And, loop.AndNot, loop.Or, loop.Xor}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		words := make([]uint64, 2*n)
		for k := range words {
			if words[k] = math.Float64bits(r.NormFloat64()); r.IntN(10) == 0 {
				words[k] = math.Float64bits(looptest.Specials[r.IntN(len(looptest.Specials))])
			}
		}
		b := loop.NewBuilder()
		b.Sequential = true
		in, out := b.Array(loop.F64, 0), b.Array(loop.F64, 0)
		var floats, bits []loop.Value // of sums and the like, and of what has certain bits
		for k := range n {
			bits = append(bits, b.Load(in, k))
		}
		for range 4 {
			bits = append(bits, b.Float(r.NormFloat64()))
		}
		floats = append(floats, bits...)
		operand := func(from []loop.Value, recent int) loop.Value {
			if recent = min(recent, len(from)); r.IntN(3) > 0 {
				recent = len(from)
			}
			return from[len(from)-1-r.IntN(recent)]
		}
		for range 30 + r.IntN(150) {
			o := ops[r.IntN(len(ops))]
			from := &floats
			if o >= loop.And {
				from = &bits
			}
			i := loop.Instr{Op: o}
			for j, v := range []*loop.Value{&i.A, &i.B, &i.C} {
				if *v = operand(*from, 40); j < o.Operands() && o == loop.FMA && r.IntN(4) == 0 {
					*v = b.Neg(*v)
				}
				if j >= o.Operands() {
					*v = 0
				}
			}
			*from = append(*from, b.Emit(i))
		}
		if r.IntN(2) == 0 { // carries may have registers of their own
			for k := range 3 {
				c := b.Carry(k)
				b.Next[k] = b.Mul(b.Float(0.5), b.Add(c, operand(floats, 40)))
				floats = append(floats, c)
			}
		}
		for k := range 48 {
			b.Store(out, k, operand(floats, 60))
		}
		l := b.Live()
		if !manyRegisters(l) {
			t.Fatal("a body of these instructions has 16 registers")
		}
		want, got := run(t, l, words, n)
		for level, g := range got {
			for k := range want {
				if !looptest.Same(true, want[k], g[k]) {
					t.Fatalf("seed %d, %v: word %d is %#x, want %#x", seed, level, k, g[k], want[k])
				}
			}
		}
	}
}
