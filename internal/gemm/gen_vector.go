//go:build ignore

package main

// vectors writes the kernels of products with a vector. All add to y. Element l of a sum goes to lane l
// modulo lanes, and the lanes are added up in halves, so that the two kernels for matrices agree.
func vectors(s *source, v *level) {
	alongK(s, v)
	alongM(s, v)
	inner(s, v)
}

// alongK writes the kernel for a matrix whose rows are contiguous.
func alongK(s *source, v *level) {
	const rows = 8
	s.text("rows"+v.name, "vector")
	s.vectorArgs(v)
	s.op("MOVQ vector_aRow(R15), DX")
	s.op("MOVQ vector_yStep(R15), R9")
	s.op("LEAQ (DX)(DX*2), SI")
	s.label("next")
	s.op("CMPQ R10, $%d", rows)
	s.op("JGE r%d", rows)
	for r := rows - 1; r > 0; r-- {
		s.op("CMPQ R10, $%d", r)
		s.op("JEQ r%d", r)
	}
	s.op("JMP done")
	for r := rows; r > 0; r-- {
		s.label("r%d", r)
		v.rowsOf(s, r)
		s.op("LEAQ (AX)(DX*%d), AX", map[bool]int{true: r, false: 1}[r == rows])
		s.op("SUBQ $%d, R10", r)
		s.op("JMP next")
	}
	s.label("done")
	s.end()
}

// vectorArgs loads what all kernels use: AX, BX and CX are the matrix, x and y; R10 m and R11 k.
func (s *source) vectorArgs(v *level) {
	s.op("MOVQ vector_a(R15), AX")
	s.op("MOVQ vector_x(R15), BX")
	s.op("MOVQ vector_y(R15), CX")
	s.op("MOVQ vector_m(R15), R10")
	s.op("MOVQ vector_k(R15), R11")
	v.mask(s, "vector", v.last())
}

func (v *level) rowsOf(s *source, r int) {
	x, a := v.r(8), v.r(9)
	for i := range r {
		v.zero(s, v.r(i))
	}
	s.op("MOVQ AX, R12")
	s.op("LEAQ (AX)(SI*1), R13")
	s.op("MOVQ BX, R14")
	s.op("MOVQ R11, R15")
	s.op("SUBQ $%d, R15", v.lanes)
	s.op("JLT r%drest", r)
	s.label("r%dloop", r)
	v.load(s, "(R14)", x, false, "")
	for i := range r {
		s.op("VFMADD231PD %s, %s, %s", row(i), x, v.r(i))
	}
	for _, p := range []string{"R12", "R13", "R14"} {
		s.op("ADDQ $%d, %s", v.bytes(), p)
	}
	s.op("SUBQ $%d, R15", v.lanes)
	s.op("JGE r%dloop", r)
	s.label("r%drest", r)
	s.op("CMPQ R15, $-%d", v.lanes)
	s.op("JEQ r%dsum", r)
	v.load(s, "(R14)", x, true, v.last())
	for i := range r {
		v.load(s, row(i), a, true, v.last())
		s.op("VFMADD231PD %s, %s, %s", a, x, v.r(i))
	}
	s.label("r%dsum", r)
	for i := range r {
		v.sum(s, v.r(i), v.r(10))
		x := quarter(v.r(i))
		s.op("VADDSD (CX), %s, %s", x, x)
		s.op("VMOVSD %s, (CX)", x)
		s.op("ADDQ R9, CX")
	}
}

// sum adds the lanes of a register up.
func (v *level) sum(s *source, r, free string) {
	if v.is512() {
		s.op("VEXTRACTF64X4 $1, %s, %s", r, half(free))
		s.op("VADDPD %s, %s, %s", half(free), half(r), half(r))
	}
	s.op("VEXTRACTF128 $1, %s, %s", half(r), quarter(free))
	s.op("VADDPD %s, %s, %s", quarter(free), quarter(r), quarter(r))
	s.op("VUNPCKHPD %s, %s, %s", quarter(r), quarter(r), quarter(free))
	s.op("VADDSD %s, %s, %s", quarter(free), quarter(r), quarter(r))
}

// alongM writes the kernel for a matrix whose columns are contiguous, as is y.
func alongM(s *source, v *level) {
	s.text("columns"+v.name, "vector")
	s.vectorArgs(v)
	s.op("MOVQ vector_aCol(R15), DI")
	s.label("next")
	s.op("CMPQ R10, $%d", wide*v.lanes)
	s.op("JGE all")
	for w := wide; w > 0; w-- {
		s.op("CMPQ R10, $%d", (w-1)*v.lanes)
		s.op("JGT w%d", w)
	}
	s.op("JMP done")
	s.label("all")
	v.columnsOf(s, "all", wide, false)
	s.op("ADDQ $%d, AX", wide*v.bytes())
	s.op("ADDQ $%d, CX", wide*v.bytes())
	s.op("SUBQ $%d, R10", wide*v.lanes)
	s.op("JMP next")
	for w := wide; w > 0; w-- {
		s.label("w%d", w)
		v.columnsOf(s, "w"+string(rune('0'+w)), w, true)
		s.op("JMP done")
	}
	s.label("done")
	s.end()
}

// columnsOf sums columns of w vectors. Those of every lane have accumulators of their own.
func (v *level) columnsOf(s *source, name string, w int, masked bool) {
	acc := func(q, j int) string { return v.r(q*w + j) }
	x, a := v.r(v.lanes*wide), v.r(v.lanes*wide+1)
	column := func(q int) {
		s.op("VBROADCASTSD %d(R14), %s", 8*q, x)
		for j := range w {
			if masked && j == w-1 {
				v.load(s, at(j*v.bytes(), "R12"), a, true, v.last())
				s.op("VFMADD231PD %s, %s, %s", a, x, acc(q, j))
			} else {
				s.op("VFMADD231PD %d(R12), %s, %s", j*v.bytes(), x, acc(q, j))
			}
		}
		s.op("ADDQ DI, R12")
	}
	for i := range v.lanes * w {
		v.zero(s, v.r(i))
	}
	s.op("MOVQ AX, R12")
	s.op("MOVQ BX, R14")
	s.op("MOVQ R11, R15")
	s.op("SUBQ $%d, R15", v.lanes)
	s.op("JLT %srest", name)
	s.label("%sloop", name)
	for q := range v.lanes {
		column(q)
	}
	s.op("ADDQ $%d, R14", v.bytes())
	s.op("SUBQ $%d, R15", v.lanes)
	s.op("JGE %sloop", name)
	s.label("%srest", name)
	s.op("ADDQ $%d, R15", v.lanes)
	for q := range v.lanes - 1 {
		s.op("JEQ %ssum", name)
		column(q)
		s.op("DECQ R15")
	}
	s.label("%ssum", name)
	for n := v.lanes / 2; n > 0; n /= 2 {
		for q := range n {
			for j := range w {
				s.op("VADDPD %s, %s, %s", acc(q+n, j), acc(q, j), acc(q, j))
			}
		}
	}
	for j := range w {
		v.addStore(s, acc(0, j), at(j*v.bytes(), "CX"), masked && j == w-1, v.last(), a)
	}
}

// inner writes the kernel of the product of two vectors, which has four times as many lanes.
func inner(s *source, v *level) {
	const accs = 4
	x, a := v.r(accs), v.r(accs+1)
	s.text("inner"+v.name, "vector")
	s.vectorArgs(v)
	for i := range accs {
		v.zero(s, v.r(i))
	}
	s.op("SUBQ $%d, R11", accs*v.lanes)
	s.op("JLT rest")
	s.label("loop")
	for i := range accs {
		v.load(s, at(i*v.bytes(), "BX"), x, false, "")
		s.op("VFMADD231PD %d(AX), %s, %s", i*v.bytes(), x, v.r(i))
	}
	s.op("ADDQ $%d, AX", accs*v.bytes())
	s.op("ADDQ $%d, BX", accs*v.bytes())
	s.op("SUBQ $%d, R11", accs*v.lanes)
	s.op("JGE loop")
	s.label("rest")
	s.op("ADDQ $%d, R11", accs*v.lanes)
	for i := range accs {
		s.op("CMPQ R11, $%d", v.lanes)
		s.op("JLT last%d", i)
		v.load(s, at(i*v.bytes(), "BX"), x, false, "")
		s.op("VFMADD231PD %d(AX), %s, %s", i*v.bytes(), x, v.r(i))
		s.op("SUBQ $%d, R11", v.lanes)
	}
	s.op("JMP sum")
	for i := range accs {
		s.label("last%d", i)
		s.op("CMPQ R11, $0")
		s.op("JEQ sum")
		v.load(s, at(i*v.bytes(), "BX"), x, true, v.last())
		v.load(s, at(i*v.bytes(), "AX"), a, true, v.last())
		s.op("VFMADD231PD %s, %s, %s", a, x, v.r(i))
		s.op("JMP sum")
	}
	s.label("sum")
	for n := accs / 2; n > 0; n /= 2 {
		for i := range n {
			s.op("VADDPD %s, %s, %s", v.r(i+n), v.r(i), v.r(i))
		}
	}
	v.sum(s, v.r(0), v.r(1))
	s.op("VADDSD (CX), X0, X0")
	s.op("VMOVSD X0, (CX)")
	s.end()
}
