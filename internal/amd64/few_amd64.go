package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// few writes the code of a loop over rows of few elements: a row is a vector, or some, and what is carried
// from row to row is in registers. The current element is always the first one of a row.
func (g *gen) few() {
	width, _ := g.wide()
	copies := (g.Few + width - 1) / width
	part := g.Few%width != 0
	g.part = part
	g.begin(width, copies)
	g.align()
	top := len(g.code)
	g.startRow(copies)
	for k := range copies {
		g.part = part && k == copies-1
		g.step(k)
	}
	for _, f := range g.Folds {
		g.foldRow(f, copies, part)
	}
	g.part = false
	g.advance()
	g.forget()
	g.decrement(memory(regScratch, scratchRows))
	g.jump(ifGreater, top)
	g.end(copies)
	g.leave()
}

// startRow sets the carries that are folded to what a row begins with.
func (g *gen) startRow(copies int) {
	for _, f := range g.Folds {
		if f.Carry >= g.memCarry {
			for g.copy = range copies {
				g.fillConstant(g.carryReg(f.Carry), f.Start)
			}
			continue
		}
		t := g.temp()
		g.fillConstant(t, f.Start)
		for g.copy = range g.Width() / g.width {
			g.put(vmovupdStore, g.len, t, 0, g.carryMemory(f.Carry))
		}
		g.finish()
	}
}

// foldRow folds the values of a carry at the end of a row, and adds what is left to the result. What stands in for elements
// that are not there is what the row began with.
func (g *gen) foldRow(f loop.Fold, copies int, part bool) {
	values := make([]operand, g.Width()/g.width)
	start := g.temp()
	if part || copies < len(values) {
		g.fillConstant(start, f.Start)
	}
	if f.Carry >= g.memCarry {
		g.valuesInRegisters(values, f.Carry, copies, part, start)
	} else {
		g.valuesInMemory(values, f.Carry, copies, part, start)
	}
	g.copy, g.part = 0, false
	g.foldTo(f, values, start)
	g.finish()
}

// valuesInRegisters finds the values of a carry that is in registers. start has what stands in for others.
func (g *gen) valuesInRegisters(values []operand, carry, copies int, part bool, start reg) {
	for g.copy = range values {
		values[g.copy] = register(start)
		if g.copy < copies {
			values[g.copy] = register(g.carryReg(carry))
		}
	}
	if last := &values[copies-1]; part {
		whole := g.temp()
		g.put(vmovapd, g.len, whole, 0, register(start))
		g.there(whole, last.base)
		*last = register(whole)
	}
}

// valuesInMemory finds those of a carry that is in memory, and loads the first half of them.
func (g *gen) valuesInMemory(values []operand, carry, copies int, part bool, start reg) {
	for g.copy = range values {
		values[g.copy] = g.carryMemory(carry)
	}
	if last := values[copies-1]; part {
		t := g.temp()
		g.put(vmovupd, g.len, t, 0, last)
		g.there(start, t)
		g.put(vmovupdStore, g.len, start, 0, last)
		g.giveBack(1 << t)
	}
	for k := range max(1, len(values)/2) {
		r := g.temp()
		g.put(vmovupd, g.len, r, 0, values[k])
		values[k] = register(r)
	}
}

// picksOf returns the values that a Pick has for the elements of the current copy. Those behind the last one are 0.
func (g *gen) picksOf(i *loop.Instr) operand {
	var v [8]int64
	for k := range g.count() {
		v[k] = int64(g.Picks[int(i.Imm)+g.width*g.copy+k])
	}
	return g.vectorOf(v)
}
