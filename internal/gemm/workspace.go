package gemm

import (
	"sync"
	"unsafe"
)

// workspace is what one product at a time needs.
type workspace struct {
	kernels *kernels
	tile    tile
	vector  vector
	panel   panel
	a, b, c buffer // of packed operands, and of a result
	sum     float64
}

var workspaces = sync.Pool{New: func() any { return &workspace{} }}

// buffer is memory that grows.
type buffer []float64

// get returns room for n elements, from the start of a cache line on. It is the same until more is
// asked for.
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
