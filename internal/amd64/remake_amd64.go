package amd64

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// remaking makes the body of a loop anew, with vectors.
type remaking struct {
	from     *loop.Loop
	out      loop.Loop
	scalar   []loop.Value // of each value: the one of single elements, -1 if there is none yet, or making
	constant map[wideConstant]loop.Value
	laneOf   func(v loop.Value) (vector loop.Value, lane int8, ok bool) // where a value is taken from, if it is
	cyclic   bool                                                       // lanes wait for each other: all of it is in vain
}

const making = -2

type wideConstant struct {
	bits  uint64
	lanes uint8
}

// begin starts with an empty body.
func (r *remaking) begin(l *loop.Loop, room *room, laneOf func(v loop.Value) (loop.Value, int8, bool)) {
	*r = remaking{from: l, out: *l, scalar: room.values.some(len(l.Body)), constant: room.wide, laneOf: laneOf}
	clear(r.constant)
	for v := range r.scalar {
		r.scalar[v] = -1
	}
	r.out.Body, r.out.Stores, r.out.Next = room.instrs.some(len(l.Body))[:0], nil, nil
	r.out.Picks = slices.Clone(l.Picks)
}

func (r *remaking) emit(i loop.Instr) loop.Value {
	r.out.Body = append(r.out.Body, i)
	return loop.Value(len(r.out.Body) - 1)
}

// once returns the value that is kept at a place, which make makes if there is none yet. If it waits for itself, all is in vain.
func (r *remaking) once(at *loop.Value, make func() loop.Value) loop.Value {
	if *at == making || r.cyclic {
		r.cyclic = true
		return 0
	}
	if *at < 0 {
		*at = making
		*at = make()
	}
	return *at
}

// single returns a value as that of a single element.
func (r *remaking) single(v loop.Value) loop.Value {
	return r.once(&r.scalar[v], func() loop.Value { return r.alone(v) })
}

// alone makes it.
func (r *remaking) alone(v loop.Value) loop.Value {
	i := r.from.Body[v]
	if p, lane, ok := r.laneOf(v); ok {
		i = loop.Instr{Op: apart, A: p, B: p, Imm: uint64(lane)}
	} else if i.Op == loop.Gather {
		i.B = r.single(i.B)
	} else {
		for j, w := range []*loop.Value{&i.A, &i.B, &i.C} {
			if j < i.Op.Operands() {
				*w = r.single(*w)
			}
		}
	}
	return r.emit(i)
}

// same returns a constant in all lanes.
func (r *remaking) same(bits uint64, lanes uint8) loop.Value {
	k := wideConstant{bits, lanes}
	v, ok := r.constant[k]
	if !ok {
		v = r.emit(loop.Instr{Op: loop.Const, Imm: bits, C: loop.Value(lanes)})
		r.constant[k] = v
	}
	return v
}

// vectorOf returns a vector of values.
func (r *remaking) vectorOf(values []loop.Value) loop.Value {
	n := len(values)
	if n == 1 {
		return r.single(values[0])
	}
	consecutive, same := true, true
	for k, v := range values[1:] {
		consecutive = consecutive && follows(r.from, values[k], v)
		same = same && v == values[0]
	}
	first := &r.from.Body[values[0]]
	switch {
	case consecutive:
		return r.emit(loop.Instr{Op: loop.Load, A: first.A, Imm: first.Imm, C: loop.Value(n)})
	case same && n > 2:
		a := r.single(values[0])
		return r.emit(loop.Instr{Op: spread, A: a, B: a, C: loop.Value(n)})
	}
	a := r.vectorOf(values[:n/2])
	b := a
	if !slices.Equal(values[:n/2], values[n/2:]) {
		b = r.vectorOf(values[n/2:])
	}
	return r.emit(loop.Instr{Op: join, A: a, B: b})
}
