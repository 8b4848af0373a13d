//go:build ignore

package main

// packs writes the kernels that copy a panel of vectors side by side into contiguous memory.
func packs(s *source, v *level) {
	along(s, v)
	across(s, v)
}

// along writes the kernel for vectors that are contiguous. Lanes outside of the mask become 0.
func along(s *source, v *level) {
	s.text("along"+v.name, "panel")
	s.op("MOVQ panel_from(R15), AX")
	s.op("MOVQ panel_to(R15), BX")
	s.op("MOVQ panel_step(R15), DX")
	s.op("MOVQ panel_toStep(R15), SI")
	s.op("MOVQ panel_k(R15), R11")
	s.op("MOVQ panel_vectors(R15), R10")
	v.mask(s, "panel", v.last())
	for w := 1; w < wide; w++ {
		s.op("CMPQ R10, $%d", w)
		s.op("JEQ w%d", w)
	}
	for w := wide; w > 0; w-- {
		s.label("w%d", w)
		for j := range w {
			v.load(s, at(j*v.bytes(), "AX"), v.r(j), j == w-1, v.last())
		}
		for j := range w {
			v.store(s, v.r(j), at(j*v.bytes(), "BX"), false, "")
		}
		s.op("ADDQ DX, AX")
		s.op("ADDQ SI, BX")
		s.op("DECQ R11")
		s.op("JNZ w%d", w)
		s.op("JMP done")
	}
	s.label("done")
	s.end()
}

// across writes the kernel for one vector whose lanes are rows that are contiguous.
func across(s *source, v *level) {
	rows := []string{"R8", "R9", "R10", "R11", "R12", "R13", "CX", "DI"}[:v.lanes]
	s.text("across"+v.name, "panel")
	v.mask(s, "panel", v.last())
	s.op("MOVQ panel_from(R15), AX")
	for i, p := range rows {
		s.op("MOVQ (panel_rows+%d)(R15), %s", 8*i, p)
		s.op("ADDQ AX, %s", p)
	}
	s.op("MOVQ panel_to(R15), AX")
	s.op("MOVQ panel_toStep(R15), BX")
	s.op("MOVQ panel_k(R15), R15")
	s.op("LEAQ (BX)(BX*2), DX")
	s.op("SUBQ $%d, R15", v.lanes)
	s.op("JLT rest")
	s.label("loop")
	v.transposed(s, rows, false)
	s.op("LEAQ (AX)(DX*1), R14")
	for c := range v.lanes {
		s.op("VMOVUPD %s, %s", v.column(c), column(c))
	}
	for _, p := range rows {
		s.op("ADDQ $%d, %s", v.bytes(), p)
	}
	s.op("LEAQ (AX)(BX*%d), AX", v.lanes)
	s.op("SUBQ $%d, R15", v.lanes)
	s.op("JGE loop")
	s.label("rest")
	s.op("ADDQ $%d, R15", v.lanes)
	s.op("JEQ done")
	v.transposed(s, rows, true)
	s.op("LEAQ (AX)(DX*1), R14")
	for c := range v.lanes - 1 {
		s.op("VMOVUPD %s, %s", v.column(c), column(c))
		s.op("DECQ R15")
		s.op("JEQ done")
	}
	s.label("done")
	s.end()
}

// column is where column c goes: AX is the first, R14 the fourth, BX a step and DX three.
func column(c int) string {
	return [...]string{"(AX)", "(AX)(BX*1)", "(AX)(BX*2)", "(R14)", "(AX)(BX*4)", "(R14)(BX*2)", "(R14)(DX*1)", "(R14)(BX*4)"}[c]
}

// column is the register that transposed leaves column c in.
func (v *level) column(c int) string { return v.r(c) }

// transposed loads a square and transposes it: pairs of rows are interleaved, then quarters (halves, for
// AVX2) of the rows go where they belong.
func (v *level) transposed(s *source, rows []string, masked bool) {
	n := v.lanes
	for i, p := range rows {
		v.load(s, "("+p+")", v.r(i), masked, v.last())
	}
	pair := func(i int) string { return v.r(n + i) }
	for i := 0; i < n; i += 2 {
		s.op("VUNPCKLPD %s, %s, %s", v.r(i+1), v.r(i), pair(i))
		s.op("VUNPCKHPD %s, %s, %s", v.r(i+1), v.r(i), pair(i+1))
	}
	if !v.is512() {
		for c := range 2 {
			s.op("VPERM2F128 $0x20, %s, %s, %s", pair(2+c), pair(c), v.r(c))
			s.op("VPERM2F128 $0x31, %s, %s, %s", pair(2+c), pair(c), v.r(2+c))
		}
		return
	}
	for c := range 2 {
		even, odd := [2]string{v.r(16), v.r(18)}, [2]string{v.r(17), v.r(19)}
		for h := range 2 {
			x, y := pair(4*h+2+c), pair(4*h+c)
			s.op("VSHUFF64X2 $0x88, %s, %s, %s", x, y, even[h])
			s.op("VSHUFF64X2 $0xdd, %s, %s, %s", x, y, odd[h])
		}
		s.op("VSHUFF64X2 $0x88, %s, %s, %s", even[1], even[0], v.r(c))
		s.op("VSHUFF64X2 $0xdd, %s, %s, %s", even[1], even[0], v.r(4+c))
		s.op("VSHUFF64X2 $0x88, %s, %s, %s", odd[1], odd[0], v.r(2+c))
		s.op("VSHUFF64X2 $0xdd, %s, %s, %s", odd[1], odd[0], v.r(6+c))
	}
}
