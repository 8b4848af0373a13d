package amd64

import (
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/internal/loop"
)

// TestPromptStores has more results than there are registers. None waits for the end, so that nothing is spilled.
func TestPromptStores(t *testing.T) {
	b := loop.NewBuilder()
	b.Sequential = true
	x, y := b.Array(loop.F64, 0), b.Array(loop.F64, 0)
	for k := range 40 {
		v := b.Load(x, 100+7*k%11)
		b.Store(y, 2*k, b.Mul(v, b.FMA(v, b.Float(float64(k)), b.Float(1))))
	}
	for _, level := range levels(t) {
		code, err := Compile(b.Live(), level)
		if err != nil {
			t.Fatal(err)
		}
		if n := 8 * code.Scratch(); n > scratchBases {
			t.Errorf("%v: %d bytes of scratch memory", level, n)
		}
	}
}

// TestPromptStoresOntoArguments stores to places that are read later, and twice to one.
func TestPromptStoresOntoArguments(t *testing.T) {
	b := loop.NewBuilder()
	b.Sequential = true
	x, y := b.Array(loop.F64, 0), b.Array(loop.F64, 0)
	sum := b.Float(0)
	for k := range 8 {
		v := b.Load(x, k)
		b.Store(y, 7-k, b.Mul(v, b.Float(3)))
		sum = b.FMA(v, v, sum)
	}
	b.Store(y, 9, sum)
	b.Store(y, 10, b.Mul(sum, sum))
	b.Store(y, 10, b.Add(sum, b.Load(x, 3)))
	for seed := range uint64(20) {
		compare(t, rand.New(rand.NewPCG(seed, 9)), b.Live(), 1, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	}
}
