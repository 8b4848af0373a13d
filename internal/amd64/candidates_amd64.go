package amd64

import (
	"cmp"
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// use is what is done to an argument: an instruction whose other operands are constants.
type use struct {
	op       loop.Op
	imm      uint64
	at       [3]bool // the operands that are the argument
	constant [3]uint64
}

// useOf returns what instruction u does to v, if that is the only operand.
func (b *bundler) useOf(u, v loop.Value) (x use, ok bool) {
	i := &b.Body[u]
	values := i.Values()
	for _, w := range values { // mostly it is not
		if w != v && b.Body[w].Op != loop.Const {
			return x, false
		}
	}
	x.op, x.imm = i.Op, i.Imm
	for k, w := range values {
		if x.at[k] = w == v; !x.at[k] {
			x.constant[k] = b.Body[w].Imm
		}
	}
	return x, packable(i.Op)
}

// member is an argument, and what is done to it.
type member struct {
	arg, user loop.Value
	bit       uint8 // of the user, in what kin finds
}

// candidates returns arguments that the same is done to, as many as there are lanes at most, none of which is made of what is
// made of another one.
func (b *bundler) candidates() (all [][]loop.Value) {
	found := &b.uses
	found.begin(len(b.users))
	for v := range b.Body {
		if b.Body[v].Op == loop.Const {
			continue
		}
		for _, u := range b.usersOf(loop.Value(v)) {
			if x, ok := b.useOf(u, loop.Value(v)); ok {
				found.add(&x, member{arg: loop.Value(v), user: u})
			}
		}
	}
	all = b.candidateArgs[:0]
	for sets := found.sets(); len(sets) > 0; {
		made, n := b.kin(sets)
		for _, left := range sets[:n] {
			for len(left) > 1 {
				var args []loop.Value
				args, left = b.independent(left, made)
				if len(args) >= b.least && !slices.ContainsFunc(all, func(a []loop.Value) bool { return slices.Equal(a, args) }) {
					own := b.room.values.some(len(args))
					copy(own, args)
					all = append(all, own)
				}
			}
		}
		sets = sets[n:]
	}
	b.candidateArgs = all
	return all
}

// kin finds which values are, or are made of, what is done to members of the first sets, of as many as have a bit each
// in a word, and returns how many sets these are.
func (b *bundler) kin(sets [][]member) (made []uint64, n int) {
	if len(b.Body) > mostCareful {
		return nil, len(sets)
	}
	b.room.words.reset()
	made = b.room.words.zeros(len(b.Body))
	for bits := uint8(0); n < len(sets) && int(bits)+len(sets[n]) <= 64; n++ {
		for k := range sets[n] {
			m := &sets[n][k]
			m.bit = bits
			made[m.user] |= 1 << bits
			bits++
		}
	}
	for k := range b.Body {
		for _, w := range b.Body[k].Values() {
			made[k] |= made[w]
		}
	}
	return made, n
}

// apart reports whether the argument of m is not made of what is done to that of g.
func (b *bundler) apart(m, g member, made []uint64) bool {
	if made == nil { // it may be where it is farther from what it is made of
		return b.depthOf(m.arg) <= b.depthOf(g.user)
	}
	return m.arg == g.user || made[m.arg]>>g.bit&1 == 0
}

// independent returns arguments of the first ones that may be together, and what is left. Vectors of 8 are for what is one in
// memory: while there are such, processors run what is not in vectors slower.
func (b *bundler) independent(all []member, made []uint64) (args []loop.Value, rest []member) {
	var room [8]member
	group, left := room[:0], all[:0]
	args = b.args[:0]
	most := 4
	if n := min(len(all), b.most); b.consecutive(all[:n]) {
		most = b.most
	}
	for _, m := range all {
		if len(group) < most && !slices.ContainsFunc(group, func(g member) bool { return !b.apart(m, g, made) }) {
			group = append(group, m)
			args = append(args, m.arg)
		} else {
			left = append(left, m)
		}
	}
	b.args = args
	return args, left
}

// consecutive reports whether arguments are one behind the other in memory.
func (b *bundler) consecutive(all []member) bool {
	for k := range all[1:] {
		if !follows(b.Loop, all[k].arg, all[k+1].arg) {
			return false
		}
	}
	return true
}

// candidate are arguments of a bundle, and about what that saves.
type candidate struct {
	args       []loop.Value
	more, gain int     // what try says as long as there are no bundles; 0 if it was not asked
	whole      *bundle // the same, or nil
}

// find finds what is worth it, the best first, and returns the loop with it, or nil if there is nothing. What is together in
// a bundle that is worth it, without further arguments, comes last: mostly there is that bundle then, and nothing is left to do.
func (b *bundler) find() *loop.Loop {
	all, last := b.worth[:0], b.last[:0]
	b.together = b.room.numbers.zeros(len(b.Body))
	for _, args := range b.candidates() {
		if b.isTogether(args) {
			last = append(last, candidate{args: args})
		} else if more, gain, whole := b.try(args); gain >= leastGain {
			all = append(all, candidate{args, more, gain, whole})
		}
	}
	b.worth, b.last = all, last
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(x, y candidate) int { return cmp.Compare(y.gain, x.gain) })
	all = append(all, last...)
	b.worth = all
	if l, ok := b.addAll(all, false); ok {
		return l
	}
	if len(b.Body) > mostCareful {
		return nil
	}
	for len(b.bundles) > 0 {
		b.remove()
	}
	l, _ := b.addAll(all, true)
	return l
}

// addAll adds bundles that are still worth it and returns the loop. If lanes wait for each other, it returns false, or, if
// careful, it does without the bundle that made them.
func (b *bundler) addAll(all []candidate, careful bool) (l *loop.Loop, ok bool) {
	for _, c := range all {
		if len(b.bundles) > 0 || c.gain == 0 {
			if c.more, c.gain, c.whole = b.try(c.args); c.gain < leastGain {
				continue
			}
		}
		x := c.whole
		if x == nil {
			x = b.grown(c.args, c.more)
		}
		if x.gain < leastGain {
			continue
		}
		b.add(x)
		if !careful {
			continue
		}
		if with, ok := rebuilt(b); ok {
			l = with
		} else {
			b.remove()
		}
	}
	if careful || len(b.bundles) == 0 {
		return l, true
	}
	return rebuilt(b)
}
