package amd64

import "math/bits"

// end stores the carries that are in registers.
func (g *gen) end(copies int) {
	for g.copy = range copies {
		for k := g.memCarry; k < len(g.Next); k++ {
			g.storeCarry(g.carryReg(k), k)
		}
	}
}

// carryReg returns the register of a carry, or noReg if it is in memory.
func (g *gen) carryReg(k int) reg {
	if k < g.memCarry {
		return noReg
	}
	return g.carryRegs[g.copy*(len(g.Next)-g.memCarry)+k-g.memCarry]
}

// carryMemory returns where a carry is in memory.
func (g *gen) carryMemory(k int) operand {
	if g.Sequential {
		return memory(regCarries, 8*k)
	}
	if g.width == 1 || g.part && g.Few == 0 {
		return indexed(regCarries, regLane, 0, 8*g.Width()*k)
	}
	return memory(regCarries, 8*(g.Width()*k+g.width*g.copy))
}

func (g *gen) loadCarry(r reg, k int) {
	o := vmovupd
	if g.width == 1 {
		o = vmovsd
	}
	g.put(o, g.len, r, 0, g.carryMemory(k))
}

func (g *gen) storeCarry(r reg, k int) {
	if g.width == 1 {
		g.put(vmovsdStore, g.len, r, 0, g.carryMemory(k))
		return
	}
	if g.part && g.Few == 0 { // masked stores could not be forwarded to the loads that follow
		t := g.temp()
		g.put(vmovupd, g.len, t, 0, g.carryMemory(k))
		g.there(t, r)
		r = t
	}
	g.put(vmovupdStore, g.len, r, 0, g.carryMemory(k))
}

// moveCarries moves the next values of the carries that have registers there. Some of them may be the values of
// other carries.
func (g *gen) moveCarries() {
	from := make(map[reg]reg)
	var to []reg
	for k := g.memCarry; k < len(g.Next); k++ {
		if r := g.vals[g.Next[k]].reg; r != noReg && r != g.carryReg(k) {
			from[g.carryReg(k)] = r
		}
		to = append(to, g.carryReg(k))
	}
	g.moves(to, from, g.free)
	for k := g.memCarry; k < len(g.Next); k++ {
		if v := g.Next[k]; g.vals[v].reg == noReg {
			g.fill(v, g.carryReg(k))
			g.finish()
		}
	}
}

// moves moves at once what registers, which are all or some, are to get from others. Others are free.
func (g *gen) moves(all []reg, from map[reg]reg, free uint32) {
	for _, r := range from {
		free &^= 1 << r
	}
	for len(from) > 0 {
		moved := false
		for _, to := range all {
			if r, ok := from[to]; ok && !wanted(from, to) {
				g.put(vmovapd, g.len, to, 0, register(r))
				delete(from, to)
				moved = true
			}
		}
		switch {
		case moved:
		case free == 0:
			g.swap(from)
		default:
			g.detour(all, from, reg(bits.TrailingZeros32(free)))
		}
	}
}

// detour opens one of the circles that moves lead round in: what is in a register is moved from a free one afterwards.
func (g *gen) detour(all []reg, from map[reg]reg, free reg) {
	for _, to := range all {
		if _, ok := from[to]; ok {
			g.put(vmovapd, g.len, free, 0, register(to))
			for r, f := range from {
				if f == to {
					from[r] = free
				}
			}
			return
		}
	}
}

// wanted reports whether what is in a register is to be moved to another one.
func wanted(from map[reg]reg, r reg) bool {
	for _, f := range from {
		if f == r {
			return true
		}
	}
	return false
}

// swap does one of the moves that lead round in circles, by swapping two registers.
func (g *gen) swap(from map[reg]reg) {
	to := noReg
	for r := range from {
		to = min(to, r)
	}
	x := from[to]
	g.put(vxorpd, g.len, to, to, register(x))
	g.put(vxorpd, g.len, x, x, register(to))
	g.put(vxorpd, g.len, to, to, register(x))
	delete(from, to)
	for r, f := range from { // what was in to is in x now, and the other way round
		switch f {
		case to:
			from[r] = x
		case x:
			from[r] = to
		}
		if from[r] == r {
			delete(from, r)
		}
	}
}
