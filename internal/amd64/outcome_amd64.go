package amd64

import (
	"math/bits"
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// finish makes what happens at the end of an element.
func (r *rebuilder) finish() {
	if r.Ends {
		r.out.While = r.single(r.While)
	}
	for k := 0; k < len(r.Stores); {
		s, n := r.Stores[k], r.abreast(r.Stores[k:])
		if n == 1 {
			s.Value = r.single(s.Value)
		} else {
			at := r.seats[s.Value]
			s.Value = r.packed(at.bundle, at.pack)
			if first := r.seating[at.bundle].place[at.lane]; n < len(r.seating[at.bundle].order) {
				s.Value = r.emit(loop.Instr{Op: apart, A: s.Value, B: s.Value, C: loop.Value(n), Imm: uint64(first)})
			}
		}
		r.out.Stores = append(r.out.Stores, s)
		k += n
	}
	for _, v := range r.Next {
		if len(r.alternatives) > 1 {
			r.out.Next = append(r.out.Next, r.any())
		} else {
			r.out.Next = append(r.out.Next, r.single(v))
		}
	}
}

// abreast returns how many stores, of those that come, fill consecutive elements with lanes that are together: a power of two.
func (r *rebuilder) abreast(stores []loop.Store) int {
	first := r.seats[stores[0].Value]
	if first == nowhere || r.Arrays[stores[0].Array].Kind == loop.Bool {
		return 1
	}
	seats := &r.seating[first.bundle]
	at, n := int(seats.place[first.lane]), 1
	for n < len(stores) && at+n < len(seats.order) {
		s := stores[n]
		next := r.seats[s.Value]
		if s.Array != stores[0].Array || s.Offset != stores[0].Offset+n ||
			next.bundle != first.bundle || next.pack != first.pack || seats.order[at+n] != int8(next.lane) {
			break
		}
		n++
	}
	for n = 1 << (bits.Len(uint(n)) - 1); at%n != 0; {
		n /= 2
	}
	return n
}

// alternate finds what a value is combined of by Or, alone.
func (r *rebuilder) alternate(v loop.Value) {
	i := &r.Body[v]
	if i.Op != loop.Or || r.seats[v] != nowhere || len(r.usersOf(v)) > 1 || r.outside[v] && len(r.alternatives) > 0 {
		if !slices.Contains(r.alternatives, v) {
			r.alternatives = append(r.alternatives, v)
		}
		return
	}
	r.combined[v] = true
	r.alternate(i.A)
	r.alternate(i.B)
}

// any combines the alternatives: those that are all lanes of a pack, if they are some, at once.
func (r *rebuilder) any() loop.Value {
	const some = 4
	count := make(map[seat]int)
	for _, v := range r.alternatives {
		s := r.seats[v]
		s.lane = 0
		count[s]++
	}
	all := loop.Value(-1)
	add := func(v loop.Value) {
		if all < 0 {
			all = v
		} else {
			all = r.emit(loop.Instr{Op: loop.Or, A: all, B: v})
		}
	}
	for _, v := range r.alternatives {
		s := r.seats[v]
		s.lane = 0
		switch n := count[s]; {
		case s.bundle < 0 || n < max(some, len(r.bundles[s.bundle].args)) && n > 0:
			add(r.single(v))
		case n > 0:
			p := r.packed(s.bundle, s.pack)
			add(r.emit(loop.Instr{Op: union, A: p, B: p}))
			count[s] = 0
		}
	}
	return all
}
