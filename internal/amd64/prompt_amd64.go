package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// prompt marks the stores of a sequential loop that happen as soon as their values are made, so that no register waits with them for
// the end: those to places that the loop does not read, in any array that may be the same one, and stores to once.
func prompt(l *loop.Loop, r *room) []bool {
	is := r.flags.zeros(len(l.Stores))
	if !l.Sequential || l.Ends || l.Branches() > 0 {
		return is
	}
	wide := lanesOf(l)
	lanes := func(v loop.Value) int {
		if wide == nil {
			return 1
		}
		return int(wide[v])
	}
	taken := make(map[spot]int) // how often a place is read or stored to
	for v := range l.Body {
		switch i := &l.Body[v]; i.Op {
		case loop.Gather:
			return is
		case loop.Load:
			for k := range lanes(loop.Value(v)) {
				taken[spot{l.Arrays[i.A], int(i.Imm) + k}]++
			}
		}
	}
	for _, s := range l.Stores {
		for k := range lanes(s.Value) {
			taken[spot{l.Arrays[s.Array], s.Offset + k}]++
		}
	}
	for n, s := range l.Stores {
		is[n] = l.Body[s.Value].Op > loop.Index
		for k := range lanes(s.Value) {
			is[n] = is[n] && taken[spot{l.Arrays[s.Array], s.Offset + k}] == 1
		}
	}
	return is
}
