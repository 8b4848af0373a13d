package amd64

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// ordered returns the loop with the instructions of its body in another order, if values are then in need of fewer
// registers: reverse mode computes everything before it uses any of it, which is of no use where what
// comes back does not depend on the end.
func ordered(l *loop.Loop, room int, r *room) *loop.Loop {
	s := newSorter(l, r)
	before := s.excess(room)
	if before < len(l.Body) {
		return l // not worth the time
	}
	s.sort()
	if s.excess(room) >= before {
		return l
	}
	if sorted := s.order; l.Sequential && slices.ContainsFunc(l.Body, waited) {
		if s.order = s.staggered(); s.excess(room) >= before {
			s.order = sorted
		}
	}
	return s.loop()
}

// mostWalked bounds the time that sorting takes, for each instruction. Four times as much takes about 1 in 100 off the excess.
const mostWalked = 4

// sorter orders a body from its end: the next instruction is one whose value no other that is still to come
// reads. Of those, it is one that makes no more values live than there were, the one that was found last if there are
// several, so that what is made of each other stands together. Otherwise it is one that what was made live last waits for.
type sorter struct {
	*loop.Loop
	order  []loop.Value
	first  []int32 // the users of value v are users[first[v]:first[v+1]]
	users  []loop.Value
	left   []int32 // users that have no place
	placed []bool
	passed []int32 // the first so many users have a place
	live   []bool  // values that are read behind what has a place
	more   []int8  // operands that are not live, of values that are ready, or -1
	ready  [4][]loop.Value
	woken  []loop.Value // values as they became live
	walked int          // from value to value, by pop
	prompt []bool       // stores that do not wait for the end
	at     int          // what is behind it in the body is not ready

	last, ends []int32 // room for excess
	room       *room   // and for all else
}

func newSorter(l *loop.Loop, r *room) *sorter {
	n := len(l.Body)
	s := &sorter{
		Loop: l, room: r, order: r.values.zeros(n), first: r.numbers.zeros(n + 1), left: r.numbers.zeros(n),
		placed: r.flags.zeros(n), passed: r.numbers.zeros(n), live: r.flags.zeros(n), more: r.lanes.some(n), at: n - 1,
		woken: r.values.zeros(n)[:0], prompt: prompt(l, r), last: r.numbers.zeros(n), ends: r.numbers.zeros(n + 1),
	}
	for k := range l.Body {
		for _, v := range s.operands(loop.Value(k)) {
			s.left[v]++
		}
		s.order[k], s.more[k] = loop.Value(k), -1
	}
	for v, c := range s.left {
		s.first[v+1] = s.first[v] + c
	}
	s.users = r.values.zeros(int(s.first[n]))
	at := s.passed // which is to be zeros in the end
	copy(at, s.first)
	for k := range l.Body {
		for _, v := range s.operands(loop.Value(k)) {
			s.users[at[v]] = loop.Value(k)
			at[v]++
		}
	}
	clear(at)
	return s
}

func (s *sorter) operands(v loop.Value) []loop.Value { return s.Body[v].Values() }

func (s *sorter) usersOf(v loop.Value) []loop.Value { return s.users[s.first[v]:s.first[v+1]] }

// free reports whether a value is had again whenever it is read.
func (s *sorter) free(v loop.Value) bool {
	o := s.Body[v].Op
	return o == loop.Const || o == loop.Load || o == loop.Index || o == loop.Carry || o == loop.Pick
}

// excess returns by how many values what is live exceeds the room in registers, summed over the instructions.
func (s *sorter) excess(room int) int {
	last, ends := s.last, s.ends
	clear(last)
	clear(ends)
	for at, k := range s.order {
		for _, v := range s.operands(k) {
			last[v] = int32(at)
		}
	}
	end := int32(len(s.order))
	for k, x := range s.Stores {
		if !s.prompt[k] {
			last[x.Value] = end
		}
	}
	for _, v := range s.Next {
		last[v] = end
	}
	live, sum := 0, 0
	for at, k := range s.order {
		live -= int(ends[at])
		if !s.free(k) && int(last[k]) > at {
			live++
			ends[last[k]]++
		}
		sum += max(0, live-room)
	}
	return sum
}

func (s *sorter) sort() {
	s.order = s.order[:0]
	for n := range 2 {
		s.ready[n] = s.room.values.some(len(s.Body))[:0]
	}
	for k := len(s.Next) - 1; k >= 0; k-- {
		s.wake(s.Next[k])
	}
	for k := len(s.Stores) - 1; k >= 0; k-- {
		if !s.prompt[k] {
			s.wake(s.Stores[k].Value)
		}
	}
	for k := range s.Body {
		if s.left[k] == 0 {
			s.push(loop.Value(k)) // read by nobody but the end, or not at all
		}
	}
	for len(s.order) < len(s.Body) {
		k := s.pop()
		s.order = append(s.order, k)
		s.more[k], s.placed[k] = -1, true
		for _, v := range s.operands(k) {
			s.left[v]--
			s.wake(v)
		}
		for _, v := range s.operands(k) {
			if s.left[v] == 0 && s.more[v] < 0 {
				s.push(v)
			}
		}
	}
	for i, j := 0, len(s.order)-1; i < j; i, j = i+1, j-1 {
		s.order[i], s.order[j] = s.order[j], s.order[i]
	}
}

// wake makes a value live, which is then of no more cost to others that read it.
func (s *sorter) wake(v loop.Value) {
	if s.live[v] || s.free(v) {
		return
	}
	s.live[v] = true
	s.woken = append(s.woken, v)
	for _, u := range s.usersOf(v) {
		if s.more[u] > 0 {
			s.push(u)
		}
	}
}

// push puts a value among those that are ready, once more if it costs less now.
func (s *sorter) push(k loop.Value) {
	n := int8(0)
	values := s.operands(k)
	for i, v := range values {
		if !s.live[v] && !s.free(v) && (i == 0 || values[i-1] != v) {
			n++
		}
	}
	s.more[k], s.at = n, max(s.at, int(k))
	s.ready[n] = append(s.ready[n], k)
}

// pop takes an instruction that leaves no more live than there is, if there is one, or one that a value that is live waits
// for, or the last of those that are ready.
func (s *sorter) pop() loop.Value {
	for n := range 2 {
		r := &s.ready[n]
		for len(*r) > 0 {
			k := (*r)[len(*r)-1]
			*r = (*r)[:len(*r)-1]
			if int(s.more[k]) == n {
				return k
			}
		}
	}
	for len(s.woken) > 0 && s.walked < mostWalked*len(s.Body) {
		v := s.woken[len(s.woken)-1]
		if s.left[v] > 0 {
			for s.more[v] < 0 {
				v = s.waits(v)
			}
			return v
		}
		s.woken = s.woken[:len(s.woken)-1]
	}
	for ; s.more[s.at] < 0; s.at-- {
	}
	return loop.Value(s.at)
}

// waits returns an instruction that reads v and has no place yet.
func (s *sorter) waits(v loop.Value) loop.Value {
	users := s.usersOf(v)
	for s.placed[users[s.passed[v]]] {
		s.passed[v]++
	}
	s.walked += int(s.passed[v]) + 1
	return users[s.passed[v]]
}

// loop returns the loop in the new order.
func (s *sorter) loop() *loop.Loop {
	out := *s.Loop
	out.Body, out.Stores, out.Next = s.room.instrs.some(len(s.Body))[:0], nil, nil
	number := s.room.values.zeros(len(s.Body))
	for at, k := range s.order {
		number[k] = loop.Value(at)
		i := s.Body[k]
		i.Renumber(number)
		out.Body = append(out.Body, i)
	}
	for _, x := range s.Stores {
		x.Value = number[x.Value]
		out.Stores = append(out.Stores, x)
	}
	for _, v := range s.Next {
		out.Next = append(out.Next, number[v])
	}
	return &out
}
