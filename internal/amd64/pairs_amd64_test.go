package amd64

import (
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/looptest"
)

// pulled makes a loop that ends: of n pairs of what is made of one value and of another, all of which meet in a sum.
func pulled(rnd *rand.Rand, n int) *loop.Builder {
	b := loop.NewBuilder()
	b.Sequential = true
	in, out := b.Array(loop.F64, 0), b.Array(loop.F64, 1)
	x, y := b.Carry(0), b.Carry(1)
	sumX, sumY := b.Float(0.25), b.Float(-0.5)
	for k := range n {
		dx, dy := b.Sub(b.Load(in, 2*k), x), b.Sub(b.Load(in, 2*k+1), y)
		if k == 2 && rnd.IntN(2) == 0 {
			dx = b.Add(sumX, x) // made of what the others make
		}
		r := b.Sqrt(b.Add(b.Mul(dx, dx), b.Mul(dy, dy)))
		inverse := b.Div(b.Float(1), r)
		along := b.Mul(b.Add(b.Mul(b.Div(dx, r), y), b.Div(dy, r)), b.Mul(inverse, x))
		near := b.Less(inverse, b.Float(2))
		sumX = b.Add(sumX, b.And(near, b.Mul(along, b.Div(dx, r))))
		sumY = b.Sub(sumY, b.Select(near, b.Mul(along, b.Div(dy, r)), b.Float(0.125)))
	}
	b.Next[0], b.Next[1] = b.Add(x, b.Mul(b.Float(0.1), y)), b.Sub(y, b.Mul(b.Float(0.1), sumX))
	b.Store(out, 0, sumY)
	b.EndUnless(b.Less(b.Mul(x, sumX), b.Float(1)))
	return b
}

// TestPairs holds that quotients and roots of loops that end are in pairs, and are what they are by themselves.
func TestPairs(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 31))
		n := 2 + rnd.IntN(4)
		l := pulled(rnd, n).Live()
		x := make([]float64, 30)
		for k := range x {
			if x[k] = rnd.NormFloat64(); rnd.IntN(20) == 0 {
				x[k] = looptest.Specials[rnd.IntN(len(looptest.Specials))]
			}
		}
		compare(t, rnd, l, 1+rnd.IntN(len(x)), x)
		if n > 2 {
			continue
		}
		m := bundled(l, AVX512, newRoom(0))
		for v, lanes := range lanesOf(m) {
			if o := m.Body[v].Op; slow(o) && lanes != 2 {
				t.Fatalf("%v is by itself\n%v", o, m)
			}
		}
		if lanesOf(m) == nil {
			t.Fatalf("no pairs\n%v", m)
		}
	}
}
