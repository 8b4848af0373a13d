package loop_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/internal/looptest"
)

// TestBranched holds that a loop with branches is sound and does the same, whatever the sides that are not taken compute.
func TestBranched(t *testing.T) {
	branches := 0
	for seed := range uint64(500) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		p := looptest.New(rnd, looptest.Shape{Size: 10 + rnd.IntN(100), Sequential: true, Near: rnd.IntN(2) == 0})
		l := p.Branched(1 + rnd.IntN(30))
		if err := l.Check(); err != nil {
			t.Fatalf("seed %d: %v\n%v\n%v", seed, err, &p.Loop, l)
		}
		branches += l.Branches()
		in := p.Inputs(20)
		bytes := func(size int) []byte { return make([]byte, size) }
		want, arrays := p.Pointers(in, bytes)
		carries := slices.Clone(in.Carries)
		p.Run(arrays, 20, carries)
		got, arrays := p.Pointers(in, bytes)
		gotCarries := slices.Clone(in.Carries)
		l.Run(arrays, 20, gotCarries)
		if err := p.Compare(want, got, carries, gotCarries); err != nil {
			t.Fatalf("seed %d: %v\n%v\n%v", seed, err, &p.Loop, l)
		}
	}
	if branches < 500 {
		t.Errorf("%d branches", branches)
	}
}
