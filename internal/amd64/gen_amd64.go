package amd64

import (
	"encoding/binary"
	"fmt"

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
	regLane   = rbx // 8 times the lane, in code for single elements of a loop over lanes
)

// Scratch memory starts with two temps of 64 bytes, one of them for bytes. Spilled values follow.
const (
	scratchTemp  = 0
	scratchBytes = 64
	scratchSlots = 128
)

// gen writes the code of a loop.
type gen struct {
	asm
	registers
	bases
	*plan
	level     Level
	constants map[uint64]int32 // where they are in the pool
	indices   int              // where the numbers 0 to 7 are, or -1
	scratch   int              // bytes of it that are used

	// The current piece of code.
	width     int    // elements at a time: 1, 4 or 8
	len       length // of a vector of so many
	memCarry  int    // carries before this one live in memory
	carryRegs []reg  // the others, for each copy of the body
	copy      int    // of the body: the second one handles elements 4 to 7
	place     int32  // of the current instruction
	vals      []state
	held      []reg // values in registers for the whole loop, or noReg
	exit      int   // the jump that ends the loop early
}

// translate returns the code of a loop, and the size of the scratch memory that it needs.
func translate(l *loop.Loop, level Level) (code []byte, scratch int, err error) {
	if err := checkRange(l); err != nil {
		return nil, 0, err
	}
	g := &gen{plan: newPlan(l), level: level, constants: make(map[uint64]int32), indices: -1}
	g.vals = make([]state, len(l.Body))
	g.held = make([]reg, len(l.Body))
	g.code = make([]byte, 0, 64+12*len(l.Body))
	g.pinBases()
	if l.Sequential {
		g.sequential()
	} else {
		g.lanes()
	}
	g.finishPool()
	return g.code, g.scratch, nil
}

// checkRange returns an error if a place in an array is too far for an instruction.
func checkRange(l *loop.Loop) error {
	const far, long = 1 << 27, 1 << 23
	for k, a := range l.Arrays {
		if a.Step >= long || a.Step <= -long {
			return fmt.Errorf("array %d: step %d is too long", k, a.Step)
		}
	}
	ok := func(offset int) bool { return -far < offset && offset < far }
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
		if g.level == AVX2 && !g.serial {
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

// firstIndices returns the numbers 0 to 7 as an operand, from the first element of the current copy on.
func (g *gen) firstIndices() operand {
	if g.indices < 0 {
		g.indices = len(g.pool)
		for k := range uint64(8) {
			g.pool = binary.LittleEndian.AppendUint64(g.pool, k)
		}
	}
	return operand{in: inPool, disp: int32(g.indices + 32*g.copy)}
}

// finishPool puts the pool behind the code.
func (g *gen) finishPool() {
	for len(g.code)%64 != 0 {
		g.bytes(0xcc)
	}
	start := len(g.code)
	g.code = append(g.code, g.pool...)
	for _, f := range g.fixes {
		binary.LittleEndian.PutUint32(g.code[f.at:], uint32(start-f.end)+uint32(f.to))
	}
}

// slot returns the place of a spilled value.
func (g *gen) slot(s int32) operand {
	size := 16 << g.len
	at := scratchSlots + size*int(s)
	g.scratch = max(g.scratch, at+size)
	return memory(regScratch, at)
}

// temps in scratch memory, for vectors and for bytes.
func (g *gen) scratchWord(k int) operand {
	g.scratch = max(g.scratch, scratchSlots)
	return memory(regScratch, scratchTemp+8*k)
}

func (g *gen) scratchByte(k int) operand {
	g.scratch = max(g.scratch, scratchSlots)
	return memory(regScratch, scratchBytes+k)
}
