package compile

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestGaps demands of gaps the places that a search through all that is in use gives.
func TestGaps(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	type part struct{ lo, hi int }
	for range 20 {
		room := newGaps()
		var used []part // in order
		for range 2000 {
			if n := len(used); n > 0 && r.IntN(100) < 48 {
				k := r.IntN(n)
				room.free(used[k].lo, used[k].hi)
				used = slices.Delete(used, k, k+1)
				continue
			}
			words := 1 + r.IntN(1+r.IntN(30))
			want, k := 0, 0
			for ; k < len(used) && want+words > used[k].lo; k++ {
				want = used[k].hi
			}
			got := room.take(words)
			if got != want {
				t.Fatalf("%d words at %d, not at %d, beside %v", words, got, want, used)
			}
			used = slices.Insert(used, k, part{got, got + words})
		}
		for _, p := range used {
			room.free(p.lo, p.hi)
		}
		if g := room.all; g.lo != 0 || g.left != nil || g.right != nil {
			t.Fatalf("%d to %d is free when all is, and more beside it", g.lo, g.hi)
		}
	}
}
