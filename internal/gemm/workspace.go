package gemm

import (
	"sync"
	"unsafe"
)

// worker computes one product at a time. It may be on the stack: it gets memory only if it needs some.
type worker struct {
	kernels *kernels
	own     *workspace
	small   prepared // the last one
}

// workspace is memory for packed operands, and for a result.
type workspace struct{ a, b, c buffer }

var workspaces = sync.Pool{New: func() any { return &workspace{} }}

func (w *worker) memory() *workspace {
	if w.own == nil {
		w.own = workspaces.Get().(*workspace)
	}
	return w.own
}

// done gives the memory back.
func (w *worker) done() {
	if w.own != nil {
		workspaces.Put(w.own)
	}
}

// buffer is memory that grows.
type buffer []float64

// get returns room for n elements, from the start of a cache line on.
func (b *buffer) get(n int) unsafe.Pointer {
	const line = 8
	if len(*b) < n+line {
		*b = make([]float64, n+line)
	}
	p := unsafe.Pointer(unsafe.SliceData(*b))
	return unsafe.Add(p, -uintptr(p)&(8*line-1))
}

// floats returns the same as a slice.
func (b *buffer) floats(n int) []float64 { return unsafe.Slice((*float64)(b.get(n)), n) }
