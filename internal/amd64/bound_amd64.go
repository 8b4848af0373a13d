package amd64

import "unsafe"

// Bind returns what does as RunSlices on slices that fit and do not overlap, and calls otherwise if a carry is not 0
// afterwards. It is told where the arrays start, by their numbers.
func (e *Entry) Bind(arrays []unsafe.Pointer, otherwise func()) func() {
	code := e.code.pages.entry() + uintptr(e.bound)
	return func() {
		if !callBound(e, code, unsafe.SliceData(arrays)) {
			otherwise()
		}
	}
}

// callBound runs the code of an entry that checks nothing, with scratch memory on the stack. What it is given lives as long as it runs.
//
//go:noescape
func callBound(e *Entry, code uintptr, arrays *unsafe.Pointer) (ok bool)
