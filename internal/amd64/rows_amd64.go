package amd64

// rows writes the code of a loop over rows.
func (g *gen) rows() {
	top := len(g.code)
	g.forget()
	g.startFolds()
	g.lanes()
	g.finishFolds()
	g.decrement(memory(regScratch, scratchRows))
	done := g.jump(ifLessEqual, 0)
	g.advance()
	g.clear(regElement)
	g.jumpAlways(top)
	g.land(done)
	g.leave()
}

// advance moves where arrays start by a row.
func (g *gen) advance() {
	for k, a := range g.Arrays {
		by := a.Row * a.Kind.Size()
		switch {
		case by == 0 || g.touched[k] == 0:
		case g.own[k] != noReg:
			g.addLong(register(g.base[k]), by)
		default:
			g.addLong(memory(regArrays, 8*k), by)
		}
	}
}

// startFolds sets the carries that are folded to what a row begins with.
func (g *gen) startFolds() {
	width, length := g.wide()
	for _, f := range g.Folds {
		g.width, g.len = width, length
		g.fillConstant(0, f.Start)
		for k := 0; k < g.Width(); k += width {
			g.put(vmovupdStore, length, 0, 0, memory(regCarries, 8*(g.Width()*f.Carry+k)))
		}
	}
}

// wide returns the width and length of whole vectors.
func (g *gen) wide() (int, length) {
	if g.level == AVX512 {
		return 8, l512
	}
	return 4, l256
}

// finishFolds folds the values of carries, in halves, and adds what is left to the results.
func (g *gen) finishFolds() {
	g.forget()
	width, length := g.wide()
	for _, f := range g.Folds {
		o := binaries[f.Op].opcode
		at := func(k int) operand { return memory(regCarries, 8*(g.Width()*f.Carry+k)) }
		count := g.Width() / width
		for k := range count {
			g.put(vmovupd, length, reg(k), 0, at(k*width))
		}
		for n := count / 2; n > 0; n /= 2 {
			for k := range n {
				g.put(o, length, reg(k), reg(k), register(reg(n+k)))
			}
		}
		if width == 8 {
			g.putImm(vextractf64x4, l512, 0, 0, register(1), 1)
			g.put(o, l256, 0, 0, register(1))
		}
		g.putImm(vextractf128, l256, 0, 0, register(1), 1)
		g.put(o, l128, 0, 0, register(1))
		g.putImm(vpshufd, l128, 1, 0, register(0), 0x4e)
		if binaries[f.Op].float {
			o.pp = pF2
		}
		g.put(o, l128, 0, 0, register(1))
		g.width, g.len, g.copy = 1, l128, 0
		g.loadTo(1, f.Array, 0)
		g.put(o, l128, 0, 1, register(0))
		g.storeFrom(0, f.Array, 0)
	}
}
