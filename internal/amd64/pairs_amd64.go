package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// Loops that end early mostly wait for quotients and roots, of which processors make two in the time of one. So their bundles
// are pairs, which may be of more: an argument may be one value, the same in both lanes, and arguments that can be computed of other
// ones are no longer arguments.

const (
	everyLane       = 100 // is the lane of a value that is the same in all
	mostMoreInPairs = 8   // as mostMore
)

// uniform reports whether arguments are one value.
func (p *pack) uniform() bool { return p.count > 1 && p.lanes[0] == p.lanes[1] }

// absorb lets the bundle that is tried compute the arguments that it can.
func (b *bundler) absorb(x *bundle) {
	if !b.pairs {
		return
	}
	for p := range x.packs {
		if q := &x.packs[p]; q.given && !q.uniform() {
			b.absorbPack(x, int16(p))
		}
	}
}

func (b *bundler) absorbPack(x *bundle, p int16) {
	q := &x.packs[p]
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
