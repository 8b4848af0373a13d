package amd64

import "github.com/gradus-ad/gradus/internal/loop"

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

// fromInt converts to floats. With AVX2, the low half becomes the last bits of 2^52, and the high half,
// with its sign inverted, those of 2^84. Two subtractions of powers are exact, and the last addition
// rounds. See Mysticial's answer to https://stackoverflow.com/questions/41144668.
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
