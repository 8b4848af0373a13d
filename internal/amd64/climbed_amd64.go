package amd64

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// rebuilt returns the loop with the runs that there are, or nil if lanes wait for each other.
func (c *climber) rebuilt(r *room) *loop.Loop {
	b := &climbing{climber: c, vectors: r.values.some(len(c.packs))}
	for p := range b.vectors {
		b.vectors[p] = -1
	}
	b.begin(c.Loop, r, b.laneOf)
	for k, s := 0, 0; k < len(c.Stores); {
		x, n := c.Stores[k], 1
		if s < len(c.runs) && c.runs[s].first == k {
			x.Value, n = b.vector(c.runs[s].pack), c.runs[s].count
			s++
		} else {
			x.Value = b.single(x.Value)
		}
		b.out.Stores = append(b.out.Stores, x)
		k += n
	}
	for _, v := range c.Next {
		b.out.Next = append(b.out.Next, b.single(v))
	}
	if b.cyclic {
		return nil
	}
	return &b.out
}

// climbing makes the body of a loop with what a climber found.
type climbing struct {
	*climber
	remaking
	vectors []loop.Value // of packs
}

// laneOf returns the vector from which a value is taken, and its lane.
func (b *climbing) laneOf(v loop.Value) (vector loop.Value, lane int8, ok bool) {
	if !b.taken(v) {
		return 0, 0, false
	}
	p := b.seats[v]
	return b.vector(p), int8(slices.Index(b.packs[p].lanes[:], v)), true
}

// vector returns the value of a pack.
func (b *climbing) vector(p int32) loop.Value {
	return b.once(&b.vectors[p], func() loop.Value { return b.made(&b.packs[p]) })
}

// made makes the value of a pack.
func (b *climbing) made(q *climbed) loop.Value {
	switch values := q.lanes[:q.count]; q.by {
	case byConstants:
		return b.constants(values)
	case byInstruction:
		i := b.Body[values[0]]
		for j, w := range []*loop.Value{&i.A, &i.B, &i.C} {
			if j < i.Op.Operands() {
				*w = b.vector(q.from[j])
			}
		}
		return b.emit(i)
	default:
		return b.vectorOf(values)
	}
}

// constants returns a vector of constants.
func (b *climbing) constants(values []loop.Value) loop.Value {
	first := b.Body[values[0]].Imm
	if !slices.ContainsFunc(values, func(v loop.Value) bool { return b.Body[v].Imm != first }) {
		return b.same(first, uint8(len(values)))
	}
	i := loop.Instr{Op: loop.Pick, Imm: uint64(len(b.out.Picks)), C: loop.Value(len(values))}
	for _, v := range values {
		b.out.Picks = append(b.out.Picks, b.Body[v].Imm)
	}
	return b.emit(i)
}
