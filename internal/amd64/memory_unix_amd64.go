//go:build darwin || linux

package amd64

import "syscall"

// mapPages returns memory to write code to.
func mapPages(size int) (mapping, error) {
	return syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
}

// protect makes the mapping executable and no longer writable.
func (m mapping) protect() error { return syscall.Mprotect(m, syscall.PROT_READ|syscall.PROT_EXEC) }

// unprotect makes the mapping writable and no longer executable.
func (m mapping) unprotect() error { return syscall.Mprotect(m, syscall.PROT_READ|syscall.PROT_WRITE) }

func (m mapping) unmap() {
	if err := syscall.Munmap(m); err != nil {
		panic("BUG: " + err.Error())
	}
}
