package amd64

import (
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/internal/looptest"
)

// forked checks a random sequential loop that has branches, mostly in each other and with many joins.
func forked(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 2))
	p := looptest.New(rnd, looptest.Shape{Size: 100 + rnd.IntN(300), Sequential: true, Near: rnd.IntN(2) == 0})
	p.Loop = *p.Branched(1 + rnd.IntN(20))
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	check(t, rnd, p, rnd.IntN(4), 10+rnd.IntN(30))
}

func TestForks(t *testing.T) {
	count := uint64(400)
	if testing.Short() {
		count = 100
	}
	for seed := range count {
		forked(t, seed)
	}
}

func FuzzForks(f *testing.F) {
	f.Add(uint64(1 << 32))
	f.Fuzz(forked)
}
