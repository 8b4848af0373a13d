package trace

import "slices"

// Unroller is a primitive that owns funcs and can tell how its results come about from calls of them.
type Unroller interface {
	Primitive
	// Unroll is Eval, over values, by means of u.
	Unroll(u *Unrolling, in []*Value, out []Type) []*Value
}

// Value is a concrete value in an Unrolling.
type Value struct {
	Buffer Buffer
	marks  marks
}

// Unrolling notes how the results of a primitive that owns funcs come about.
type Unrolling struct{ steps []unrolled }

// unrolled is a call of f, for a row of a loop if row is not negative. Without f, out is a row of in or,
// if row is negative, in are all rows of out.
type unrolled struct {
	f       *Func
	row     int
	in, out []*Value
}

// Call returns the results of f. row is the one that the body of a loop is called for, or negative.
func (u *Unrolling) Call(f *Func, row int, in []*Value) []*Value {
	var out []*Value
	for _, b := range f.EvalBuffers(buffers(in)) {
		out = append(out, &Value{Buffer: b})
	}
	u.steps = append(u.steps, unrolled{f, row, slices.Clone(in), out})
	return out
}

// Row returns row i of a value, given its buffer.
func (u *Unrolling) Row(x *Value, i int, row Buffer) *Value {
	y := &Value{Buffer: row}
	u.steps = append(u.steps, unrolled{row: i, in: []*Value{x}, out: []*Value{y}})
	return y
}

// Stack returns the value with the given rows, given its buffer.
func (u *Unrolling) Stack(rows []*Value, all Buffer) *Value {
	y := &Value{Buffer: all}
	u.steps = append(u.steps, unrolled{row: -1, in: rows, out: []*Value{y}})
	return y
}

func buffers(vs []*Value) []Buffer {
	bs := make([]Buffer, len(vs))
	for i, v := range vs {
		bs[i] = v.Buffer.Shared()
	}
	return bs
}

// back goes back from the marks of the results to those of the operands, and returns the first
// equation on the way where something became not finite, if there is one.
func (u *Unrolling) back() (found *source) {
	for i := len(u.steps) - 1; i >= 0; i-- {
		s := &u.steps[i]
		switch {
		case s.f != nil:
			if src := s.called(); src != nil {
				found = src
			}
		case s.row >= 0:
			s.in[0].marks.mark(s.out[0].marks.asRow(s.in[0].Buffer, s.row))
		default:
			for i, x := range s.in {
				x.marks.mark(s.out[0].marks.rowOf(s.out[0].Buffer, i))
			}
		}
	}
	return found
}

// called goes back through a call.
func (s *unrolled) called() *source {
	out := make([]*marks, len(s.out))
	reached := false
	for i, y := range s.out {
		out[i] = &y.marks
		reached = reached || y.marks.any()
	}
	if !reached {
		return nil
	}
	in, src := s.f.trail(buffers(s.in), out)
	for i, x := range s.in {
		x.marks.mark(in[i])
	}
	if src != nil && s.row >= 0 {
		src.steps = append([]int{s.row}, src.steps...)
	}
	return src
}

// asRow returns marks of a row as those of x, whose row i it is.
func (m *marks) asRow(x Buffer, i int) *marks {
	all := &marks{}
	if x.Type.Stars() > 0 {
		all.markRow(i, m)
	} else if n := x.Type.Row().Size(); m.any() {
		all.bits = make([]bool, len(x.F64))
		copy(all.bits[i*n:], m.bits)
	}
	return all
}

// rowOf returns the marks, of x, that are those of its row i.
func (m *marks) rowOf(x Buffer, i int) *marks {
	if x.Type.Stars() > 0 {
		return m.row(i)
	}
	n := x.Type.Row().Size()
	if len(m.bits) < (i+1)*n {
		return nil
	}
	return &marks{bits: m.bits[i*n : (i+1)*n]}
}
