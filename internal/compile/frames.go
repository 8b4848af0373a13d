package compile

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/gradus-ad/gradus/trace"
)

// frames keeps frames that nobody uses. Goroutines that run at once mostly take theirs from different slots, so
// that they do not wait for each other's caches; a slot's frame is not garbage, so that a goroutine alone never
// makes a second one. What finds no slot is left to the collector's mercy.
type frames struct {
	slots [8]slot
	more  sync.Pool
}

// slot is a frame or nil, on a cache line of its own.
type slot struct {
	free atomic.Pointer[frame]
	_    [56]byte
}

// first returns the slot that a goroutine tries first: one that depends on where its stack is.
func (s *frames) first() int {
	var here byte
	const spread = 0x9E3779B97F4A7C15
	return int(uint64(uintptr(unsafe.Pointer(&here))>>12) * spread >> 61)
}

func (s *frames) get(p *Program) *frame {
	f := s.free()
	if f == nil {
		f = newFrame(p)
		made.Add(1)
		runtime.AddCleanup(f, func(n int64) { made.Add(-n) }, 1)
	}
	if p.borrows() {
		f.borrow(p)
	}
	return f
}

// free returns a frame that nobody uses, or nil.
func (s *frames) free() *frame {
	first := s.first()
	for i := range s.slots {
		free := &s.slots[(first+i)%len(s.slots)].free
		if free.Load() == nil {
			continue
		}
		if f := free.Swap(nil); f != nil {
			return f
		}
	}
	f, _ := s.more.Get().(*frame)
	return f
}

// made is the number of frames that are not yet collected.
var made atomic.Int64

// Frames returns the number of frames that there are, for tests.
func Frames() int { return int(made.Load()) }

// put takes a frame back, without what the caller owns.
func (s *frames) put(p *Program, f *frame) {
	if p.borrows() {
		f.giveBack(p)
	}
	for _, v := range p.lent {
		f.base[v] = nil
		if f.bufs != nil && (!f.plain || p.vars[v].made == byEval) {
			f.bufs[v] = trace.Buffer{}
		}
	}
	f.plain = false
	clear(f.arrays)
	first := s.first()
	for i := range s.slots {
		free := &s.slots[(first+i)%len(s.slots)].free
		if free.Load() == nil && free.CompareAndSwap(nil, f) {
			return
		}
	}
	s.more.Put(f)
}
