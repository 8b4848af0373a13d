package loop

import (
	"slices"
	"sync"
)

// Live returns the loop without the instructions of which nothing is made that is stored or carried. It shares what it has in
// common with l.
func (l *Loop) Live() *Loop {
	out := *l
	n := numberings.Get().(*numbering)
	defer numberings.Put(n)
	if left := l.needed(n); left < len(l.Body) {
		out.keep(*n, make([]Instr, 0, left))
	}
	return &out
}

// Prune takes these instructions out of the body, in place.
func (l *Loop) Prune() {
	n := numberings.Get().(*numbering)
	defer numberings.Put(n)
	if l.needed(n) < len(l.Body) {
		l.keep(*n, l.Body[:0])
	}
}

// numbering has a number for each instruction.
type numbering []Value

var numberings = sync.Pool{New: func() any { return new(numbering) }}

// needed marks what is needed with numbers that are not 0, and returns how many there are.
func (l *Loop) needed(n *numbering) (left int) {
	marks := slices.Grow((*n)[:0], len(l.Body))[:len(l.Body)]
	clear(marks)
	*n = marks
	for _, v := range l.ends() {
		marks[v] = 1
	}
	for k := range l.Body {
		if o := l.Body[k].Op; o == If || o == Else || o == End {
			marks[k] = 1
			for from, to := l.Joins(k); from < to; from++ {
				marks[from] = 1
			}
		}
	}
	for k := len(l.Body) - 1; k >= 0; k-- {
		if marks[k] == 0 {
			continue
		}
		left++
		for _, v := range l.Body[k].Values() {
			marks[v] = 1
		}
	}
	return left
}

// keep puts the instructions with marks into a body, which may be the start of what the loop has. The marks become their numbers.
func (l *Loop) keep(number []Value, body []Instr) {
	for k, i := range l.Body {
		if number[k] == 0 {
			continue
		}
		i.Renumber(number)
		number[k] = Value(len(body))
		body = append(body, i)
	}
	l.Body = body
	l.Stores, l.Next = slices.Clone(l.Stores), slices.Clone(l.Next)
	for k := range l.Stores {
		l.Stores[k].Value = number[l.Stores[k].Value]
	}
	for k, v := range l.Next {
		l.Next[k] = number[v]
	}
	if l.Ends {
		l.While = number[l.While]
	}
}
