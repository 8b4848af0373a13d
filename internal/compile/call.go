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
	s := &callStep{equation: e, vars: c.vars, last: c.lastRead(g)}
	for _, v := range e.outs {
		s.out = append(s.out, c.vars[v].typ)
	}
	return s
}

// lastRead marks the operands of a group of one equation that are buffers which nobody reads afterwards.
func (c *compiler) lastRead(g *group) []bool {
	ins := g.equations[0].ins
	last := make([]bool, len(ins))
	for i, v := range ins {
		once := !slices.Contains(ins[:i], v) && !slices.Contains(ins[i+1:], v)
		last[i] = once && c.vars[v].made != byLoop && c.vars[v].last == g.index && !c.vars[v].output
	}
	return last
}

func (s *callStep) run(f *frame) {
	in := make([]trace.Buffer, len(s.ins))
	for i, v := range s.ins {
		in[i] = bufferOf(f, s.vars, v)
	}
	outs := s.Evaluate(in, s.last, s.out)
	for i, v := range s.ins {
		if s.vars[v].made != byLoop {
			f.buf(v).Owned = in[i].Owned
		}
	}
	for i, b := range outs {
		f.set(s.outs[i], f.outside(b))
	}
}

// outside returns b, which may share storage with an operand, as a buffer that does not stand in the
// memory that steps hand to each other: that will be used again.
func (f *frame) outside(b trace.Buffer) trace.Buffer { return f.apart(b, nil) }

// apart is outside for what a loop carries as a buffer: nor does it stand where another carry alternates.
func (f *frame) apart(b trace.Buffer, s *loopStep) trace.Buffer {
	if p := pointer(b); f.holds(p) || s.alternatesAt(f, p) {
		return b.Copy()
	}
	for i, r := range b.Rows {
		if p := pointer(r); p == nil || f.holds(p) || s.alternatesAt(f, p) {
			b.Rows[i] = f.apart(r, s)
		}
	}
	if rest := b.Rest(); rest != nil {
		r := f.apart(*rest, s)
		b = b.WithRest(&r)
	}
	return b
}

// holds reports whether p is in the frame's own memory.
func (f *frame) holds(p unsafe.Pointer) bool {
	if p == nil {
		return false
	}
	for _, s := range f.stacks {
		if within(p, s) {
			return true
		}
	}
	return within(p, f.arena)
}

func within(p unsafe.Pointer, words []uint64) bool {
	at, start := uintptr(p), uintptr(unsafe.Pointer(unsafe.SliceData(words)))
	return at >= start && at < start+8*uintptr(len(words))
}

func (s *callStep) describe(b *strings.Builder) {
	b.WriteString("eval ")
	b.WriteString(s.Primitive.Name())
}
