package amd64

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// Loops that end early mostly wait for quotients and roots, of which processors make two in the time of one. So pairs are
// worth it there, and more is done to have them: an argument may be one value, the same in all lanes, and arguments that can be
// computed of others are no longer arguments.

const (
	everyLane       = 100 // is the lane of a value that is the same in all
	mostMoreInPairs = 8   // as mostMore
)

// uniform reports whether arguments are one value, distinct whether no two are.
func (p *pack) uniform() bool {
	return p.count > 1 && !slices.ContainsFunc(p.lanes[:p.count], func(v loop.Value) bool { return v != p.lanes[0] })
}

func (p *pack) distinct() bool {
	for l, v := range p.lanes[:p.count] {
		if slices.Contains(p.lanes[:l], v) {
			return false
		}
	}
	return true
}

// absorb lets the bundle that is tried compute the arguments that it can.
func (b *bundler) absorb(x *bundle) {
	if !b.pairs {
		return
	}
	for p := range x.packs {
		if q := &x.packs[p]; q.given && !q.uniform() {
			b.absorbPack(q)
		}
	}
}

// absorbPack makes the arguments of a pack results, if all of them are made by one operation of what is in their lanes.
func (b *bundler) absorbPack(q *pack) {
	first := &b.Body[q.lanes[0]]
	if !packable(first.Op) {
		return
	}
	k, mixed := packKey{op: first.Op, imm: first.Imm}, [3]bool{}
	for l, v := range q.lanes[:q.count] {
		i := &b.Body[v]
		if i.Op != k.op || i.Imm != k.imm || b.seats[v] != nowhere {
			return
		}
		for j, w := range i.Values() {
			from, constant := int16(-1), uint64(0)
			switch c := &b.Body[w]; {
			case c.Op == loop.Const:
				constant = c.Imm
			case b.lane[w] == everyLane || b.lane[w] == int8(l):
				from = b.pack[w]
			default:
				return
			}
			switch {
			case l == 0:
				k.from[j], k.constant[j] = from, constant
			case k.from[j] != from:
				return
			default:
				mixed[j] = mixed[j] || constant != k.constant[j]
			}
		}
	}
	q.given, q.key, q.mixed = false, k, mixed
}
