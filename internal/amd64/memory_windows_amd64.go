package amd64

import (
	"syscall"
	"unsafe"
)

var (
	kernel32       = syscall.NewLazyDLL("kernel32.dll")
	virtualAlloc   = kernel32.NewProc("VirtualAlloc")
	virtualProtect = kernel32.NewProc("VirtualProtect")
	virtualFree    = kernel32.NewProc("VirtualFree")
)

const (
	memCommitReserve = 0x3000
	memRelease       = 0x8000
	pageReadWrite    = 0x04
	pageExecuteRead  = 0x20
)

// mapPages returns memory to write code to.
func mapPages(size int) (mapping, error) {
	p, _, err := virtualAlloc.Call(0, uintptr(size), memCommitReserve, pageReadWrite)
	if p == 0 {
		return nil, err
	}
	// p is no address of Go's heap; vet cannot know.
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&p)), size), nil
}

// protect makes the mapping executable and no longer writable.
func (m mapping) protect() error { return m.allow(pageExecuteRead) }

// unprotect makes the mapping writable and no longer executable.
func (m mapping) unprotect() error { return m.allow(pageReadWrite) }

func (m mapping) allow(access uintptr) error {
	var old uint32
	ok, _, err := virtualProtect.Call(m.entry(), uintptr(len(m)), access, uintptr(unsafe.Pointer(&old)))
	if ok == 0 {
		return err
	}
	return nil
}

func (m mapping) unmap() {
	if ok, _, err := virtualFree.Call(m.entry(), 0, memRelease); ok == 0 {
		panic("BUG: " + err.Error())
	}
}
