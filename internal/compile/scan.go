package compile

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/trace"
)

// looper is a loop of a known number of steps over rows.
type looper interface {
	Loop() (body *trace.Func, consts, carry, length int, reverse bool)
}

// nativeScan is a loop whose body is scalar code: the code, and what it goes through.
type nativeScan struct {
	guarded
	b       *loop.Builder
	arrays  []rowAccess
	carried []trace.Var // the operands that are the first carry
	last    []trace.Var // the results that are the last
	steps   int
	size    int // instructions of a step
}

// rowAccess is an array of the loop: a const, or rows.
type rowAccess struct {
	root   trace.Var
	offset int // of the first step, in bytes
}

// maxCarried is how many elements a loop may carry to become scalar code. Reverse mode carries
// the sums of gradients by all that the steps share, such as weights.
const maxCarried = 2048

// placeScan makes a loop whose body is scalar code a step.
func (c *compiler) placeScan(e *trace.Equation) bool {
	p, ok := e.Primitive.(looper)
	if !ok {
		return false
	}
	body, consts, carry, length, reverse := p.Loop()
	if length == trace.Star || !smallTypes(body.Types(body.Inputs())) || !smallTypes(body.Types(body.Outputs())) {
		return false
	}
	ins := make([]trace.Var, len(e.Ins))
	for i, v := range e.Ins {
		ins[i] = c.whole(v)
	}
	b := loop.NewBuilder()
	b.Sequential = true
	n := &nativeScan{steps: length}
	in := make([][]loop.Value, len(ins))
	carried := 0
	for i, t := range body.Types(body.Inputs()) {
		in[i] = make([]loop.Value, t.Size())
		switch {
		case i < consts && c.vars[ins[i]].constant != nil:
			in[i] = constants(b, *c.vars[ins[i]].constant)
		case i < consts || i >= consts+carry:
			a := n.array(b, ins[i], t, i >= consts, length, reverse)
			for k := range in[i] {
				in[i][k] = b.Load(a, k)
			}
		default:
			for k := range in[i] {
				in[i][k] = b.Carry(carried)
				carried++
			}
			n.carried = append(n.carried, ins[i])
		}
	}
	out, ok := lowerFunc(b, body, in)
	if !ok || carried > maxCarried {
		return false
	}
	next := 0
	for i, y := range out {
		if i < carry {
			next += copy(b.Next[next:], y)
			continue
		}
		a := n.array(b, e.Outs[i], body.Type(body.Outputs()[i]), true, length, reverse)
		for k, v := range y {
			b.Store(a, k, v)
		}
	}
	n.last = e.Outs[:carry]
	for _, v := range e.Outs {
		c.vars[v].stored = true
	}
	n.b, n.size = b, len(b.Body)
	c.add(&group{kind: scanLoop, native: n}, equation{e, ins, e.Outs})
	return true
}

// array adds the memory of v as rows of type t, or as one array that every step sees.
func (n *nativeScan) array(b *loop.Builder, v trace.Var, t trace.Type, rows bool, length int, reverse bool) int {
	step, offset := 0, 0
	if rows {
		step = t.Size()
	}
	kind := kindOf(t.DType)
	if reverse {
		offset = (length - 1) * step * kind.Size()
		step = -step
	}
	n.arrays = append(n.arrays, rowAccess{v, max(offset, 0)})
	return b.Array(kind, step)
}

func (c *compiler) scanStep(g *group) step {
	g.native.guarded = c.compile(g.native.b, g)
	return &scanStep{g.native}
}

type scanStep struct{ *nativeScan }

func (s *scanStep) run(f *frame) {
	carries := f.carry(0)
	for _, v := range s.carried {
		carries = appendElements(carries, f.base[v], s.vars[v].typ)
	}
	if s.guard >= 0 {
		carries = append(carries, 0)
	}
	f.carries = carries
	args := f.args(len(s.arrays))
	for i, a := range s.arrays {
		args[i] = unsafe.Add(f.base[a.root], a.offset)
	}
	s.code.Run(args, s.steps, carries, f.scratch)
	if s.failed(carries) {
		s.slowly(f)
		return
	}
	for _, v := range s.last {
		carries = takeElements(carries, f.base[v], s.vars[v].typ)
	}
}

// appendElements appends the elements of an array, as values.
func appendElements(values []uint64, p unsafe.Pointer, t trace.Type) []uint64 {
	n := t.Size()
	if t.DType != trace.Bool {
		return append(values, unsafe.Slice((*uint64)(p), n)...)
	}
	for _, x := range unsafe.Slice((*bool)(p), n) {
		if x {
			values = append(values, ^uint64(0))
		} else {
			values = append(values, 0)
		}
	}
	return values
}

// takeElements is its inverse. It returns the values behind.
func takeElements(values []uint64, p unsafe.Pointer, t trace.Type) []uint64 {
	n := t.Size()
	if t.DType != trace.Bool {
		copy(unsafe.Slice((*uint64)(p), n), values)
	} else {
		for i := range n {
			*(*bool)(unsafe.Add(p, i)) = values[i] != 0
		}
	}
	return values[n:]
}

func (s *scanStep) describe(b *strings.Builder) {
	fmt.Fprintf(b, "scalars %d times, %d instructions: %s", s.steps, s.size, s.names())
}
