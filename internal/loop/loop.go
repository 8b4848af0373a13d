package loop

// Op is what an instruction does. A, B and C are its operands.
type Op uint8

const (
	Const Op = iota // Imm
	Load            // the element of array A at the current position plus Imm
	Carry           // carry number Imm, as it was left by the element before
	Pick            // of a loop with few elements a row: number Imm plus that of the current element, in its row, of Picks
	Index           // the number of the current element in its row, counted from 0, as an i64

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

	Select // B where the mask A is true, otherwise C; it is a choice if Imm is 1, see Builder.Choose
	Gather // the element of array A at its start plus the i64 B, whatever the current position

	// Of sequential loops: what stands between If and Else is needed only where the mask A is true, what stands
	// between Else and End only where it is false. As many Selects by A as the Imm of End says follow there: they join
	// what comes of the two sides, and nobody else reads it.
	If
	Else
	End

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

// Array says how a loop goes through an array: element i of row r is at Step*i + Row*r elements from where the
// array starts. Steps may be 0 or negative. What is stored to overlaps with no other array of the loop, or
// is the very same one with the same steps, and is then read at the current position only.
type Array struct {
	Kind Kind
	Step int
	Row  int
}

// Store puts a value into array A at the current position plus Offset, for each element. Stores happen
// at the end of the body, in order.
type Store struct {
	Array  int
	Offset int
	Value  Value
}

// Fold says what becomes of a carry at the end of each row: its values, all of them Start when the row began,
// are combined by Op in halves, until one is left, and that with the element of an array that has Step 0, where
// the result goes. Start and any x give x.
type Fold struct {
	Carry int
	Op    Op // Add, Mul, IAdd or Or
	Start uint64
	Array int
}

// Loop runs Body for consecutive elements, of one row or many. A loop is sequential, or over lanes: in a
// sequential one, a carry is one value that goes from each element to the next. Over lanes, carries are for
// reductions: each has Width values, of which element i of a row reads and writes number i modulo Width.
// Carries live in memory that is given when the loop runs, from row to row if they are not folded.
//
// A loop whose rows have Few elements is for short rows, which are run at once: none of their elements
// reads or writes what another one of its row writes. What it stores to
// arrays of Step 0 is the same for all elements of a row, and overlaps with no other array. Its carries have a value for each
// element, and as many more as make them 8, 16 or 32. Those are neither of use nor kept, but of carries that are folded they
// are Start.
//
// A sequential loop that Ends does so before the first element for which While is false: that one stores
// nothing and leaves the carries as they are.
type Loop struct {
	Arrays     []Array
	Body       []Instr
	Stores     []Store
	Next       []Value // of each carry: its value after the element
	Folds      []Fold  // of a loop over lanes
	Sequential bool
	Lanes      int  // of a loop over lanes: 8, 16 or 32 values of each carry; 0 stands for 8
	Nested     bool // a loop over lanes may run for many rows
	Few        int  // of a nested loop, if not 0: all rows have so many elements, MostFew at most
	Picks      []uint64
	Ends       bool
	While      Value // a mask
}

// Width returns the number of values of each carry.
func (l *Loop) Width() int {
	switch {
	case l.Sequential:
		return 1
	case l.Lanes == 0:
		return 8
	}
	return l.Lanes
}

// MostFew is the greatest number of elements of rows that are run at once.
const MostFew = 32

// LanesForFew returns how many values carries have for rows of few elements.
func LanesForFew(few int) int {
	switch {
	case few <= 8:
		return 8
	case few <= 16:
		return 16
	}
	return MostFew
}

// LanesFor returns how many lanes suit a loop over rows of n elements. Where little else is to be done, sums that
// wait for each other are what takes time, and there are more of them; but for short rows, whose ends cost
// more then, and where they would not fit the registers.
func (l *Loop) LanesFor(n int) int {
	work := 0
	for k := range l.Body {
		if l.Body[k].Op > Index {
			work++
		}
	}
	lanes := 8
	for lanes < 32 && work*lanes < 100 && len(l.Next)*lanes < 64 && n >= 8*lanes {
		lanes *= 2
	}
	return lanes
}

var opNames = [numOps]string{
	"const", "load", "carry", "pick", "index",
	"add", "sub", "mul", "div", "sqrt", "fma", "min", "max", "floor", "ceil", "trunc", "nearest",
	"less", "less_equal", "equal", "not_equal",
	"iadd", "isub", "imul", "iless", "iequal", "from_int", "to_int",
	"and", "or", "xor", "and_not", "shl", "shr", "select", "gather", "if", "else", "end",
}

// String returns the name of the operation.
func (o Op) String() string { return opNames[o] }

// Operands returns how many of A, B and C are values. Those of Gather are B only.
func (o Op) Operands() int { return int(operands[o]) }

// operands is what Operands returns: it is asked all the time.
var operands = func() (n [256]uint8) {
	for o := range n {
		switch Op(o) {
		case Const, Load, Carry, Pick, Index, Else, End:
			n[o] = 0
		case Sqrt, Floor, Ceil, Trunc, Nearest, FromInt, ToInt, Shl, Shr, Gather, If:
			n[o] = 1
		case FMA, Select:
			n[o] = 3
		default:
			n[o] = 2
		}
	}
	return n
}()

// Values returns the values that an instruction reads.
func (i *Instr) Values() []Value {
	if i.Op == Gather {
		return []Value{i.B}
	}
	return []Value{i.A, i.B, i.C}[:i.Op.Operands()]
}

// Renumber gives the values that an instruction reads other numbers.
func (i *Instr) Renumber(number []Value) {
	if i.Op == Gather {
		i.B = number[i.B]
		return
	}
	n := i.Op.Operands()
	if n > 0 {
		i.A = number[i.A]
	}
	if n > 1 {
		i.B = number[i.B]
	}
	if n > 2 {
		i.C = number[i.C]
	}
}
