package compile

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/gradus-ad/gradus/trace"
)

// looper is a loop over rows: of length steps, or, if that is trace.Star, as many as its first operand says.
type looper interface {
	Loop() (body *trace.Func, consts, carry, length int, reverse bool)
}

// repeater is a loop that runs as long as a condition holds, up to most steps if that is not 0. Its result after
// the carry is the number of steps.
type repeater interface {
	Repeat() (cond, body *trace.Func, consts, carry, most int)
}

// shape is what there is to know of a loop beside its funcs.
type shape struct {
	consts, carry int
	length        int // trace.Star if it is known only when the program runs
	reverse       bool
	repeats       bool
	most          int
}

// loopOf returns the funcs of a loop; cond is nil unless it repeats.
func loopOf(p trace.Primitive) (cond, body *trace.Func, s shape) {
	if p, ok := p.(looper); ok {
		body, s.consts, s.carry, s.length, s.reverse = p.Loop()
		return nil, body, s
	}
	s.repeats, s.length = true, trace.Star
	cond, body, s.consts, s.carry, s.most = p.(repeater).Repeat()
	return cond, body, s
}

// out returns the number of the loop's result for result i of its body.
func (s *shape) out(i int) int {
	if s.repeats && i >= s.carry {
		return i + 1
	}
	return i
}

// steps returns the number of steps of a loop that does not repeat.
func (s *shape) steps(f *frame, ins []trace.Var) int {
	if s.length == trace.Star {
		return max(int(*(*int64)(f.base[ins[0]])), 0)
	}
	return s.length
}

// tooMany is the panic of a loop that does not end.
func (s *shape) tooMany(e *trace.Equation) {
	e.At(func() { panic(trace.EvalErrorf(e.Primitive.Name(), "has not ended after %d steps", s.most)) })
}

// loopStep runs the body of a loop, a program of its own, once a step.
type loopStep struct {
	ownedStep
	shape
	body, cond *callee
	carries    []carried
	rows       []moving // the operands of which each step sees a row
	ys         []moving // the results of which each step makes one
	holds      trace.Var
	plain      bool // the body sees nothing but memory
}

// carried says how a step hands a carry to the next one.
type carried struct {
	way   way
	spare trace.Var // the other place, if it alternates
	typ   trace.Type
}

type way uint8

const (
	stays      way = iota // every step sees what the first one does
	alternates            // between two places in memory
	travels               // as a buffer, which may be changed in place
)

// moving is an array that a loop goes through.
type moving struct {
	typ   trace.Type // of a row
	bytes int        // of a row; 0 if rows are stacks, or are in an operand that is a stack
}

// placeLooping makes a loop a step whose body, and condition, are programs of their own.
func (c *compiler) placeLooping(e *trace.Equation) {
	cond, body, shape := loopOf(e.Primitive)
	s := &loopStep{shape: shape, body: c.callee(body), holds: -1}
	if cond != nil {
		s.cond = c.callee(cond)
	}
	s.shared = make([]bool, len(e.Outs))
	for i := range shape.carry {
		r, t := &s.body.results[i], body.Type(body.Outputs()[i])
		x := carried{way: alternates, spare: -1, typ: t}
		switch {
		case r.input == shape.consts+i:
			x.way = stays
		case r.shared || t.Stars() > 0:
			x.way = travels
		}
		s.shared[i] = x.way == travels || x.way == stays && t.Size() > maxSmall || t.Stars() > 0
		s.carries = append(s.carries, x)
	}
	for i, v := range body.Outputs()[shape.carry:] {
		k := shape.out(shape.carry + i)
		t := body.Type(v)
		s.shared[k] = c.f.Type(e.Outs[k]).Stars() > 0
		s.ys = append(s.ys, rowsOf(t, false))
	}
	for i, v := range body.Inputs()[shape.consts+shape.carry:] {
		x := e.Ins[shape.consts+shape.carry+i]
		s.rows = append(s.rows, rowsOf(body.Type(v), c.f.Type(x).Stars() > 0))
	}
	c.placeOwned(e, s.shared, func(g *group) step {
		c.finishOwned(&s.ownedStep, g)
		s.findPlain()
		return s
	})
	g := c.groups[len(c.groups)-1]
	for i := range s.carries {
		if x := &s.carries[i]; x.way == alternates {
			x.spare = c.temp(g, x.typ)
		}
	}
	if cond != nil {
		s.holds = c.temp(g, trace.TypeOf(trace.Bool))
	}
}

func rowsOf(row trace.Type, stack bool) moving {
	m := moving{typ: row}
	if !stack && row.Stars() == 0 {
		m.bytes = bytesOf(row)
	}
	return m
}

func (s *loopStep) run(f *frame) {
	if s.plain {
		s.runPlain(f)
		return
	}
	sub := s.body.enter()
	var test *frame
	if s.cond != nil {
		test = s.cond.enter()
	}
	for i := range s.ins[:s.consts] {
		s.input(sub, test, i, bufferOf(f, s.vars, s.ins[i]).Shared())
	}
	for i := range s.carries {
		s.start(f, sub, test, i)
	}
	n := 0
	if s.repeats {
		s.makeRoom(f, 0)
		for ; s.goesOn(f, test); n++ {
			if s.most > 0 && n == s.most {
				s.tooMany(s.Equation)
			}
			s.step(f, sub, test, n, n%2 == 0)
		}
		*(*int64)(f.base[s.outs[s.carry]]) = int64(n)
	} else {
		n = s.steps(f, s.ins)
		s.makeRoom(f, n)
		for k := range n {
			row := k
			if s.reverse {
				row = n - 1 - k
			}
			s.step(f, sub, test, row, (n-k)%2 == 1)
		}
	}
	s.finish(f, sub, n)
	s.body.leave(sub)
	if test != nil {
		s.cond.leave(test)
	}
	s.disown(f)
}

// input gives the body and the condition an operand.
func (s *loopStep) input(sub, test *frame, i int, b trace.Buffer) {
	sub.set(trace.Var(i), b)
	if test != nil {
		test.set(trace.Var(i), b.Shared())
	}
}

// start gives the first step carry i.
func (s *loopStep) start(f, sub, test *frame, i int) {
	b := s.operand(f, s.consts+i)
	if s.carries[i].way == stays {
		s.input(sub, test, s.consts+i, b.Shared())
		if s.shared[i] {
			s.hand(f, i, b)
		}
		return
	}
	s.input(sub, test, s.consts+i, b)
}

// goesOn runs the condition.
func (s *loopStep) goesOn(f, test *frame) bool {
	at := f.base[s.holds]
	s.cond.target(test, 0, at)
	test.run(s.cond.Program)
	s.cond.settle(test, 0, at)
	return *(*bool)(at)
}

// makeRoom makes room for the rows that n steps make.
func (s *loopStep) makeRoom(f *frame, n int) {
	for i, y := range s.ys {
		v := s.outs[s.out(s.carry+i)]
		switch {
		case s.vars[v].typ.Stars() == 0:
		case y.bytes > 0:
			f.room(s.vars, v, n*y.bytes)
		default:
			f.set(v, trace.Buffer{Type: s.vars[v].typ, Rows: make([]trace.Buffer, n)})
		}
	}
}

// step runs the step whose rows are in place row. first says which of the two places of carries it writes: so the last
// of a known number of steps writes the results.
func (s *loopStep) step(f, sub, test *frame, row int, first bool) {
	xs := s.consts + s.carry
	for i := range s.rows {
		v := s.ins[xs+i]
		if m := &s.rows[i]; m.bytes > 0 || s.vars[v].typ.Stars() == 0 {
			sub.set(trace.Var(xs+i), memory(m.typ, unsafe.Add(f.base[v], row*m.bytes), m.typ.Size()))
		} else {
			sub.set(trace.Var(xs+i), bufferOf(f, s.vars, v).Row(row).Shared())
		}
	}
	for i := range s.carries {
		s.body.target(sub, i, s.place(f, i, first))
	}
	for i := range s.ys {
		s.body.target(sub, s.carry+i, s.rowPlace(f, i, row))
	}
	sub.run(s.body.Program)
	for i := range s.ys {
		s.settleRow(f, sub, i, row)
	}
	s.handOn(f, sub, test, first)
}

// place returns where the next value of carry i is to be, if it alternates.
func (s *loopStep) place(f *frame, i int, first bool) unsafe.Pointer {
	switch x := &s.carries[i]; {
	case x.way != alternates:
		return nil
	case first:
		return f.base[s.outs[i]]
	default:
		return f.base[x.spare]
	}
}

// rowPlace returns where a row is to be that the body may write.
func (s *loopStep) rowPlace(f *frame, i, row int) unsafe.Pointer {
	v := s.outs[s.out(s.carry+i)]
	y := &s.ys[i]
	switch {
	case s.vars[v].typ.Stars() == 0:
		return unsafe.Add(f.base[v], row*y.bytes)
	case y.bytes > 0:
		return unsafe.Add(f.room(s.vars, v, (row+1)*y.bytes), row*y.bytes)
	}
	return nil
}

func (s *loopStep) settleRow(f, sub *frame, i, row int) {
	k := s.carry + i
	if v := s.outs[s.out(k)]; s.ys[i].bytes > 0 || s.vars[v].typ.Stars() == 0 {
		s.body.settle(sub, k, s.rowPlace(f, i, row))
	} else if s.ys[i].typ.Stars() > 0 {
		b := f.outside(s.body.handed(sub, k)).Shared()
		y := f.buf(v)
		if y.Type = s.vars[v].typ; row == len(y.Rows) {
			y.Rows = append(y.Rows, b)
		} else {
			y.Rows[row] = b
		}
	}
}

// handOn gives the next step the carries. All are taken before any is given: they may be each other's.
func (s *loopStep) handOn(f, sub, test *frame, first bool) {
	for i, x := range s.carries {
		switch x.way {
		case alternates:
			s.body.settle(sub, i, s.place(f, i, first))
		case travels:
			*f.buf(s.outs[i]) = f.apart(s.body.handed(sub, i), s)
		}
	}
	for i, x := range s.carries {
		switch x.way {
		case alternates:
			s.input(sub, test, s.consts+i, memory(x.typ, s.place(f, i, first), x.typ.Size()))
		case travels:
			s.input(sub, test, s.consts+i, *f.buf(s.outs[i]))
		}
	}
}

// alternatesAt reports whether p is in the memory of a carry that alternates. Results of the program stand in memory of
// the caller's; all else is in the frame's own.
func (s *loopStep) alternatesAt(f *frame, p unsafe.Pointer) bool {
	if s == nil || p == nil {
		return false
	}
	for i, x := range s.carries {
		at := uintptr(f.base[s.outs[i]])
		if x.way == alternates && uintptr(p) >= at && uintptr(p) < at+uintptr(bytesOf(x.typ)) {
			return true
		}
	}
	return false
}

// finish leaves the last carries, after n steps, and stacks.
func (s *loopStep) finish(f, sub *frame, n int) {
	for i, x := range s.carries {
		in, out := *sub.buf(trace.Var(s.consts + i)), s.outs[i]
		switch {
		case x.way == travels:
			s.hand(f, i, in)
		case !s.shared[i]:
			move(f.base[out], pointer(in), bytesOf(x.typ))
		}
	}
	for i, y := range s.ys {
		v := s.outs[s.out(s.carry+i)]
		switch {
		case s.vars[v].typ.Stars() == 0:
		case y.bytes > 0:
			f.room(s.vars, v, n*y.bytes)
			f.stack(s.vars, v, n)
		case n == 0 || y.typ.Stars() == 0:
			f.set(v, trace.Buffer{Type: s.vars[v].typ})
		}
	}
}

func (s *loopStep) describe(b *strings.Builder) {
	fmt.Fprintf(b, "loop %s of", s.Primitive.Name())
	if s.cond != nil {
		s.cond.nested(b)
	}
	s.body.nested(b)
}
