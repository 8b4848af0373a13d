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
func (b *bundler) useOf(u, v loop.Value) (use, bool) {
	i := &b.Body[u]
	x := use{op: i.Op, imm: i.Imm}
	for k, w := range i.Values() {
		if w == v {
			x.at[k] = true
		} else if c := &b.Body[w]; c.Op == loop.Const {
			x.constant[k] = c.Imm
		} else {
			return use{}, false
		}
	}
	return x, packable(i.Op)
}

// member is an argument, and what is done to it.
type member struct{ arg, user loop.Value }

// candidates returns arguments that the same is done to, as many as there are lanes at most, none of which is made of what is
// made of another one.
func (b *bundler) candidates() (all [][]loop.Value) {
	found := usesFor(len(b.users))
	for v := range b.Body {
		if b.Body[v].Op == loop.Const {
			continue
		}
		for _, u := range b.usersOf(loop.Value(v)) {
			if x, ok := b.useOf(u, loop.Value(v)); ok {
				found.add(&x, member{loop.Value(v), u})
			}
		}
	}
	for k := range found.all {
		left := found.of(&found.all[k])
		for len(left) > 1 {
			var args []loop.Value
			args, left = b.independent(left)
			if len(args) >= b.least && !slices.ContainsFunc(all, func(a []loop.Value) bool { return slices.Equal(a, args) }) {
				all = append(all, args)
			}
		}
	}
	return all
}

// independent returns arguments of the first ones that may be together, and what is left. Vectors of 8 are for what is one in
// memory: while there are such, processors run what is not in vectors slower.
func (b *bundler) independent(all []member) (args []loop.Value, rest []member) {
	var group []member
	most := 4
	if n := min(len(all), b.most); b.consecutive(all[:n]) {
		most = b.most
	}
	for _, m := range all {
		if len(group) < most && !slices.ContainsFunc(group, func(g member) bool { return b.needs(m.arg, g.user) }) {
			group = append(group, m)
			args = append(args, m.arg)
		} else {
			rest = append(rest, m)
		}
	}
	return args, rest
}

// consecutive reports whether arguments are one behind the other in memory.
func (b *bundler) consecutive(all []member) bool {
	for k := range all[1:] {
		if !b.follows(all[k].arg, all[k+1].arg) {
			return false
		}
	}
	return true
}

// candidate are arguments of a bundle, and about what that saves.
type candidate struct {
	args       []loop.Value
	more, gain int // what try says as long as there are no bundles
}

// find finds what is worth it, the best first, and returns the loop with it, or nil if there is nothing.
func (b *bundler) find() *loop.Loop {
	var all []candidate
	for _, args := range b.candidates() {
		if more, gain := b.try(args); gain >= leastGain {
			all = append(all, candidate{args, more, gain})
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(x, y candidate) int { return cmp.Compare(y.gain, x.gain) })
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
		if len(b.bundles) > 0 {
			if c.more, c.gain = b.try(c.args); c.gain < leastGain {
				continue
			}
		}
		x := b.grown(c.args, c.more)
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
