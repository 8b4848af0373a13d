package trace

import (
	"sync"
	"sync/atomic"
)

// recording is the stack of attached builders that are open on one goroutine. A builder is
// linked to its parent at birth: the operands of an operation alone cannot tell where it
// belongs, since a branch or an inner derivative may touch only outer arrays.
type recording struct {
	goroutine uintptr
	top       *builder // the innermost open builder
}

// recordings holds the recording of each goroutine that has one. It is the one piece of
// process state, and an entry leaves when its last builder closes. It is in parts, so that goroutines do not
// wait for each other, and a goroutine without a recording mostly has to read one number.
var recordings [64]struct {
	open atomic.Int32 // entries
	sync.RWMutex
	of map[uintptr]*recording
	_  [24]byte // a cache line each
}

// part returns the number of the part of recordings in which a goroutine is.
func part(goroutine uintptr) int { return int(uint64(goroutine) * 0x9E3779B97F4A7C15 >> 58) }

// current returns the recording that is open on this goroutine, or nil.
func current() *recording {
	id := goroutine()
	p := &recordings[part(id)]
	if p.open.Load() == 0 { // this goroutine's own writes it would see
		return nil
	}
	p.RLock()
	defer p.RUnlock()
	return p.of[id]
}

// push opens b on this goroutine.
func push(b *builder) {
	id := goroutine()
	p := &recordings[part(id)]
	p.Lock()
	defer p.Unlock()
	r := p.of[id]
	if r == nil {
		r = &recording{goroutine: id}
		if p.of == nil {
			p.of = make(map[uintptr]*recording)
		}
		p.of[id] = r
		p.open.Store(int32(len(p.of)))
	}
	b.rec, b.parent = r, r.top
	r.top = b
}

// pop closes b and whatever was left open inside it.
func pop(b *builder) {
	r := b.rec
	for c := r.top; c != nil && c.seq >= b.seq; c = c.parent {
		c.closed = true
		r.top = c.parent
	}
	if r.top == nil {
		p := &recordings[part(r.goroutine)]
		p.Lock()
		defer p.Unlock()
		delete(p.of, r.goroutine)
		p.open.Store(int32(len(p.of)))
	}
}

// Tracing reports whether a func is being recorded on this goroutine.
func Tracing() bool { return current() != nil }
