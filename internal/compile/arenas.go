package compile

import (
	"math/bits"
	"sync"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/debug"
)

// arena is memory for what the steps of a program hand to each other. What a large one holds is of no use when the run ends, so the
// next run has it, of whatever program: the first run of a new one would spend longer on memory of its own than on much of its work, and
// what ran last has left it in the caches.
type arena struct{ words []uint64 }

// Frames keep arenas of other sizes to themselves: small ones cost nothing, and large ones take as long to fill as to get.
const (
	leastHanded = 1 << 11 // words
	mostHanded  = 1 << 18
)

// arenas are those that no run has, by size: four sizes between a power of two and the next, so that little is left over.
var arenas [4 * 20]sync.Pool

// sizeOfArena returns a size of so many words or a bit more, and its place among all.
func sizeOfArena(words int) (size, at int) {
	shift := bits.Len(uint(words-1)) - 3
	quarters := (words-1)>>shift + 1 // 5 to 8
	return quarters << shift, 4*shift + quarters - 5
}

// borrows reports whether frames of the program borrow their arenas.
func (p *Program) borrows() bool { return leastHanded <= p.arena && p.arena <= mostHanded }

// borrow gives the frame memory for the run that begins.
func (f *frame) borrow(p *Program) {
	size, at := sizeOfArena(p.arena)
	a, ok := arenas[at].Get().(*arena)
	if !ok {
		a = &arena{make([]uint64, size)}
	}
	if a != f.borrowed {
		f.borrowed = a
		f.place(p, a.words[:p.arena])
	}
}

// giveBack ends the use of what borrow gave. The frame remembers where it was: mostly it has that again.
func (f *frame) giveBack(p *Program) {
	if debug.CheckFuncs.Load() { // let tests see whether anybody reads what an earlier run has left
		for i := range f.borrowed.words {
			f.borrowed.words[i] = 0x7ff8dead00000001
		}
	}
	_, at := sizeOfArena(p.arena)
	arenas[at].Put(f.borrowed)
}

// place says where the arena is.
func (f *frame) place(p *Program, words []uint64) {
	f.arena = words
	for v := range p.vars {
		if x := &p.vars[v]; x.constant == nil && x.offset >= 0 && x.words > 0 {
			f.base[v] = unsafe.Pointer(&words[x.offset])
		}
	}
}
