package amd64

// general writes an instruction on general registers; code is one byte, or two, of which the first is 0F. w
// is 1 for operands of 64 bits.
func (a *asm) general(code uint16, w uint8, r reg, m operand, imm int) {
	x, b := m.extension()
	var i written
	if rex := w<<3 | r>>3<<2 | x<<1 | b; rex != 0 {
		i.put(0x40 | rex)
	}
	if code > 0xff {
		i.put(uint8(code >> 8))
	}
	i.put(uint8(code))
	a.modrm(&i, r, m, 1, imm)
	a.write(&i)
}

func (a *asm) load(r reg, m operand)      { a.general(0x8b, 1, r, m, 0) }
func (a *asm) store(m operand, r reg)     { a.general(0x89, 1, r, m, 0) }
func (a *asm) store4(m operand, r reg)    { a.general(0x89, 0, r, m, 0) }
func (a *asm) loadByte(r reg, m operand)  { a.general(0x0fb6, 0, r, m, 0) }
func (a *asm) storeByte(m operand, r reg) { a.general(0x88, 0, r, m, 0) } // r is one of the first four
func (a *asm) move(r, x reg)              { a.general(0x8b, 1, r, register(x), 0) }
func (a *asm) lea(r reg, m operand)       { a.general(0x8d, 1, r, m, 0) }
func (a *asm) multiply(r, x reg)          { a.general(0x0faf, 1, r, register(x), 0) }
func (a *asm) negate(r reg)               { a.general(0xf7, 1, 3, register(r), 0) }
func (a *asm) compare(r, x reg)           { a.general(0x3b, 1, r, register(x), 0) }
func (a *asm) subtract(r, x reg)          { a.general(0x2b, 1, r, register(x), 0) }
func (a *asm) decrement(m operand)        { a.general(0xff, 1, 1, m, 0) }

// addLong adds a number of 32 bits.
func (a *asm) addLong(m operand, by int) {
	a.general(0x81, 1, 0, m, 4)
	a.word(int32(by))
}

// compareLong compares with a number of 32 bits.
func (a *asm) compareLong(m operand, with int) {
	a.general(0x81, 1, 7, m, 4)
	a.word(int32(with))
}

// multiplyImm sets r to x*by.
func (a *asm) multiplyImm(r, x reg, by int) {
	a.general(0x69, 1, r, register(x), 4)
	a.word(int32(by))
}

// addImm adds a number of 8 bits.
func (a *asm) addImm(r reg, by int8) {
	a.general(0x83, 1, 0, register(r), 1)
	a.bytes(uint8(by))
}

// andImm leaves some of the low bits.
func (a *asm) andImm(r reg, bits int8) {
	a.general(0x83, 0, 4, register(r), 1)
	a.bytes(uint8(bits))
}

func (a *asm) shiftLeftImm(r reg, by uint8) {
	a.general(0xc1, 1, 4, register(r), 1)
	a.bytes(by)
}

// moveImm sets one of the first eight registers to a number of 32 bits.
func (a *asm) moveImm(r reg, x int32) {
	a.bytes(0xb8 | r)
	a.word(x)
}

// moveLong sets one of the first eight registers to a number of 64 bits.
func (a *asm) moveLong(r reg, x uint64) {
	a.bytes(0x48, 0xb8|r)
	a.word(int32(x))
	a.word(int32(x >> 32))
}

func (a *asm) ret() { a.bytes(0xc3) }

func (a *asm) zeroUpper() { a.bytes(0xc5, 0xf8, 0x77) }

// condition is when to jump, after a compare.
type condition uint8

const (
	ifEqual        condition = 0x84
	ifLess         condition = 0x8c
	ifGreaterEqual condition = 0x8d
	ifGreater      condition = 0x8f
	ifLessEqual    condition = 0x8e
	ifBelow        condition = 0x82 // without signs
	ifNotEqual     condition = 0x85
)

// jump writes a jump to a place before it, or to one that land sets later.
func (a *asm) jump(c condition, to int) (from int) {
	a.bytes(0x0f, uint8(c))
	a.word(int32(to - len(a.code) - 4))
	return len(a.code)
}

// jumpAlways writes a jump to a place before it.
func (a *asm) jumpAlways(to int) {
	a.bytes(0xe9)
	a.word(int32(to - len(a.code) - 4))
}

// jumpAhead is jumpAlways to a place that comes later, where land says so.
func (a *asm) jumpAhead() (from int) {
	a.jumpAlways(len(a.code))
	return len(a.code)
}

// clear sets one of the first eight registers to 0.
func (a *asm) clear(r reg) { a.general(0x33, 0, r, register(r), 0) }

// call writes a call of code before it.
func (a *asm) call(to int) {
	a.bytes(0xe8)
	a.word(int32(to - len(a.code) - 4))
}

// storeImm stores a number of 32 bits as one of 64.
func (a *asm) storeImm(m operand, x int32) {
	a.general(0xc7, 1, 0, m, 4)
	a.word(x)
}

// land lets the jump that ends at from lead here.
func (a *asm) land(from int) {
	d := len(a.code) - from
	for k := range 4 {
		a.code[from-4+k] = byte(d >> (8 * k))
	}
}

// align fills up to a multiple of 32 bytes, with instructions of up to 8 bytes that do nothing.
func (a *asm) align() {
	nops := [...]string{
		"\x90", "\x66\x90", "\x0f\x1f\x00", "\x0f\x1f\x40\x00", "\x0f\x1f\x44\x00\x00",
		"\x66\x0f\x1f\x44\x00\x00", "\x0f\x1f\x80\x00\x00\x00\x00", "\x0f\x1f\x84\x00\x00\x00\x00\x00",
	}
	for n := -len(a.code) & 31; n > 0; {
		k := min(n, len(nops))
		a.code = append(a.code, nops[k-1]...)
		n -= k
	}
}
