//go:build linux

package fence

import (
	"syscall"
	"testing"
	"unsafe"
)

// Bytes returns memory between two pages that must not be touched. Its start or its end is next to one of
// them.
func Bytes(t testing.TB, size int, atEnd bool) []byte {
	const page = 4096
	whole := (size + page - 1) &^ (page - 1)
	m, err := syscall.Mmap(-1, 0, whole+2*page, syscall.PROT_NONE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(m) })
	if whole > 0 {
		if err := syscall.Mprotect(m[page:page+whole], syscall.PROT_READ|syscall.PROT_WRITE); err != nil {
			t.Fatal(err)
		}
	}
	start := page
	if atEnd {
		start += whole - size
	}
	return unsafe.Slice(&m[start], size)
}
