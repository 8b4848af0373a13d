package compile

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// Where all that a loop over two axes knows of its place are unit vectors, what it stores beside their ones is the same everywhere: the dense
// Hessian of a chain is zeros but for a few diagonals. Such an array is filled, and the loop runs along the diagonals.

// diagonal is the part of two axes where the second index is shift more than the first: n places from i, j on.
type diagonal struct{ i, j, n int }

// along returns where an access starts on the diagonal, if there is one, and its stride there.
func (d *diagonal) along(start int, stride []int) (int, []int) {
	if d == nil {
		return start, stride
	}
	return start + d.i*stride[0] + d.j*stride[1], []int{stride[0] + stride[1]}
}

const (
	// mostDiagonals is how many of them a loop has at most.
	mostDiagonals = 16
	// leastBeside is how many times as many elements there are in all. Those of a diagonal lie far apart.
	leastBeside = 16
)

// diagonalsOf returns the diagonals on which the unit vectors that a group reads have their ones.
func (c *compiler) diagonalsOf(g *group) (all []diagonal) {
	dims := axes(g.cuts, g.size)
	if g.kind != elements || len(dims) != 2 {
		return nil
	}
	var shifts []int
	for _, e := range g.equations {
		if e.Equation != nil && !elementwise(e.Primitive) || e.gathers() {
			return nil
		}
		for _, v := range e.ins {
			if shift, ok := c.shift(v, dims); ok && !slices.Contains(shifts, shift) {
				shifts = append(shifts, shift)
			}
		}
	}
	covered := 0
	for _, shift := range shifts {
		d := diagonal{i: max(0, -shift), j: max(0, shift)}
		if d.n = min(dims[0]-d.i, dims[1]-d.j); d.n > 0 {
			all = append(all, d)
			covered += d.n
		}
	}
	if len(shifts) > mostDiagonals || covered*leastBeside > g.size {
		return nil
	}
	return all
}

// shift returns by how much the second index is more than the first where v, along two axes, has the ones of unit vectors. It
// is zero, or false, everywhere else.
func (c *compiler) shift(v trace.Var, dims []int) (shift int, ok bool) {
	w := c.viewOf(v)
	if !c.vars[w.root].line {
		return 0, false
	}
	stride := along(dims, c.vars[v].typ.Shape, w.stride)
	if stride[0] != -stride[1] || stride[1] != 1 && stride[1] != -1 {
		return 0, false
	}
	line := c.vars[w.root].constant
	one := slices.Index(line.F64, 1)
	if line.Type.DType == trace.Bool {
		one = slices.Index(line.Bool, true)
	}
	if one < 0 {
		return dims[1], true // beyond all places
	}
	return (one - w.offset) * stride[1], true
}

// diagonalStep fills arrays, and then makes what is on diagonals.
type diagonalStep struct {
	filled    []filled
	diagonals []*elementStep
	rows, n   int
}

// filled is an array along two axes, and what all elements are set to.
type filled struct {
	access
	bits uint64
}

// diagonalStep makes the step of a group that is the same everywhere but on a few diagonals, or returns nil if it is not.
func (c *compiler) diagonalStep(g *group) step {
	diagonals := c.diagonalsOf(g)
	if len(diagonals) == 0 {
		return nil
	}
	l := c.newElementLoop(g, 1, shortRow)
	l.beside = true
	l.fill()
	defer l.b.Release()
	s := &diagonalStep{rows: l.dims[0], n: l.dims[1]}
	if len(l.b.Fails) > 0 {
		return nil
	}
	for _, x := range l.b.Stores {
		p, i := l.places[x.Array], l.b.Body[x.Value]
		if i.Op != loop.Const || p.stride[1] != 1 {
			return nil
		}
		s.filled = append(s.filled, filled{access{p.root, p.start + x.Offset, p.stride, l.b.Arrays[x.Array].Kind}, i.Imm})
	}
	for _, d := range diagonals {
		l := c.newElementLoop(g, 1, shortRow)
		l.diagonal, l.row = &d, 0
		l.fill()
		l.dims = []int{d.n}
		s.diagonals = append(s.diagonals, c.elementStepOf(g, l))
	}
	return s
}

func (s *diagonalStep) run(f *frame) {
	for i := range s.filled {
		s.filled[i].run(f, s.rows, s.n)
	}
	for _, d := range s.diagonals {
		d.run(f)
	}
}

// run sets all elements.
func (x *filled) run(f *frame, rows, n int) {
	size := x.kind.Size()
	start := unsafe.Add(f.base[x.root], size*x.offset)
	if x.stride[0] == n {
		rows, n = 1, rows*n
	}
	for i := range rows {
		at := unsafe.Add(start, size*i*x.stride[0])
		if x.kind == loop.Bool {
			fillWith(unsafe.Slice((*bool)(at), n), x.bits != 0)
		} else {
			fillWith(unsafe.Slice((*uint64)(at), n), x.bits)
		}
	}
}

func fillWith[T comparable](all []T, x T) {
	var zero T
	if x == zero {
		clear(all)
		return
	}
	for i := range all {
		all[i] = x
	}
}

func (s *diagonalStep) describe(b *strings.Builder) {
	d := s.diagonals[0]
	fmt.Fprintf(b, "diagonals, %d of %d x %d elements, %d arrays, %d instructions: %s", len(s.diagonals), s.rows, s.n, d.through, d.size, d.names())
}
