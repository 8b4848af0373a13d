package loop

import "math"

// WithSigns returns the builder's loop with signs taken out of products and quotients, as far as they go: -1/x is made of 1/x,
// (-x)*y is that of x*y, x + -y is x - y and so on. So what differs in a sign alone is computed once. The loop computes the
// same to the bit, but for the sign of NaN.
func (b *Builder) WithSigns() *Builder {
	s := &signs{Builder: NewBuilder(), of: make([]signed, len(b.Body))}
	next := b.Next
	s.Loop, s.Body, s.Next, s.Stores, s.Fails = b.Loop, nil, nil, nil, nil
	s.Reserve(len(b.Body))
	for v, i := range b.Body {
		s.of[v] = s.instruction(i)
	}
	for k, v := range next {
		s.Carry(k)
		s.Next[k] = s.value(v)
	}
	for _, x := range b.Stores {
		s.Store(x.Array, x.Offset, s.value(x.Value))
	}
	for _, m := range b.Fails {
		s.Fail(s.value(m))
	}
	for _, m := range b.Rare {
		s.Rarely(s.value(m))
	}
	if b.Ends {
		s.While = s.value(b.While)
	}
	return s.Builder
}

// signed is a value, or its negative.
type signed struct {
	v        Value
	negative bool
}

type signs struct {
	*Builder
	of []signed // of the values of the body that is read
}

// value returns what a value of the body that is read has become.
func (s *signs) value(v Value) Value {
	if x := s.of[v]; x.negative {
		return s.Neg(x.v)
	}
	return s.of[v].v
}

// factor returns an operand of a product or a quotient, with its sign apart.
func (s *signs) factor(v Value) signed {
	x := s.of[v]
	if c := &s.Body[x.v]; c.Op == Const && c.Imm&sign != 0 && !math.IsNaN(math.Float64frombits(c.Imm)) {
		return signed{s.Bits(c.Imm &^ sign), !x.negative}
	}
	return x
}

// instruction makes an instruction of the body that is read.
func (s *signs) instruction(i Instr) signed {
	switch i.Op {
	case Mul, Div:
		x, y := s.factor(i.A), s.factor(i.B)
		return signed{s.op(i.Op, x.v, y.v), x.negative != y.negative}
	case Add, Sub:
		x, y := s.of[i.A], s.of[i.B]
		if i.Op == Sub {
			y.negative = !y.negative
		}
		switch {
		case !y.negative && x.negative:
			return signed{v: s.Sub(y.v, x.v)}
		case y.negative && x.negative: // the zero of x - x has another sign than that of -x + x
			return signed{v: s.Sub(s.Neg(x.v), y.v)}
		case y.negative:
			return signed{v: s.Sub(x.v, y.v)}
		}
		return signed{v: s.Add(x.v, y.v)}
	case Xor:
		if s.is(s.of[i.B].v, sign) && !s.of[i.B].negative {
			x := s.of[i.A]
			return signed{x.v, !x.negative}
		}
	case Select:
		if x, y := s.of[i.B], s.of[i.C]; x.negative && y.negative {
			return signed{s.Emit(Instr{Op: Select, A: s.value(i.A), B: x.v, C: y.v, Imm: i.Imm}), true}
		}
	}
	for k, v := range []*Value{&i.A, &i.B, &i.C} {
		switch {
		case i.Op == Gather && k == 1, i.Op != Gather && k < i.Op.Operands():
			*v = s.value(*v)
		}
	}
	return signed{v: s.Emit(i)}
}
