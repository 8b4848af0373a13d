package compile

import (
	"slices"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/amd64"
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// short is a program that is a few pieces of machine code and products, between the memory of the caller's and constants
// alone. It needs no frame: to get one takes as long as dozens of instructions.
type short struct {
	parts     []part
	constants [maxShort + 1]unsafe.Pointer // among the arrays; others are nil
	in, out   []slice64
	own       []amd64.Own // arrays that parts hand to each other: only an entry has memory for them
	onto      bool        // a result may be an argument's memory, the first element at the first: it is read before it is written
}

// part is one step of a short program.
type part struct {
	code    *amd64.Code // or nil
	n       int         // elements
	rows    int         // that the code walks, each of n elements; 0 if it has no loop over rows
	fills   []filling   // before the code runs
	product *productStep
	at      []operand // where the arrays of the code start, or the factors and the product
}

// filling is what an array begins with that others are folded into.
type filling struct {
	array, count int
	bits         uint64
}

// operand is somewhere in one of the arrays of a short program, in bytes from its start.
type operand struct{ array, offset int }

// slice64 is what Run is told of an array.
type slice64 struct {
	size int
	at   int // its number among the arrays; unread if it does not matter
}

const (
	maxShort = 15 // arrays of a short program
	unread   = maxShort
)

// shortOf returns p as a short program, if it is one.
func shortOf(p *Program) *short {
	const most = 8 // steps: the time for a frame matters little then
	if len(p.steps) == 0 || len(p.steps) > most || p.sizesIn == nil || p.sizesOut == nil || slices.Contains(p.direct, false) {
		return nil
	}
	q := &short{}
	var roots []trace.Var // of the arrays
	for _, s := range p.steps {
		x, ok := partOf(s)
		if !ok || len(x.at) > maxShort {
			return nil
		}
		for i, r := range x.roots {
			if !slices.Contains(roots, r) {
				roots = append(roots, r)
			}
			x.at[i].array = slices.Index(roots, r)
		}
		for i, r := range x.filled {
			x.fills[i].array = slices.Index(roots, r)
		}
		q.parts, q.onto = append(q.parts, x.part), x.onto && len(p.steps) == 1
	}
	return q.bind(p, roots)
}

// rooted is a part, and which variables its operands are in.
type rooted struct {
	part
	roots  []trace.Var
	filled []trace.Var
	onto   bool
}

// partOf returns a step as a part of a short program, if it can be one.
func partOf(s step) (rooted, bool) {
	switch s := s.(type) {
	case *scalarStep:
		code, ok := s.code.(*amd64.Code)
		if !ok || !code.Short(1) || s.carries > 1 || s.carries == 1 && s.guard < 0 {
			return rooted{}, false
		}
		x := rooted{part: part{code: code, n: 1, at: make([]operand, len(s.roots))}, roots: s.roots}
		x.onto = s.carries == 0 // what fails runs again
		return x, true
	case *elementStep:
		return s.asPart()
	case *productStep:
		return rooted{part: part{product: s, at: make([]operand, 3)}, roots: []trace.Var{s.in[0].root, s.in[1].root, s.out}}, true
	}
	return rooted{}, false
}

// asPart is partOf for a loop, with what is folded.
func (s *elementStep) asPart() (rooted, bool) {
	code, ok := s.code.(*amd64.Code)
	if !ok || s.rows != 1 || s.n == 0 || len(s.kept) > 0 || s.apart && s.large(s.n*s.inner) {
		return rooted{}, false
	}
	x := rooted{part: part{code: code, n: s.n}}
	switch {
	case s.mode == nested && code.ShortRows(s.n, s.inner):
		x.rows = s.inner
	case s.mode != whole || s.carries > 0 || !code.Short(s.n):
		return rooted{}, false
	}
	for i := range s.arrays {
		x.at, x.roots = append(x.at, operand{offset: s.arrays[i].offset}), append(x.roots, s.arrays[i].root)
	}
	for i := range s.sums {
		f := &s.sums[i]
		if f.to.kind == loop.Bool {
			return rooted{}, false
		}
		if f.fill > 0 {
			x.fills, x.filled = append(x.fills, filling{count: f.fill, bits: f.start}), append(x.filled, f.to.root)
		}
	}
	return x, true
}

// bind finds where slices and constants go among the arrays, which are all to be such.
func (s *short) bind(p *Program, roots []trace.Var) *short {
	if len(roots) > maxShort {
		return nil
	}
	known := 0
	for i, v := range roots {
		x := &p.vars[v]
		if k := x.constant; k != nil {
			s.constants[i] = pointer(*k)
			known++
		}
		if x.offset >= 0 && x.words > 0 && p.arena <= amd64.OwnBytes/8 {
			s.own = append(s.own, amd64.Own{Array: i, At: 8 * x.offset})
			known++
		}
	}
	find := func(v trace.Var, size int) slice64 {
		if at := slices.Index(roots, v); at >= 0 {
			known++
			return slice64{size, at}
		}
		return slice64{size, unread}
	}
	for i, n := range p.sizesIn {
		s.in = append(s.in, find(trace.Var(i), n))
	}
	for i, n := range p.sizesOut {
		s.out = append(s.out, find(p.outs[i], n))
	}
	if known != len(roots) {
		return nil
	}
	return s
}

// enter returns code that takes the slices of s itself, or nil. It is made before the unit is sealed.
func (s *short) enter(u unit) *amd64.Entry {
	if s == nil {
		return nil
	}
	slices := func(of []slice64) (all []amd64.Slice) {
		for _, a := range of {
			all = append(all, amd64.Slice{Size: a.size, Array: a.at})
		}
		return all
	}
	if len(s.parts) == 1 && s.parts[0].code != nil && s.parts[0].code.Once() {
		if e := u.machine.Enter(s.parts[0].code, slices(s.in), slices(s.out), s.onto); e != nil {
			return e
		}
	}
	var stages []amd64.Stage
	for _, x := range s.parts {
		if x.code == nil {
			return nil
		}
		stages = append(stages, x.stage())
	}
	return u.machine.EnterStages(stages, slices(s.in), slices(s.out), &s.constants, s.own)
}

// stage returns a part that has code as a stage of an entry.
func (x *part) stage() amd64.Stage {
	s := amd64.Stage{Code: x.code, N: x.n, Rows: x.rows}
	for _, p := range x.at {
		s.Arrays = append(s.Arrays, amd64.Place{Array: p.array, Offset: p.offset})
	}
	for _, f := range x.fills {
		s.Fills = append(s.Fills, amd64.Fill{Array: f.array, Count: f.count, Bits: f.bits})
	}
	return s
}
