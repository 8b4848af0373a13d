// Package amd64 translates a [loop.Loop] to machine code and runs it, on amd64 processors with AVX2 or
// AVX-512. What the code computes agrees with loop.Loop.Run to the bit, but for which NaN a NaN is.
//
// A loop becomes up to two pieces of code: one that handles as many elements at a time as a carry has lanes, in
// several vector registers, and one for what is left over, in vectors of which the last is masked, or, as
// in sequential loops, an element at a time. Round them goes a loop over rows, if there are many, which
// ends each row with its folds. Rows of a few elements are run at once, as some vectors, with carries in registers from row to
// row. Every value of the IR is a lane of 64 bits in a vector register; registers are
// allocated while the instructions are written, in one go over the body, which is straight-line.
//
// Code for one element, which is what a program of a few scalars is, does what it does to several of them, such as their
// sines, in the lanes of vectors: bundles. In loops that end early, pairs are enough. Or it makes what it stores one behind the other
// in lanes, from the stores up, where that saves more. Such code may have an entry that takes
// slices as Go has them, checks them and loads where they start, so that little of a call is left in Go. An entry may also run the
// code of several loops, its stages, one after the other.
//
// The code keeps to the following, so that the Go runtime need not know of it: it never calls back into Go,
// uses the stack for return addresses alone, that of an entry and of a stage, keeps no pointer, and returns soon, as Go cannot preempt it:
// Run splits long loops. Values that find no register are spilled to memory that Run passes.
package amd64

// Level is an instruction set.
type Level uint8

const (
	None   Level = iota // no machine code here
	AVX2                // with FMA and BMI2
	AVX512              // with F, DQ, BW and VL
)

// String returns the name of the level.
func (l Level) String() string { return [...]string{"none", "AVX2", "AVX512"}[l] }
