package compile

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// runner is a primitive whose results run along an axis; package num says how.
type runner interface {
	Runs() (axis int, reverse bool, first int)
	Next(b *loop.Builder, d trace.DType, y loop.Value, in []loop.Value) loop.Value
}

// placeRunning gives running results a step of their own, which reads views where they are.
func (c *compiler) placeRunning(e *trace.Equation) bool {
	if _, ok := e.Primitive.(runner); !ok {
		return false
	}
	c.add(&group{kind: running}, equation{e, e.Ins, e.Outs})
	return true
}

// runningStep goes along an axis. If there is another one that is long enough for vectors, its loop is
// along that, for one place on the running axis after the other. Otherwise it is along the running axis,
// and carries the result.
type runningStep struct {
	guarded
	carried bool
	n       int   // elements of the loop
	outer   []int // the lengths of the axes outside of it; the running one comes last if it is there
	arrays  []access
	steps   []int // of each array along the loop, in bytes
	out     int   // the array of results; the one behind it, unless they are carried, is of those before
	first   int   // the array of first results
}

func (c *compiler) runningStep(g *group) step {
	e := g.equations[0]
	p := e.Primitive.(runner)
	axis, reverse, first := p.Runs()
	shape := c.vars[e.outs[0]].typ.Shape
	s := &runningStep{out: len(e.ins), first: first}
	row, rest := runningRow(shape, axis)
	s.carried, s.n = row == axis, shape[row]
	for _, a := range rest {
		s.outer = append(s.outer, shape[a])
	}
	b := loop.NewBuilder()
	b.Sequential = s.carried
	array := func(v trace.Var) int {
		w, kind := c.viewOf(v), kindOf(c.vars[v].typ.DType)
		if reverse {
			w.offset += (shape[axis] - 1) * w.stride[axis]
			w.stride = slices.Clone(w.stride)
			w.stride[axis] *= -1
		}
		a := access{w.root, w.offset * kind.Size(), nil, kind}
		for _, i := range rest {
			a.stride = append(a.stride, w.stride[i]*kind.Size())
		}
		s.arrays, s.steps = append(s.arrays, a), append(s.steps, w.stride[row]*kind.Size())
		return b.Array(kind, w.stride[row])
	}
	in := make([]loop.Value, len(e.ins))
	for i, v := range e.ins {
		in[i] = b.Load(array(v), 0)
	}
	y := e.outs[0]
	to := array(y)
	var before loop.Value
	if s.carried {
		before = b.Carry(0)
	} else {
		before = b.Load(array(y), 0)
	}
	next := p.Next(b, c.vars[y].typ.DType, before, in)
	if s.carried {
		b.Next[0] = next
	}
	b.Store(to, 0, next)
	s.guarded = c.compile(b, g)
	return s
}

// runningRow returns the axis that the loop goes along, and the others.
func runningRow(shape []int, axis int) (row int, rest []int) {
	row = axis
	for a, n := range shape {
		if a != axis && n >= loop.Lanes && (row == axis || n >= shape[row]) {
			row = a
		}
	}
	for a := range shape {
		if a != axis && a != row {
			rest = append(rest, a)
		}
	}
	if row != axis {
		rest = append(rest, axis)
	}
	return row, rest
}

func (s *runningStep) run(f *frame) {
	args := f.args(len(s.arrays))
	var few [8]int
	index := few[:0]
	rows := 1
	for _, n := range s.outer {
		index = append(index, 0)
		rows *= n
	}
	if s.n == 0 {
		return
	}
	for range rows {
		for i := range s.arrays {
			args[i] = s.arrays[i].at(f, index)
		}
		switch last := len(index) - 1; {
		case s.carried:
			s.line(f, args)
		case index[last] == 0:
			s.copyFirst(args, s.n)
		default:
			args[s.out+1] = unsafe.Add(args[s.out], -s.arrays[s.out].stride[last])
			s.code.Run(args, s.n, nil, f.scratch)
		}
		advance(index, s.outer)
	}
}

// line runs along the whole of the running axis.
func (s *runningStep) line(f *frame, args []unsafe.Pointer) {
	s.copyFirst(args, 1)
	carries := f.carry(1)
	if carries[0] = *(*uint64)(args[s.out]); s.n == 1 {
		return
	}
	for i := range args {
		args[i] = unsafe.Add(args[i], s.steps[i])
	}
	s.code.Run(args, s.n-1, carries, f.scratch)
}

// copyFirst makes the first n results, which are numbers.
func (s *runningStep) copyFirst(args []unsafe.Pointer, n int) {
	for i := range n {
		*(*uint64)(unsafe.Add(args[s.out], i*s.steps[s.out])) = *(*uint64)(unsafe.Add(args[s.first], i*s.steps[s.first]))
	}
}

// advance moves an index to the next one.
func advance(index, lengths []int) {
	for d := len(index) - 1; d >= 0; d-- {
		if index[d]++; index[d] < lengths[d] {
			return
		}
		index[d] = 0
	}
}

func (s *runningStep) describe(b *strings.Builder) {
	fmt.Fprintf(b, "loop over %d elements for each of %v, one after the other: %s", s.n, s.outer, s.names())
}
