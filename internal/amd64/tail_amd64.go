package amd64

// tailMask is the mask register for the elements that are there, of code for what is left over, with AVX-512.
const tailMask reg = 7

// setTail sets the mask of the elements that are there from the number that is left, behind some before.
func (g *gen) setTail(before int) {
	g.move(regTemp, regEnd)
	g.subtract(regTemp, regElement)
	if before > 0 {
		g.addImm(regTemp, int8(-before))
	}
	if g.level == AVX512 {
		ones := g.secondTemp()
		g.moveImm(ones, -1)
		g.put(bzhi, l128, regTemp, regTemp, register(ones)) // at most 31 are left
		g.put(kmovb, l128, tailMask, 0, register(regTemp))
		return
	}
	g.put(vmovqTo, l128, g.tail, 0, register(regTemp))
	g.put(vbroadcastsd, l256, g.tail, 0, register(g.tail))
	g.put(vpcmpgtq, l256, g.tail, g.tail, g.vector(0, 1))
}

// loadVector loads consecutive elements, those that are there.
func (g *gen) loadVector(r reg, m operand) {
	switch {
	case !g.part:
		g.put(vmovupd, g.len, r, 0, m)
	case g.width == 8:
		g.masked(vmovupd, l512, tailMask|zeroing, r, 0, m)
	default:
		g.put(vmaskmovpd, l256, r, g.tail, m)
	}
}

// storeVector is its inverse.
func (g *gen) storeVector(r reg, m operand) {
	switch {
	case !g.part:
		g.put(vmovupdStore, g.len, r, 0, m)
	case g.width == 8:
		g.masked(vmovupdStore, l512, tailMask, r, 0, m)
	default:
		g.put(vmaskmovpdStore, l256, r, g.tail, m)
	}
}

// spots makes a temp hold how many bytes elements of an array are from the first of the vector, which regTemp is made
// to point to.
func (g *gen) spots(array, offset int) reg {
	a := g.Arrays[array]
	t := g.temp()
	g.put(vmovupd, l512, t, 0, g.vector(0, a.Step*a.Kind.Size()))
	g.lea(regTemp, g.at(array, offset, 0))
	return t
}

// copyTail copies the tail's mask to k1, for instructions that clear theirs.
func (g *gen) copyTail() { g.put(kmovbMask, l128, 1, 0, register(tailMask)) }

// loadApart loads the elements of an array with steps that are there.
func (g *gen) loadApart(r reg, array, offset int) {
	t := g.spots(array, offset)
	g.copyTail()
	g.put(vxorpd, l128, r, r, register(r))
	g.masked(vgatherqpd, l512, 1, r, t&16, indexed(regTemp, t, 0, 0))
}

// storeApart stores them, in order.
func (g *gen) storeApart(x reg, array, offset int) {
	t := g.spots(array, offset)
	g.copyTail()
	g.masked(vscatterqpd, l512, 1, x, t&16, indexed(regTemp, t, 0, 0))
}

// inside gives elements that are not there the index of the first one.
func (g *gen) inside(index reg) reg {
	t := g.temp()
	g.put(vbroadcastsd, g.len, t, 0, register(index))
	g.there(t, index)
	return t
}

// there copies the elements that are there.
func (g *gen) there(to, from reg) {
	if g.width == 8 {
		g.masked(vmovapd, l512, tailMask, to, 0, register(from))
	} else {
		g.putImm(vblendvpd, l256, to, to, register(from), g.tail<<4)
	}
}

// leftOver writes the code for what is left over, some vectors of which the last may not be whole, or
// single elements. What is carried is in memory.
func (g *gen) leftOver() {
	g.compare(regElement, regEnd)
	none := g.jump(ifGreaterEqual, 0)
	width := 1
	if !g.serial && g.level == AVX512 && g.parts[1] {
		width = 8
	} else if !g.serial && g.level == AVX2 && g.parts[0] {
		width = 4
	}
	g.part = width > 1
	g.begin(width, 1)
	top := len(g.code)
	if g.part {
		g.setTail(0)
	}
	if len(g.Next) > 0 {
		g.move(regLane, regElement)
		g.andImm(regLane, int8(g.Width()-1))
		g.shiftLeftImm(regLane, 3)
	}
	g.step(0)
	g.addImm(regElement, int8(width))
	g.compare(regElement, regEnd)
	g.jump(ifLess, top)
	g.part = false
	g.land(none)
}
