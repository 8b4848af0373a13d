package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// elementStep runs a loop for each row. The code walks the rows of one of the outer axes itself, if the loop is one over
// rows, or the blocks of a long row.
type elementStep struct {
	guarded
	mode    rowMode
	n       int   // elements of a row
	outer   []int // the lengths of the axes that are walked here
	rows    int
	inner   int // rows that the code walks
	arrays  []access
	steps   []int // of each array along a row, in bytes
	moves   []int // and from one row or block that the code walks to the next
	sums    []fold
	size    int
	through int     // how many arrays are gone through, without those that rows are folded into
	kept    []kept  // results in registers from row to row
	apart   bool    // rows and blocks, or the elements of a row, may run at the same time
	abreast bool    // all elements of a place are in the body
	once    []where // where arrays start, if the code runs once and that is all there is to do
}

// where is a place in the memory of a variable.
type where struct {
	root   trace.Var
	offset int // in bytes
}

// rowMode says what the code of a step does in one run.
type rowMode uint8

const (
	whole  rowMode = iota // a row, whose carries are folded here
	nested                // rows with their folds
	blocks                // blocks of a row, each folded into an array of its own
)

func (c *compiler) elementStep(g *group) step {
	if s := c.diagonalStep(g); s != nil {
		return s
	}
	return c.elementStepOf(g, c.loopOf(g))
}

// elementStepOf makes the step that runs a loop.
func (c *compiler) elementStepOf(g *group, l *elementLoop) *elementStep {
	s := &elementStep{n: l.dims[l.row], rows: 1, inner: 1, sums: l.sums, size: len(l.b.Body),
		abreast: g.kind == abreast, through: len(l.arrays)}
	s.nest(l)
	s.arrays = l.arrays
	if l.b.Lanes = l.b.Live().LanesFor(min(s.n, block)); s.mode == nested && l.atOnce(s.n) {
		l.b.Few, l.b.Lanes = s.n, loop.LanesForFew(s.n)
		s.keep(l)
	}
	s.guarded = c.compile(l.b, g)
	s.steps, s.moves = make([]int, 0, len(l.arrays)), make([]int, 0, len(l.arrays))
	for i, a := range l.arrays {
		s.steps = append(s.steps, l.b.Arrays[i].Step*a.kind.Size())
		s.moves = append(s.moves, l.b.Arrays[i].Row*a.kind.Size())
	}
	for _, n := range s.outer {
		s.rows *= n
	}
	s.apart = len(s.kept) == 0 && s.isApart(l.b)
	s.findOnce()
	s.release(l.b)
	return s
}

// findOnce finds whether there is one run of the code, on one thread, and nothing to fold.
func (s *elementStep) findOnce() {
	if s.rows != 1 || s.n == 0 || s.inner == 0 || s.mode == blocks || len(s.sums) > 0 || len(s.kept) > 0 || s.carries > 0 || s.large(s.n*s.inner) {
		return
	}
	for _, a := range s.arrays {
		s.once = append(s.once, where{a.root, a.offset})
	}
}

// isApart reports whether what one row or block writes, or one element of a row, no other reads or writes.
func (s *elementStep) isApart(b *loop.Builder) bool {
	by := s.moves
	if s.mode == whole {
		by = s.steps
	}
	for _, x := range b.Stores {
		if by[x.Array] == 0 {
			return false
		}
	}
	for _, x := range b.Folds {
		if by[x.Array] == 0 {
			return false
		}
	}
	return !b.Dependent() && !slices.ContainsFunc(b.Body, func(i loop.Instr) bool { return i.Op == loop.Index })
}

// loopOf makes the loop of a group.
func (c *compiler) loopOf(g *group) *elementLoop {
	if g.kind == abreast {
		return c.abreastLoop(g)
	}
	l := c.elementLoop(g, mostParts, shortRow)
	if l.short >= 0 && len(l.b.Body) > longest {
		l = c.elementLoop(g, 1, shortRow)
	}
	if _, ok := l.folds(); !ok {
		l = c.elementLoop(g, l.parts, shortLoop)
	}
	return l
}

// nest lets the code walk the longest of the outer axes, or blocks, if it can fold all sums.
func (s *elementStep) nest(l *elementLoop) {
	s.outer = l.outer()
	across := -1
	for d, n := range s.outer {
		if n > 1 && (across < 0 || n >= s.outer[across]) {
			across = d
		}
	}
	folds, ok := l.folds()
	switch {
	case !ok || len(folds) == 0 && (across < 0 || s.n > block):
		return
	case s.n > block:
		s.mode = blocks
		for i := range l.b.Arrays {
			l.b.Arrays[i].Row = block * l.b.Arrays[i].Step
		}
	default:
		s.mode = nested
		for i := range l.b.Arrays {
			l.b.Arrays[i].Row = l.arrays[i].row(across)
		}
		if across >= 0 {
			s.inner, s.outer[across] = s.outer[across], 1
		}
	}
	l.b.Nested = true
	for i, f := range folds {
		x := &l.sums[f.Array]
		to, row := x.to, 1
		if s.mode == blocks {
			x.partial = i
			to = access{root: partial, offset: i, kind: loop.I64}
			if x.dtype == trace.F64 {
				to.kind = loop.F64
			}
		} else {
			row = to.row(across)
		}
		f.Array = l.b.Array(to.kind, 0)
		l.b.Arrays[f.Array].Row = row
		l.arrays = append(l.arrays, to)
		l.b.Folds = append(l.b.Folds, f)
	}
}

// row returns the step along an outer axis, in elements.
func (a *access) row(across int) int {
	if across < 0 {
		return 0
	}
	return a.stride[across] / a.kind.Size()
}

// partial stands for the variable of what blocks come to, of which an access has a part of its own.
const partial trace.Var = -1

// folds returns how the code folds the carries of sums, which Array says the numbers of here, if it can.
func (l *elementLoop) folds() (folds []loop.Fold, ok bool) {
	for n, x := range l.sums {
		if x.carry < 0 {
			continue
		}
		b := loop.NewBuilder()
		a := b.Array(kindOf(x.dtype), 1)
		v := x.reduce.Fold(b, x.dtype, b.Load(a, 0), b.Load(a, 1))
		i := b.Body[v]
		if len(b.Body) != 3 || i.Op != loop.Add && i.Op != loop.Mul && i.Op != loop.IAdd && i.Op != loop.Or {
			return nil, false
		}
		folds = append(folds, loop.Fold{Carry: x.carry, Op: i.Op, Start: x.start, Array: n})
	}
	return folds, true
}

func (s *elementStep) describe(b *strings.Builder) {
	what := "elements"
	if s.abreast {
		what = "places, with all elements at each"
	}
	fmt.Fprintf(b, "loop over %d x %d %s, %d arrays, %d instructions: %s", s.rows*s.inner, s.n, what, s.through, s.size, s.names())
}
