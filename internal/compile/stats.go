package compile

import (
	"strings"

	"github.com/gradus-ad/gradus/trace"
)

// Arena returns how many bytes of memory steps hand to each other in; each run at the same time has its own.
func (p *Program) Arena() int { return 8 * p.arena }

// Moved returns how many bytes steps read and write in a run, each array that a step goes through counting once.
func (p *Program) Moved() int { return p.moved }

// Kinds counts the steps by the first word of their descriptions.
func (p *Program) Kinds() map[string]int {
	kinds := map[string]int{}
	for _, s := range p.steps {
		var b strings.Builder
		s.describe(&b)
		kinds[strings.FieldsFunc(b.String(), func(r rune) bool { return r == ' ' || r == ',' })[0]]++
	}
	return kinds
}

// countMoved counts the bytes of what groups read, that others have made, and of what they make for others. Small
// and uniform constants are in the code.
func (c *compiler) countMoved() int {
	sum := 0
	seen := make([]int, len(c.vars)) // the last group that counted a variable, plus one
	for _, g := range c.groups {
		count := func(v trace.Var, here bool) {
			if x := &c.vars[v]; here && seen[v] != g.index+1 {
				seen[v] = g.index + 1
				sum += x.typ.Size() * kindOf(x.typ.DType).Size()
			}
		}
		for _, e := range g.equations {
			for _, v := range e.ins {
				x := &c.vars[v]
				inCode := x.constant != nil && (x.uniform() || x.typ.Size() <= maxSmall || c.isThin(x.typ))
				own := x.constant == nil && x.view == nil && x.group == g.index || c.shows(v, g)
				count(v, !inCode && !own)
			}
			for _, v := range e.outs {
				count(v, c.vars[v].stored || g.kind == call)
			}
		}
	}
	return sum
}
