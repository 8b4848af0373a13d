package compile

import (
	"runtime"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/workers"
)

// shareWork is how many instructions on elements a loop takes at least for which other threads are woken, and partWork what a
// part of it has: some microseconds of vector code.
const (
	shareWork = 1 << 18
	partWork  = 1 << 16
)

// shares reports whether so many elements are worth several threads. Results are the same then: parts write to
// different places, and every row or block folds what it has by itself.
func (s *elementStep) shares(elements int) bool {
	return s.apart && s.large(elements) && runtime.GOMAXPROCS(0) > 1
}

// large reports whether so many elements take long.
func (s *elementStep) large(elements int) bool { return elements*s.cost() >= shareWork }

// cost is how long an element takes: instructions, and moves between memory and registers.
func (s *elementStep) cost() int { return s.size + 2*len(s.arrays) }

// team is a loop that several threads run, each some rows, or elements of a row.
type team struct {
	step   *elementStep
	args   []unsafe.Pointer
	count  int // rows, or elements of the one row
	n      int // elements of a row, or 0 if there is one
	each   int // in a part
	places []place
}

// place is what a part writes to beside its results.
type place struct {
	args             []unsafe.Pointer
	carries, scratch []uint64
}

// threads returns the frame's space for a loop on several threads.
func (f *frame) threads() *team {
	if f.team == nil {
		f.team = &team{}
	}
	return f.team
}

// rows runs rows of n elements each.
func (w *team) rows(s *elementStep, args []unsafe.Pointer, count, n int, carries []uint64) {
	parts := w.start(s, args, count, n, n*s.cost())
	workers.Do(parts, w)
	if s.guard >= 0 { // the only carry that goes from row to row
		for _, p := range w.places[:parts] {
			for k := range s.width {
				carries[s.guard*s.width+k] |= p.carries[s.guard*s.width+k]
			}
		}
	}
	w.forget()
}

// row runs a single row of a loop without carries.
func (w *team) row(s *elementStep, args []unsafe.Pointer) {
	workers.Do(w.start(s, args, s.n, 0, s.cost()), w)
	w.forget()
}

// start makes ready for parts of so many rows, or elements, of some cost each, and returns how many there are.
func (w *team) start(s *elementStep, args []unsafe.Pointer, count, n, cost int) (parts int) {
	w.step, w.args, w.count, w.n = s, args, count, n
	w.each = max(1, partWork/cost, count/(8*runtime.GOMAXPROCS(0)))
	if n == 0 {
		w.each = (w.each + 63) &^ 63
	}
	parts = (count + w.each - 1) / w.each
	for len(w.places) < parts {
		w.places = append(w.places, place{})
	}
	for i := range w.places[:parts] {
		w.places[i].fit(len(args), s.carries*s.width, s.code.Scratch())
	}
	return parts
}

// fit makes room in a place.
func (p *place) fit(args, carries, scratch int) {
	if len(p.args) < args {
		p.args = make([]unsafe.Pointer, args)
	}
	if len(p.carries) < carries {
		p.carries = make([]uint64, carries)
	}
	if len(p.scratch) < scratch {
		p.scratch = aligned(scratch)
	}
	clear(p.carries)
}

// Part runs part i.
func (w *team) Part(i int) {
	s, p := w.step, &w.places[i]
	lo, hi := i*w.each, min((i+1)*w.each, w.count)
	args := p.args[:copy(p.args, w.args)]
	if w.n == 0 {
		moveBy(args, s.steps, lo)
		s.code.Run(args, hi-lo, nil, p.scratch)
	} else {
		moveBy(args, s.moves, lo)
		s.code.RunRows(args, w.n, hi-lo, p.carries, p.scratch)
	}
}

// forget drops what belongs to the caller of the program.
func (w *team) forget() {
	w.args = nil
	for i := range w.places {
		clear(w.places[i].args)
	}
}
