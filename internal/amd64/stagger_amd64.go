package amd64

import (
	"cmp"
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// ahead is by how many instructions what a quotient or a root is made of stands before what reads it: about as many as
// take as long. At half of that less is gained, and at twice no more. Those in lanes do more each, and need more registers.
const (
	ahead        = 40
	aheadInLanes = 25
)

// stagger moves what reads quotients and roots back, and what it reads with it. sort puts next to each other what belongs
// together, and then all of that waits for the divider, and fills the part of the processor where instructions
// wait, so that it does not see those that could go on. Two quotients one after the other move what comes behind them twice
// as far, but more do not.
func (s *sorter) stagger() {
	far := ahead
	if lanesOf(s.Loop) != nil {
		far = aheadInLanes
	}
	behind, place := make([]int, len(s.Body)), make([]int, len(s.Body))
	for at, k := range s.order {
		for _, v := range s.operands(k) {
			n := behind[v]
			if o := s.Body[v].Op; o == loop.Sqrt || o == loop.Div {
				n = min(n+1, 2)
			}
			behind[k] = max(behind[k], n)
		}
		place[k] = at + far*behind[k]
	}
	slices.SortFunc(s.order, func(x, y loop.Value) int { return cmp.Or(cmp.Compare(place[x], place[y]), cmp.Compare(x, y)) })
}
