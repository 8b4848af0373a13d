package compile

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/workers"
	"github.com/gradus-ad/gradus/trace"
)

// stripStep runs the strips of a region, on several threads if there are.
type stripStep struct {
	ownedStep
	strips
	body, rest *callee
	from, to   []int // bytes from a strip to the next, of operands and results
}

// placeStrips makes a region a step.
func (c *compiler) placeStrips(e *trace.Equation, p strips) {
	s := &stripStep{ownedStep: ownedStep{shared: make([]bool, len(e.Outs))}, strips: p, body: c.callee(p.Body), rest: c.callee(p.Rest)}
	for i, v := range p.Body.Inputs() {
		by := 0
		if i < p.Sliced {
			by = bytesOf(p.Body.Type(v))
		}
		s.from = append(s.from, by)
	}
	for _, v := range p.Body.Outputs() {
		s.to = append(s.to, bytesOf(p.Body.Type(v)))
	}
	c.placeOwned(e, s.shared, func(g *group) step {
		c.finishOwned(&s.ownedStep, g)
		return s
	})
}

// stripTeam is the strips that are run of a frame.
type stripTeam struct {
	step *stripStep
	*frame
}

func (s *stripStep) run(f *frame) {
	if f.strips == nil {
		f.strips = &stripTeam{frame: f}
	}
	f.strips.step = s
	workers.Do(s.count(), f.strips)
}

// Part runs strip i.
func (t *stripTeam) Part(i int) {
	s, k := t.step, t.step.body
	if i == s.count()-1 {
		k = s.rest
	}
	sub := k.enter()
	for j, v := range s.ins {
		x := k.vars[j].typ
		sub.set(trace.Var(j), memory(x, unsafe.Add(t.base[v], i*s.from[j]), x.Size()))
	}
	for j, v := range s.outs {
		k.target(sub, j, unsafe.Add(t.base[v], i*s.to[j]))
	}
	sub.run(k.Program)
	for j, v := range s.outs {
		k.settle(sub, j, unsafe.Add(t.base[v], i*s.to[j]))
	}
	k.leave(sub)
}

func (s *stripStep) describe(b *strings.Builder) {
	fmt.Fprintf(b, "strips of %d of %d places", s.Each, s.Places)
	s.body.nested(b)
}
