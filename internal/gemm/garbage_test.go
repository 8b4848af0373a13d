//go:build !race

package gemm

import (
	"math/rand/v2"
	"testing"
)

// TestAllocations checks that products allocate nothing once their memory is there. With the race detector,
// pools forget at random.
func TestAllocations(t *testing.T) {
	withKernels(t, func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(7, 7))
		split := Split(func(n int, do func(int)) {
			for i := range n {
				do(i)
			}
		})
		for _, s := range [][3]int{{5, 6, 7}, {40, 1, 50}, {100, 120, 130}} {
			p := newProblem(t, rnd, s[0], s[1], s[2], [3]layout{columnMajor, columnMajor, spaced}, 3)
			if best == nil && s[0] == 100 {
				continue // gonum's own
			}
			if n := testing.AllocsPerRun(50, func() {
				p.Run(p.c.pointer(), p.a.pointer(), p.b.pointer(), nil)
				p.Run(p.c.pointer(), p.a.pointer(), p.b.pointer(), split)
			}); n >= 1 {
				t.Errorf("%v: %v allocations", s, n)
			}
		}
	})
}
