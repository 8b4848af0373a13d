package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// lanesOf returns how many lanes the values of a loop have, or nil if all have one.
func lanesOf(l *loop.Loop) []uint8 {
	var wide []uint8
	for k := range l.Body {
		if i := &l.Body[k]; i.Op.Operands() == 0 && i.C > 1 || i.Op == join || i.Op == spread {
			wide = make([]uint8, len(l.Body))
			break
		}
	}
	for k := range wide {
		i := &l.Body[k]
		switch {
		case i.Op.Operands() == 0:
			wide[k] = max(1, uint8(i.C))
		case i.Op == join:
			wide[k] = 2 * wide[i.A]
		case i.Op == spread:
			wide[k] = uint8(i.C)
		case i.Op == apart:
			wide[k] = max(1, uint8(i.C))
		case i.Op == union || i.Op == loop.Gather:
			wide[k] = 1
		default:
			wide[k] = wide[i.A]
		}
	}
	return wide
}

// like sets the width to that of a value.
func (g *gen) like(v loop.Value) {
	if g.span != nil {
		g.setWidth(int(g.span[v]))
	}
}

func (g *gen) setWidth(lanes int) {
	g.width, g.len = lanes, [...]length{1: l128, 2: l128, 4: l256, 8: l512}[lanes]
}

// joinLanes writes a join. For B in memory there is an instruction too.
func (g *gen) joinLanes(i *loop.Instr) {
	a := g.reg(i.A)
	b := g.operand(i.B, true)
	g.done(i.A, i.B)
	r := g.def()
	switch g.width {
	case 2:
		if b.in == inRegister {
			g.put(vunpcklpd, l128, r, a, b)
		} else {
			g.put(vmovhpd, l128, r, a, b)
		}
	case 4:
		g.putImm(vinsertf128, l256, r, a, b, 1)
	default:
		g.putImm(vinsertf64x4, l512, r, a, b, 1)
	}
}

// spreadLanes writes a spread.
func (g *gen) spreadLanes(i *loop.Instr) {
	a := g.operand(i.A, true)
	g.done(i.A, i.B)
	g.put(vbroadcastsd, g.len, g.def(), 0, a)
}

// takeApart writes what takes lanes from a vector. The first ones are there already.
func (g *gen) takeApart(i *loop.Instr) {
	a := g.reg(i.A)
	if i.Imm == 0 && g.over(i.A) {
		g.defOver(i.A, i.A, i.B)
		return
	}
	g.done(i.A, i.B)
	switch r := g.def(); {
	case i.Imm == 0:
		g.put(vmovapd, g.len, r, 0, register(a))
	case g.width == 4:
		g.putImm(vextractf64x4, l512, a, 0, register(r), 1)
	case g.width == 2 && i.Imm > 2:
		g.putImm(vextractf64x2, l512, a, 0, register(r), uint8(i.Imm/2))
	case i.Imm == 1:
		g.putImm(vpermilpd, l128, r, 0, register(a), 1)
	case i.Imm == 2:
		g.putImm(vextractf128, l256, a, 0, register(r), 1)
	case i.Imm == 3:
		g.putImm(vpermpdImm, l256, r, 0, register(a), 3)
	default:
		g.putImm(valignq, l512, r, a, register(a), uint8(i.Imm))
	}
}

// unite writes a union, in halves.
func (g *gen) unite(i *loop.Instr) {
	a := g.reg(i.A)
	t := g.temp()
	g.done(i.A, i.B)
	r := g.def()
	or := binaries[loop.Or].opcode
	n := g.span[i.A]
	if n == 8 {
		g.putImm(vextractf64x4, l512, a, 0, register(t), 1)
		g.put(or, l256, r, a, register(t))
		a = r
	}
	if n >= 4 {
		g.putImm(vextractf128, l256, a, 0, register(t), 1)
		g.put(or, l128, r, a, register(t))
		a = r
	}
	g.putImm(vpermilpd, l128, t, 0, register(a), 1)
	g.put(or, l128, r, a, register(t))
}
