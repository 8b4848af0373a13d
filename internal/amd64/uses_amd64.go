package amd64

import "slices"

// uses finds arguments by what is done to them. It is no map of slices, since most of what is done is done to one alone.
type uses struct {
	all     []sameUse // in the order in which they were found
	members []chained
	table   []int32 // numbers of all, plus one, where hashes say or behind that; their number is a power of 2

	several [][]member // what sets returns
	same    []member
}

// sameUse are the arguments of one use: the first and the last of a chain.
type sameUse struct {
	use
	first, last int32
	count       int
}

type chained struct {
	member
	next int32
}

// begin forgets what there is and makes room for so many members.
func (u *uses) begin(most int) {
	n := 64
	for n < 2*most {
		n *= 2
	}
	u.all, u.members = u.all[:0], slices.Grow(u.members[:0], most)
	u.table = slices.Grow(u.table[:0], n)[:n]
	clear(u.table)
}

// hash mixes what most uses differ in.
func (x *use) hash() uint64 {
	const odd = 0x9E3779B97F4A7C15
	h := (x.imm ^ uint64(x.op)) * odd
	for k, c := range x.constant {
		if h = (h ^ h>>32 ^ c) * odd; x.at[k] {
			h++
		}
	}
	return h * odd >> 32
}

func (u *uses) add(x *use, m member) {
	n := int32(len(u.members))
	u.members = append(u.members, chained{m, -1})
	mask := uint64(len(u.table) - 1)
	at := x.hash() & mask
	for ; u.table[at] != 0; at = (at + 1) & mask {
		if s := &u.all[u.table[at]-1]; s.use == *x {
			u.members[s.last].next = n
			s.last = n
			s.count++
			return
		}
	}
	u.all = append(u.all, sameUse{*x, n, n, 1})
	u.table[at] = int32(len(u.all))
}

// sets returns the first members of each use that has several.
func (u *uses) sets() [][]member {
	several, members := 0, 0
	for k := range u.all {
		if n := u.all[k].count; n > 1 {
			several, members = several+1, members+min(n, mostSameArgs)
		}
	}
	sets, all := slices.Grow(u.several[:0], several), slices.Grow(u.same[:0], members)
	for k := range u.all {
		s := &u.all[k]
		if s.count < 2 {
			continue
		}
		from := len(all)
		for n := s.first; n >= 0 && len(all)-from < mostSameArgs; n = u.members[n].next {
			all = append(all, u.members[n].member)
		}
		sets = append(sets, all[from:])
	}
	u.several, u.same = sets, all
	return sets
}
