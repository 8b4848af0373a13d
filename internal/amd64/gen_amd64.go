package amd64

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/internal/loop"
)

// General registers. Those that call sets:
const (
	regArrays  = rdi // where it stands where arrays start
	regElement = rcx // the number of the current element
	regEnd     = r12
	regCarries = r15
	regScratch = r13
)

// and the others. The rest hold where arrays start.
const (
	regTemp   = rax
	regStride = rdx // the current element times some step
	regLane   = rbx // 8 times the lane, in code for what is left over of a loop over lanes
)

// Scratch memory starts with a temp of 64 bytes, one of 8 bytes, and how many rows there are still. Code for rows has where
// arrays start behind that, as it moves there. Spilled values follow.
const (
	scratchTemp  = 0
	scratchBytes = 64
	scratchRows  = 72
	scratchBases = 128
)

// gen writes the code of a loop.
type gen struct {
	asm
	registers
	bases
	*plan
	level     Level
	many      bool               // code for single elements may use 32 vector registers
	constants map[uint64]int32   // where they are in the pool
	vectors   map[[8]int64]int32 // and vectors of them
	slotsAt   int                // where spilled values are in scratch memory
	scratch   int                // bytes of it that are used

	// The current piece of code.
	width     int    // elements at a time: 1, 4 or 8
	part      bool   // the last of them may not be there: tailMask says which are
	tail      reg    // with AVX2: the vector register of that mask
	len       length // of a vector of so many
	memCarry  int    // carries before this one live in memory
	carryRegs []reg  // the others, for each copy of the body
	longest   length // of the vectors of a bundled loop
	copy      int    // of the body: the second one handles the elements from width on, and so on
	place     int32  // of the current instruction
	vals      []state
	held      []reg   // values in registers for the whole loop, or noReg
	kept      []int32 // slots of others, or noSlot
	exit      int     // the jump that ends the loop early
	body      int     // where the code begins, behind that which loads where arrays start

	heldNumbers map[[8]int64]reg // vectors of numbers in registers for the whole loop
	numbersTemp reg              // a temp of the current instruction for others, or noReg
}

// translate appends the code of a loop. Code begins at multiples of 64. The caller releases the room when it is done with what it is told.
func translate(code []byte, l *loop.Loop, level Level, r *room) (*gen, error) {
	if err := checkRange(l); err != nil {
		return nil, err
	}
	l = negated(l, r)
	branches := l.Branches() > 0
	if !branches {
		l = bundled(l, level, r)
		r.again()
	}
	many := level == AVX512 && manyRegisters(l)
	if room := 14; !l.Ends && !branches {
		if many || !l.Sequential && level == AVX512 {
			room = 30
		}
		l = ordered(l, room, r)
		r.again()
	}
	g := &gen{
		plan: newPlan(l, r), level: level, many: many, numbersTemp: noReg,
		constants: r.constants, vectors: r.vectors,
	}
	for _, lanes := range g.span {
		g.setWidth(int(lanes))
		g.longest = max(g.longest, g.len)
	}
	g.slotsAt = scratchBases
	if l.Nested {
		g.slotsAt += (8*len(l.Arrays) + 63) &^ 63
		g.scratch = g.slotsAt
	}
	g.vals = r.states.zeros(len(l.Body))
	g.held, g.kept = r.regs.zeros(len(l.Body)), r.numbers.zeros(len(l.Body))
	g.code = slices.Grow(code, 64+12*len(l.Body))
	g.fixes = r.fixes.some(8 + len(l.Body)/2)[:0]
	g.pool = r.pool[:0]
	g.pinBases()
	g.body = len(g.code)
	switch {
	case l.Sequential:
		g.sequential()
	case l.Few > 0:
		g.few()
	case l.Nested:
		g.rows()
	default:
		g.lanes()
		g.leave()
	}
	g.finishPool()
	return g, nil
}

// manyRegisters reports whether a loop is sequential, without bundles, and all its instructions have a form that reaches
// the 32 registers of AVX-512.
func manyRegisters(l *loop.Loop) bool {
	if !l.Sequential || l.Ends || lanesOf(l) != nil {
		return false
	}
	for _, a := range l.Arrays {
		if a.Kind == loop.Bool {
			return false
		}
	}
	for k := range l.Body {
		switch i := &l.Body[k]; i.Op {
		case loop.Const:
			if i.Imm == 1<<64-1 {
				return false
			}
		case loop.Load, loop.Carry, loop.Add, loop.Sub, loop.Mul, loop.Div, loop.Sqrt, loop.FMA, loop.Min, loop.Max,
			loop.And, loop.AndNot, loop.Or, loop.Xor:
		default:
			return false
		}
	}
	return true
}

// checkRange returns an error if a place in an array is too far for an instruction.
func checkRange(l *loop.Loop) error {
	const far, long = 1 << 27, 1 << 22
	ok := func(offset int) bool { return -far < offset && offset < far }
	for k, a := range l.Arrays {
		if a.Step >= long || a.Step <= -long || !ok(a.Row) {
			return fmt.Errorf("array %d: step %d or %d is too long", k, a.Step, a.Row)
		}
	}
	for k := range l.Body {
		if i := &l.Body[k]; i.Op == loop.Load && !ok(int(i.Imm)) {
			return fmt.Errorf("instruction %d: offset %d is too far", k, int(i.Imm))
		}
	}
	for k, s := range l.Stores {
		if !ok(s.Offset) {
			return fmt.Errorf("store %d: offset %d is too far", k, s.Offset)
		}
	}
	return nil
}

// constant returns a constant as an operand.
func (g *gen) constant(bits uint64) operand {
	at, ok := g.constants[bits]
	if !ok {
		n := 2 // for the instructions on 128 bits in code for single elements
		if g.level == AVX2 && (!g.serial || len(g.Folds) > 0) || g.span != nil {
			n = 4
		}
		at = int32(len(g.pool))
		for range n {
			g.pool = binary.LittleEndian.AppendUint64(g.pool, bits)
		}
		g.constants[bits] = at
	}
	return operand{in: inPool, disp: at, each: g.width == 8}
}

// vector returns the multiples of a number from some number on as an operand, as many as there are elements at a time.
func (g *gen) vector(first, by int) operand {
	var v [8]int64
	for k := range v {
		v[k] = int64(first + k*by)
	}
	return g.vectorOf(v)
}

// vectorOf returns a vector of constants as an operand.
func (g *gen) vectorOf(v [8]int64) operand {
	at, ok := g.vectors[v]
	if !ok {
		at = int32(len(g.pool))
		for _, x := range v {
			g.pool = binary.LittleEndian.AppendUint64(g.pool, uint64(x))
		}
		g.vectors[v] = at
	}
	return operand{in: inPool, disp: at}
}

// finishPool puts the pool behind the code.
func (g *gen) finishPool() {
	for len(g.code)%64 != 0 {
		g.bytes(0xcc)
	}
	start := len(g.code)
	g.code = append(g.code, g.pool...)
	g.room.pool = g.pool
	for _, f := range g.fixes {
		binary.LittleEndian.PutUint32(g.code[f.at:], uint32(int32(start)-f.end+f.to))
	}
}

// slot returns the place of a spilled value.
func (g *gen) slot(s int32) operand {
	size := 16 << max(g.len, g.longest)
	at := g.slotsAt + size*int(s)
	g.scratch = max(g.scratch, at+size)
	return memory(regScratch, at)
}

// temps in scratch memory, for vectors and for bytes.
func (g *gen) scratchWord(k int) operand {
	g.scratch = max(g.scratch, scratchBases)
	return memory(regScratch, scratchTemp+8*k)
}

func (g *gen) scratchByte(k int) operand {
	g.scratch = max(g.scratch, scratchBases)
	return memory(regScratch, scratchBytes+k)
}
