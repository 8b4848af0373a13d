package amd64

import (
	"cmp"
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// sequential writes the code of a sequential loop.
func (g *gen) sequential() {
	g.begin(1, 1)
	top := len(g.code)
	g.step(0)
	g.addImm(regElement, 1)
	g.compare(regElement, regEnd)
	g.jump(ifLess, top)
	if g.Ends {
		g.land(g.exit)
		g.store(g.scratchWord(0), regElement) // for Run
	}
	g.end(1)
	if g.span != nil {
		g.zeroUpper()
	}
	g.ret()
}

// quit ends the loop if the value that was just made, by which it ends, is false.
func (g *gen) quit() {
	g.put(vmovmskpd, l128, regTemp, 0, register(g.reg(g.While)))
	g.done(g.While)
	g.finish()
	g.andImm(regTemp, 1)
	g.exit = g.jump(ifEqual, 0)
}

// lanes writes the code of a loop over lanes, for one row: for as many elements at a time as there are lanes, while there
// are so many, and then for what is left over.
func (g *gen) lanes() {
	if !g.serial {
		unit := g.Width()
		g.lea(regTemp, memory(regElement, unit))
		g.compare(regTemp, regEnd)
		few := g.jump(ifGreater, 0)
		width := 4
		if g.level == AVX512 {
			width = 8
		}
		copies := unit / width
		g.begin(width, copies)
		g.addImm(regEnd, int8(1-unit))
		g.align()
		top := len(g.code)
		for k := range copies {
			g.step(k)
		}
		g.addImm(regElement, int8(unit))
		g.compare(regElement, regEnd)
		g.jump(ifLess, top)
		g.addImm(regEnd, int8(unit-1))
		g.end(copies)
		g.land(few)
	}
	g.leftOver()
}

// leave ends the code of a loop over lanes.
func (g *gen) leave() {
	g.zeroUpper()
	g.ret()
}

// begin starts a piece of code: it decides what is in registers for the whole loop and loads that.
func (g *gen) begin(width, copies int) {
	g.width, g.len, g.copy = width, [...]length{1: l128, 4: l256, 8: l512}[width], 0
	count := 16
	if width == 8 || g.many {
		count = 32
	}
	g.registers = registers{all: uint32(1<<count - 1), freeMasks: 0x7c} // k0 stands for no mask, k1 is a temp
	g.free = g.all
	for v := range g.held {
		g.held[v], g.kept[v] = noReg, noSlot
	}
	g.forget()
	live := g.pressure()
	g.memCarry, g.carryRegs = len(g.Next), nil
	if g.part && width == 4 {
		g.tail = g.pin()
	}
	if g.part && g.Few > 0 {
		g.setTail(width * (copies - 1))
	}
	if g.Sequential && len(g.Body) <= 128 || width > 1 && !g.part || g.Few > 0 {
		room := count - max(6, min(live+3, count*5/8))
		g.memCarry -= min(len(g.Next), room/copies)
	}
	for c := range copies {
		for k := g.memCarry; k < len(g.Next); k++ {
			r := g.pin()
			g.carryRegs = append(g.carryRegs, r)
			g.copy = c
			g.loadCarry(r, k)
		}
	}
	g.copy = 0
	g.reset()
	spare := count - len(g.carryRegs) - max(live+3, 6)
	g.holdNumbers(max(0, min(spare, 8)))
	g.hold(spare - len(g.heldNumbers))
	g.keepMasks()
	g.forget()
}

// pin takes a register for the whole loop.
func (g *gen) pin() reg {
	r := g.take()
	g.locked &^= 1 << r
	g.pinned |= 1 << r
	return r
}

// reset forgets where the values of the body are, but for what is held.
func (g *gen) reset() {
	for v := range g.vals {
		r := g.held[v]
		if i := &g.Body[v]; i.Op == loop.Carry {
			r = g.carryReg(int(i.Imm))
		}
		g.vals[v] = state{reg: r, mask: noReg, slot: g.kept[v], use: g.first[v]}
	}
}

// keepMasks makes masks of bools that are the same for all elements, and in no register, before the loop: they are not
// read as fast as numbers.
func (g *gen) keepMasks() {
	if g.width == 1 || g.part {
		return
	}
	for v := range g.Body {
		i := &g.Body[v]
		if i.Op != loop.Load || g.Arrays[i.A].Kind != loop.Bool || !g.fixed(loop.Value(v)) || !g.live(loop.Value(v)) || g.held[v] != noReg {
			continue
		}
		r := g.temp()
		g.loadTo(r, int(i.A), int(i.Imm))
		g.kept[v] = g.numKept
		g.numKept++
		g.numSlots = g.numKept
		g.put(vmovupdStore, g.len, r, 0, g.slot(g.kept[v]))
		g.finish()
	}
}

// hold loads constants, and what else is the same for all elements, into registers: at most so many, the
// most used first.
func (g *gen) hold(most int) {
	if g.width == 1 && !g.Sequential || g.part && g.Few == 0 {
		return // these are few elements
	}
	var vs []loop.Value
	for v := range g.Body {
		v := loop.Value(v)
		if n := len(g.usesOf(v)); g.fixed(v) && (n > 1 || n == 1 && g.width > 1) {
			vs = append(vs, v)
		}
	}
	slices.SortStableFunc(vs, func(x, y loop.Value) int { return cmp.Compare(len(g.usesOf(y)), len(g.usesOf(x))) })
	for k, v := range vs {
		if k >= most {
			return
		}
		r := g.pin()
		g.fill(v, r)
		g.finish()
		g.held[v] = r
	}
}

// fixed reports whether a value is the same for all elements.
func (g *gen) fixed(v loop.Value) bool {
	i := &g.Body[v]
	if g.Few > 0 {
		same := g.Few <= g.width // there is one copy of the body
		return i.Op == loop.Const || i.Op == loop.Pick && same ||
			i.Op == loop.Load && g.Arrays[i.A].Row == 0 && g.hoists && (same || g.Arrays[i.A].Step == 0)
	}
	return i.Op == loop.Const || i.Op == loop.Load && g.Arrays[i.A].Step == 0 && g.hoists
}

// pressure returns how many registers the values of the body need at most, without those that are fixed or
// carries, if they are never spilled.
func (g *gen) pressure() int {
	change := g.room.numbers.zeros(g.nextPlace(len(g.Next)) + 1)
	for v := range g.Body {
		v := loop.Value(v)
		i := &g.Body[v]
		if !g.live(v) || g.fixed(v) || i.Op == loop.Carry {
			continue
		}
		from := int(v)
		if i.Op == loop.Load && !g.early[v] {
			from = int(g.usesOf(v)[0])
		}
		change[from]++
		change[g.last(v)]--
	}
	live, most := int32(0), int32(0)
	for _, c := range change {
		live += c
		most = max(most, live)
	}
	return int(most)
}

// step writes the code of the body for the elements of a copy, and of what happens at their end.
func (g *gen) step(copy int) {
	g.copy = copy
	g.free = g.all &^ g.pinned
	g.slots = g.slots[:0]
	for s := g.numKept; s < g.numSlots; s++ {
		g.slots = append(g.slots, s)
	}
	g.reset()
	for k := range g.Body {
		if f := g.forks[k]; f != nil {
			g.place = int32(k)
			g.branch(f)
			g.finish()
		}
		if g.live(loop.Value(k)) {
			g.place = int32(k)
			g.like(loop.Value(k))
			g.instruction(&g.Body[k])
			g.finish()
			g.storePromptly(loop.Value(k))
			if g.Ends && loop.Value(k) == g.While {
				g.quit()
			}
		}
	}
	if g.span != nil {
		g.setWidth(1)
	}
	for k := 0; k < len(g.Stores); {
		n := g.woven(k)
		switch {
		case g.prompt[k]:
		case n == 1:
			g.storeOne(k)
		default:
			g.place = int32(g.storePlace(k + n - 1))
			g.weave(g.Stores[k : k+n])
			g.finish()
		}
		k += n
	}
	for k, v := range g.Next[:g.memCarry] {
		g.place = int32(g.nextPlace(k))
		g.storeCarry(g.reg(v), k)
		g.done(v)
		g.finish()
	}
	g.moveCarries()
}

// storePromptly writes the stores of a value that was just made.
func (g *gen) storePromptly(v loop.Value) {
	if g.stores == nil {
		return
	}
	for _, s := range g.stores[v] {
		g.storeOne(s)
	}
}

// storeOne writes store number s.
func (g *gen) storeOne(s int) {
	g.place = int32(g.storePlace(s))
	x := g.Stores[s]
	if g.lanesOf(x.Value) > 1 {
		g.like(x.Value)
		g.put(vmovupdStore, g.len, g.reg(x.Value), 0, g.at(x.Array, x.Offset, 0))
		g.setWidth(1)
	} else {
		if g.span != nil {
			g.setWidth(1)
		}
		g.storeFrom(g.reg(x.Value), x.Array, x.Offset)
	}
	g.done(x.Value)
	g.finish()
}
