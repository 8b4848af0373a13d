package amd64

import (
	"math/bits"

	"github.com/gradus-ad/gradus/internal/loop"
)

// again reports whether a value can be had again without a spill.
func (g *gen) again(v loop.Value) bool {
	i := &g.Body[v]
	switch i.Op {
	case loop.Const:
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
	if s := g.vals[v].slot; s != noSlot {
		return g.slot(s), true
	}
	i := &g.Body[v]
	switch i.Op {
	case loop.Const:
		return g.constant(i.Imm), true
	case loop.Load:
		step := g.Arrays[i.A].Step
		if !g.again(v) || g.width == 1 && !float || g.width == 4 && step == 0 {
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
	i := &g.Body[v]
	switch s := g.vals[v].slot; {
	case s != noSlot:
		g.put(vmovupd, g.len, r, 0, g.slot(s))
	case i.Op == loop.Const:
		g.fillConstant(r, i.Imm)
	case i.Op == loop.Load:
		g.loadTo(r, int(i.A), int(i.Imm))
	case i.Op == loop.Carry:
		g.loadCarry(r, int(i.Imm))
	case i.Op == loop.Index:
		g.put(vmovqTo, l128, r, 0, register(regElement))
		if g.width > 1 {
			g.put(vbroadcastsd, g.len, r, 0, register(r))
			g.put(vpaddq, g.len, r, r, g.firstIndices())
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
	case g.width == 4:
		g.put(vmovupd, l256, r, 0, g.constant(bits))
	default:
		m := g.constant(bits)
		m.each = false
		g.put(vbroadcastsd, l512, r, 0, m)
	}
}

// one returns the form of a float instruction for the current width: for single elements it has another prefix.
func (g *gen) one(o opcode) opcode {
	if g.width == 1 {
		o.pp = pF2
	}
	return o
}

// instruction writes the code of an instruction. What has no operands is made when it is first used.
func (g *gen) instruction(i *loop.Instr) {
	switch i.Op {
	case loop.Const, loop.Index:
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
		g.choose(i)
	case loop.Gather:
		g.gather(i)
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

// unary writes an instruction of one operand. Those for single elements take the upper half of the result from v, which
// is the same register then, so that the processor waits for no other.
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

// comparison makes a mask. With AVX-512, comparisons give a mask register; only if selects are all that use it, it stays
// there.
func (g *gen) comparison(i *loop.Instr) {
	ints := i.Op == loop.ILess || i.Op == loop.IEqual
	switch {
	case g.width < 8 && i.Op == loop.IEqual:
		g.binary(vpcmpeqq, false, true, i)
		return
	case g.width < 8 && ints:
		g.binary(vpcmpgtq, false, false, &loop.Instr{A: i.B, B: i.A})
		return
	}
	o, predicate := g.one(vcmppd), uint8(0)
	if !ints {
		predicate = predicates[i.Op]
	} else if o = vpcmpq; i.Op == loop.ILess {
		predicate = 1
	}
	x, y := g.ordered(i, i.Op == loop.Equal || i.Op == loop.NotEqual || i.Op == loop.IEqual)
	a := g.reg(x)
	b := g.operand(y, true)
	g.done(x, y)
	if g.width < 8 {
		g.putImm(o, g.len, g.def(), a, b, predicate)
		return
	}
	if g.selects[g.place] && g.freeMasks != 0 {
		k := reg(bits.TrailingZeros8(g.freeMasks))
		g.freeMasks &^= 1 << k
		g.vals[g.place].mask = k
		g.putImm(o, l512, k, a, b, predicate)
		return
	}
	g.putImm(o, l512, 1, a, b, predicate)
	g.put(vpmovm2q, l512, g.def(), 0, register(1))
}

// choose writes a select.
func (g *gen) choose(i *loop.Instr) {
	mask := g.vals[i.A].mask
	switch {
	case g.width < 8:
		m := g.reg(i.A)
		c := g.reg(i.C)
		b := g.operand(i.B, false)
		g.done(i.A, i.B, i.C)
		g.putImm(vblendvpd, g.len, g.def(), c, b, m<<4)
	case mask != noReg:
		c := g.reg(i.C)
		b := g.operand(i.B, false)
		g.done(i.A, i.B, i.C)
		g.masked(vblendmpd, l512, mask, g.def(), c, b)
	default: // by bits: B where A is 1, C where it is 0
		const aThenBElseC = 0xca
		if g.over(i.A) {
			g.reg(i.A) // locks it
			b := g.reg(i.B)
			c := g.operand(i.C, false)
			g.putImm(vpternlogq, l512, g.defOver(i.A, i.A, i.B, i.C), b, c, aThenBElseC)
			return
		}
		b := g.reg(i.B)
		r := g.copyOf(i.A)
		g.putImm(vpternlogq, l512, r, b, g.operand(i.C, false), aThenBElseC)
		g.done(i.A, i.B, i.C)
		g.adopt(r)
	}
}

func (g *gen) shift(i *loop.Instr) {
	a := g.reg(i.A)
	g.done(i.A)
	which := shiftLeft
	if i.Op == loop.Shr {
		which = shiftRight
	}
	g.putImm(vpshiftq, g.len, which, g.def(), register(a), uint8(min(i.Imm, 64)))
}

// intMultiply multiplies modulo 2^64. AVX2 has no instruction for it: the product of the low halves
// is exact, and of those of a low and a high half the low half counts.
func (g *gen) intMultiply(i *loop.Instr) {
	if g.width == 8 {
		g.binary(vpmullq, false, true, i)
		return
	}
	a, b := g.reg(i.A), g.reg(i.B)
	if g.width == 1 {
		x, y := regTemp, g.secondTemp()
		g.put(vmovqFrom, l128, a, 0, register(x))
		g.put(vmovqFrom, l128, b, 0, register(y))
		g.multiply(x, y)
		g.done(i.A, i.B)
		g.put(vmovqTo, l128, g.def(), 0, register(x))
		return
	}
	s, t := g.temp(), g.temp()
	g.done(i.A, i.B)
	r := g.def()
	g.putImm(vpshufd, l256, s, 0, register(b), 0xb1) // halves swapped
	g.put(vpmulld, l256, s, s, register(a))
	g.putImm(vpshiftq, l256, shiftRight, t, register(s), 32)
	g.put(vpaddq, l256, s, s, register(t))
	g.putImm(vpshiftq, l256, shiftLeft, s, register(s), 32)
	g.put(vpmuludq, l256, r, a, register(b))
	g.put(vpaddq, l256, r, r, register(s))
}

// fromInt converts to floats. With AVX2, the low half becomes the last bits of 2^52, and the high half, with its sign
// inverted, those of 2^84. Two subtractions of powers are exact, and the last addition rounds. See Mysticial's
// answer to https://stackoverflow.com/questions/41144668.
func (g *gen) fromInt(i *loop.Instr) {
	const (
		low  = 0x4330000000000000 // 2^52
		high = 0x4530000080000000 // 2^84 + 2^63
		both = 0x4530000080100000 // 2^84 + 2^63 + 2^52
	)
	switch g.width {
	case 8:
		g.unary(vcvtqq2pd, i)
	case 1:
		g.put(vmovqFrom, l128, g.reg(i.A), 0, register(regTemp))
		g.done(i.A)
		r := g.def()
		g.put(vxorpd, l128, r, r, register(r)) // so that the processor waits for nothing
		g.put(vcvtsi2sd, l128, r, r, register(regTemp))
	default:
		a, t := g.reg(i.A), g.temp()
		g.done(i.A)
		r := g.def()
		g.putImm(vpshiftq, l256, shiftRight, t, register(a), 32)
		g.put(vxorpd, l256, t, t, g.constant(high))
		g.put(vsubpd, l256, t, t, g.constant(both))
		g.putImm(vpblendd, l256, r, a, g.constant(low), 0xaa)
		g.put(vaddpd, l256, r, t, register(r))
	}
}

// toInt converts to integers, with AVX2 one by one.
func (g *gen) toInt(i *loop.Instr) {
	if g.width == 8 {
		g.unary(vcvttpd2qq, i)
		return
	}
	a := g.reg(i.A)
	x := regTemp
	if g.width == 1 {
		g.put(vcvttsd2si, l128, x, 0, register(a))
		g.done(i.A)
		g.put(vmovqTo, l128, g.def(), 0, register(x))
		return
	}
	y, t := g.secondTemp(), g.temp()
	two := func(to, from reg) {
		g.put(vcvttsd2si, l128, x, 0, register(from))
		g.putImm(vpermilpd, l128, from, 0, register(from), 1)
		g.put(vcvttsd2si, l128, y, 0, register(from))
		g.put(vmovqTo, l128, to, 0, register(x))
		g.putImm(vpinsrq, l128, to, to, register(y), 1)
	}
	g.putImm(vextractf128, l256, a, 0, register(t), 1)
	two(t, t)
	r := g.temp()
	g.put(vmovapd, l128, r, 0, register(a))
	two(r, r)
	g.putImm(vinsertf128, l256, r, r, register(t), 1)
	g.done(i.A)
	g.adopt(r)
}
