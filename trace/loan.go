package trace

import (
	"math"
	"slices"
	"sync"

	"github.com/gradus-ad/gradus/internal/debug"
)

// Loan is storage for the arrays of one run of a func and its derivative, which the next run has again: to clear and to collect what a
// small gradient makes takes as long as to compute it.
//
// Arrays that are made in a run may share storage, and nobody counts who has them. That is safe since all primitives of the func
// are Discreet, so that outside of the run nobody has any of its arrays but for results; and Return, which ends the loan, leaves to
// the results whatever storage they stand in. Arrays know of the loan, and to use one after that is a panic, not another value.
//
// A nil Loan lends nothing.
type Loan struct {
	shelf    *shelf
	elements int // that were lent
	over     bool
	mark     beside // what buffers on loan have
}

// shelf has the storage that is lent, and what the last run has left.
type shelf struct{ lent, free [][]float64 }

var shelves = sync.Pool{New: func() any { return new(shelf) }}

// Arrays of fewer elements than leastLent are made as fast; what is larger than mostLent takes longer to fill than to make. A loan is of
// mostLentInAll elements in mostPieces, so that what died long ago is collected in long runs.
const (
	leastLent     = 64
	mostLent      = 1 << 17
	mostLentInAll = 1 << 19
	mostPieces    = 256
)

// least is leastLent, but that tests see arrays of all sizes on loan.
func least() int {
	if debug.CheckFuncs.Load() {
		return 1
	}
	return leastLent
}

// Discreet is a primitive whose rules keep neither arrays nor storage that they are given, other than in what they return, and
// show them to no code outside of the library.
type Discreet interface{ Discreet() bool }

// NewLoan returns a loan for running f on concrete arrays and differentiating it there, or nil where there may be none or where it is of no use.
func NewLoan(f *Func, args []Array) *Loan {
	if !slices.ContainsFunc(f.types, func(t Type) bool { return t.Size() >= least() }) || slices.ContainsFunc(args, Array.Traced) {
		return nil
	}
	for i := range f.equations {
		if p, ok := f.equations[i].Primitive.(Discreet); !ok || !p.Discreet() {
			return nil
		}
	}
	l := &Loan{shelf: shelves.Get().(*shelf)}
	l.mark.loan = l
	return l
}

// Lend returns args as arrays with the same elements, such that storage of what is made of them is on loan.
func (l *Loan) Lend(args []Array) []Array {
	if l == nil {
		return args
	}
	tied := slices.Clone(args)
	cells := make([]boxed, len(args))
	for i, a := range args {
		b := a.cell().value.Load()
		if b == nil || b.F64 == nil || a.cell().splat != nil || a.cell().flags&isNumber != 0 {
			continue
		}
		c := &cells[i]
		c.typ, c.buffer = b.Type, b.Shared()
		c.buffer.beside = &l.mark
		c.value.Store(&c.buffer)
		tied[i] = Array{c: &c.cell}
	}
	return tied
}

// Return ends the loan. It returns results as arrays that outlive it.
func (l *Loan) Return(results []Array) []Array {
	if l == nil {
		return results
	}
	kept := make([]Array, len(results))
	stand := make([][]float64, 0, len(results))
	for i, a := range results {
		kept[i] = a
		switch c := a.cell(); {
		case c.flags&(isHole|isNumber) != 0:
		case c.splat != nil:
			kept[i] = newSplat(c.splat.own(), c.typ)
			stand = append(stand, c.splat.F64)
		default:
			b := a.buffer()
			kept[i] = newConcrete(b.own())
			stand = append(stand, b.F64)
		}
	}
	l.over = true
	l.shelf.takeBack(stand)
	shelves.Put(l.shelf)
	return kept
}

// own returns b as a buffer that is not on loan.
func (b Buffer) own() Buffer {
	if b.onLoan() != nil {
		b.beside = nil
	}
	return b.Shared()
}

// takeBack makes free what was lent, but for pieces in which something else stands.
func (s *shelf) takeBack(stand [][]float64) {
	clear(s.free)
	s.free = s.free[:0]
	for _, piece := range s.lent {
		if !slices.ContainsFunc(stand, func(x []float64) bool { return overlap(x, piece) }) {
			spoil(piece)
			s.free = append(s.free, piece)
		}
	}
	clear(s.lent)
	s.lent = s.lent[:0]
}

// floats returns storage for n elements, with anything in it.
func (l *Loan) floats(n int) []float64 {
	if l.over {
		panic("BUG: an array is used after its loan is over")
	}
	s := l.shelf
	if n < least() || n > mostLent || l.elements+n > mostLentInAll || len(s.lent) == mostPieces {
		return make([]float64, n)
	}
	var piece []float64
	if i := slices.IndexFunc(s.free, func(x []float64) bool { return len(x) == n }); i >= 0 {
		last := len(s.free) - 1
		piece, s.free[i], s.free[last] = s.free[i], s.free[last], nil
		s.free = s.free[:last]
	} else {
		piece = make([]float64, n)
	}
	s.lent = append(s.lent, piece)
	l.elements += n
	return piece
}

// spoil lets tests see whether anybody reads elements that are anything.
func spoil(x []float64) {
	if debug.CheckFuncs.Load() {
		for i := range x {
			x[i] = math.NaN()
		}
	}
}

// NewResult returns an owned buffer for what is made of some operands. A rule must set all of its elements: they are zeros only if
// they are not f64.
func NewResult(t Type, in ...Buffer) Buffer {
	z := Buffer{Type: t, Owned: true}
	if t.DType != F64 || t.Stars() > 0 {
		z = NewBuffer(t)
		z.Owned = true
		return z
	}
	n := t.Size()
	for i := range in {
		if l := in[i].onLoan(); l != nil {
			z.F64, z.beside = l.floats(n), &l.mark
			break
		}
	}
	if z.beside == nil {
		z.F64 = make([]float64, n)
	}
	spoil(z.F64)
	return z
}
