package amd64

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// seating says in which order the arguments of a bundle are in a vector.
type seating struct {
	order []int8 // the argument in each lane, some of them in several, so that there is one everywhere
	place [8]int8
}

// seat lets arguments that are consecutive in memory sit together, behind the others. Lanes that are left have some of the
// arguments again: nothing is computed of what nobody knows.
func (b *bundler) seat(x *bundle) (s seating) {
	n := 2
	for n < len(x.args) {
		n *= 2
	}
	byMemory := make([]int8, len(x.args))
	for l := range byMemory {
		byMemory[l] = int8(l)
	}
	slices.SortStableFunc(byMemory, func(i, j int8) int {
		p, q := &b.Body[x.args[i]], &b.Body[x.args[j]]
		if p.Op == loop.Load && q.Op == loop.Load && p.A == q.A {
			return int(p.Imm) - int(q.Imm)
		}
		return 0
	})
	var singles, pairs []int8
	for k := 0; k < len(byMemory); k++ {
		if k+1 < len(byMemory) && follows(b.Loop, x.args[byMemory[k]], x.args[byMemory[k+1]]) {
			pairs = append(pairs, byMemory[k], byMemory[k+1])
			k++
		} else {
			singles = append(singles, byMemory[k])
		}
	}
	for double := n - len(x.args); double > 0 && len(singles) > 0; double-- {
		s.order = append(s.order, singles[0], singles[0])
		singles = singles[1:]
	}
	if len(s.order) == 0 && len(singles)%2 == 0 || len(singles) == 0 {
		s.order = append(append(s.order, pairs...), singles...)
	} else {
		s.order = append(append(s.order, singles...), pairs...)
	}
	for len(s.order) < n {
		s.order = append(s.order, s.order[len(s.order)-2])
	}
	for k := len(s.order) - 1; k >= 0; k-- {
		s.place[s.order[k]] = int8(k)
	}
	return s
}
