package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// again reports whether a value can be had again without a spill.
func (g *gen) again(v loop.Value) bool {
	i := &g.Body[v]
	switch i.Op {
	case loop.Const, loop.Pick:
		return true
	case loop.Load:
		a := g.Arrays[i.A]
		return !g.early[v] && a.Kind != loop.Bool && (g.width == 1 || a.Step == 0 || a.Step == 1)
	case loop.Carry:
		return !g.early[v]
	}
	return false
}

// memory returns where in memory an instruction can read a value that is in no register.
func (g *gen) memory(v loop.Value, float bool) (operand, bool) {
	if g.span != nil {
		defer g.setWidth(g.width)
		g.like(v)
	}
	if s := g.vals[v].slot; s != noSlot {
		return g.slot(s), true
	}
	i := &g.Body[v]
	switch i.Op {
	case loop.Const:
		return g.constant(i.Imm), true
	case loop.Pick:
		return g.picksOf(i), true
	case loop.Load:
		if i.C > 1 {
			return g.at(int(i.A), int(i.Imm), 0), g.again(v)
		}
		step := g.Arrays[i.A].Step
		if !g.again(v) || g.width == 1 && !float || g.width == 4 && step == 0 || g.part && step != 0 {
			return operand{}, false
		}
		m := g.at(int(i.A), int(i.Imm), 0)
		m.each = g.width == 8 && step == 0
		return m, true
	case loop.Carry:
		return g.carryMemory(int(i.Imm)), g.again(v) && (g.width > 1 || float)
	}
	return operand{}, false
}

// fill makes a register hold a value that is in none.
func (g *gen) fill(v loop.Value, r reg) {
	if g.span != nil {
		defer g.setWidth(g.width)
		g.like(v)
	}
	i := &g.Body[v]
	switch s := g.vals[v].slot; {
	case s != noSlot:
		g.put(vmovupd, g.len, r, 0, g.slot(s))
	case i.Op == loop.Const:
		g.fillConstant(r, i.Imm)
	case i.Op == loop.Pick:
		g.put(vmovupd, g.len, r, 0, g.picksOf(i))
	case i.Op == loop.Load && i.C > 1:
		g.put(vmovupd, g.len, r, 0, g.at(int(i.A), int(i.Imm), 0))
	case i.Op == loop.Load:
		g.loadTo(r, int(i.A), int(i.Imm))
	case i.Op == loop.Carry:
		g.loadCarry(r, int(i.Imm))
	case i.Op == loop.Index:
		g.put(vmovqTo, l128, r, 0, register(regElement))
		if g.width > 1 {
			g.put(vbroadcastsd, g.len, r, 0, register(r))
			g.put(vpaddq, g.len, r, r, g.vector(g.width*g.copy, 1))
		}
	default:
		panic("BUG: " + i.Op.String() + " is in no register")
	}
}

func (g *gen) fillConstant(r reg, bits uint64) {
	switch {
	case bits == 0:
		g.put(vxorpd, l128, r, r, register(r))
	case bits == 1<<64-1 && g.width == 8:
		g.putImm(vpternlogq, l512, r, r, register(r), 0xff)
	case bits == 1<<64-1:
		g.put(vpcmpeqq, g.len, r, r, register(r))
	case g.width == 1:
		g.put(vmovsd, l128, r, 0, g.constant(bits))
	case g.width < 8:
		g.put(vmovupd, g.len, r, 0, g.constant(bits))
	default:
		m := g.constant(bits)
		m.each = false
		g.put(vbroadcastsd, l512, r, 0, m)
	}
}

// one returns the form of a float instruction for the current width: for single elements it has another prefix.
func (g *gen) one(o opcode) opcode {
	if g.width == 1 {
		o.pp, o.n = pF2, 8
	}
	return o
}

// instruction writes the code of an instruction. What has no operands is made when it is first used.
func (g *gen) instruction(i *loop.Instr) {
	switch i.Op {
	case loop.Const, loop.Pick, loop.Index:
	case loop.Load, loop.Carry:
		if v := loop.Value(g.place); g.early[v] {
			g.reg(v)
		}
	case loop.Sqrt:
		g.unary(g.one(vsqrtpd), i)
	case loop.Floor, loop.Ceil, loop.Trunc, loop.Nearest:
		g.round(i)
	case loop.FMA:
		g.multiplyAdd(i)
	case loop.Less, loop.LessEqual, loop.Equal, loop.NotEqual, loop.ILess, loop.IEqual:
		g.comparison(i)
	case loop.IMul:
		g.intMultiply(i)
	case loop.FromInt:
		g.fromInt(i)
	case loop.ToInt:
		g.toInt(i)
	case loop.Shl, loop.Shr:
		g.shift(i)
	case loop.Select:
		if !g.joined(loop.Value(g.place)) {
			g.choose(i)
		}
	case loop.Gather:
		g.gather(i)
	case join:
		g.joinLanes(i)
	case spread:
		g.spreadLanes(i)
	case apart:
		g.takeApart(i)
	case union:
		g.unite(i)
	default:
		b := &binaries[i.Op]
		o := b.opcode
		if b.float {
			o = g.one(o)
		}
		g.binary(o, b.float, b.commutes, i)
	}
}

// ordered returns the operands of an instruction, the one that is in memory last if they commute.
func (g *gen) ordered(i *loop.Instr, commutes bool) (x, y loop.Value) {
	if commutes && g.vals[i.A].reg == noReg && g.vals[i.B].reg != noReg {
		return i.B, i.A
	}
	return i.A, i.B
}

func (g *gen) binary(o opcode, float, commutes bool, i *loop.Instr) {
	x, y := g.ordered(i, commutes)
	a := g.reg(x)
	b := g.operand(y, float)
	g.done(x, y)
	g.put(o, g.len, g.def(), a, b)
}

// unary writes an instruction of one operand. Those for single elements take the upper half of the result
// from v, which is the same register then, so that the processor waits for no other.
func (g *gen) unary(o opcode, i *loop.Instr) {
	if g.width == 1 {
		a := g.reg(i.A)
		g.done(i.A)
		g.put(o, l128, g.def(), a, register(a))
		return
	}
	a := g.operand(i.A, true)
	g.done(i.A)
	g.put(o, g.len, g.def(), 0, a)
}

func (g *gen) round(i *loop.Instr) {
	o := vroundpd
	if g.width == 1 {
		o.code = 0x0b
	}
	g.unary(o, i)
	g.bytes(rounding[i.Op])
}
