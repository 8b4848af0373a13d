package amd64

import (
	"math/bits"

	"github.com/gradus-ad/gradus/internal/loop"
)

// state is where a value is, as code is written. It may be in a register, in memory, or both, and then is
// the same in both, as it never changes.
type state struct {
	reg  reg // or noReg
	mask reg // AVX-512: the mask register of a comparison, or noReg
	slot int32
	use  int32 // its next use, in the uses of the plan
}

const (
	noSlot  int32 = -1
	noValue int32 = -1
)

// registers are the vector registers. Those that are neither free, locked nor pinned may be taken from their
// values.
type registers struct {
	all, free uint32
	locked    uint32    // held by the current instruction
	temps     uint32    // of those, the ones without a value
	pinned    uint32    // for the whole loop
	owner     [32]int32 // the value in a register
	freeMasks uint8     // of AVX-512
	dead      []int32   // slots to free after the current instruction
	deadMasks uint8     // masks to free then
	slots     []int32   // free slots
	numSlots  int32     // ever used
	numKept   int32     // of those, the first ones, which hold values for the whole loop
}

// next returns the place where a value is used after the current instruction, if it is.
func (g *gen) next(v loop.Value) (int32, bool) {
	end := g.first[v+1]
	for k := g.vals[v].use; k < end; k++ {
		if u := g.uses[k]; u > g.place {
			return u, true
		}
	}
	return 0, false
}

// furthest returns the register whose value is used last of all that may be taken.
func (g *gen) furthest() (r reg, use int32) {
	use = -1
	for m := g.all &^ (g.free | g.locked | g.pinned); m != 0; m &= m - 1 {
		k := reg(bits.TrailingZeros32(m))
		if u := g.uses[g.vals[g.owner[k]].use]; u > use {
			r, use = k, u
		}
	}
	if use < 0 {
		panic("BUG: no register")
	}
	return r, use
}

// take returns a register, locked.
func (g *gen) take() reg {
	var r reg
	if g.free != 0 {
		r = reg(bits.TrailingZeros32(g.free))
	} else {
		r, _ = g.furthest()
		g.evict(r)
	}
	g.free &^= 1 << r
	g.locked |= 1 << r
	g.owner[r] = noValue
	return r
}

// evict takes a register from its value, which is spilled if it cannot be had again.
func (g *gen) evict(r reg) {
	v := loop.Value(g.owner[r])
	g.save(v)
	g.vals[v].reg = noReg
}

// save puts a value in memory, if it cannot be had again otherwise.
func (g *gen) save(v loop.Value) {
	if s := &g.vals[v]; s.slot == noSlot && !g.again(v) {
		if n := len(g.slots); n > 0 {
			s.slot = g.slots[n-1]
			g.slots = g.slots[:n-1]
		} else {
			s.slot = g.numSlots
			g.numSlots++
		}
		was := g.width
		g.like(v)
		g.put(vmovupdStore, g.len, s.reg, 0, g.slot(s.slot))
		if g.span != nil {
			g.setWidth(was)
		}
	}
}

// temp returns a register for the current instruction alone. Temps are taken before done is called.
func (g *gen) temp() reg {
	r := g.take()
	g.temps |= 1 << r
	return r
}

// giveBack frees temps before the current instruction is written: it may read many values that each took some to be had.
func (g *gen) giveBack(temps uint32) {
	if g.numbersTemp != noReg {
		temps &^= 1 << g.numbersTemp
	}
	g.free |= temps
	g.locked &^= temps
	g.temps &^= temps
}

// reg returns a register that holds a value.
func (g *gen) reg(v loop.Value) reg {
	s := &g.vals[v]
	if s.reg == noReg {
		r, before := g.take(), g.temps
		g.fill(v, r)
		g.giveBack(g.temps &^ before)
		s.reg = r
		g.owner[r] = int32(v)
	}
	g.locked |= 1 << s.reg
	return s.reg
}

// operand returns a value as the last operand of an instruction. float says that it is a float operation,
// which, in code for single elements, reads no more than 64 bits. It is called after reg for the others.
func (g *gen) operand(v loop.Value, float bool) operand {
	if g.vals[v].reg == noReg {
		m, ok := g.memory(v, float)
		if !ok {
			return register(g.reg(v))
		}
		next, again := g.next(v)
		if !again {
			return m
		}
		if g.free == 0 {
			if _, use := g.furthest(); use <= next {
				return m
			}
		}
	}
	return register(g.reg(v))
}

// done ends the reading of operands: those that are used no more free their registers.
func (g *gen) done(values ...loop.Value) {
	for _, v := range values {
		s := &g.vals[v]
		if s.use++; s.use == g.first[v+1] {
			g.release(s)
		}
	}
}

// release frees what holds a value that is used no more.
func (g *gen) release(s *state) {
	if s.reg != noReg && g.pinned>>s.reg&1 == 0 {
		g.free |= 1 << s.reg
		g.locked &^= 1 << s.reg
	}
	if s.slot >= g.numKept {
		g.dead = append(g.dead, s.slot)
	}
	if s.mask != noReg {
		g.deadMasks |= 1 << s.mask
	}
	*s = state{reg: noReg, mask: noReg, slot: noSlot, use: s.use}
}

// def returns the register for the result of the current instruction.
func (g *gen) def() reg {
	v := loop.Value(g.place)
	r := g.home(v)
	if r == noReg {
		r = g.take()
		g.owner[r] = int32(v)
	}
	g.vals[v].reg = r
	return r
}

// home returns the register of the carry whose next value v is, if v is to be computed there.
func (g *gen) home(v loop.Value) reg {
	if k := g.target[v]; k >= 0 {
		return g.carryReg(int(k))
	}
	return noReg
}

// over returns whether the result of the current instruction may overwrite value v, which it reads.
func (g *gen) over(v loop.Value) bool {
	r := g.vals[v].reg
	if r == noReg {
		return false
	}
	if h := g.home(loop.Value(g.place)); h != noReg {
		return h == r
	}
	_, used := g.next(v)
	return !used && g.pinned>>r&1 == 0
}

// defOver returns the register of value v as the one for the result.
func (g *gen) defOver(v loop.Value, values ...loop.Value) reg {
	r := g.vals[v].reg
	g.done(values...)
	p := loop.Value(g.place)
	g.free &^= 1 << r
	g.locked |= 1 << r
	g.owner[r] = int32(p)
	g.vals[p].reg = r
	return r
}

// finish ends an instruction.
func (g *gen) finish() {
	g.free |= g.temps
	g.locked, g.temps, g.numbersTemp = 0, 0, noReg
	g.slots = append(g.slots, g.dead...)
	g.dead = g.dead[:0]
	g.freeMasks |= g.deadMasks
	g.deadMasks = 0
}
