package amd64

import "github.com/gradus-ad/gradus/internal/loop"

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
		values := make([]operand, g.Width()/width)
		for k := range values {
			values[k] = register(reg(k))
			g.put(vmovupd, length, reg(k), 0, memory(regCarries, 8*(g.Width()*f.Carry+k*width)))
		}
		g.copy = 0
		g.foldTo(f, values, 1)
	}
}

// foldTo folds values, in halves, and adds what is left to the result. The first half of them, registers, is written, and t,
// which may be one of them but for the first.
func (g *gen) foldTo(f loop.Fold, values []operand, t reg) {
	width, length := g.wide()
	o := binaries[f.Op].opcode
	for n := len(values) / 2; n > 0; n /= 2 {
		for k := range n {
			g.put(o, length, values[k].base, values[k].base, values[n+k])
		}
	}
	x := values[0].base
	if width == 8 {
		g.putImm(vextractf64x4, l512, x, 0, register(t), 1)
		g.put(o, l256, x, x, register(t))
	}
	g.putImm(vextractf128, l256, x, 0, register(t), 1)
	g.put(o, l128, x, x, register(t))
	g.putImm(vpermilpd, l128, t, 0, register(x), 1)
	if binaries[f.Op].float {
		o.pp, o.n = pF2, 8
	}
	g.put(o, l128, x, x, register(t))
	g.width, g.len = 1, l128
	g.loadTo(t, f.Array, 0)
	g.put(o, l128, x, t, register(x))
	g.storeFrom(x, f.Array, 0)
	g.width, g.len = width, length
}
