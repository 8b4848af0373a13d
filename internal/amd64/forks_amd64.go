package amd64

import (
	"math/bits"
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// fork is a branch: the places of its If, Else and End, and of what is behind its joins.
type fork struct {
	then, other, end, behind int32

	skip, leave int       // the jumps to the Else, and behind the End
	registers   registers // as they are at the If,
	vals        []state   // and where values are then
	to          []state   // where the joins are: in a register or in memory
}

// branches are what a plan has of them.
type branches struct {
	forks map[int]*fork // by the places of their If, Else and End
	outer []*fork       // all, each one before those in it
	join  []bool        // the values that are joins
}

// findForks finds the branches.
func (p *plan) findForks() {
	if p.Branches() == 0 {
		return
	}
	p.forks, p.join = make(map[int]*fork), make([]bool, len(p.Body))
	var open []*fork
	for k := range p.Body {
		n := len(open) - 1
		switch p.Body[k].Op {
		case loop.If:
			open = append(open, &fork{then: int32(k)})
			n++
			p.outer = append(p.outer, open[n])
		case loop.Else:
			open[n].other = int32(k)
		case loop.End:
			_, behind := p.Joins(k)
			open[n].end, open[n].behind = int32(k), int32(behind)
			for j := k + 1; j < behind; j++ {
				p.join[j] = true
			}
		default:
			continue
		}
		p.forks[k] = open[n]
		if p.Body[k].Op == loop.End {
			open = open[:n]
		}
	}
}

// joined reports whether a value is a join, which is made at the ends of the sides of its branch.
func (p *plan) joined(v loop.Value) bool { return p.join != nil && p.join[v] }

// joins returns the joins of a branch.
func (p *plan) joins(f *fork) []loop.Instr { return p.Body[f.end+1 : f.behind] }

// reads returns what is read at a place of the body, if what is made there is, until it is called again: what the sides of a branch leave is
// read at their ends, for the joins.
func (p *plan) reads(place int, live bool) []loop.Value {
	f := p.forks[place]
	switch {
	case f == nil && live && !p.joined(loop.Value(place)), f != nil && place == int(f.then):
		p.operands = append(p.operands[:0], p.Body[place].Values()...)
		return p.operands
	case f == nil:
		return nil
	}
	return p.left(f, place)
}

// left returns what one side of a branch, which ends at a place, leaves for each join.
func (p *plan) left(f *fork, place int) (values []loop.Value) {
	for _, j := range p.joins(f) {
		if v := j.B; place == int(f.other) {
			values = append(values, v)
		} else {
			values = append(values, j.C)
		}
	}
	return values
}

// made returns the place where a value is made: a join at the End of its branch.
func (p *plan) made(v loop.Value) int32 {
	for p.joined(v) {
		v--
	}
	return int32(v)
}

// findHomes finds what sides of branches may compute right into the register of a carry, as the join that it becomes is: what
// nobody else reads, if the side does not read the carry from there on.
func (p *plan) findHomes() {
	if p.forks == nil {
		return
	}
	reads := make([][]int32, len(p.Next))
	for v := range p.Body {
		if i := &p.Body[v]; i.Op == loop.Carry {
			reads[i.Imm] = append(reads[i.Imm], p.usesOf(loop.Value(v))...)
		}
	}
	for _, f := range p.outer {
		for _, side := range [][2]int32{{f.then, f.other}, {f.other, f.end}} {
			for k, v := range p.left(f, int(side[1])) {
				carry, from := p.target[int(f.end)+1+k], p.made(v)
				if carry < 0 || from < side[0] || len(p.usesOf(v)) > 1 || p.Body[v].Op <= loop.Index {
					continue
				}
				if !slices.ContainsFunc(reads[carry], func(at int32) bool { return from < at && at <= side[1] }) {
					p.target[v] = carry
				}
			}
		}
	}
}

// branch writes what a branch takes at the current place. Both sides start with the registers as they are at the If,
// where all is saved that is read behind the branch. There, nothing is in registers but the joins and what is pinned.
func (g *gen) branch(f *fork) {
	switch g.place {
	case f.then:
		g.split(f)
	case f.other:
		g.findPlaces(f)
		g.bring(f)
		g.jumpAlways(0)
		f.leave = len(g.code)
		g.land(f.skip)
		g.restore(f)
		g.drop(f.end)
	case f.end:
		g.bring(f)
		g.land(f.leave)
		g.restore(f)
		g.drop(f.then)
		g.meet(f)
	}
}

// split writes the jump to the Else.
func (g *gen) split(f *fork) {
	mask := g.Body[f.then].A
	m := g.reg(mask)
	for _, v := range g.inRegisters() {
		if g.last(v) > int(f.end) {
			g.save(v)
		}
	}
	g.put(vmovmskpd, l128, regTemp, 0, register(m))
	g.done(mask)
	g.finish()
	g.andImm(regTemp, 1)
	f.skip = g.jump(ifEqual, 0)
	f.registers, f.vals = g.registers, slices.Clone(g.vals)
	f.registers.slots = slices.Clone(g.slots)
	g.drop(f.other)
}

// inRegisters returns the values that have registers, but for those that are pinned.
func (g *gen) inRegisters() (values []loop.Value) {
	for m := g.all &^ (g.free | g.pinned); m != 0; m &= m - 1 {
		values = append(values, loop.Value(g.owner[bits.TrailingZeros32(m)]))
	}
	return values
}

// restore returns to what was known at the If, but for what has been read up to now.
func (g *gen) restore(f *fork) {
	n := g.numSlots
	g.registers = f.registers
	g.slots, g.numSlots = slices.Clone(f.registers.slots), n
	copy(g.vals, f.vals)
	for v := range g.vals {
		s := &g.vals[v]
		use, end := s.use, g.first[v+1]
		for s.use < end && g.uses[s.use] <= g.place {
			s.use++
		}
		if s.use == end && use < end {
			g.release(s)
		}
	}
	g.finish()
	g.forget()
}

// drop frees the registers of values that are not read up to a place.
func (g *gen) drop(place int32) {
	for _, v := range g.inRegisters() {
		if s := &g.vals[v]; g.uses[s.use] > place {
			g.free |= 1 << s.reg
			s.reg = noReg
		}
	}
}

// findPlaces decides where the joins are to be: in the registers of the carries that they become, in those of what the
// first side leaves, or in others while there are any, but for one.
func (g *gen) findPlaces(f *fork) {
	f.to = f.to[:0]
	usable := g.all &^ g.pinned
	room := bits.OnesCount32(usable) - 1
	take := func(s *state, r reg) {
		s.reg = r
		usable &^= 1 << r
		room--
	}
	sources := uint32(0)
	for k, j := range g.joins(f) {
		s := state{reg: g.home(loop.Value(f.end) + 1 + loop.Value(k)), mask: noReg, slot: noSlot}
		if r := g.vals[j.B].reg; r != noReg {
			if sources |= 1 << r; s.reg == noReg && usable>>r&1 != 0 && room > 0 {
				take(&s, r)
			}
		}
		f.to = append(f.to, s)
	}
	for k := range f.to {
		s := &f.to[k]
		switch others := usable &^ sources; {
		case s.reg != noReg:
		case room > 0 && others != 0:
			take(s, reg(bits.TrailingZeros32(others)))
		case room > 0:
			take(s, reg(bits.TrailingZeros32(usable)))
		default:
			s.slot = g.numSlots
			g.numSlots++
		}
	}
}

// bring brings what the side that ends here leaves to where the joins are to be.
func (g *gen) bring(f *fork) {
	values := g.left(f, int(g.place))
	free := g.all &^ g.pinned // registers that are no join's
	from, all := make(map[reg]reg), []reg{}
	for k, v := range values {
		to, r := f.to[k], g.vals[v].reg
		switch {
		case to.reg == noReg && r != noReg:
			g.put(vmovupdStore, g.len, r, 0, g.slot(to.slot))
		case to.reg != noReg:
			free &^= 1 << to.reg
			if all = append(all, to.reg); r != noReg && r != to.reg {
				from[to.reg] = r
			}
		}
	}
	g.moves(all, from, free)
	t := reg(bits.TrailingZeros32(free))
	for k, v := range values {
		if to := f.to[k]; g.vals[v].reg == noReg && to.reg == noReg {
			g.fill(v, t)
			g.put(vmovupdStore, g.len, t, 0, g.slot(to.slot))
		}
	}
	for k, v := range values {
		if to := f.to[k]; g.vals[v].reg == noReg && to.reg != noReg {
			g.fill(v, to.reg)
		}
	}
}

// meet says where the joins are.
func (g *gen) meet(f *fork) {
	used := make([]bool, g.numSlots)
	for v := range g.vals {
		if s := g.vals[v].slot; s != noSlot {
			used[s] = true
		}
	}
	for _, o := range g.outer {
		if o.then < g.place && g.place < o.end {
			for _, to := range o.to {
				if to.slot != noSlot {
					used[to.slot] = true
				}
			}
		}
	}
	for k, to := range f.to {
		v := f.end + 1 + int32(k)
		if to.use = g.first[v]; !g.live(loop.Value(v)) {
			continue
		}
		g.vals[v] = to
		if to.slot != noSlot {
			used[to.slot] = true
		} else if g.pinned>>to.reg&1 == 0 {
			g.free &^= 1 << to.reg
			g.owner[to.reg] = v
		}
	}
	g.slots = g.slots[:0]
	for s := g.numKept; s < g.numSlots; s++ {
		if !used[s] {
			g.slots = append(g.slots, s)
		}
	}
}
