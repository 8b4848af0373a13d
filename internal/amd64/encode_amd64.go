package amd64

import "slices"

// reg is a register: of the general ones, the vector ones, or the mask ones of AVX-512.
type reg = uint8

const (
	rax reg = iota
	rcx
	rdx
	rbx
	rsp
	rbp
	rsi
	rdi
	r8
	r9
	r10
	r11
	r12
	r13
	r14
	r15

	noReg reg = 0xff
)

// length is the length of a vector as prefixes have it.
type length uint8

const (
	l128 length = iota
	l256
	l512
)

// operand is the one operand of an instruction that may be in memory.
type operand struct {
	in    place
	base  reg // or the register
	index reg // or noReg
	scale uint8
	disp  int32 // in the pool: where
	each  bool  // one element of 64 bits for all lanes; AVX-512 only
}

type place uint8

const (
	inRegister place = iota
	inMemory
	inPool // the constants behind the code
)

func register(r reg) operand { return operand{base: r} }

func memory(base reg, disp int) operand {
	return operand{in: inMemory, base: base, index: noReg, disp: int32(disp)}
}

func indexed(base, index reg, scale uint8, disp int) operand {
	return operand{in: inMemory, base: base, index: index, scale: scale, disp: int32(disp)}
}

// opcode is an instruction on vectors.
type opcode struct {
	pp     uint8 // prefix
	mm     uint8 // map
	code   uint8
	w      uint8 // W of VEX; that of EVEX is 1
	imm    uint8 // bytes after the operands
	n      uint8 // what EVEX scales displacements with, if not the vector's size
	evex   bool  // there is no form with VEX
	narrow bool  // W of EVEX is 0
}

const (
	p66, pF3, pF2     = 1, 2, 3
	m0F, m0F38, m0F3A = 1, 2, 3
)

// asm holds code as it is written.
type asm struct {
	code  []byte
	pool  []byte
	fixes []fix
}

// fix is a displacement of 4 bytes that leads to the pool.
type fix struct {
	at, end int32 // where it stands, and where its instruction ends
	to      int32
}

// bytes writes bytes. Translation spends its time here: append(a.code, b...) would write the pointer of the slice each
// time, which costs while the collector runs.
func (a *asm) bytes(b ...byte) {
	n := len(a.code)
	if cap(a.code)-n < len(b) {
		a.code = slices.Grow(a.code, len(b))
	}
	a.code = a.code[:n+len(b)]
	copy(a.code[n:], b)
}

func (a *asm) word(x int32) { a.bytes(byte(x), byte(x>>8), byte(x>>16), byte(x>>24)) }

// put writes an instruction: r is the register that is written, v the first one read, m the last one.
func (a *asm) put(o opcode, l length, r, v reg, m operand) { a.masked(o, l, 0, r, v, m) }

// putImm writes an instruction with an immediate byte.
func (a *asm) putImm(o opcode, l length, r, v reg, m operand, imm uint8) {
	a.masked(o, l, 0, r, v, m)
	a.bytes(imm)
}

// zeroing is added to a mask register for zeros where it is not set.
const zeroing = 0x80

// masked writes an instruction under mask register k.
func (a *asm) masked(o opcode, l length, k, r, v reg, m operand) {
	n := int32(1)
	var w written
	if o.evex || l == l512 || k != 0 || r > 15 || v > 15 || m.each || m.in == inRegister && m.base > 15 {
		n = w.evex(o, l, k, r, v, m)
	} else {
		w.vex(o, l, r, v, m)
	}
	w.put(o.code)
	a.modrm(&w, r, m, n, int(o.imm))
	a.write(&w)
}

// written is an instruction as it is written, without what comes behind its operands.
type written struct {
	bytes [16]byte
	n     uint8
}

func (w *written) put(b byte) {
	w.bytes[w.n&15] = b
	w.n++
}

// write writes an instruction: 16 bytes at once are sooner written than fewer.
func (a *asm) write(w *written) {
	n := len(a.code)
	if cap(a.code)-n < len(w.bytes) {
		a.code = slices.Grow(a.code, max(len(w.bytes), n)) // twice as much
	}
	*(*[16]byte)(a.code[n : n+len(w.bytes)]) = w.bytes
	a.code = a.code[:n+int(w.n)]
}

// extension returns the bits of an operand's registers that do not fit where registers stand.
func (m *operand) extension() (x, b uint8) {
	if m.in == inRegister {
		return m.base >> 4 & 1, m.base >> 3 & 1
	}
	if m.in == inMemory {
		b = m.base >> 3 & 1
		if m.index != noReg {
			x = m.index >> 3 & 1
		}
	}
	return x, b
}

func (w *written) vex(o opcode, l length, r, v reg, m operand) {
	x, b := m.extension()
	last := ^v&15<<3 | uint8(l)<<2 | o.pp
	if x == 0 && b == 0 && o.mm == m0F && o.w == 0 {
		w.put(0xc5)
		w.put(^r>>3<<7 | last)
		return
	}
	w.put(0xc4)
	w.put(^r>>3<<7 | (x^1)<<6 | (b^1)<<5 | o.mm)
	w.put(o.w<<7 | last)
}

// evex writes a prefix and returns the scale of displacements.
func (w *written) evex(o opcode, l length, k, r, v reg, m operand) int32 {
	x, b := m.extension()
	wide := uint8(1)
	if o.narrow {
		wide = 0
	}
	n := int32(16) << l
	if o.n != 0 {
		n = int32(o.n)
	}
	last := uint8(l)<<5 | (^v>>4&1)<<3 | k
	if m.each {
		n = 8
		last |= 1 << 4
	}
	w.put(0x62)
	w.put((^r>>3&1)<<7 | (x^1)<<6 | (b^1)<<5 | (^r>>4&1)<<4 | o.mm)
	w.put(wide<<7 | ^v&15<<3 | 4 | o.pp)
	w.put(last)
	return n
}

// modrm writes operands. Displacements of one byte are scaled with n.
func (a *asm) modrm(w *written, r reg, m operand, n int32, imm int) {
	r = r & 7 << 3
	switch m.in {
	case inRegister:
		w.put(0xc0 | r | m.base&7)
		return
	case inPool:
		w.put(r | 5)
		at := int32(len(a.code)) + int32(w.n)
		a.fixes = append(a.fixes, fix{at, at + 4 + int32(imm), m.disp})
		w.word(0)
		return
	}
	short := m.disp%n == 0 && m.disp/n == int32(int8(m.disp/n))
	mod := uint8(2)
	if m.disp == 0 && m.base&7 != rbp {
		mod = 0
	} else if short {
		mod = 1
	}
	if m.index == noReg && m.base&7 != rsp {
		w.put(mod<<6 | r | m.base&7)
	} else {
		index := m.index
		if index == noReg {
			index = rsp // which stands for none
		}
		w.put(mod<<6 | r | rsp)
		w.put(m.scale<<6 | index&7<<3 | m.base&7)
	}
	switch mod {
	case 1:
		w.put(uint8(m.disp / n))
	case 2:
		w.word(m.disp)
	}
}

func (w *written) word(x int32) {
	w.put(byte(x))
	w.put(byte(x >> 8))
	w.put(byte(x >> 16))
	w.put(byte(x >> 24))
}
