package loop

// Op is what an instruction does. A, B and C are its operands.
type Op uint8

const (
	Const Op = iota // Imm
	Load            // the element of array A at the current position plus Imm
	Carry           // carry number Imm, as it was left by the element before
	Index           // the number of the current element, counted from 0, as an i64

	// f64
	Add
	Sub
	Mul
	Div
	Sqrt
	FMA     // A*B + C, rounded once
	Min     // A if A < B, otherwise B: B if either is NaN, and of two zeros
	Max     // A if A > B, otherwise B
	Floor   // the nearest integer not above A
	Ceil    // the nearest integer not below A
	Trunc   // the nearest integer not beyond A, from 0
	Nearest // the nearest integer, the even one if two are as near
	Less    // comparisons give masks; but for NotEqual they are false if either is NaN
	LessEqual
	Equal
	NotEqual

	// i64
	IAdd // wraps round
	ISub
	IMul
	ILess
	IEqual
	FromInt // A as an f64, rounded to nearest
	ToInt   // A as an i64, towards 0; if it does not fit, or is NaN, the least i64

	// 64 bits
	And
	Or
	Xor
	AndNot // not A, and B
	Shl    // A shifted by Imm
	Shr    // A shifted by Imm, filled with zeros

	Select // B where the mask A is true, otherwise C
	Gather // the element of array A at its start plus the i64 B, whatever the current position

	numOps
)

// Value is the result of an instruction: its number in the body.
type Value int32

// Instr is an instruction. Operands stand before it in the body.
type Instr struct {
	Op      Op
	A, B, C Value // of Load and Gather, A is the number of an array
	Imm     uint64
}

// Kind is the type of an array's elements. A bool is one byte, 0 or 1, and a mask as a value.
type Kind uint8

const (
	F64 Kind = iota
	I64
	Bool
)

// Size returns the number of bytes of an element.
func (k Kind) Size() int {
	if k == Bool {
		return 1
	}
	return 8
}

// Array says how a loop goes through an array: element i of the loop is at Step*i elements from where the array
// starts. Step may be 0 or negative. What is stored to overlaps with no other array of the loop, or
// is the very same one with the same Step, and is then read at the current position only.
type Array struct {
	Kind Kind
	Step int
}

// Store puts a value into array A at the current position plus Offset, for each element. Stores happen
// at the end of the body, in order.
type Store struct {
	Array  int
	Offset int
	Value  Value
}

// Lanes is the number of accumulators that a carry has in a loop over lanes.
const Lanes = 8

// Loop runs Body for consecutive elements. A loop is sequential, or over lanes: in a sequential one, a
// carry is one value that goes from each element to the next. Over lanes, carries are for
// reductions: each has Lanes values, of which element i reads and writes number i modulo Lanes.
// Carries live in memory that is given when the loop runs.
//
// A sequential loop that Ends does so before the first element for which While is false: that one stores
// nothing and leaves the carries as they are.
type Loop struct {
	Arrays     []Array
	Body       []Instr
	Stores     []Store
	Next       []Value // of each carry: its value after the element
	Sequential bool
	Ends       bool
	While      Value // a mask
}

// Width returns the number of values of each carry.
func (l *Loop) Width() int {
	if l.Sequential {
		return 1
	}
	return Lanes
}

var opNames = [numOps]string{
	"const", "load", "carry", "index",
	"add", "sub", "mul", "div", "sqrt", "fma", "min", "max", "floor", "ceil", "trunc", "nearest",
	"less", "less_equal", "equal", "not_equal",
	"iadd", "isub", "imul", "iless", "iequal", "from_int", "to_int",
	"and", "or", "xor", "and_not", "shl", "shr", "select", "gather",
}

// String returns the name of the operation.
func (o Op) String() string { return opNames[o] }

// Operands returns how many of A, B and C are values. Those of Gather are B only.
func (o Op) Operands() int {
	switch o {
	case Const, Load, Carry, Index:
		return 0
	case Sqrt, Floor, Ceil, Trunc, Nearest, FromInt, ToInt, Shl, Shr, Gather:
		return 1
	case FMA, Select:
		return 3
	}
	return 2
}

// Values returns the values that an instruction reads.
func (i *Instr) Values() []Value {
	if i.Op == Gather {
		return []Value{i.B}
	}
	return []Value{i.A, i.B, i.C}[:i.Op.Operands()]
}
