package amd64

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/looptest"
)

// stencil makes a loop that stores what is made of neighbours in memory in one way, but at the borders.
func stencil(rnd *rand.Rand) *loop.Loop {
	b := loop.NewBuilder()
	b.Sequential = true
	x, y := b.Array(loop.F64, 0), b.Array(loop.F64, 0)
	way, n, reach := rnd.Uint64(), 4+rnd.IntN(16), rnd.IntN(4)
	between := make([]loop.Value, n)
	at := func(k int) loop.Value { return b.Load(x, k+8) }
	for k := range n {
		rnd := rand.New(rand.NewPCG(way, 0))
		if k == 0 && reach > 0 || k == n-1 && reach > 1 {
			rnd = rand.New(rand.NewPCG(way, 1))
		}
		between[k] = point(b, rnd, k, at)
	}
	var alone loop.Value
	for k := range n {
		v := between[k]
		if reach > 0 && k > 0 {
			v = b.FMA(between[k-1], b.Float(2), v)
		}
		if rnd.IntN(16) == 0 {
			alone = v
		}
		b.Store(y, k, v)
	}
	if alone > 0 {
		b.Store(y, n+rnd.IntN(3), b.Mul(alone, alone))
	}
	if rnd.IntN(4) == 0 {
		b.Next[0] = b.Or(b.Carry(0), b.Less(between[rnd.IntN(n)], b.Float(-1)))
	}
	return b.Live()
}

// point makes the value at k in the way that rnd says.
func point(b *loop.Builder, rnd *rand.Rand, k int, at func(k int) loop.Value) loop.Value {
	values := []loop.Value{at(k), at(k + 1), at(k + rnd.IntN(5) - 2)}
	one := func() loop.Value { return values[len(values)-1-rnd.IntN(min(4, len(values)))] }
	for range 3 + rnd.IntN(6) {
		v, w := one(), one()
		switch rnd.IntN(10) {
		case 0, 1:
			if k%3 == 1 { // the same, said otherwise
				v, w = w, v
			}
			values = append(values, b.Mul(v, w))
		case 2:
			values = append(values, b.Add(v, w))
		case 3, 4:
			values = append(values, b.FMA(b.Neg(v), w, one()))
		case 5:
			values = append(values, b.Mul(v, b.Float(float64(k)+0.5)))
		case 6:
			values = append(values, b.Sub(at(-3), v)) // of all, one value
		case 7:
			values = append(values, b.Select(b.Less(v, w), v, b.Float(1)))
		case 8:
			values = append(values, b.Div(v, b.FMA(w, w, b.Float(1))))
		case 9:
			values = append(values, b.Add(at(2*k), v)) // not one behind the other
		}
	}
	return values[len(values)-1]
}

func randomStencil(t *testing.T, seed uint64) (climbed bool) {
	rnd := rand.New(rand.NewPCG(seed, 7))
	l := stencil(rnd)
	x := make([]float64, alikeElements)
	for k := range x {
		if x[k] = rnd.NormFloat64(); rnd.IntN(10) == 0 {
			x[k] = looptest.Specials[rnd.IntN(len(looptest.Specials))]
		}
	}
	compare(t, rnd, l, 1, x)
	return climb(negated(l, newRoom(0)), 8, newRoom(0)) != nil
}

func TestStencils(t *testing.T) {
	const count = 1000
	some := 0
	for seed := range uint64(count) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			if randomStencil(t, seed) {
				some++
			}
		})
	}
	if some < count*3/4 {
		t.Errorf("%d of %d loops are made in lanes", some, count)
	}
}

func FuzzStencils(f *testing.F) {
	f.Add(uint64(1 << 32))
	f.Fuzz(func(t *testing.T, seed uint64) { randomStencil(t, seed) })
}

// TestClimbingWaits stores prefix sums of squares: each lane waits for the one before.
func TestClimbingWaits(t *testing.T) {
	b := loop.NewBuilder()
	b.Sequential = true
	x, y := b.Array(loop.F64, 0), b.Array(loop.F64, 0)
	sum := b.Load(x, 20)
	for k := range 8 {
		v := b.Load(x, k)
		square := b.FMA(v, v, b.Mul(v, b.Float(3)))
		sum = b.FMA(square, b.FMA(v, b.Float(5), square), sum)
		b.Store(y, k, sum)
	}
	l := b.Live()
	compare(t, rand.New(rand.NewPCG(1, 8)), l, 1, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 0.5})
}
