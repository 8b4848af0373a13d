package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// ahead is by how many instructions what a quotient or a root is made of stands before what reads it: about as many as
// take as long. At half of that less is gained, and at twice no more. Those in lanes do more each, and need more registers.
const (
	ahead        = 40
	aheadInLanes = 25
)

// waited reports whether what reads the value of an instruction mostly waits for it.
func waited(i loop.Instr) bool { return i.Op == loop.Sqrt || i.Op == loop.Div }

// staggered returns the order with what reads quotients and roots moved back, and what it reads with it. sort puts next to each other what belongs
// together, and then all of that waits for the divider, and fills the part of the processor where instructions
// wait, so that it does not see those that could go on. Two quotients one after the other move what comes behind them twice
// as far, but more do not.
func (s *sorter) staggered() []loop.Value {
	far := ahead
	if lanesOf(s.Loop) != nil {
		far = aheadInLanes
	}
	behind, place := make([]uint8, len(s.Body)), s.room.numbers.zeros(len(s.Body))
	before := s.room.numbers.zeros(len(s.Body) + 2*far + 1) // of each place: how many are to stand before it
	for at, k := range s.order {
		for _, v := range s.operands(k) {
			n := behind[v]
			if waited(s.Body[v]) {
				n = min(n+1, 2)
			}
			behind[k] = max(behind[k], n)
		}
		place[k] = int32(at + far*int(behind[k]))
		before[place[k]+1]++
	}
	for p := range before[1:] {
		before[p+1] += before[p]
	}
	order := s.room.values.zeros(len(s.order))
	for k, p := range place { // of those with one place, the first comes first
		order[before[p]] = loop.Value(k)
		before[p]++
	}
	return order
}
