package amd64

import (
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
func bundled(l *loop.Loop, level Level, r *room) *loop.Loop {
	if !l.Sequential || len(l.Body) < 2*leastGain || len(l.Body) > mostBundled {
		return l
	}
	most, least := 4, 2
	if level == AVX512 {
		most = 8
	}
	if len(l.Next) > 1 { // carries go from element to element, and the way through lanes is longer
		least = 3
	}
	if l.Ends {
		most, least = 4, 2
	}
	if out := newBundler(l, most, least, r).find(); out != nil {
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
	r := &rebuilder{bundler: b, out: *b.Loop, scalar: b.room.values.some(len(b.Body)), constant: b.room.wide}
	clear(r.constant)
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
	r.out.Body, r.out.Stores, r.out.Next = b.room.instrs.some(len(b.Body))[:0], nil, nil
	r.out.Picks = slices.Clone(b.Picks)
	r.combined = b.room.flags.zeros(len(b.Body))
	if len(b.Next) == 1 {
		r.alternate(b.Next[0])
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

func (r *rebuilder) emit(i loop.Instr) loop.Value {
	r.out.Body = append(r.out.Body, i)
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
	r.scalar[v] = r.emit(i)
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
	if q := &r.bundles[bundle].packs[p]; q.given {
		*at = r.together(r.seating[bundle].order, q.lanes[:])
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
	*at = r.emit(i)
	return *at
}

// same returns a constant in all lanes.
func (r *rebuilder) same(bits uint64, lanes uint8) loop.Value {
	k := wideConstant{bits, lanes}
	v, ok := r.constant[k]
	if !ok {
		v = r.emit(loop.Instr{Op: loop.Const, Imm: bits, C: loop.Value(lanes)})
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
	return r.emit(i)
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
		return r.emit(loop.Instr{Op: loop.Load, A: first.A, Imm: first.Imm, C: loop.Value(n)})
	}
	a := r.together(order[:n/2], args)
	b := a
	if !slices.Equal(order[:n/2], order[n/2:]) {
		b = r.together(order[n/2:], args)
	}
	return r.emit(loop.Instr{Op: join, A: a, B: b})
}
