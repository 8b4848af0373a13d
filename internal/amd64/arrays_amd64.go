package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// loadTo loads the elements of an array.
func (g *gen) loadTo(r reg, array, offset int) {
	a := g.Arrays[array]
	if a.Kind == loop.Bool {
		g.loadBools(r, array, offset)
		return
	}
	switch {
	case g.width == 1:
		g.put(vmovsd, l128, r, 0, g.at(array, offset, 0))
	case a.Step == 1:
		g.loadVector(r, g.at(array, offset, 0))
	case a.Step == 0:
		g.put(vbroadcastsd, g.len, r, 0, g.at(array, offset, 0))
	case g.part && g.width == 8:
		g.loadApart(r, array, offset)
	case g.picked(a):
		g.pick(r, array, offset)
	default:
		g.assemble(r, func(k int) operand { return g.at(array, offset, min(k, g.count()-1)) })
	}
}

// assemble makes a vector of elements that lie anywhere.
func (g *gen) assemble(r reg, element func(k int) operand) {
	pair := func(r reg, k int) {
		g.put(vmovsd, l128, r, 0, element(k))
		g.put(vmovhpd, l128, r, r, element(k+1))
	}
	t := g.temp()
	four := func(r reg, k int) {
		pair(r, k)
		pair(t, k+2)
		g.putImm(vinsertf128, l256, r, r, register(t), 1)
	}
	four(r, 0)
	if g.width == 8 {
		high := g.temp()
		four(high, 4)
		g.putImm(vinsertf64x4, l512, r, r, register(high), 1)
	}
}

// loadBools loads bytes as masks.
func (g *gen) loadBools(r reg, array, offset int) {
	switch step := g.Arrays[array].Step; {
	case g.width == 1 || step == 0:
		g.loadByte(regTemp, g.at(array, offset, 0))
		g.negate(regTemp)
		g.put(vmovqTo, l128, r, 0, register(regTemp))
		if g.width > 1 {
			g.put(vbroadcastsd, g.len, r, 0, register(r))
		}
	case step == 1 && (g.width == 8 || g.count() == g.width):
		g.widen(r, g.at(array, offset, 0))
	default:
		for k := range g.count() {
			g.loadByte(regTemp, g.at(array, offset, k))
			g.storeByte(g.scratchByte(k), regTemp)
		}
		g.widen(r, g.scratchByte(0))
	}
}

// widen makes masks of consecutive bytes.
func (g *gen) widen(r reg, bytes operand) {
	zero := g.temp()
	if g.part && bytes.base != regScratch {
		g.masked(vpmovzxbq, l512, tailMask|zeroing, r, 0, bytes)
	} else {
		g.put(vpmovzxbq, g.len, r, 0, bytes)
	}
	g.put(vxorpd, l128, zero, zero, register(zero))
	g.put(vpsubq, g.len, r, zero, register(r))
}

// gather loads elements at any indices.
func (g *gen) gather(i *loop.Instr) {
	size := g.Arrays[i.A].Kind.Size()
	index := g.reg(i.B)
	if g.part {
		index = g.inside(index)
	}
	base := g.baseOf(int(i.A))
	element := func(k int) operand {
		if g.width == 1 {
			g.put(vmovqFrom, l128, index, 0, register(regTemp))
		} else {
			g.load(regTemp, g.scratchWord(k))
		}
		return indexed(base, regTemp, [...]uint8{1: 0, 8: 3}[size], 0)
	}
	if g.width > 1 {
		g.put(vmovupdStore, g.len, index, 0, g.scratchWord(0))
	}
	r := g.temp()
	switch {
	case size == 1:
		for k := range g.width {
			g.loadByte(regTemp, element(k))
			g.storeByte(g.scratchByte(k), regTemp)
		}
		if g.width > 1 {
			g.widen(r, g.scratchByte(0))
		} else {
			g.negate(regTemp)
			g.put(vmovqTo, l128, r, 0, register(regTemp))
		}
	case g.width == 1:
		g.put(vmovsd, l128, r, 0, element(0))
	default:
		g.assemble(r, element)
	}
	g.done(i.B)
	g.adopt(r)
}

// storeFrom stores a value to an array.
func (g *gen) storeFrom(x reg, array, offset int) {
	a := g.Arrays[array]
	switch {
	case a.Kind == loop.Bool:
		g.storeBools(x, array, offset)
	case g.width == 1 || g.Few > 0 && a.Step == 0:
		g.put(vmovsdStore, l128, x, 0, g.at(array, offset, 0))
	case a.Step == 1:
		g.storeVector(x, g.at(array, offset, 0))
	case g.part && g.width == 8:
		g.storeApart(x, array, offset)
	default:
		g.put(vmovupdStore, g.len, x, 0, g.scratchWord(0))
		for k := g.firstStored(a); k < g.count(); k++ {
			g.load(regTemp, g.scratchWord(k))
			g.store(g.at(array, offset, k), regTemp)
		}
	}
}

// count returns how many elements a vector has at most that are there.
func (g *gen) count() int {
	if g.Few > 0 {
		return min(g.width, g.Few-g.width*g.copy)
	}
	return g.width
}

// firstStored returns the first element whose store counts: where an array does not move, that is the last.
func (g *gen) firstStored(a loop.Array) int {
	if a.Step == 0 {
		return g.width - 1
	}
	return 0
}

// storeBools stores masks as bytes.
func (g *gen) storeBools(x reg, array, offset int) {
	a := g.Arrays[array]
	to := func(k int) operand { return g.at(array, offset, k) }
	if g.width == 1 || g.Few > 0 && a.Step == 0 {
		g.put(vmovqFrom, l128, x, 0, register(regTemp))
		g.andImm(regTemp, 1)
		g.storeByte(to(0), regTemp)
		return
	}
	straight := a.Step == 1 && (g.width == 8 || g.count() == g.width)
	bytes := g.scratchByte(0)
	if straight {
		bytes = to(0)
	}
	if g.width == 4 {
		spread := g.secondTemp()
		g.put(vmovmskpd, l256, regTemp, 0, register(x))
		g.moveImm(spread, 0x01010101)
		g.put(pdep, l128, regTemp, regTemp, register(spread))
		g.store4(bytes, regTemp)
	} else {
		t := g.temp()
		g.putImm(vpshiftq, l512, shiftRight, t, register(x), 63)
		if g.part && straight {
			g.masked(vpmovqb, l512, tailMask, t, 0, bytes)
		} else {
			g.put(vpmovqb, l512, t, 0, bytes)
		}
	}
	if !straight {
		for k := g.firstStored(a); k < g.count(); k++ {
			g.loadByte(regTemp, g.scratchByte(k))
			g.storeByte(to(k), regTemp)
		}
	}
}
