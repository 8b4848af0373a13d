package amd64

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// wish is an instruction that lanes of a bundle wait with for another argument, one that they read at the operands of missing.
type wish struct {
	key     packKey
	missing [3]bool
	p       pack
}

const mostWishes = 64 // of a bundle

// wanted returns arguments that every lane of the bundle that is tried waits for with the same instruction.
func (b *bundler) wanted(x *bundle) (pack, bool) {
	all := b.wishes[:0]
	defer func() { b.wishes = all }()
	for _, v := range b.found {
		for _, u := range b.usersOf(v) {
			if b.lane[u] >= 0 || b.seats[u] != nowhere || !packable(b.Body[u].Op) {
				continue
			}
			w, lane, arg, ok := b.wishOf(u)
			if !ok {
				continue
			}
			k := like(all, &w, lane)
			if k < 0 {
				if len(all) == mostWishes {
					return pack{}, false
				}
				w.p = pack{lanes: noLanes, given: true}
				k, all = len(all), append(all, w)
			}
			p := &all[k].p
			if b.pairs || !slices.Contains(p.lanes[:], arg) {
				p.lanes[lane] = arg
				p.count++
			}
		}
	}
	marked := false
	for k := range all {
		p := &all[k].p
		if p.count != len(x.args) || !p.uniform() && !p.distinct() {
			continue
		}
		if !marked {
			b.mark(x)
			marked = true
		}
		if b.apartFrom(p.lanes[:p.count]) {
			return *p, true
		}
	}
	return pack{}, false
}

// like returns which of some wishes is w in other lanes, or -1.
func like(all []wish, w *wish, lane int8) int {
	for k := range all {
		if o := &all[k]; o.key == w.key && o.missing == w.missing && o.p.lanes[lane] < 0 {
			return k
		}
	}
	return -1
}

// marks says of each value whether it is computed by the bundle that is tried, and, up to the last one that was asked for,
// whether it is made of what is.
type marks struct {
	of   []uint8
	next loop.Value // the first one of which the second is not known
}

const (
	computed = 1 << iota // by the bundle
	made                 // of what is
)

// mark marks what the bundle that is tried computes.
func (b *bundler) mark(x *bundle) {
	b.marks.of, b.marks.next = slices.Grow(b.marks.of[:0], len(b.Body))[:len(b.Body)], loop.Value(len(b.Body))
	clear(b.marks.of)
	x.eachMember(func(v loop.Value, _, _ int) {
		b.marks.of[v] = computed
		b.marks.next = min(b.marks.next, v)
	})
}

// apartFrom reports whether none of some values is made of what is marked.
func (b *bundler) apartFrom(values []loop.Value) bool {
	m := &b.marks
	for last := slices.Max(values); m.next <= last; m.next++ {
		for _, w := range b.Body[m.next].Values() {
			if m.of[w] != 0 {
				m.of[m.next] |= made
			}
		}
	}
	return !slices.ContainsFunc(values, func(v loop.Value) bool { return m.of[v]&made != 0 })
}

// wishOf returns what instruction u needs besides constants and what is in a lane, if that is one value.
func (b *bundler) wishOf(u loop.Value) (w wish, lane int8, arg loop.Value, ok bool) {
	i := &b.Body[u]
	w.key = packKey{op: i.Op, imm: i.Imm}
	lane, arg = -1, -1
	for j, v := range i.Values() {
		switch c := &b.Body[v]; {
		case c.Op == loop.Const:
			w.key.from[j], w.key.constant[j] = -1, c.Imm
		case b.lane[v] < 0:
			if arg >= 0 && arg != v {
				return w, 0, 0, false
			}
			arg, w.missing[j] = v, true
		case b.lane[v] == everyLane:
			w.key.from[j] = b.pack[v]
		case lane >= 0 && lane != b.lane[v]:
			return w, 0, 0, false
		default:
			lane, w.key.from[j] = b.lane[v], b.pack[v]
		}
	}
	return w, lane, arg, arg >= 0 && lane >= 0
}
