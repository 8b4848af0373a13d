package amd64

import (
	"math/bits"

	"github.com/gradus-ad/gradus/internal/loop"
)

// woven returns how many stores from number k on fill consecutive elements of an array with steps, whole elements of it or
// 8 parts of longer ones; or 1.
func (g *gen) woven(k int) int {
	s := g.Stores[k]
	a := g.Arrays[s.Array]
	n := min(a.Step, 8)
	if g.width != 8 || g.part && g.Few == 0 || a.Kind == loop.Bool || n < 2 || k+n > len(g.Stores) {
		return 1
	}
	if free := bits.OnesCount32(g.all &^ g.pinned); free < n+4 {
		return 1 // what values are woven to, two of them, and what to pick would not fit
	}
	for i, x := range g.Stores[k : k+n] {
		if x.Array != s.Array || x.Offset != s.Offset+i {
			return 1
		}
	}
	return n
}

// weaves returns what to pick when values are woven. For powers of two, these are the lower and the upper halves of two
// vectors in turn; otherwise, for each vector in turn, what to pick from what was picked before and the next value.
func weaves(n int) (all [][8]int64) {
	if n&(n-1) == 0 {
		return [][8]int64{{0, 8, 1, 9, 2, 10, 3, 11}, {4, 12, 5, 13, 6, 14, 7, 15}}
	}
	for k := range n {
		for i := 1; i < n; i++ {
			var from [8]int64
			for lane := range from {
				element, part := (8*k+lane)/n, (8*k+lane)%n
				switch {
				case part == i:
					from[lane] = int64(8 + element)
				case i == 1:
					from[lane] = int64(element)
				default:
					from[lane] = int64(lane)
				}
			}
			all = append(all, from)
		}
	}
	return all
}

// weave writes stores that fill consecutive elements as whole vectors, of which a row of few elements fills the first.
func (g *gen) weave(stores []loop.Store) {
	n := len(stores)
	if n&(n-1) == 0 {
		for k, r := range g.interleaved(stores) {
			g.storeWoven(stores, k, r)
		}
		return
	}
	r := make([]reg, n)
	for i, s := range stores {
		r[i] = g.reg(s.Value)
	}
	which := weaves(n)
	t := g.temp()
	for k := range n {
		g.put(vmovapd, l512, t, 0, register(r[0]))
		for i := 1; i < n; i++ {
			g.put(vpermt2pd, l512, t, g.numbers(which[k*(n-1)+i-1]), register(r[i]))
		}
		g.storeWoven(stores, k, t)
	}
	for _, s := range stores {
		g.done(s.Value)
	}
}

// storeWoven stores vector k of those that stores are woven to.
func (g *gen) storeWoven(stores []loop.Store, k int, r reg) {
	n, at := len(stores), 8*k
	if far := g.Arrays[stores[0].Array].Step; far > n { // a vector is what there is of one element
		at = far * k
	}
	to := g.at(stores[0].Array, stores[0].Offset+at, 0)
	switch left := n*g.count() - 8*k; {
	case left >= 8:
		g.put(vmovupdStore, l512, r, 0, to)
	case left > 0:
		g.moveImm(regTemp, 1<<left-1)
		g.put(kmovb, l128, 1, 0, register(regTemp))
		g.masked(vmovupdStore, l512, 1, r, 0, to)
	}
}

// interleaved returns registers with the elements of a power of two of values in turn. Values that are half of them
// apart are interleaved first, then pairs of a quarter, and so on.
func (g *gen) interleaved(stores []loop.Store) []reg {
	n := len(stores)
	which := weaves(n)
	streams := make([][]reg, n/2)
	for i := range streams {
		a, b := g.reg(stores[i].Value), g.reg(stores[i+n/2].Value)
		for _, w := range which {
			t := g.temp()
			g.put(vmovapd, l512, t, 0, register(a))
			g.put(vpermt2pd, l512, t, g.numbers(w), register(b))
			streams[i] = append(streams[i], t)
		}
		g.done(stores[i].Value, stores[i+n/2].Value)
		g.locked &^= 1<<a | 1<<b // what they were read for is done
	}
	if n == 2 {
		return streams[0]
	}
	free := g.temp()
	for range bits.Len(uint(n)) - 2 {
		half := len(streams) / 2
		for i := range half {
			var both []reg
			for k, a := range streams[i] {
				b := streams[half+i][k]
				g.put(vmovapd, l512, free, 0, register(a))
				g.put(vpermt2pd, l512, free, g.numbers(which[0]), register(b))
				g.put(vpermt2pd, l512, a, g.numbers(which[1]), register(b))
				both = append(both, free, a)
				free = b
			}
			streams[i] = both
		}
		streams = streams[:half]
	}
	return streams[0]
}
