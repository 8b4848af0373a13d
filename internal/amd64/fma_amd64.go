package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// multiplyAdd overwrites one of the three operands if it may, and else a copy of C.
func (g *gen) multiplyAdd(i *loop.Instr) {
	a, b := g.ordered(i, true)
	c := i.C
	if !g.over(a) && !g.over(b) && !g.over(c) {
		g.reg(a) // it may be overwritten then, if that is its last use
	}
	if !g.over(a) && g.over(b) {
		a, b = b, a
	}
	switch {
	case g.over(c):
		g.reg(c) // locks it
		x := g.reg(a)
		m := g.operand(b, true)
		g.put(g.fused(vfmadd231), g.len, g.defOver(c, a, b, c), x, m)
	case g.over(a) && g.vals[b].reg == noReg && g.vals[c].reg != noReg:
		g.reg(a)
		x := g.reg(c)
		m := g.operand(b, true)
		g.put(g.fused(vfmadd132), g.len, g.defOver(a, a, b, c), x, m)
	case g.over(a):
		g.reg(a)
		x := g.reg(b)
		m := g.operand(c, true)
		g.put(g.fused(vfmadd213), g.len, g.defOver(a, a, b, c), x, m)
	default:
		x := g.reg(a)
		r := g.copyOf(c)
		m := g.operand(b, true)
		g.put(g.fused(vfmadd231), g.len, r, x, m)
		g.done(a, b, c)
		g.adopt(r)
	}
}

func (g *gen) fused(o opcode) opcode {
	if g.width == 1 {
		o.code++
	}
	return o
}

// copyOf returns a temp that holds a value.
func (g *gen) copyOf(v loop.Value) reg {
	t := g.temp()
	if r := g.vals[v].reg; r != noReg {
		g.put(vmovapd, g.len, t, 0, register(r))
	} else {
		g.fill(v, t)
	}
	return t
}

// adopt makes what is in a temp the result of the current instruction.
func (g *gen) adopt(t reg) {
	if h := g.home(loop.Value(g.place)); h != noReg {
		g.put(vmovapd, g.len, g.def(), 0, register(t))
		return
	}
	g.temps &^= 1 << t
	g.owner[t] = g.place
	g.vals[g.place].reg = t
}
