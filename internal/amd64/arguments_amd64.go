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
			k := slices.IndexFunc(all, func(o wish) bool { return o.key == w.key && o.missing == w.missing && o.p.lanes[lane] < 0 })
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
	for k := range all {
		if w := &all[k]; w.p.count == len(x.args) && (w.p.uniform() || w.p.distinct()) && b.apartFrom(x, w.p.lanes[:w.p.count]) {
			return w.p, true
		}
	}
	return pack{}, false
}

// apartFrom reports whether none of some values is made of what the bundle that is tried computes. It goes once through what is between
// them.
func (b *bundler) apartFrom(x *bundle, values []loop.Value) bool {
	first, last := loop.Value(len(b.Body)), slices.Max(values)
	x.eachMember(func(v loop.Value, _, _ int) { first = min(first, v) })
	if last <= first {
		return true
	}
	b.made = slices.Grow(b.made[:0], int(last-first))[:last-first] // those behind the first
	for v := first + 1; v <= last; v++ {
		made := false
		for _, w := range b.Body[v].Values() {
			made = made || w >= first && b.computes(x, w) || w > first && b.made[w-first-1]
		}
		b.made[v-first-1] = made
	}
	return !slices.ContainsFunc(values, func(v loop.Value) bool { return v > first && b.made[v-first-1] })
}

// computes reports whether the bundle that is tried computes v.
func (b *bundler) computes(x *bundle, v loop.Value) bool {
	return b.lane[v] >= 0 && !x.packs[b.pack[v]].given
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
