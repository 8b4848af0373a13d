package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// Instructions of bundled loops alone. What reads one value has it as B too. C of a constant, a load or a pick is how many
// lanes it has, if they are several: then these are consecutive elements of the array, or values of Picks.
const (
	join   loop.Op = iota + 64 // the lanes of A, and then those of B, which are as many
	spread                     // A in C lanes, 4 or 8
	apart                      // lane number Imm of A, or C lanes from there on
	union                      // the lanes of A combined by Or
)

// bundled returns the loop with what can be done in lanes done so, or the loop itself.
func bundled(l *loop.Loop, level Level, r *room) *loop.Loop {
	if !l.Sequential || len(l.Body) < 2*leastGain || len(l.Body) > mostBundled {
		return l
	}
	most := 4
	if level == AVX512 && !l.Ends {
		most = 8
	}
	best, least := l, 2
	if len(l.Next) > 1 && !l.Ends { // carries go from element to element, and the way through lanes is longer
		least = 3
	}
	if out := newBundler(l, most, least, r).find(); out != nil {
		best = out
	}
	if out := climb(l, most, r); out != nil && effortOf(out) < effortOf(best) {
		best = out
	}
	return best
}

// effortOf is about how long an element of a loop takes.
func effortOf(l *loop.Loop) (sum int) {
	wide := lanesOf(l)
	for v := range l.Body {
		if i := &l.Body[v]; i.Op <= loop.Index {
			continue
		} else if wide == nil {
			sum += effort(i.Op, 1)
		} else {
			sum += effort(i.Op, int(wide[v]))
		}
	}
	return sum + len(l.Stores)
}

// rebuilder makes the body of a loop with bundles.
type rebuilder struct {
	*bundler
	remaking
	packs   [][]loop.Value
	seating []seating

	alternatives []loop.Value // what the carry is combined of by Or
	combined     []bool       // the instructions that do
}

// rebuilt returns the loop with bundles; or false if what they consist of waits for each other.
func rebuilt(b *bundler) (*loop.Loop, bool) {
	r := &rebuilder{bundler: b}
	r.begin(b.Loop, b.room, r.laneOf)
	for _, x := range b.bundles {
		packs := make([]loop.Value, len(x.packs))
		for p := range packs {
			packs[p] = -1
		}
		r.packs = append(r.packs, packs)
		r.seating = append(r.seating, b.seat(x))
	}
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

// laneOf returns the vector that a value is a lane of, and which one.
func (r *rebuilder) laneOf(v loop.Value) (vector loop.Value, lane int8, ok bool) {
	s := r.seats[v]
	if s == nowhere {
		return 0, 0, false
	}
	return r.packed(s.bundle, s.pack), r.seating[s.bundle].place[s.lane], true
}

// packed returns the value of a pack.
func (r *rebuilder) packed(bundle, p int16) loop.Value {
	return r.once(&r.packs[bundle][p], func() loop.Value { return r.made(bundle, p) })
}

// made makes it.
func (r *rebuilder) made(bundle, p int16) loop.Value {
	q, order := &r.bundles[bundle].packs[p], r.seating[bundle].order
	if q.given {
		var values [8]loop.Value
		for k, l := range order {
			values[k] = q.lanes[l]
		}
		return r.vectorOf(values[:len(order)])
	}
	i := loop.Instr{Op: q.key.op, Imm: q.key.imm}
	for j, w := range []*loop.Value{&i.A, &i.B, &i.C} {
		switch {
		case j >= i.Op.Operands():
		case q.key.from[j] >= 0:
			*w = r.packed(bundle, q.key.from[j])
		case q.mixed[j]:
			*w = r.mixed(bundle, p, j)
		default:
			*w = r.same(q.key.constant[j], uint8(len(order)))
		}
	}
	return r.emit(i)
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
