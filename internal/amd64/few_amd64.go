package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// few writes the code of a loop over rows of few elements: a row is one vector, or two of 4 elements, and what is carried
// from row to row is in registers. The current element is always the first one of a row.
func (g *gen) few() {
	width, _ := g.wide()
	copies := (g.Few + width - 1) / width
	part := g.Few%width != 0
	g.part = part
	g.begin(width, copies)
	g.align()
	top := len(g.code)
	for k := range copies {
		g.part = part && k == copies-1
		g.step(k)
	}
	g.part = false
	g.advance()
	g.forget()
	g.decrement(memory(regScratch, scratchRows))
	g.jump(ifGreater, top)
	g.end(copies)
	g.leave()
}

// picksOf returns the values that a Pick has for the elements of the current copy. Those behind the last one are 0.
func (g *gen) picksOf(i *loop.Instr) operand {
	var v [8]int64
	for k := range g.count() {
		v[k] = int64(g.Picks[int(i.Imm)+g.width*g.copy+k])
	}
	return g.vectorOf(v)
}
