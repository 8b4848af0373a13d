package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// pack returns the pack of some values, and what it is made of.
func (c *climber) pack(values []loop.Value) int32 {
	key := noLanes
	copy(key[:], values)
	if p, ok := c.known[key]; ok {
		return p
	}
	q := climbed{lanes: key, count: len(values), by: c.manner(values)}
	if q.by == byInstruction {
		c.operands(&q)
	}
	p := int32(len(c.packs))
	c.packs = append(c.packs, q)
	c.known[key] = p
	return p
}

// manner returns how values can come together at best.
func (c *climber) manner(values []loop.Value) manner {
	first := &c.Body[values[0]]
	is := func(like func(k int) bool) bool {
		for k := range values {
			if !like(k) {
				return false
			}
		}
		return true
	}
	switch {
	case is(func(k int) bool { return c.Body[values[k]].Op == loop.Const }):
		return byConstants
	case is(func(k int) bool { return values[k] == values[0] }):
		return fromOne
	case is(func(k int) bool { return k == 0 || follows(c.Loop, values[k-1], values[k]) }):
		return fromMemory
	case packable(first.Op) && len(c.packs) < mostTried*len(c.Body) && is(func(k int) bool { i := &c.Body[values[k]]; return i.Op == first.Op && i.Imm == first.Imm }):
		return byInstruction
	}
	return fromSome
}

// operands finds the packs of the operands of an instruction. If it takes less to do it for each lane, that is so.
func (c *climber) operands(q *climbed) {
	var of [3][8]loop.Value
	o := c.Body[q.lanes[0]].Op
	for k, v := range q.lanes[:q.count] {
		values := c.Body[v].Values()
		if k > 0 && commutes(o) && c.crossed(c.Body[q.lanes[0]].Values(), values, k) {
			values[0], values[1] = values[1], values[0]
		}
		for j, w := range values {
			of[j][k] = w
		}
	}
	together := effort(o, q.count)
	for j := range o.Operands() {
		q.from[j] = c.pack(of[j][:q.count])
		together += c.packs[q.from[j]].bringing()
	}
	if together >= q.count*effort(o, 1)+q.count-1 {
		q.by = fromSome
	}
}

// commutes reports whether the first two operands of an operation may change places.
func commutes(o loop.Op) bool {
	switch o {
	case loop.Add, loop.Mul, loop.FMA, loop.IAdd, loop.And, loop.Or, loop.Xor, loop.Equal, loop.NotEqual, loop.IEqual:
		return true
	}
	return false
}

// crossed reports whether the operands in lane k are more like those in the first lane if two change places.
func (c *climber) crossed(first, values []loop.Value, k int) bool {
	like := func(v, w loop.Value) bool {
		p, q := &c.Body[v], &c.Body[w]
		if p.Op == loop.Load && q.Op == loop.Load {
			return v == w || p.A == q.A && q.Imm == p.Imm+uint64(k)
		}
		return p.Op == q.Op
	}
	straight := like(first[0], values[0]) && like(first[1], values[1])
	return !straight && like(first[0], values[1]) && like(first[1], values[0])
}

// follows reports whether w is the element behind v.
func follows(l *loop.Loop, v, w loop.Value) bool {
	p, q := &l.Body[v], &l.Body[w]
	return p.Op == loop.Load && q.Op == loop.Load && p.A == q.A && q.Imm == p.Imm+1 && l.Arrays[p.A].Kind != loop.Bool
}
