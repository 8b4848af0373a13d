package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gradus-ad/gradus/trace"
)

// placeOwner makes an equation that owns funcs, a loop or a call, a step that runs them compiled.
func (c *compiler) placeOwner(e *trace.Equation) bool {
	quiet := !trace.HasEffect(e.Primitive)
	switch p := e.Primitive.(type) {
	case looper, repeater:
		if !(quiet && c.placeNative(e)) {
			c.placeLooping(e)
		}
	case caller:
		if !(quiet && !c.stacks(e) && c.placeScalars(e)) {
			c.placeChoice(e, []*trace.Func{p.Calls()}, 0)
		}
	case chooser:
		if !(quiet && !c.stacks(e) && c.placeScalars(e)) {
			c.placeChoice(e, p.Choices(), 1)
		}
	case strips:
		c.placeStrips(e, p)
	default:
		return false
	}
	return true
}

// choiceStep runs one of some funcs, whose operands come after the index, if there is one.
type choiceStep struct {
	ownedStep
	funcs []*callee
	first int  // operand
	plain bool // the funcs see nothing but memory
}

// maxCopied is how many bytes of an operand that a func passes on are copied, rather than handed on as a buffer: for that,
// the other funcs of a choice must allocate one.
const maxCopied = 1 << 13

// ownedStep is what steps have in common that run callees.
type ownedStep struct {
	equation
	vars   []variable
	last   []bool // operands that nobody reads afterwards
	shared []bool // results that are handed on as buffers
}

// placeChoice makes a step that runs one of some funcs.
func (c *compiler) placeChoice(e *trace.Equation, funcs []*trace.Func, first int) {
	s := &choiceStep{ownedStep: ownedStep{shared: make([]bool, len(e.Outs))}, first: first}
	for _, f := range funcs {
		k := c.callee(f)
		s.funcs = append(s.funcs, k)
		for i, r := range k.results {
			s.shared[i] = s.shared[i] || r.shared || r.input >= 0 && r.bytes > maxCopied
		}
	}
	c.placeOwned(e, s.shared, func(g *group) step {
		c.finishOwned(&s.ownedStep, g)
		s.findPlain()
		return s
	})
}

// placeOwned makes e a step of its own; the results that are not shared stand in memory.
func (c *compiler) placeOwned(e *trace.Equation, shared []bool, make func(g *group) step) *group {
	ins := slices.Clone(e.Ins)
	for i, v := range ins {
		ins[i] = c.whole(v)
	}
	g := &group{kind: owned, make: make}
	c.add(g, equation{e, ins, e.Outs})
	for i, v := range e.Outs {
		if c.vars[v].stored = true; shared[i] {
			c.vars[v].made = byEval
		}
	}
	return g
}

func (c *compiler) finishOwned(s *ownedStep, g *group) {
	s.equation, s.vars, s.last = g.equations[0], c.vars, c.lastRead(g)
}

// temp adds a variable for a group alone.
func (c *compiler) temp(g *group, t trace.Type) trace.Var {
	v := trace.Var(len(c.vars))
	c.vars = append(c.vars, variable{typ: t, group: g.index, first: g.index, offset: -1, last: g.index, made: byLoop, stored: true})
	g.temps = append(g.temps, v)
	return v
}

// operand returns operand i, owned only if nobody else may read its storage while and after a callee runs.
func (s *ownedStep) operand(f *frame, i int) trace.Buffer {
	b := bufferOf(f, s.vars, s.ins[i])
	b.Owned = b.Owned && s.last[i]
	return b
}

// hand gives result i, which is shared, the value b.
func (s *ownedStep) hand(f *frame, i int, b trace.Buffer) {
	f.set(s.outs[i], f.outside(b))
}

// disown takes the ownership of operands that live on and of results where they share storage.
func (s *ownedStep) disown(f *frame) {
	for i, shared := range s.shared {
		if !shared {
			continue
		}
		y := f.buf(s.outs[i])
		for j, v := range s.ins {
			if x := f.buf(v); x.Owned && s.vars[v].made != byLoop && !s.last[j] && share(*x, *y) {
				x.Owned, y.Owned = false, false
			}
		}
		for j, w := range s.outs[:i] {
			if z := f.buf(w); s.shared[j] && share(*y, *z) {
				y.Owned, z.Owned = false, false
			}
		}
	}
}

// share reports whether two arrays may share storage.
func share(a, b trace.Buffer) bool {
	if len(a.Rows) > 0 || len(b.Rows) > 0 {
		return true // not looked into
	}
	p, q := uintptr(pointer(a)), uintptr(pointer(b))
	return p != 0 && q != 0 && p < q+uintptr(extent(b)) && q < p+uintptr(extent(a))
}

// extent returns the bytes of an array.
func extent(b trace.Buffer) int { return 8*len(b.F64) + 8*len(b.I64) + len(b.Bool) }

func (s *choiceStep) run(f *frame) {
	k := s.funcs[0]
	if s.first > 0 {
		i := *(*int64)(f.base[s.ins[0]])
		k = s.funcs[min(max(i, 0), int64(len(s.funcs)-1))]
	}
	if s.plain {
		s.runPlain(f, k)
		return
	}
	sub := k.enter()
	for i := range s.ins[s.first:] {
		sub.set(trace.Var(i), s.operand(f, s.first+i))
	}
	for i, v := range s.outs {
		if s.shared[i] && k.results[i].direct {
			b := trace.NewBuffer(s.vars[v].typ)
			b.Owned = true
			f.set(v, b)
		}
		k.target(sub, i, f.base[v])
	}
	sub.run(k.Program)
	for i, v := range s.outs {
		switch {
		case !s.shared[i]:
			k.settle(sub, i, f.base[v])
		case !k.results[i].direct:
			s.hand(f, i, k.handed(sub, i))
		}
	}
	k.leave(sub)
	s.disown(f)
}

func (s *choiceStep) describe(b *strings.Builder) {
	fmt.Fprintf(b, "call %s", s.Primitive.Name())
	for _, k := range s.funcs {
		k.nested(b)
	}
}

// nested lists the steps of a program inside of another, unless that takes too long.
func (k *callee) nested(b *strings.Builder) {
	text := k.text()
	if len(text) > maxText {
		fmt.Fprintf(b, " { %d steps }", len(k.steps))
		return
	}
	b.WriteString(" {\n\t")
	b.WriteString(strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n\t"))
	b.WriteString("\n}")
}

const maxText = 1 << 13
