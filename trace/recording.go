package trace

import "sync"

// recording is the stack of attached builders that are open on one goroutine. A builder is
// linked to its parent at birth: the operands of an operation alone cannot tell where it
// belongs, since a branch or an inner derivative may touch only outer arrays.
type recording struct {
	goroutine uintptr
	top       *builder // the innermost open builder
}

// recordings holds the recording of each goroutine that has one. It is the one piece of
// process state, and an entry leaves when its last builder closes.
var recordings struct {
	sync.RWMutex
	of map[uintptr]*recording
}

// current returns the recording that is open on this goroutine, or nil.
func current() *recording {
	recordings.RLock()
	defer recordings.RUnlock()
	return recordings.of[goroutine()]
}

// push opens b on this goroutine.
func push(b *builder) {
	id := goroutine()
	recordings.Lock()
	defer recordings.Unlock()
	r := recordings.of[id]
	if r == nil {
		r = &recording{goroutine: id}
		if recordings.of == nil {
			recordings.of = make(map[uintptr]*recording)
		}
		recordings.of[id] = r
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
		recordings.Lock()
		defer recordings.Unlock()
		delete(recordings.of, r.goroutine)
	}
}

// Tracing reports whether a func is being recorded on this goroutine.
func Tracing() bool { return current() != nil }
