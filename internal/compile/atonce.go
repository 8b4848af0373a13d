package compile

import (
	"slices"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
)

// Short rows are run at once: the code for one is some vectors, without a loop along it.

const (
	// mostAtOnce is how many instructions on vectors of 4 elements such code has at most.
	mostAtOnce = 400
	// mostInRegisters is how many vectors of 4 elements its carries are at most.
	mostInRegisters = 12
)

// atOnce reports whether rows of n elements had better be run at once.
func (l *elementLoop) atOnce(n int) bool {
	vectors := (n + 3) / 4
	if n > loop.MostFew || vectors*len(l.b.Live().Body) > mostAtOnce || vectors*len(l.b.Next) > mostInRegisters {
		return false
	}
	return len(l.b.Fails) == 0 && !l.b.Dependent() &&
		!slices.ContainsFunc(l.b.Stores, func(x loop.Store) bool { return l.b.Arrays[x.Array].Step == 0 })
}

// kept is a row of results that all rows are added to. It stays in registers from row to row: it need not be read from where
// it was just written, for which the processor waits if only a part of a vector was.
type kept struct{ array, offset, carry int }

// keep finds what can be kept. In loops in Go, carries take longer than memory, and with few rows a program that needs no frame
// gains more.
func (s *elementStep) keep(l *elementLoop) {
	const fewRows = 16
	if l.on.level == Portable.level || s.inner < fewRows {
		return
	}
	b := l.b
	stores := b.Stores
	b.Stores = nil
	for _, x := range stores {
		a := b.Arrays[x.Array]
		load := slices.IndexFunc(b.Body, func(i loop.Instr) bool { return i.Op == loop.Load && int(i.A) == x.Array })
		again := slices.ContainsFunc(stores, func(y loop.Store) bool { return y != x && y.Array == x.Array })
		if a.Row != 0 || a.Step != 1 || a.Kind == loop.Bool || load < 0 || again ||
			int(b.Body[load].Imm) != x.Offset || (s.n+3)/4*(len(b.Next)+1) > mostInRegisters ||
			slices.ContainsFunc(b.Body[load+1:], func(i loop.Instr) bool { return i.Op == loop.Load && int(i.A) == x.Array }) {
			b.Stores = append(b.Stores, x)
			continue
		}
		k := kept{x.Array, x.Offset, len(b.Next)}
		b.Body[load] = loop.Instr{Op: loop.Carry, Imm: uint64(k.carry)}
		b.Next = append(b.Next, x.Value)
		s.kept = append(s.kept, k)
	}
}

// load gives carries what is kept, and store leaves it in memory.
func (s *elementStep) load(args []unsafe.Pointer, carries []uint64) {
	for i := range s.kept {
		copy(s.row(i, carries), s.kept[i].in(args, s.n))
	}
}

func (s *elementStep) store(args []unsafe.Pointer, carries []uint64) {
	for i := range s.kept {
		copy(s.kept[i].in(args, s.n), s.row(i, carries))
	}
}

func (s *elementStep) row(i int, carries []uint64) []uint64 {
	return carries[s.kept[i].carry*s.width:][:s.n]
}

func (k *kept) in(args []unsafe.Pointer, n int) []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Add(args[k.array], 8*k.offset)), n)
}
