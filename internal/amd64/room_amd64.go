package amd64

import (
	"sync"

	"github.com/gradus-ad/gradus/internal/loop"
)

// room is what translation needs for a while, a few words for each instruction. The next translation has it then, unless the collector
// has taken it: to make it anew each time kept the collector busy.
type room struct {
	numbers arena[int32]
	flags   arena[bool]
	values  arena[loop.Value]
	instrs  arena[loop.Instr]
	states  arena[state]
	regs    arena[reg]
	fixes   arena[fix]
	seats   arena[seat]
	lanes   arena[int8]
	shorts  arena[int16]
	bundled arena[pack]
	words   arena[uint64]
	pool    []byte

	wide      map[wideConstant]loop.Value
	constants map[uint64]int32
	vectors   map[[8]int64]int32
	attempts
}

var rooms = sync.Pool{New: func() any {
	return &room{wide: make(map[wideConstant]loop.Value), constants: make(map[uint64]int32), vectors: make(map[[8]int64]int32)}
}}

// newRoom returns the room that so many instructions take, or a bit less.
func newRoom(instructions int) *room {
	r := rooms.Get().(*room)
	r.numbers.reserve(9 * instructions)
	r.flags.reserve(3 * instructions)
	r.values.reserve(11 * instructions)
	r.instrs.reserve(3 * instructions)
	return r
}

// again ends the use of numbers, flags, values and lanes.
func (r *room) again() {
	r.numbers.reset()
	r.flags.reset()
	r.values.reset()
	r.lanes.reset()
}

// release ends the use of all that came from r.
func (r *room) release() {
	r.again()
	r.instrs.reset()
	r.states.reset()
	r.regs.reset()
	r.fixes.reset()
	r.seats.reset()
	r.shorts.reset()
	r.bundled.reset()
	r.wide, r.constants, r.vectors = emptied(r.wide), emptied(r.constants), emptied(r.vectors)
	rooms.Put(r)
}

// emptied returns an empty map: a new one in place of one that has been large, since to clear it takes as long as it was.
func emptied[K comparable, V any](m map[K]V) map[K]V {
	const large = 256
	if len(m) > large {
		return make(map[K]V)
	}
	clear(m)
	return m
}

// arena hands out slices of what is allocated at once.
type arena[E any] struct{ all, free []E }

// reserve makes room for n elements, if nothing is in use.
func (a *arena[E]) reserve(n int) {
	if n > len(a.all) {
		a.all = make([]E, n)
		a.free = a.all
	}
}

// zeros returns n zeros.
func (a *arena[E]) zeros(n int) []E {
	s := a.some(n)
	clear(s)
	return s
}

// some returns a slice of n elements that may be anything.
func (a *arena[E]) some(n int) []E {
	if n > len(a.free) {
		a.all = make([]E, max(n, 2*len(a.all)))
		a.free = a.all
	}
	s := a.free[:n:n]
	a.free = a.free[n:]
	return s
}

func (a *arena[E]) reset() { a.free = a.all }
