package trace

import "sync"

// compute runs a primitive on concrete arrays.
func compute(p Primitive, ins []Array) []Array {
	if y, ok := computeQuick(p, ins); ok {
		return []Array{y}
	}
	r := rooms.Get().(*room)
	defer r.release()
	return r.compute(p, ins, make([]Array, 0, 1))
}

// computeOne is compute for a primitive of one result.
func computeOne(p Primitive, ins []Array) Array {
	if y, ok := computeQuick(p, ins); ok {
		return y
	}
	r := rooms.Get().(*room)
	defer r.release()
	var one [1]Array
	return r.compute(p, ins, one[:0])[0]
}

// computeQuick computes what takes no look at types: literals, and functions of f64 scalars.
func computeQuick(p Primitive, ins []Array) (Array, bool) {
	if len(ins) == 0 {
		return literalValue(p)
	}
	for _, a := range ins {
		if c := a.cell(); c.flags&isNumber == 0 || len(c.typ.Shape) > 0 {
			return Array{}, false
		}
	}
	y, ok := ofScalars(p, ins)
	if !ok {
		return Array{}, false
	}
	return newFloat(y), true
}

// Pointwise primitives that know what they make of f64 scalars, without a look at types and without storage.
type (
	scalar1 interface{ Scalar1(x float64) float64 }
	scalar2 interface{ Scalar2(x, y float64) float64 }
)

// ofScalars returns what p makes of arrays that are numbers.
func ofScalars(p Primitive, ins []Array) (float64, bool) {
	switch len(ins) {
	case 1:
		if q, ok := p.(scalar1); ok {
			return q.Scalar1(ins[0].cell().number[0]), true
		}
	case 2:
		if q, ok := p.(scalar2); ok {
			return q.Scalar2(ins[0].cell().number[0], ins[1].cell().number[0]), true
		}
	}
	return 0, false
}

// room is what compute needs for a while. Rules do not keep it.
type room struct {
	types []Type
	bufs  []Buffer
}

var rooms = sync.Pool{New: func() any { return new(room) }}

func (r *room) release() {
	clear(r.types)
	clear(r.bufs)
	r.types, r.bufs = r.types[:0], r.bufs[:0]
	rooms.Put(r)
}

// compute appends the results of p.
func (r *room) compute(p Primitive, ins, ys []Array) []Array {
	for _, a := range ins {
		r.types = append(r.types, a.Type())
	}
	outs := typesOf(p, r.types)
	if y, ok := r.repeat(p, ins, outs); ok {
		return append(ys, y)
	}
	if y, ok := computeFormula(p, ins, outs); ok {
		return append(ys, y)
	}
	r.read(p, ins, outs)
	for _, b := range evaluate(p, r.bufs, outs) {
		ys = append(ys, newConcrete(b))
	}
	return ys
}

// repeat makes an array that repeats elements, without storage for more than those.
func (r *room) repeat(p Primitive, ins []Array, outs []Type) (Array, bool) {
	if len(ins) == 0 || len(outs) != 1 || outs[0].Size() == 0 {
		return Array{}, false
	}
	one := true
	for _, a := range ins {
		one = one && a.cell().repeats()
	}
	if !one {
		return repeatRows(p, ins, outs[0])
	}
	switch p.(type) {
	case Mover:
		return newSplat(ins[0].cell().few(), outs[0]), true
	case Pointwise:
		if outs[0].DType == F64 && ins[0].DType() == F64 {
			if y, ok := ofScalars(p, ins); ok {
				return fillFloat(y, outs[0]), true
			}
		}
		for _, a := range ins {
			r.bufs = append(r.bufs, a.cell().few().Shared())
		}
		y := p.Eval(r.bufs, []Type{{DType: outs[0].DType}})[0]
		return newSplat(y, outs[0]), true
	}
	return Array{}, false
}

// repeatRows makes an array that is all of an operand again and again.
func repeatRows(p Primitive, ins []Array, out Type) (Array, bool) {
	q, ok := p.(interface{ RepeatsAll(in, out Type) bool })
	if !ok || ins[0].cell().formula != nil || out.Stars() > 0 || !q.RepeatsAll(ins[0].Type(), out) {
		return Array{}, false
	}
	return newSplat(ins[0].buffer(), out), true
}

// read finds the elements of the operands. A primitive that says so is given one of f64 arrays by what it repeats.
func (r *room) read(p Primitive, ins []Array, outs []Type) {
	short := -1
	if _, ok := p.(interface{ TakesRepeated() }); ok && outs[0].DType == F64 && outs[0].Stars() == 0 && outs[0].Size() > 0 {
		for i, a := range ins {
			switch c := a.cell(); {
			case c.splat == nil && c.flags&isNumber == 0 || c.value.Load() != nil:
			case short < 0 && c.flags&isHole == 0:
				short = i
			}
		}
	}
	for i, a := range ins {
		if i == short {
			r.bufs = append(r.bufs, a.cell().few())
		} else {
			r.bufs = append(r.bufs, a.buffer())
		}
	}
}
