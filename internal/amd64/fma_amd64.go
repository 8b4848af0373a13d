package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// What Imm of an FMA says here, as it is added to the code of the instruction.
const (
	negativeSum     = 2
	negativeProduct = 4
)

// negated returns the loop with FMAs that change the signs of their operands themselves.
func negated(l *loop.Loop, r *room) *loop.Loop {
	body := l.Body
	for k := range body {
		if !negates(body, &body[k]) {
			continue
		}
		if &body[0] == &l.Body[0] {
			body = append(r.instrs.some(len(l.Body))[:0], l.Body...)
		}
		i := &body[k]
		for _, x := range []struct {
			v    *loop.Value
			flag uint64
		}{{&i.A, negativeProduct}, {&i.B, negativeProduct}, {&i.C, negativeSum}} {
			for {
				v, ok := positive(body, *x.v)
				if !ok {
					break
				}
				*x.v = v
				i.Imm ^= x.flag
			}
		}
	}
	// For ordered, what reads a value keeps it alive, even what nobody reads.
	if len(body) == 0 || &body[0] == &l.Body[0] {
		return l.Live()
	}
	m := *l
	m.Body = body
	m.Prune()
	return &m
}

// negates reports whether i is an FMA of which an operand is a negative.
func negates(body []loop.Instr, i *loop.Instr) bool {
	if i.Op != loop.FMA {
		return false
	}
	for _, v := range i.Values() {
		if _, ok := positive(body, v); ok {
			return true
		}
	}
	return false
}

// positive returns what v is the negative of.
func positive(body []loop.Instr, v loop.Value) (loop.Value, bool) {
	const sign = 1 << 63
	i := &body[v]
	if i.Op != loop.Xor {
		return 0, false
	}
	for _, x := range [][2]loop.Value{{i.A, i.B}, {i.B, i.A}} {
		if c := &body[x[0]]; c.Op == loop.Const && c.Imm == sign {
			return x[1], true
		}
	}
	return 0, false
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
		g.put(g.fused(i, vfmadd231), g.len, g.defOver(c, a, b, c), x, m)
	case g.over(a) && g.vals[b].reg == noReg && g.vals[c].reg != noReg:
		g.reg(a)
		x := g.reg(c)
		m := g.operand(b, true)
		g.put(g.fused(i, vfmadd132), g.len, g.defOver(a, a, b, c), x, m)
	case g.over(a):
		g.reg(a)
		x := g.reg(b)
		m := g.operand(c, true)
		g.put(g.fused(i, vfmadd213), g.len, g.defOver(a, a, b, c), x, m)
	default:
		x := g.reg(a)
		r := g.copyOf(c)
		m := g.operand(b, true)
		g.put(g.fused(i, vfmadd231), g.len, r, x, m)
		g.done(a, b, c)
		g.adopt(r)
	}
}

// fused returns the form of an instruction for what negated says, and for the number of elements.
func (g *gen) fused(i *loop.Instr, o opcode) opcode {
	o.code += uint8(i.Imm)
	if g.width == 1 {
		o.code++
		o.n = 8
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
