package amd64

import (
	"slices"
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
	mappings []mapping
}

const (
	mostLeft = 64           // mappings
	fewPages = 4 * pageSize // of one
)

// pagesFor returns memory to write code to.
func pagesFor(size int) (mapping, error) {
	left.Lock()
	defer left.Unlock()
	at := slices.IndexFunc(left.mappings, func(m mapping) bool { return len(m) == size })
	if at < 0 {
		return mapPages(size)
	}
	m := left.mappings[at]
	left.mappings = slices.Delete(left.mappings, at, at+1)
	return m, nil
}

// leave gives memory up that was executable.
func (m mapping) leave() {
	left.Lock()
	defer left.Unlock()
	if len(m) <= fewPages && len(left.mappings) < mostLeft && m.unprotect() == nil {
		left.mappings = append(left.mappings, m)
		return
	}
	m.unmap()
}
