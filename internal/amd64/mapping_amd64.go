package amd64

import (
	"sync"
	"unsafe"
)

// mapping is memory that holds code.
type mapping []byte

func (m mapping) entry() uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(m))) }

// newPages is mapPages, or what a test puts in its place.
var newPages = mapPages

// mapCode returns a mapping of whole pages that starts with code and is executable. It is never writable and
// executable at once.
func mapCode(code []byte) (mapping, error) {
	m, err := pagesFor((len(code) + pageSize - 1) &^ (pageSize - 1))
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

// left holds mappings of one page, writable, that programs have left. Most programs take one, and to have the system map a page, and bring it in
// when it is written to, takes longer than all else that is done with it.
var left struct {
	sync.Mutex
	pages []mapping
}

const mostLeft = 16

// pagesFor returns memory to write code to.
func pagesFor(size int) (mapping, error) {
	left.Lock()
	defer left.Unlock()
	if n := len(left.pages); n > 0 && size == pageSize {
		m := left.pages[n-1]
		left.pages = left.pages[:n-1]
		return m, nil
	}
	return newPages(size)
}

// leave gives memory up that was executable.
func (m mapping) leave() {
	left.Lock()
	defer left.Unlock()
	if len(m) == pageSize && len(left.pages) < mostLeft && m.unprotect() == nil {
		left.pages = append(left.pages, m)
		return
	}
	m.unmap()
}
