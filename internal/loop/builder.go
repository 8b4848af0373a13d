package loop

import (
	"math"
	"slices"
	"sync"
)

// Builder makes the body of a loop. Equal instructions stand once, and what depends on constants alone is
// computed; what is one of its operands for certain is that.
type Builder struct {
	Loop
	Fails []Value // masks that are true where the loop cannot do what it should
	Rare  []Value // masks that are hardly ever true
	made  table
}

// NewBuilder returns a builder of a loop without arrays.
func NewBuilder() *Builder {
	r := rooms.Get().(*room)
	b := &Builder{made: table{numbers: r.numbers}}
	b.Body = r.body
	return b
}

// room is what a builder leaves to the next one.
type room struct {
	body    []Instr
	numbers []int32
}

var rooms = sync.Pool{New: func() any { return new(room) }}

// Release leaves the room for the body to the next builder: nobody has the loop any more.
func (b *Builder) Release() {
	rooms.Put(&room{b.Body[:0], b.made.numbers[:0]})
	b.Body, b.made = nil, table{}
}

// Reserve makes room for some instructions more.
func (b *Builder) Reserve(instructions int) {
	b.Body = slices.Grow(b.Body, instructions)
	b.made.reserve(b.Body, instructions)
}

// Array adds an array and returns its number.
func (b *Builder) Array(k Kind, step int) int {
	b.Arrays = append(b.Arrays, Array{Kind: k, Step: step})
	return len(b.Arrays) - 1
}

// Fail notes where the loop cannot do what it should, as a mask, unless that is known to be nowhere.
func (b *Builder) Fail(m Value) {
	if i := &b.Body[m]; (i.Op != Const || i.Imm != 0) && !slices.Contains(b.Fails, m) {
		b.Fails = append(b.Fails, m)
	}
}

// Rarely notes that a mask is hardly ever true, unless that is known.
func (b *Builder) Rarely(m Value) {
	if b.Body[m].Op != Const && !slices.Contains(b.Rare, m) {
		b.Rare = append(b.Rare, m)
	}
}

// EndUnless makes the loop end where v, a mask, is false.
func (b *Builder) EndUnless(v Value) { b.Ends, b.While = true, v }

// Store stores v to an array.
func (b *Builder) Store(array, offset int, v Value) {
	b.Stores = append(b.Stores, Store{array, offset, v})
}

// Emit returns the value of an instruction.
func (b *Builder) Emit(i Instr) Value {
	if v, ok := b.made.find(b.Body, i); ok {
		return v
	}
	if c, ok := b.fold(i); ok {
		return b.Bits(c)
	}
	if v, ok := b.identity(i); ok {
		return v
	}
	if cap(b.Body) == 0 {
		b.Body = make([]Instr, 0, 32)
	}
	b.Body = append(b.Body, i)
	b.made.add(b.Body)
	return Value(len(b.Body) - 1)
}

// fold returns the value of an instruction whose operands are constants.
func (b *Builder) fold(i Instr) (uint64, bool) {
	if i.Op.Operands() == 0 || i.Op == Gather {
		return 0, false
	}
	var c [3]uint64
	for k, v := range i.Values() {
		if b.Body[v].Op != Const {
			return 0, false
		}
		c[k] = b.Body[v].Imm
	}
	return Compute(i.Op, c[0], c[1], c[2], i.Imm), true
}

// Float returns a constant.
func (b *Builder) Float(x float64) Value { return b.Bits(math.Float64bits(x)) }

// Bits returns a constant: an i64, a mask or the bits of an f64.
func (b *Builder) Bits(x uint64) Value { return b.Emit(Instr{Op: Const, Imm: x}) }

// Int returns a constant.
func (b *Builder) Int(x int64) Value { return b.Bits(uint64(x)) }

// Load returns the element of an array at the current position plus an offset.
func (b *Builder) Load(array, offset int) Value {
	return b.Emit(Instr{Op: Load, A: Value(array), Imm: uint64(offset)})
}

// Gather returns the element of an array at index i from its start.
func (b *Builder) Gather(array int, i Value) Value {
	return b.Emit(Instr{Op: Gather, A: Value(array), B: i})
}

// Carry returns carry number k as the element before left it. Its next value is to be set in Next.
func (b *Builder) Carry(k int) Value {
	for len(b.Next) <= k {
		b.Next = append(b.Next, -1)
	}
	return b.Emit(Instr{Op: Carry, Imm: uint64(k)})
}

// Pick returns the one of some values, in turn, that is for the current element.
func (b *Builder) Pick(values []uint64) Value {
	if v := values[0]; !slices.ContainsFunc(values, func(w uint64) bool { return w != v }) {
		return b.Bits(v)
	}
	for at := 0; at < len(b.Picks); at += len(values) {
		if slices.Equal(b.Picks[at:][:len(values)], values) {
			return b.Emit(Instr{Op: Pick, Imm: uint64(at)})
		}
	}
	b.Picks = append(b.Picks, values...)
	return b.Emit(Instr{Op: Pick, Imm: uint64(len(b.Picks) - len(values))})
}

// Index returns the number of the current element.
func (b *Builder) Index() Value { return b.Emit(Instr{Op: Index}) }

func (b *Builder) op(o Op, operands ...Value) Value {
	var v [3]Value
	copy(v[:], operands)
	return b.Emit(Instr{Op: o, A: v[0], B: v[1], C: v[2]})
}

// The instructions as functions; see their definitions.

func (b *Builder) Add(x, y Value) Value       { return b.op(Add, x, y) }
func (b *Builder) Sub(x, y Value) Value       { return b.op(Sub, x, y) }
func (b *Builder) Mul(x, y Value) Value       { return b.op(Mul, x, y) }
func (b *Builder) Div(x, y Value) Value       { return b.op(Div, x, y) }
func (b *Builder) Sqrt(x Value) Value         { return b.op(Sqrt, x) }
func (b *Builder) FMA(x, y, z Value) Value    { return b.op(FMA, x, y, z) }
func (b *Builder) Min(x, y Value) Value       { return b.op(Min, x, y) }
func (b *Builder) Max(x, y Value) Value       { return b.op(Max, x, y) }
func (b *Builder) Floor(x Value) Value        { return b.op(Floor, x) }
func (b *Builder) Ceil(x Value) Value         { return b.op(Ceil, x) }
func (b *Builder) Trunc(x Value) Value        { return b.op(Trunc, x) }
func (b *Builder) Nearest(x Value) Value      { return b.op(Nearest, x) }
func (b *Builder) Less(x, y Value) Value      { return b.op(Less, x, y) }
func (b *Builder) LessEqual(x, y Value) Value { return b.op(LessEqual, x, y) }
func (b *Builder) Equal(x, y Value) Value     { return b.op(Equal, x, y) }
func (b *Builder) NotEqual(x, y Value) Value  { return b.op(NotEqual, x, y) }
func (b *Builder) IAdd(x, y Value) Value      { return b.op(IAdd, x, y) }
func (b *Builder) ISub(x, y Value) Value      { return b.op(ISub, x, y) }
func (b *Builder) IMul(x, y Value) Value      { return b.op(IMul, x, y) }
func (b *Builder) ILess(x, y Value) Value     { return b.op(ILess, x, y) }
func (b *Builder) IEqual(x, y Value) Value    { return b.op(IEqual, x, y) }
func (b *Builder) FromInt(x Value) Value      { return b.op(FromInt, x) }
func (b *Builder) ToInt(x Value) Value        { return b.op(ToInt, x) }
func (b *Builder) And(x, y Value) Value       { return b.op(And, x, y) }
func (b *Builder) Or(x, y Value) Value        { return b.op(Or, x, y) }
func (b *Builder) Xor(x, y Value) Value       { return b.op(Xor, x, y) }
func (b *Builder) AndNot(x, y Value) Value    { return b.op(AndNot, x, y) }
func (b *Builder) Select(m, x, y Value) Value { return b.op(Select, m, x, y) }

func (b *Builder) Shl(x Value, by int) Value {
	return b.Emit(Instr{Op: Shl, A: x, Imm: uint64(by)})
}

func (b *Builder) Shr(x Value, by int) Value {
	return b.Emit(Instr{Op: Shr, A: x, Imm: uint64(by)})
}

const sign = 1 << 63

// Neg returns -x.
func (b *Builder) Neg(x Value) Value { return b.Xor(x, b.Bits(sign)) }

// Abs returns |x|. What is made of x and of -x shares it.
func (b *Builder) Abs(x Value) Value {
	s := b.Bits(sign)
	if i := b.Body[x]; i.Op == Xor && i.B == s {
		x = i.A
	}
	return b.AndNot(s, x)
}

// Copysign returns |x| with the sign of y.
func (b *Builder) Copysign(x, y Value) Value {
	return b.Or(b.Abs(x), b.And(y, b.Bits(sign)))
}

// Not returns the other mask.
func (b *Builder) Not(m Value) Value { return b.Xor(m, b.Bits(math.MaxUint64)) }

// IsNaN returns a mask.
func (b *Builder) IsNaN(x Value) Value { return b.NotEqual(x, x) }
