package compile

import (
	"math"
	"math/rand/v2"
)

// gaps are the parts of a memory without end that are free, none next to another. They are a treap: in order of
// where they start, and heaped by numbers drawn by lot, so that it is about as deep as the logarithm of how many there are.
type gaps struct {
	all *gap
	lot rand.PCG
}

type gap struct {
	lo, hi      int
	longest     int // of this one and those below
	lot         uint64
	left, right *gap
}

// newGaps returns memory that is all free.
func newGaps() *gaps {
	s := &gaps{}
	s.free(0, math.MaxInt)
	return s
}

// take takes the first words that are free and stand together, and returns where they start.
func (s *gaps) take(words int) (at int) {
	at, s.all = s.all.take(words)
	return at
}

// free gives words back.
func (s *gaps) free(lo, hi int) {
	before, after := s.all.split(lo)
	if g := before.last(); g != nil && g.hi == lo {
		lo = g.lo
		before, _ = before.split(lo)
	}
	if g := after.first(); g != nil && g.lo == hi {
		hi = g.hi
		_, after = after.split(hi)
	}
	g := &gap{lo: lo, hi: hi, longest: hi - lo, lot: s.lot.Uint64()}
	s.all = join(join(before, g), after)
}

// take returns what is left of g beside where the words are.
func (g *gap) take(words int) (at int, left *gap) {
	switch {
	case g.left != nil && g.left.longest >= words:
		at, g.left = g.left.take(words)
	case g.hi-g.lo < words:
		at, g.right = g.right.take(words)
	default:
		at = g.lo
		if g.lo += words; g.lo == g.hi {
			return at, join(g.left, g.right)
		}
	}
	return at, g.measured()
}

// measured returns g with what it says of those below.
func (g *gap) measured() *gap {
	g.longest = g.hi - g.lo
	for _, below := range []*gap{g.left, g.right} {
		if below != nil {
			g.longest = max(g.longest, below.longest)
		}
	}
	return g
}

// split returns the gaps that start before a place, and the others.
func (g *gap) split(at int) (before, others *gap) {
	switch {
	case g == nil:
		return nil, nil
	case g.lo < at:
		before, others = g.right.split(at)
		g.right = before
		return g.measured(), others
	}
	before, others = g.left.split(at)
	g.left = others
	return before, g.measured()
}

// join is the inverse of split.
func join(before, others *gap) *gap {
	switch {
	case before == nil:
		return others
	case others == nil:
		return before
	case before.lot > others.lot:
		before.right = join(before.right, others)
		return before.measured()
	}
	others.left = join(before, others.left)
	return others.measured()
}

func (g *gap) first() *gap {
	for g != nil && g.left != nil {
		g = g.left
	}
	return g
}

func (g *gap) last() *gap {
	for g != nil && g.right != nil {
		g = g.right
	}
	return g
}
