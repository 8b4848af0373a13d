package trace

import (
	"math"
	"math/bits"
	"slices"
	"strconv"
)

// DType is the type of an array's elements.
type DType uint8

const (
	F64  DType = iota // float64
	I64               // int64
	Bool              // bool
)

var dtypeNames = [...]string{F64: "f64", I64: "i64", Bool: "bool"}

// String returns f64, i64 or bool.
func (d DType) String() string {
	if int(d) < len(dtypeNames) {
		return dtypeNames[d]
	}
	return "dtype" + strconv.Itoa(int(d))
}

// Type is what is known of an array before it has a value: its dtype and its shape.
// The shape of a scalar is empty. A Type's shape is shared and must not be changed.
//
// A leading length of Star makes it the type of a stack: rows of the remaining type, as many as a
// loop has made by the time it is over. f64[*,3] is a stack of f64[3], f64[*,*,3] one of such stacks.
// Only loops make and read stacks.
type Type struct {
	DType DType
	Shape []int
}

// Star is the length of an axis that is known only when the program runs.
const Star = -1

// Scalar is the type f64[].
var Scalar = Type{DType: F64}

// TypeOf returns the type of arrays of the given dtype and shape.
func TypeOf(d DType, shape ...int) Type { return Type{d, shape} }

// Size returns the number of elements: the product of the shape. Of a stack, it is that of a row.
func (t Type) Size() int {
	n := 1
	for _, d := range t.Shape[t.Stars():] {
		n *= d
	}
	return n
}

// Overflows reports whether t has more elements than can be counted in bytes.
func (t Type) Overflows() bool {
	n := uint64(8)
	over := false
	for _, d := range t.Shape[t.Stars():] {
		if d == 0 {
			return false
		}
		high, low := bits.Mul64(n, uint64(d))
		n = low
		over = over || high > 0 || low > math.MaxInt
	}
	return over
}

// Stars returns how many leading axes of t are those of stacks.
func (t Type) Stars() int {
	n := 0
	for n < len(t.Shape) && t.Shape[n] == Star {
		n++
	}
	return n
}

// Row returns the type without its first axis.
func (t Type) Row() Type { return Type{t.DType, t.Shape[1:]} }

// Rank returns the number of axes.
func (t Type) Rank() int { return len(t.Shape) }

// sound reports whether arrays of the type can exist.
func (t Type) sound() bool {
	size := 1
	for _, n := range t.Shape[t.Stars():] {
		if n < 0 || n > 0 && size > math.MaxInt/n {
			return false
		}
		size *= max(n, 1)
	}
	return int(t.DType) < len(dtypeNames)
}

// Equal reports whether t and u have the same dtype and shape.
func (t Type) Equal(u Type) bool {
	return t.DType == u.DType && slices.Equal(t.Shape, u.Shape)
}

// isFloat reports whether t is Scalar.
func (t Type) isFloat() bool { return len(t.Shape) == 0 && t.DType == F64 }

// With returns the type of the same shape with another dtype.
func (t Type) With(d DType) Type { return Type{d, t.Shape} }

// Batched returns the type with one more leading axis, of length n. In a stack it leads in the rows.
func (t Type) Batched(n int) Type {
	return Type{t.DType, slices.Insert(slices.Clone(t.Shape), t.Stars(), n)}
}

// String returns the type as the IR prints it: f64[2,3].
func (t Type) String() string { return string(t.append(nil)) }

func (t Type) append(text []byte) []byte {
	text = append(append(text, t.DType.String()...), '[')
	for i, n := range t.Shape {
		if i > 0 {
			text = append(text, ',')
		}
		if n == Star {
			text = append(text, '*')
		} else {
			text = strconv.AppendInt(text, int64(n), 10)
		}
	}
	return append(text, ']')
}
