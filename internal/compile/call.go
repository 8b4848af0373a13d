package compile

import (
	"slices"
	"strings"
	"unsafe"

	"github.com/gradus-ad/gradus/trace"
)

// placeCall makes an equation a step of its own, which runs it by its Eval rule.
func (c *compiler) placeCall(e *trace.Equation) {
	ins := make([]trace.Var, len(e.Ins))
	for i, v := range e.Ins {
		ins[i] = c.whole(v)
	}
	c.add(&group{kind: call}, equation{e, ins, e.Outs})
}

type callStep struct {
	equation
	vars []variable
	out  []trace.Type
	last []bool // operands that nobody reads afterwards
}

func (c *compiler) callStep(g *group) step {
	e := g.equations[0]
	s := &callStep{equation: e, vars: c.vars, last: make([]bool, len(e.ins))}
	for _, v := range e.outs {
		s.out = append(s.out, c.vars[v].typ)
	}
	for i, v := range e.ins {
		once := !slices.Contains(e.ins[:i], v) && !slices.Contains(e.ins[i+1:], v)
		s.last[i] = once && c.vars[v].made == byEval && c.vars[v].last == g.index && !c.vars[v].output
	}
	return s
}

func (s *callStep) run(f *frame) {
	in := make([]trace.Buffer, len(s.ins))
	for i, v := range s.ins {
		in[i] = bufferOf(f, s.vars, v)
	}
	outs := s.Evaluate(in, s.last, s.out)
	for i, v := range s.ins {
		if s.vars[v].made == byEval {
			f.bufs[v].Owned = in[i].Owned
		}
	}
	for i, b := range outs {
		f.set(s.outs[i], f.outside(b))
	}
}

// outside returns b, which may share storage with an operand, as a buffer that does not stand in the
// memory that steps hand to each other: that will be used again.
func (f *frame) outside(b trace.Buffer) trace.Buffer {
	if f.holds(pointer(b)) {
		return b.Copy()
	}
	for i, r := range b.Rows {
		if f.holds(pointer(r)) || len(r.Rows) > 0 {
			b.Rows[i] = f.outside(r)
		}
	}
	if b.Rest != nil {
		r := f.outside(*b.Rest)
		b.Rest = &r
	}
	return b
}

// holds reports whether p is in the frame's own memory.
func (f *frame) holds(p unsafe.Pointer) bool {
	if p == nil || len(f.arena) == 0 {
		return false
	}
	at, start := uintptr(p), uintptr(unsafe.Pointer(&f.arena[0]))
	return at >= start && at < start+8*uintptr(len(f.arena))
}

func (s *callStep) describe(b *strings.Builder) {
	b.WriteString("eval ")
	b.WriteString(s.Primitive.Name())
}
