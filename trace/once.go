package trace

import (
	"slices"
	"sync"
)

// storage is what a func consists of. That of funcs that are used once is used again.
type storage struct {
	types     []Type
	equations []Equation
}

var storages = sync.Pool{New: func() any { return new(storage) }}

// CaptureOnce is Capture for a func that is used once: use is given it, with the arrays that its captures stand for. It is good until
// use returns.
func CaptureOnce(types []Type, f func([]Array) []Array, use func(fn *Func, captures []Array)) {
	b := newBuilder()
	b.capturing = true
	b.storage = storages.Get().(*storage)
	fn, captures := b.build(types, f)
	use(fn, captures)
	b.storage.takeBack(fn)
}

// RecordOnce is Record byRun for a func that is used once: use is given what was made of f. The func is good until use returns.
func RecordOnce(args []Array, fixed []bool, f func([]Array) []Array, use func(t *Traced)) {
	b := newBuilder()
	b.byRun = true
	b.born = callers(1)
	b.storage = storages.Get().(*storage)
	t := b.trace(args, fixed, f)
	use(t)
	b.storage.takeBack(t.Func)
}

// lend gives f room for so many variables and equations.
func (s *storage) lend(f *Func, vars, equations int) {
	f.types, f.equations = slices.Grow(s.types, vars), slices.Grow(s.equations, equations)
}

// takeBack leaves f with nothing, and the storage to the next func.
func (s *storage) takeBack(f *Func) {
	clear(f.types)
	clear(f.equations)
	s.types, s.equations = f.types[:0], f.equations[:0]
	*f = Func{}
	storages.Put(s)
}
