package loop

import (
	"fmt"
	"slices"
)

// scopes goes through a body with branches. A scope is the body, which is number 0, or a side of a branch.
type scopes struct {
	of     []int  // of each value: the scope that it stands in
	closed []bool // of each scope
	open   []split
	left   split // the branch that was left last
}

// split is a branch: its mask, and its scopes.
type split struct {
	mask  Value
	sides [2]int // the second one is 0 before the Else
	outer int
}

// checkBranches returns an error if branches are not closed, or a value of one is read outside of it but by its joins.
func (l *Loop) checkBranches() error {
	if !slices.ContainsFunc(l.Body, func(i Instr) bool { return i.Op == If || i.Op == Else || i.Op == End }) {
		return nil
	}
	s := scopes{closed: []bool{false}}
	now, joins := 0, 0
	for k := range l.Body {
		i := &l.Body[k]
		if now = s.enter(i, now); now < 0 || i.Op == If && !l.Sequential {
			return fmt.Errorf("instruction %d: %v of no branch", k, i.Op)
		}
		s.of = append(s.of, now)
		hidden := [3]bool{}
		for j, v := range i.Values() {
			hidden[j] = s.closed[s.of[v]]
		}
		if joins > 0 {
			joins--
			if i.Op != Select || i.A != s.left.mask {
				return fmt.Errorf("instruction %d: no join", k)
			}
			hidden[1] = hidden[1] && s.of[i.B] != s.left.sides[0]
			hidden[2] = hidden[2] && s.of[i.C] != s.left.sides[1]
		}
		if hidden != [3]bool{} {
			return fmt.Errorf("instruction %d: a value of a branch that may not have been taken", k)
		}
		if i.Op == End {
			joins = int(i.Imm)
		}
	}
	if len(s.open) > 0 || joins > 0 {
		return fmt.Errorf("a branch does not end")
	}
	for _, v := range l.ends() {
		if s.closed[s.of[v]] {
			return fmt.Errorf("value %d of a branch is read at the end", v)
		}
	}
	return nil
}

// enter returns the scope behind an instruction, now being that before it; or -1.
func (s *scopes) enter(i *Instr, now int) int {
	n := len(s.open) - 1
	switch i.Op {
	case If:
		s.closed = append(s.closed, false)
		side := len(s.closed) - 1
		s.open = append(s.open, split{i.A, [2]int{side, 0}, now})
		return side
	case Else:
		if n < 0 || s.open[n].sides[1] != 0 {
			return -1
		}
		s.closed[now] = true
		s.closed = append(s.closed, false)
		s.open[n].sides[1] = len(s.closed) - 1
		return s.open[n].sides[1]
	case End:
		if n < 0 || s.open[n].sides[1] == 0 {
			return -1
		}
		s.closed[now] = true
		s.left, s.open = s.open[n], s.open[:n]
		return s.left.outer
	}
	return now
}
