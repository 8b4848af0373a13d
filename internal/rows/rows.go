// Package rows says how every primitive is to be tested: a row each, with functions that use it,
// domains of its operands, a naive reference and the points where something special happens.
// The tests of package num walk it, and random programs are made of it.
package rows

import (
	"path"
	"reflect"
	"slices"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Row is what is known of one exported operation and the primitive behind it.
type Row struct {
	Func      string // the function of package num
	Primitive string // what it records, by its name in the IR; empty if it is composed of others
	Cases     []Case
}

// Case is a function to test.
type Case struct {
	Name string
	Do   func(x []num.Array) []num.Array
	In   []Operand
	// Want computes the results index by index, or from package math.
	Want func(x []Tensor) []Tensor
	// Tol is the relative error that a result may have. 0 means equal, NaN to NaN.
	Tol float64
	// DiffTol is the relative error that a derivative may have against central differences, of
	// itself and of derivatives up to order 3; 0 means 1e-7.
	DiffTol float64
	// Points are operands where something special happens, beside those that the walk tries itself.
	Points []Point
	// Finite says that the reference does not know NaN and infinities.
	Finite bool
	// Contraction says what is documented of contractions: an infinite element spreads to the
	// derivatives of untouched ones, and Vmap may add in another order.
	Contraction bool
	// Constant says that the derivative is 0 by definition, not by that of the values.
	Constant bool
}

// Point is a place of operands, and what the gradient of the sum of all results is there.
type Point struct {
	Name string
	In   []Tensor
	Grad []Tensor // of each f64 operand; nil asks only that forward and reverse agree
}

// All returns the table.
func All() []Row {
	return slices.Concat(arithmeticRows(), elementwiseRows(), layoutRows(), indexRows(), reductionRows(), cumulativeRows(), sortingRows(), contractionRows(), matrixRows())
}

// Covers reports whether the table must have a row for a primitive: if it is of package num or of
// trace and makes elements. The primitives of other packages have tests of their own.
func Covers(p trace.Primitive) bool {
	dir, pkg := path.Split(reflect.TypeOf(p).PkgPath())
	return dir == "github.com/gradus-ad/gradus/" && (pkg == "num" || pkg == "trace") && p.Name() != "hole"
}

// IR returns what a func does, given as text: the way to a primitive that no function of num
// applies by itself.
func IR(text string) func([]num.Array) []num.Array {
	f, err := trace.Parse(text)
	if err != nil {
		panic(err)
	}
	return func(x []num.Array) []num.Array { return f.Inline(x...) }
}

// IR1 is IR for one operand and one result.
func IR1(text string) func(num.Array) num.Array {
	f := IR(text)
	return func(x num.Array) num.Array { return f([]num.Array{x})[0] }
}
