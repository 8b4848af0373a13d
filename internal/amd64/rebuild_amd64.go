package amd64

import (
	"math/bits"
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// Instructions of bundled loops alone. What reads one value has it as B too. C of a constant, a load or a pick is how many
// lanes it has, if they are several: then these are consecutive elements of the array, or values of Picks.
const (
	join  loop.Op = iota + 64 // the lanes of A, and then those of B, which are as many
	apart                     // lane number Imm of A, or C lanes from there on
	union                     // the lanes of A combined by Or
)

// bundled returns the loop with what can be done in lanes done so, or the loop itself.
func bundled(l *loop.Loop, level Level) *loop.Loop {
	if !l.Sequential || l.Ends || len(l.Next) > 1 || len(l.Body) < 2*leastGain || len(l.Body) > mostBundled ||
		slices.ContainsFunc(l.Arrays, func(a loop.Array) bool { return a.Step != 0 }) {
		return l // carries go from element to element, and lanes would make that way longer
	}
	most := 4
	if level == AVX512 {
		most = 8
	}
	if out := newBundler(l, most).find(); out != nil {
		return out
	}
	return l
}

// rebuilder makes the body of a loop with bundles.
type rebuilder struct {
	*bundler
	out      loop.Loop
	scalar   []loop.Value // of each value: the one of single elements, -1 if there is none yet, or making
	packs    [][]loop.Value
	seating  []seating
	wide     []uint8
	constant map[wideConstant]loop.Value
	cyclic   bool

	alternatives []loop.Value // what the carry is combined of by Or
	combined     []bool       // the instructions that do
}

const making = -2

type wideConstant struct {
	bits  uint64
	lanes uint8
}

// rebuilt returns the loop with bundles; or false if what they consist of waits for each other.
func rebuilt(b *bundler) (*loop.Loop, bool) {
	r := &rebuilder{bundler: b, out: *b.Loop, scalar: make([]loop.Value, len(b.Body)), constant: make(map[wideConstant]loop.Value)}
	for v := range r.scalar {
		r.scalar[v] = -1
	}
	for _, x := range b.bundles {
		packs := make([]loop.Value, len(x.packs))
		for p := range packs {
			packs[p] = -1
		}
		r.packs = append(r.packs, packs)
		r.seating = append(r.seating, b.seat(x))
	}
	r.out.Body, r.out.Stores, r.out.Next = make([]loop.Instr, 0, len(b.Body)), nil, nil
	r.out.Picks = slices.Clone(b.Picks)
	r.combined = make([]bool, len(b.Body))
	for _, v := range b.Next {
		r.alternate(v)
	}
	for v := range b.Body {
		switch s := b.seats[v]; {
		case r.cyclic:
			return nil, false
		case s != nowhere:
			r.packed(s.bundle, s.pack)
		case b.Body[v].Op > loop.Index && !r.combined[v]:
			r.single(loop.Value(v))
		}
	}
	r.finish()
	return &r.out, !r.cyclic
}

func (r *rebuilder) emit(i loop.Instr, lanes uint8) loop.Value {
	r.out.Body = append(r.out.Body, i)
	r.wide = append(r.wide, lanes)
	return loop.Value(len(r.out.Body) - 1)
}

// single returns a value as that of a single element.
func (r *rebuilder) single(v loop.Value) loop.Value {
	if r.scalar[v] == making || r.cyclic {
		r.cyclic = true
		return 0
	}
	if r.scalar[v] >= 0 {
		return r.scalar[v]
	}
	r.scalar[v] = making
	i := r.Body[v]
	if s := r.seats[v]; s != nowhere {
		p := r.packed(s.bundle, s.pack)
		i = loop.Instr{Op: apart, A: p, B: p, Imm: uint64(r.seating[s.bundle].place[s.lane])}
	} else if i.Op == loop.Gather {
		i.B = r.single(i.B)
	} else {
		for j, w := range []*loop.Value{&i.A, &i.B, &i.C} {
			if j < i.Op.Operands() {
				*w = r.single(*w)
			}
		}
	}
	r.scalar[v] = r.emit(i, 1)
	return r.scalar[v]
}

// packed returns the value of a pack.
func (r *rebuilder) packed(bundle, p int16) loop.Value {
	at := &r.packs[bundle][p]
	if *at == making || r.cyclic {
		r.cyclic = true
		return 0
	}
	if *at >= 0 {
		return *at
	}
	*at = making
	if p == 0 {
		*at = r.together(r.seating[bundle].order, r.bundles[bundle].args)
		return *at
	}
	k := &r.bundles[bundle].packs[p].key
	lanes := uint8(len(r.seating[bundle].order))
	i := loop.Instr{Op: k.op, Imm: k.imm}
	for j, w := range []*loop.Value{&i.A, &i.B, &i.C} {
		switch {
		case j >= k.op.Operands():
		case k.from[j] >= 0:
			*w = r.packed(bundle, k.from[j])
		case r.bundles[bundle].packs[p].mixed[j]:
			*w = r.mixed(bundle, p, j)
		default:
			*w = r.same(k.constant[j], lanes)
		}
	}
	*at = r.emit(i, lanes)
	return *at
}

// same returns a constant in all lanes.
func (r *rebuilder) same(bits uint64, lanes uint8) loop.Value {
	k := wideConstant{bits, lanes}
	v, ok := r.constant[k]
	if !ok {
		v = r.emit(loop.Instr{Op: loop.Const, Imm: bits, C: loop.Value(lanes)}, lanes)
		r.constant[k] = v
	}
	return v
}

// mixed returns operand j of a pack, a constant in each lane.
func (r *rebuilder) mixed(bundle, p int16, j int) loop.Value {
	q, order := &r.bundles[bundle].packs[p], r.seating[bundle].order
	i := loop.Instr{Op: loop.Pick, Imm: uint64(len(r.out.Picks)), C: loop.Value(len(order))}
	for _, l := range order {
		c := q.key.constant[j]
		if v := q.lanes[l]; v >= 0 {
			c = r.Body[r.Body[v].Values()[j]].Imm
		}
		r.out.Picks = append(r.out.Picks, c)
	}
	return r.emit(i, uint8(len(order)))
}

// seating says in which order the arguments of a bundle are in a vector.
type seating struct {
	order []int8 // the argument in each lane, some of them in several, so that there is one everywhere
	place [8]int8
}

// seat lets arguments that are consecutive in memory sit together, and one of the others, of which most is wanted, at the
// front.
func (b *bundler) seat(x *bundle) (s seating) {
	n := 2
	for n < len(x.args) {
		n *= 2
	}
	byMemory := make([]int8, len(x.args))
	for l := range byMemory {
		byMemory[l] = int8(l)
	}
	slices.SortStableFunc(byMemory, func(i, j int8) int {
		p, q := &b.Body[x.args[i]], &b.Body[x.args[j]]
		if p.Op == loop.Load && q.Op == loop.Load && p.A == q.A {
			return int(p.Imm) - int(q.Imm)
		}
		return 0
	})
	var singles, pairs []int8
	for k := 0; k < len(byMemory); k++ {
		if k+1 < len(byMemory) && b.follows(x.args[byMemory[k]], x.args[byMemory[k+1]]) {
			pairs = append(pairs, byMemory[k], byMemory[k+1])
			k++
		} else {
			singles = append(singles, byMemory[k])
		}
	}
	for double := n - len(x.args); double > 0 && len(singles) > 0; double-- {
		s.order = append(s.order, singles[0], singles[0])
		singles = singles[1:]
	}
	if len(s.order) == 0 && len(singles)%2 == 0 || len(singles) == 0 {
		s.order = append(append(s.order, pairs...), singles...)
	} else {
		s.order = append(append(s.order, singles...), pairs...)
	}
	for len(s.order) < n {
		s.order = append(s.order, s.order[len(s.order)-2])
	}
	for k := len(s.order) - 1; k >= 0; k-- {
		s.place[s.order[k]] = int8(k)
	}
	return s
}

// follows reports whether w is the element behind v.
func (b *bundler) follows(v, w loop.Value) bool {
	p, q := &b.Body[v], &b.Body[w]
	return p.Op == loop.Load && q.Op == loop.Load && p.A == q.A && q.Imm == p.Imm+1 && b.Arrays[p.A].Kind != loop.Bool
}

// together returns a vector of arguments.
func (r *rebuilder) together(order []int8, args []loop.Value) loop.Value {
	n := len(order)
	if n == 1 {
		return r.single(args[order[0]])
	}
	first := &r.Body[args[order[0]]]
	consecutive := true
	for k := range order[1:] {
		consecutive = consecutive && r.follows(args[order[k]], args[order[k+1]])
	}
	if consecutive {
		return r.emit(loop.Instr{Op: loop.Load, A: first.A, Imm: first.Imm, C: loop.Value(n)}, uint8(n))
	}
	a := r.together(order[:n/2], args)
	b := a
	if !slices.Equal(order[:n/2], order[n/2:]) {
		b = r.together(order[n/2:], args)
	}
	return r.emit(loop.Instr{Op: join, A: a, B: b}, uint8(n))
}

// finish makes what happens at the end of an element.
func (r *rebuilder) finish() {
	for k := 0; k < len(r.Stores); {
		s, n := r.Stores[k], r.abreast(r.Stores[k:])
		if n == 1 {
			s.Value = r.single(s.Value)
		} else {
			at := r.seats[s.Value]
			s.Value = r.packed(at.bundle, at.pack)
			if first := r.seating[at.bundle].place[at.lane]; n < len(r.seating[at.bundle].order) {
				s.Value = r.emit(loop.Instr{Op: apart, A: s.Value, B: s.Value, C: loop.Value(n), Imm: uint64(first)}, uint8(n))
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
			all = r.emit(loop.Instr{Op: loop.Or, A: all, B: v}, 1)
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
			add(r.emit(loop.Instr{Op: union, A: p, B: p}, 1))
			count[s] = 0
		}
	}
	return all
}
