//go:build !amd64

package amd64

import (
	"errors"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
)

// Available reports that there is no machine code on this platform.
func Available() bool { return false }

// Features returns None.
func Features() Level { return None }

// Code is a translated loop, of which there are none on this platform.
type Code struct{}

// Compile returns an error.
func Compile(*loop.Loop, Level) (*Code, error) {
	return nil, errors.New("no machine code on this platform")
}

// Slice is what code is told of one of the slices that it is entered with.
type Slice struct {
	Size  int
	Array int
}

// Entry is code before that of a loop, of which there is none on this platform.
type Entry struct{}

// RunSlices returns false.
func (*Entry) RunSlices(_, _ [][]float64) bool { return false }

// Bind returns otherwise.
func (*Entry) Bind(_ *[16]unsafe.Pointer, otherwise func()) func() { return otherwise }

// Pages returns 0.
func Pages() int { return 0 }

// Unit gathers no loops.
type Unit struct{}

// NewUnit returns a unit.
func NewUnit(Level) *Unit { return nil }

// Compile returns an error.
func (*Unit) Compile(l *loop.Loop) (*Code, error) { return Compile(l, None) }

// Enter returns nil.
func (*Unit) Enter(*Code, []Slice, []Slice, bool) *Entry { return nil }

// Stage is a run of code as a part of what an entry does.
type Stage struct {
	Code    *Code
	N, Rows int
	Arrays  []Place
	Fills   []Fill
}

// Place is somewhere in an array.
type Place struct{ Array, Offset int }

// Fill says that elements are set.
type Fill struct {
	Array, Count int
	Bits         uint64
}

// Own is an array of an entry.
type Own struct{ Array, At int }

// OwnBytes is the size of all.
const OwnBytes = 0

// EnterStages returns nil.
func (*Unit) EnterStages([]Stage, []Slice, []Slice, *[16]unsafe.Pointer, []Own) *Entry { return nil }

// Seal does nothing.
func (*Unit) Seal() error { return nil }

// Keep does nothing.
func (*Code) Keep() {}

// Scratch returns 0.
func (*Code) Scratch() int { return 0 }

// Run panics.
func (*Code) Run([]unsafe.Pointer, int, []uint64, []uint64) {
	panic("BUG: no machine code on this platform")
}

// RunRows panics.
func (c *Code) RunRows(arrays []unsafe.Pointer, n, _ int, carries, scratch []uint64) {
	c.Run(arrays, n, carries, scratch)
}

// Short returns false.
func (*Code) Short(int) bool { return false }

// Once returns false.
func (*Code) Once() bool { return false }

// ShortRows returns false.
func (*Code) ShortRows(int, int) bool { return false }

// RunShortRows panics.
func (c *Code) RunShortRows(*unsafe.Pointer, int, int) { c.Run(nil, 0, nil, nil) }

// RunShort panics.
func (c *Code) RunShort(*unsafe.Pointer, int, *uint64) { c.Run(nil, 0, nil, nil) }
