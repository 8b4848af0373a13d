package amd64

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/cpu"

	"github.com/gradus-ad/gradus/internal/loop"
)

// Features returns the best level of this processor.
func Features() Level {
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasFMA || !x.HasBMI2:
		return None
	case x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL:
		return AVX512
	}
	return AVX2
}

// Available reports whether loops can be translated and run here: the processor has AVX2, FMA and BMI2, and the
// system gives executable memory.
func Available() bool { return available() }

var available = sync.OnceValue(func() bool {
	if Features() == None {
		return false
	}
	m, err := mapCode([]byte{0xc3}) // ret
	if err != nil {
		return false
	}
	call(m.entry(), nil, 0, 0, nil, nil)
	m.unmap()
	return true
})

// Code is a translated loop. It may run on many goroutines at once. Its memory is given back when it is
// garbage.
type Code struct {
	entry   uintptr
	arrays  int
	carries int
	chunk   int       // elements a call, at most
	scratch bool      // whether the code uses scratch memory
	pool    sync.Pool // of such memory: of unsafe.Pointer, aligned to 64 bytes
}

// pages is the number of pages of code that are mapped.
var pages atomic.Int64

const pageSize = 4096

// Compile translates a loop. It returns an error if the processor lacks the level, the system gives no
// executable memory, or a step or an offset is too large for an instruction.
func Compile(l *loop.Loop, level Level) (*Code, error) {
	if level == None || level > Features() {
		return nil, fmt.Errorf("no %v on this processor", level)
	}
	if err := l.Check(); err != nil {
		return nil, err
	}
	code, scratch, err := translate(l, level)
	if err != nil {
		return nil, err
	}
	m, err := mapCode(code)
	if err != nil {
		return nil, err
	}
	// About 0.1 ms a call, whatever the body.
	chunk := min(max(1<<18/(len(l.Body)+1), loop.Lanes), 1<<14) &^ (loop.Lanes - 1)
	c := &Code{
		entry:   m.entry(),
		arrays:  len(l.Arrays),
		carries: len(l.Next) * l.Width(),
		chunk:   chunk,
		scratch: scratch > 0,
	}
	c.pool.New = func() any {
		b := make([]byte, scratch+63)
		return unsafe.Pointer(&b[-uintptr(unsafe.Pointer(&b[0]))&63])
	}
	n := int64(len(m) / pageSize)
	pages.Add(n)
	runtime.AddCleanup(c, func(m mapping) {
		m.unmap()
		pages.Add(-n)
	}, m)
	return c, nil
}

// Run does what Run of the loop does.
func (c *Code) Run(arrays []unsafe.Pointer, n int, carries []uint64) {
	if len(arrays) < c.arrays || len(carries) < c.carries {
		panic("BUG: too few arrays or carries")
	}
	if n <= 0 {
		return
	}
	var scratch unsafe.Pointer
	if c.scratch {
		scratch = c.pool.Get().(unsafe.Pointer)
	}
	for i := 0; i < n; i += c.chunk {
		call(c.entry, unsafe.SliceData(arrays), i, min(i+c.chunk, n), unsafe.SliceData(carries), scratch)
	}
	if c.scratch {
		c.pool.Put(scratch)
	}
	runtime.KeepAlive(arrays)
	runtime.KeepAlive(carries)
	runtime.KeepAlive(c)
}

// call runs code for the elements from start to end.
//
//go:noescape
func call(code uintptr, arrays *unsafe.Pointer, start, end int, carries *uint64, scratch unsafe.Pointer)

// mapping is memory that holds code.
type mapping []byte

func (m mapping) entry() uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(m))) }

// mapCode returns a mapping of whole pages that starts with code and is executable. It is never writable and
// executable at once.
func mapCode(code []byte) (mapping, error) {
	m, err := mapPages((len(code) + pageSize - 1) &^ (pageSize - 1))
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
