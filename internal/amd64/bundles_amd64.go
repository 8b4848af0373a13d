package amd64

import (
	"cmp"
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// Code for single elements does the same to several values, where it can, in the lanes of vectors: functions such as the
// sine are dozens of instructions, and those of other arguments are the same ones. This is superword-level parallelism,
// but that it starts from arguments and not from memory; Larsen and Amarasinghe, PLDI 2000.

// bundle is what is computed of some arguments, one a lane, and of constants alone. Pack 0 are the arguments.
type bundle struct {
	args  []loop.Value
	packs []pack
	gain  int // instructions that it saves, about
}

// pack is an instruction for several lanes.
type pack struct {
	lanes [8]loop.Value // what it stands for, or -1
	count int
	key   packKey // its constants are those of the first lane
	mixed [3]bool // operands that are other constants in other lanes
	made  int16   // a pack that is made of this one, as its first operand that is no constant; or 0
	next  int16   // another one that is made of the same, or 0
}

// packKey is what the instructions of a pack have in common. An operand is a pack of the bundle, or a constant.
type packKey struct {
	op       loop.Op
	imm      uint64
	from     [3]int16 // -1 for a constant
	constant [3]uint64
}

// seat is where a value is computed.
type seat struct{ bundle, pack, lane int16 }

var nowhere = seat{-1, -1, -1}

const (
	leastGain    = 6    // of a bundle
	mostBundled  = 4096 // instructions of a body
	mostSameArgs = 64   // arguments that something is done to, of which bundles are made
)

// bundler finds bundles.
type bundler struct {
	*loop.Loop
	most    int     // lanes
	first   []int32 // the instructions that read value v are users[first[v]:first[v+1]], each of them once
	users   []loop.Value
	outside []bool   // read at the end
	before  []uint64 // for each value, a bit for each one that it is made of; nil until somebody asks
	seats   []seat
	bundles []*bundle

	// of the bundle that is tried
	lane  []int8
	pack  []int16
	found []loop.Value
}

func newBundler(l *loop.Loop, most int) *bundler {
	n := len(l.Body)
	b := &bundler{Loop: l, most: most, first: make([]int32, n+2), outside: make([]bool, n), seats: make([]seat, n),
		lane: make([]int8, n), pack: make([]int16, n)}
	for k := range l.Body {
		b.seats[k], b.lane[k] = nowhere, -1
		eachOperand(&l.Body[k], func(v loop.Value) { b.first[v+2]++ })
	}
	for v := range n {
		b.first[v+2] += b.first[v+1]
	}
	b.users = make([]loop.Value, b.first[n+1])
	for k := range l.Body {
		eachOperand(&l.Body[k], func(v loop.Value) {
			b.users[b.first[v+1]] = loop.Value(k)
			b.first[v+1]++
		})
	}
	for _, s := range l.Stores {
		b.outside[s.Value] = true
	}
	for _, v := range l.Next {
		b.outside[v] = true
	}
	return b
}

// eachOperand visits the values that an instruction reads, each of them once.
func eachOperand(i *loop.Instr, visit func(v loop.Value)) {
	values := i.Values()
	for k, v := range values {
		if !slices.Contains(values[:k], v) {
			visit(v)
		}
	}
}

func (b *bundler) usersOf(v loop.Value) []loop.Value { return b.users[b.first[v]:b.first[v+1]] }

// needs reports whether v is made of w.
func (b *bundler) needs(v, w loop.Value) bool {
	words := (len(b.Body) + 63) / 64
	if b.before == nil {
		b.before = make([]uint64, len(b.Body)*words)
		for k := range b.Body {
			row := b.before[k*words:][:words]
			for _, v := range b.Body[k].Values() {
				row[v/64] |= 1 << (v % 64)
				for w, bits := range b.before[int(v)*words:][:v/64+1] {
					row[w] |= bits
				}
			}
		}
	}
	return b.before[int(v)*words+int(w/64)]>>(w%64)&1 != 0
}

// packable reports whether an operation is the same for single elements and for vectors of every length.
func packable(o loop.Op) bool {
	switch o {
	case loop.IMul, loop.FromInt, loop.ToInt, loop.Gather:
		return false
	}
	return o >= loop.Add
}

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
	byUse := make(map[use][]member)
	var order []use
	for v := range b.Body {
		if b.Body[v].Op == loop.Const {
			continue
		}
		for _, u := range b.usersOf(loop.Value(v)) {
			if x, ok := b.useOf(u, loop.Value(v)); ok {
				if len(byUse[x]) == 0 {
					order = append(order, x)
				}
				byUse[x] = append(byUse[x], member{loop.Value(v), u})
			}
		}
	}
	for _, x := range order {
		left := byUse[x]
		left = left[:min(len(left), mostSameArgs)]
		for len(left) > 1 {
			var args []loop.Value
			args, left = b.independent(left)
			if len(args) > 1 && !slices.ContainsFunc(all, func(a []loop.Value) bool { return slices.Equal(a, args) }) {
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

// find finds what is worth it, the best first, and returns the loop with it, or nil if there is nothing.
func (b *bundler) find() *loop.Loop {
	var all []*bundle
	for _, args := range b.candidates() {
		if x := b.try(args); x.gain >= leastGain {
			all = append(all, x)
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(x, y *bundle) int { return cmp.Compare(y.gain, x.gain) })
	if l, ok := b.addAll(all, false); ok {
		return l
	}
	for len(b.bundles) > 0 {
		b.remove()
	}
	l, _ := b.addAll(all, true)
	return l
}

// addAll adds bundles that are still worth it and returns the loop. If lanes wait for each other, it returns false, or, if
// careful, it does without the bundle that made them.
func (b *bundler) addAll(all []*bundle, careful bool) (l *loop.Loop, ok bool) {
	for _, x := range all {
		if x = b.try(x.args); x.gain < leastGain {
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
	if careful {
		return l, true
	}
	return rebuilt(b)
}

func (b *bundler) add(x *bundle) {
	for p := range x.packs[1:] {
		for l, v := range x.packs[p+1].lanes {
			if v >= 0 {
				b.seats[v] = seat{int16(len(b.bundles)), int16(p + 1), int16(l)}
			}
		}
	}
	b.bundles = append(b.bundles, x)
}

func (b *bundler) remove() {
	last := len(b.bundles) - 1
	for _, p := range b.bundles[last].packs[1:] {
		for _, v := range p.lanes {
			if v >= 0 {
				b.seats[v] = nowhere
			}
		}
	}
	b.bundles = b.bundles[:last]
}

// try returns the bundle of some arguments.
func (b *bundler) try(args []loop.Value) *bundle {
	x := &bundle{args: args, packs: []pack{{lanes: noLanes, count: len(args)}}}
	for l, v := range args {
		x.packs[0].lanes[l] = v
		b.lane[v], b.pack[v] = int8(l), 0
	}
	b.found = append(b.found[:0], args...)
	for k := 0; k < len(b.found); k++ {
		v := b.found[k]
		for _, u := range b.usersOf(v) {
			if b.lane[u] < 0 && b.seats[u] == nowhere && packable(b.Body[u].Op) {
				b.join(x, u)
			}
		}
	}
	b.prune(x)
	x.gain = b.gainOf(x)
	for _, v := range b.found {
		b.lane[v] = -1
	}
	return x
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
		if b.lane[w] < 0 || lane >= 0 && b.lane[w] != lane {
			return
		}
		if lane, k.from[j] = b.lane[w], b.pack[w]; of < 0 {
			of = b.pack[w]
		}
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
	out := make([]bool, len(x.packs))
	for p := range x.packs[1:] {
		q := &x.packs[p+1]
		out[p+1] = q.count == 1 && slow(q.key.op)
		for j := range q.key.op.Operands() {
			out[p+1] = out[p+1] || q.key.from[j] >= 0 && out[q.key.from[j]]
		}
		if out[p+1] {
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
	gain, apart, most := 1-len(x.args), [8]int{}, 0
	for _, p := range x.packs[1:] {
		if p.count > 1 {
			gain += p.count - 1
		}
		for l, v := range p.lanes {
			if v >= 0 && b.leaves(v) {
				apart[l]++
			}
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
	return b.outside[v] || slices.ContainsFunc(b.usersOf(v), func(u loop.Value) bool { return b.lane[u] < 0 || b.pack[u] < 0 })
}
