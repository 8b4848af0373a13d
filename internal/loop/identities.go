package loop

import "math"

// identity returns a value that equals an instruction to the bit, for any value of the operands that are not
// constants: there is nothing to compute then.
func (b *Builder) identity(i Instr) (Value, bool) {
	switch i.Op {
	case Select:
		if i.B == i.C || b.is(i.A, math.MaxUint64) {
			return i.B, true
		}
		if b.is(i.C, 0) && i.Imm != choice {
			return b.And(i.A, i.B), true
		}
		return i.C, b.is(i.A, 0)
	case ILess: // the number of a mask, which is 0 or 1, is not 0
		if one := &b.Body[i.B]; b.is(i.A, 0) && one.Op == And {
			for _, x := range [][2]Value{{one.A, one.B}, {one.B, one.A}} {
				if b.is(x[0], 1) && b.isMask(x[1]) {
					return x[1], true
				}
			}
		}
	case And, Or, Xor, Add, Mul, IAdd:
		if i.Op == Add {
			for _, x := range [][2]Value{{i.A, i.B}, {i.B, i.A}} {
				if b.is(x[1], 0) && b.noNegativeZero(x[0], lookBack) {
					return x[0], true
				}
			}
		}
		if v, ok := b.neutral(i.Op, i.A, i.B); ok {
			return v, true
		}
		return b.neutral(i.Op, i.B, i.A)
	case AndNot:
		if b.is(i.A, 0) {
			return i.B, true
		}
		if b.is(i.A, math.MaxUint64) || b.is(i.B, 0) {
			return b.Bits(0), true
		}
	case Sub:
		return i.A, b.is(i.B, 0)
	case Div:
		return i.A, b.is(i.B, math.Float64bits(1))
	}
	return 0, false
}

// neutral returns what an operation that commutes gives if x is a constant that decides that alone.
func (b *Builder) neutral(o Op, x, y Value) (Value, bool) {
	switch {
	case o == And && b.Body[y].Op == And && (b.Body[y].A == x || b.Body[y].B == x):
		return y, true
	case o == And && b.is(x, 0), o == Or && b.is(x, math.MaxUint64):
		return x, true
	case o == And && b.is(x, math.MaxUint64), (o == Or || o == Xor || o == IAdd) && b.is(x, 0),
		o == Add && b.is(x, sign), o == Mul && b.is(x, math.Float64bits(1)), (o == And || o == Or) && x == y:
		return y, true
	}
	return 0, false
}

// lookBack is how many instructions, one made of the other, are looked at for what a value cannot be.
const lookBack = 4

// noNegativeZero reports whether v is not -0 for certain: a sum is that only if both terms are, so that most sums of a few are not.
func (b *Builder) noNegativeZero(v Value, depth int) bool {
	switch i := &b.Body[v]; {
	case i.Op == Const:
		return i.Imm != sign
	case depth == 0:
		return false
	case i.Op == Add:
		return b.noNegativeZero(i.A, depth-1) || b.noNegativeZero(i.B, depth-1)
	case i.Op == Sub:
		return b.noNegativeZero(i.A, depth-1)
	case i.Op == Mul:
		return i.A == i.B
	}
	return false
}

// is reports whether v is that constant.
func (b *Builder) is(v Value, bits uint64) bool {
	return b.Body[v].Op == Const && b.Body[v].Imm == bits
}

// isMask reports whether v is a mask for certain.
func (b *Builder) isMask(v Value) bool {
	switch i := &b.Body[v]; i.Op {
	case Less, LessEqual, Equal, NotEqual, ILess, IEqual:
		return true
	case And, Or, Xor:
		return b.isMask(i.A) && b.isMask(i.B)
	case Const:
		return i.Imm == 0 || i.Imm == math.MaxUint64
	case Load:
		return b.Arrays[i.A].Kind == Bool
	}
	return false
}
