package amd64

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// try returns how many more arguments of each lane than some are best, and about how much the bundle saves with them; and the bundle
// itself, if it is worth it and there are no more arguments that could be tried.
func (b *bundler) try(args []loop.Value) (more, gain int, whole *bundle) {
	x := b.start(args)
	defer b.forget(x)
	gain = b.gainOf(x)
	if len(x.packs) <= fewPacks {
		return 0, gain, nil
	}
	most := mostMore
	if b.pairs {
		most = mostMoreInPairs
	}
	found, k := len(b.found), 1
	for ; k <= most && b.more(x); k++ {
		if g := b.gainOf(x); g > gain {
			gain, more = g, k
		}
	}
	if more == 0 && gain >= leastGain { // else what is in it may be worth more
		b.note(x, b.found[:found])
		if k == 1 {
			whole = b.pruned(x)
		}
	}
	return more, gain, whole
}

// note notes which values are together in the bundle that is tried.
func (b *bundler) note(x *bundle, values []loop.Value) {
	for _, v := range values {
		if b.computes(x, v) {
			b.together[v] = b.packings + int32(b.pack[v])
		}
	}
	b.packings += int32(len(x.packs))
}

// isTogether reports whether some values are in one pack of a bundle that is worth it.
func (b *bundler) isTogether(values []loop.Value) bool {
	g := b.together[values[0]]
	return g > 0 && !slices.ContainsFunc(values, func(v loop.Value) bool { return b.together[v] != g })
}

// computes reports whether the bundle that is tried computes v.
func (b *bundler) computes(x *bundle, v loop.Value) bool {
	return b.lane[v] >= 0 && !x.packs[b.pack[v]].given
}

// grown returns the bundle with so many more arguments of each lane.
func (b *bundler) grown(args []loop.Value, more int) *bundle {
	x := b.start(args)
	defer b.forget(x)
	for range more {
		b.more(x)
	}
	return b.pruned(x)
}

// pruned returns the bundle that is tried as one to keep.
func (b *bundler) pruned(x *bundle) *bundle {
	b.prune(x)
	return &bundle{args: x.args, packs: append(b.room.bundled.some(len(x.packs))[:0], x.packs...), gain: b.gainOf(x)}
}

// start tries the bundle of some arguments.
func (b *bundler) start(args []loop.Value) *bundle {
	x := &b.tried
	*x = bundle{args: args, packs: b.packs[:0]}
	p := pack{lanes: noLanes, count: len(args), given: true}
	copy(p.lanes[:], args)
	b.give(x, p)
	return x
}

// more adds an argument of each lane that is wanted, if there is one.
func (b *bundler) more(x *bundle) bool {
	p, ok := b.wanted(x)
	if ok {
		b.give(x, p)
		b.absorb(x)
	}
	return ok
}

// forget ends what start began.
func (b *bundler) forget(x *bundle) {
	b.packs = x.packs
	for _, v := range b.found {
		b.lane[v] = -1
	}
	b.found = b.found[:0]
}

// give adds arguments to the bundle that is tried, and what can be computed of them then.
func (b *bundler) give(x *bundle, p pack) {
	at := len(b.found)
	for l, v := range p.lanes {
		if v >= 0 {
			if b.lane[v], b.pack[v] = int8(l), int16(len(x.packs)); p.uniform() {
				b.lane[v] = everyLane
			}
			b.found = append(b.found, v)
		}
	}
	x.packs = append(x.packs, p)
	for ; at < len(b.found); at++ {
		for _, u := range b.usersOf(b.found[at]) {
			if b.lane[u] < 0 && b.seats[u] == nowhere && packable(b.Body[u].Op) {
				b.join(x, u)
			}
		}
	}
}

var noLanes = [8]loop.Value{-1, -1, -1, -1, -1, -1, -1, -1}

// join puts an instruction into the bundle that is tried, if all operands are there, in one lane.
func (b *bundler) join(x *bundle, u loop.Value) {
	i := &b.Body[u]
	k := packKey{op: i.Op, imm: i.Imm}
	lane, of := int8(-1), int16(-1)
	for j, w := range i.Values() {
		if c := &b.Body[w]; c.Op == loop.Const {
			k.from[j], k.constant[j] = -1, c.Imm
			continue
		}
		if b.lane[w] == everyLane {
			k.from[j] = b.pack[w]
			continue
		}
		if b.lane[w] < 0 || lane >= 0 && b.lane[w] != lane {
			return
		}
		if lane, k.from[j] = b.lane[w], b.pack[w]; of < 0 {
			of = b.pack[w]
		}
	}
	if lane < 0 { // what is the same in all lanes is computed once
		return
	}
	p := x.packs[of].made
	for p != 0 && (x.packs[p].key != k || x.packs[p].lanes[lane] >= 0) {
		p = x.packs[p].next
	}
	if p == 0 {
		p = x.mix(k, of, lane)
	}
	if p == 0 {
		p = int16(len(x.packs))
		x.packs = append(x.packs, pack{lanes: noLanes, key: k, next: x.packs[of].made})
		x.packs[of].made = p
	}
	x.packs[p].lanes[lane] = u
	x.packs[p].count++
	b.lane[u], b.pack[u] = lane, p
	b.found = append(b.found, u)
}

// mix returns a pack that has other constants and no such lane, or 0.
func (x *bundle) mix(k packKey, of int16, lane int8) int16 {
	for p := x.packs[of].made; p != 0; p = x.packs[p].next {
		q := &x.packs[p]
		if like := q.key; q.lanes[lane] < 0 {
			if like.constant = k.constant; like == k {
				for j := range k.constant {
					q.mixed[j] = q.mixed[j] || k.constant[j] != q.key.constant[j]
				}
				return p
			}
		}
	}
	return 0
}

// prune takes divisions and roots of one lane out, and what is made of them: as vectors, they take longer.
func (b *bundler) prune(x *bundle) {
	out := slices.Grow(b.out[:0], len(x.packs))[:len(x.packs)]
	clear(out)
	b.out = out
	for p := range x.packs {
		q := &x.packs[p]
		if q.given {
			continue
		}
		out[p] = q.count == 1 && slow(q.key.op)
		for j := range q.key.op.Operands() {
			out[p] = out[p] || q.key.from[j] >= 0 && out[q.key.from[j]]
		}
		if out[p] {
			for _, v := range q.lanes {
				if v >= 0 {
					b.pack[v] = -1
				}
			}
			q.lanes, q.count = noLanes, 0
		}
	}
}

func slow(o loop.Op) bool { return o == loop.Div || o == loop.Sqrt }

// gainOf returns how many instructions a bundle saves: those of further lanes, without what it takes to bring arguments
// together and results apart. What is in the first lane is there for nothing.
func (b *bundler) gainOf(x *bundle) int {
	gain, apart, most := 0, [8]int{}, 0
	for p := range x.packs {
		q := &x.packs[p]
		switch n := q.count - 1; {
		case q.given:
			gain -= n
		case n > 0 && slow(q.key.op):
			gain += 2 * n
		case n > 0:
			gain += n
		}
	}
	for _, v := range b.found {
		if p := b.pack[v]; p >= 0 && !x.packs[p].given && b.leaves(v) {
			apart[b.lane[v]]++
		}
	}
	for _, n := range apart {
		gain -= n
		most = max(most, n)
	}
	return gain + most
}

// leaves reports whether a value of the bundle that is tried is read by others.
func (b *bundler) leaves(v loop.Value) bool {
	for _, u := range b.usersOf(v) {
		if b.lane[u] < 0 || b.pack[u] < 0 {
			return true
		}
	}
	return b.outside[v]
}
