package compile

import (
	"unsafe"

	"github.com/gradus-ad/gradus/trace"
)

// findPlain finds whether the body sees nothing but memory, neither stacks nor buffers that may be changed in place. Then it need be
// told no more than where that is, which takes a fraction of the time.
func (s *loopStep) findPlain() {
	s.plain = s.cond == nil
	for _, x := range s.carries {
		s.plain = s.plain && x.way != travels && x.typ.Stars() == 0
	}
	for _, v := range s.ins {
		s.plain = s.plain && s.vars[v].typ.Stars() == 0
	}
	for _, v := range s.outs {
		s.plain = s.plain && s.vars[v].typ.Stars() == 0
	}
}

func (s *loopStep) runPlain(f *frame) {
	sub := s.body.enter()
	sub.plain = true
	for i, v := range s.ins[:s.consts] {
		sub.base[i] = pointer(bufferOf(f, s.vars, v))
	}
	for i, x := range s.carries {
		b := s.operand(f, s.consts+i)
		if sub.base[s.consts+i] = pointer(b); x.way == stays && s.shared[i] {
			s.hand(f, i, b)
		}
	}
	n := s.steps(f, s.ins)
	for k := range n {
		row := k
		if s.reverse {
			row = n - 1 - k
		}
		s.plainStep(f, sub, row, (n-k)%2 == 1)
	}
	for i, x := range s.carries {
		if !s.shared[i] {
			move(f.base[s.outs[i]], sub.base[s.consts+i], bytesOf(x.typ))
		}
	}
	s.body.leave(sub)
	s.disown(f)
}

// plainStep is step.
func (s *loopStep) plainStep(f, sub *frame, row int, first bool) {
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
			sub.base[trace.Var(s.consts+i)] = s.place(f, i, first)
		}
	}
}
