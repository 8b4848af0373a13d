package compile

import (
	"slices"
	"unsafe"

	"github.com/gradus-ad/gradus/trace"
)

// findPlain finds whether the body, and the condition, see nothing but memory, neither stacks nor buffers that may be changed
// in place. Then they need be told no more than where that is, which takes a fraction of the time.
func (s *loopStep) findPlain() {
	s.plain = !s.stacks() && !slices.ContainsFunc(s.carries, func(x carried) bool { return x.way == travels || x.typ.Stars() > 0 })
}

// stacks reports whether there are stacks among the operands or the results.
func (s *ownedStep) stacks() bool {
	stack := func(v trace.Var) bool { return s.vars[v].typ.Stars() > 0 }
	return slices.ContainsFunc(s.ins, stack) || slices.ContainsFunc(s.outs, stack)
}

func (s *loopStep) runPlain(f *frame) {
	sub := s.body.enterPlain()
	var test *frame
	if s.cond != nil {
		test = s.cond.enterPlain()
	}
	for i, v := range s.ins[:s.consts] {
		s.tell(sub, test, i, pointer(bufferOf(f, s.vars, v)))
	}
	for i, x := range s.carries {
		b := s.operand(f, s.consts+i)
		if s.tell(sub, test, s.consts+i, pointer(b)); x.way == stays && s.shared[i] {
			s.hand(f, i, b)
		}
	}
	if s.repeats {
		n := 0
		for ; s.goesOn(f, test); n++ {
			if s.most > 0 && n == s.most {
				s.tooMany(s.Equation)
			}
			s.plainStep(f, sub, test, n, n%2 == 0)
		}
		*(*int64)(f.base[s.outs[s.carry]]) = int64(n)
	} else {
		n := s.steps(f, s.ins)
		for k := range n {
			row := k
			if s.reverse {
				row = n - 1 - k
			}
			s.plainStep(f, sub, test, row, (n-k)%2 == 1)
		}
	}
	for i, x := range s.carries {
		if !s.shared[i] {
			move(f.base[s.outs[i]], sub.base[s.consts+i], bytesOf(x.typ))
		}
	}
	s.body.leave(sub)
	if test != nil {
		s.cond.leave(test)
	}
	s.disown(f)
}

// enterPlain returns a frame for the callee that is told of no operand but where it is.
func (k *callee) enterPlain() *frame {
	f := k.enter()
	f.plain = true
	return f
}

// tell says to the body and the condition where an operand is.
func (s *loopStep) tell(sub, test *frame, i int, at unsafe.Pointer) {
	if sub.base[i] = at; test != nil {
		test.base[i] = at
	}
}

// plainStep is step.
func (s *loopStep) plainStep(f, sub, test *frame, row int, first bool) {
	xs := s.consts + s.carry
	for i := range s.rows {
		sub.base[xs+i] = unsafe.Add(f.base[s.ins[xs+i]], row*s.rows[i].bytes)
	}
	outs, results := s.body.outs, s.body.results
	for i := range s.carries {
		if results[i].direct {
			sub.base[outs[i]] = s.place(f, i, first)
		}
	}
	rows, ys := s.outs[len(s.outs)-len(s.ys):], outs[s.carry:]
	for i := range s.ys {
		if results[s.carry+i].direct {
			sub.base[ys[i]] = unsafe.Add(f.base[rows[i]], row*s.ys[i].bytes)
		}
	}
	sub.run(s.body.Program)
	for i := range s.ys {
		if !results[s.carry+i].direct {
			s.body.settle(sub, s.carry+i, unsafe.Add(f.base[rows[i]], row*s.ys[i].bytes))
		}
	}
	for i := range s.carries {
		if !results[i].direct && s.carries[i].way == alternates {
			s.body.settle(sub, i, s.place(f, i, first))
		}
	}
	for i := range s.carries { // when all have been taken: they may be each other's
		if s.carries[i].way == alternates {
			s.tell(sub, test, s.consts+i, s.place(f, i, first))
		}
	}
}

// findPlain is that of a choice. No operand is large: Eval may change a large one in place if it knows that nobody else reads it.
func (s *choiceStep) findPlain() {
	large := func(v trace.Var) bool { return s.vars[v].typ.Size() > maxSmall }
	s.plain = !s.stacks() && !slices.Contains(s.shared, true) && !slices.ContainsFunc(s.ins, large)
}

func (s *choiceStep) runPlain(f *frame, k *callee) {
	sub := k.enterPlain()
	for i, v := range s.ins[s.first:] {
		sub.base[i] = pointer(bufferOf(f, s.vars, v))
	}
	for i, v := range s.outs {
		k.target(sub, i, f.base[v])
	}
	sub.run(k.Program)
	for i, v := range s.outs {
		k.settle(sub, i, f.base[v])
	}
	k.leave(sub)
}
