package amd64

import (
	"math/bits"

	"github.com/gradus-ad/gradus/internal/loop"
)

// comparison makes a mask. With AVX-512, comparisons give a mask register; only if selects are all that use
// it, it stays there.
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
