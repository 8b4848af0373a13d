package amd64

import (
	"sync"
	"unsafe"
)

// mapping is memory that holds code.
type mapping []byte

func (m mapping) entry() uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(m))) }

// newPages is pagesFor, or what a test puts in its place.
var newPages = pagesFor

// mapCode returns a mapping of whole pages that starts with code and is executable. It is never writable and
// executable at once.
func mapCode(code []byte) (mapping, error) {
	m, err := newPages((len(code) + pageSize - 1) &^ (pageSize - 1))
	if err != nil {
		return nil, err
	}
	copy(m, code)
	if err := m.protect(); err != nil {
		m.unmap()
		return nil, err
	}
	return m, nil
}

// left holds mappings of a few pages, writable, that programs have left. To have the system map pages, and bring them in
// when they are written to, takes longer than all else that is done with them.
var left struct {
	sync.Mutex
	of    [fewPages + 1][]mapping // of so many pages
	pages int                     // of all
}

const (
	mostLeft = 256 // pages: those of all programs that a small heap has room for between two collections
	fewPages = 4   // of one mapping
)

// pagesFor returns memory to write code to.
func pagesFor(size int) (mapping, error) {
	left.Lock()
	defer left.Unlock()
	n := size / pageSize
	if n > fewPages || len(left.of[n]) == 0 {
		return mapPages(size)
	}
	last := len(left.of[n]) - 1
	m := left.of[n][last]
	left.of[n] = left.of[n][:last]
	left.pages -= n
	return m, nil
}

// leave gives memory up that was executable.
func (m mapping) leave() {
	left.Lock()
	defer left.Unlock()
	if n := len(m) / pageSize; n <= fewPages && left.pages+n <= mostLeft && m.unprotect() == nil {
		left.of[n] = append(left.of[n], m)
		left.pages += n
		return
	}
	m.unmap()
}
