package compile

import (
	"slices"
	"strings"

	"github.com/gradus-ad/gradus/trace"
)

// An updater changes some elements of its first operand. Update does that in memory.
type updater interface {
	Update(y trace.Buffer, in []trace.Buffer)
}

// A filler copies parts of operands. Fill makes the result in memory.
type filler interface {
	Fill(y trace.Buffer, in []trace.Buffer)
}

// placeUpdate makes an equation that moves elements by indices a step of its own, which works in the
// memory of the program. What an Eval rule has made is left to such: it may own it.
func (c *compiler) placeUpdate(e *trace.Equation) bool {
	switch e.Primitive.(type) {
	case updater:
		if c.vars[c.rootOf(e.Ins[0])].made != byLoop {
			return false
		}
	case filler:
	default:
		return false
	}
	ins := make([]trace.Var, len(e.Ins))
	for i, v := range e.Ins {
		ins[i] = c.whole(v)
	}
	c.add(&group{kind: update}, equation{e, ins, e.Outs})
	return true
}

// inPlace reports whether the result of an update may be made where its first operand is, which nobody
// reads afterwards.
func (c *compiler) inPlace(g *group) bool {
	e := g.equations[0]
	if _, ok := e.Primitive.(updater); !ok || slices.Contains(e.ins[1:], e.ins[0]) {
		return false
	}
	x, y := &c.vars[e.ins[0]], &c.vars[e.outs[0]]
	return x.made == byLoop && x.offset >= 0 && x.last == g.index && !y.output
}

// changesLittle reports whether e adds to a small part of a large array that stands in memory of its own,
// which need not be gone through then.
func (c *compiler) changesLittle(e *trace.Equation) bool {
	if _, ok := e.Primitive.(updater); !ok {
		return false
	}
	x := &c.vars[e.Ins[0]]
	size := x.typ.Size()
	own := x.pending == nil && x.view == nil && x.place == nil && x.constant == nil && x.made != byCaller && (x.settled || !x.each)
	return own && size > maxCopy && c.vars[e.Ins[1]].typ.Size()*8 < size
}

// maxCopy is the number of elements up to which an array is rather copied with what changes.
const maxCopy = 4096

type updateStep struct {
	equation
	vars    []variable
	inPlace bool
}

func (c *compiler) updateStep(g *group) step {
	e := g.equations[0]
	x, y := &c.vars[e.ins[0]], &c.vars[e.outs[0]]
	return &updateStep{e, c.vars, x.offset >= 0 && x.offset == y.offset}
}

func (s *updateStep) run(f *frame) {
	in := f.operands[:0]
	for _, v := range s.ins {
		in = append(in, bufferOf(f, s.vars, v))
	}
	y := bufferOf(f, s.vars, s.outs[0])
	switch p := s.Primitive.(type) {
	case updater:
		if !s.inPlace {
			copy(y.F64, in[0].F64)
			copy(y.I64, in[0].I64)
			copy(y.Bool, in[0].Bool)
		}
		p.Update(y, in)
	case filler:
		p.Fill(y, in)
	}
	clear(in)
	f.operands = in
}

func (s *updateStep) describe(b *strings.Builder) {
	b.WriteString(s.Primitive.Name())
	if s.inPlace {
		b.WriteString(" in place")
	}
}
