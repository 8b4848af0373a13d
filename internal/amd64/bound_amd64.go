package amd64

import (
	"runtime"
	"unsafe"
)

// bound is an entry with all that its code is told, and memory that it needs. callBound knows it.
type bound struct {
	code      uintptr
	arrays    [mostArrays]unsafe.Pointer
	scratch   *uint64
	carries   *uint64
	otherwise func()
	entry     *Entry
}

// Bind returns what does as RunSlices on slices that fit and do not overlap, and calls otherwise if a carry is not 0
// afterwards. It is told where the arrays start, by their numbers. One goroutine at a time may call it.
func (e *Entry) Bind(arrays *[mostArrays]unsafe.Pointer, otherwise func()) func() {
	const carries = scratchOnStack / 8
	memory := make([]uint64, carries+ownAt/8+OwnBytes/8+8)
	for uintptr(unsafe.Pointer(&memory[0]))%64 != 0 {
		memory = memory[1:]
	}
	b := &bound{e.code.pages.entry() + uintptr(e.bound), *arrays, &memory[0], &memory[carries], otherwise, e}
	return func() {
		callBound(b)
		if *b.carries != 0 {
			*b.carries = 0
			b.otherwise()
		}
		runtime.KeepAlive(b)
	}
}

// callBound runs the code of a bound entry, for one element.
//
//go:noescape
func callBound(b *bound)
