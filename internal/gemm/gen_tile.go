//go:build ignore

package main

import "fmt"

// row is where row i of a tile of A is: R12 is the first, R13 the fourth, DX a stride and SI three.
func row(i int) string {
	return [...]string{"(R12)", "(R12)(DX*1)", "(R12)(DX*2)", "(R13)", "(R12)(DX*4)", "(R13)(DX*2)", "(R13)(SI*1)", "(R13)(DX*4)"}[i]
}

// tiles writes the kernel that multiplies rows of A by a panel of B of up to three vectors, a tile at a
// time. Registers: AX, CX are A and C; DX, SI a row of A and three; DI a column of A; R8 a row of B;
// R9 a row of C; R10 the rows that are left. What of the next panel of B is fetched next is on the stack.
func tiles(s *source, v *level) {
	s.textTile("tiles"+v.name, 8)
	s.op("ADDQ tile_next(R15), BX")
	s.op("MOVQ BX, next-8(SP)")
	if v.is512() {
		v.mask(s, "tile", "")
	}
	for w := 1; w < wide; w++ {
		s.op("CMPQ tile_vectors(R15), $%d", w)
		s.op("JEQ w%d", w)
	}
	for w := wide; w > 0; w-- {
		s.label("w%d", w)
		s.op("CMPQ R10, $%d", v.rows)
		s.op("JLT rest%d", w)
		s.op("CMPQ tile_mask(R15), $%d", 1<<v.lanes-1)
		s.op("JNE w%dmasked", w)
		v.tile(s, fmt.Sprintf("w%dwhole", w), v.rows, w, false)
		s.op("JMP w%d", w)
		s.label("w%dmasked", w)
		v.tile(s, fmt.Sprintf("w%dmasked", w), v.rows, w, true)
		s.op("JMP w%d", w)
		s.label("rest%d", w)
		for r := 1; r < v.rows; r++ {
			s.op("CMPQ R10, $%d", r)
			s.op("JEQ w%dr%d", w, r)
		}
		s.op("JMP done")
		for r := 1; r < v.rows; r++ {
			s.label("w%dr%d", w, r)
			v.tile(s, fmt.Sprintf("w%dr%d", w, r), r, w, true)
			s.op("JMP done")
		}
	}
	s.label("done")
	s.end()
}

// tile writes the product of r rows and w vectors. A vector of B is in one register of w, an element of A
// in all lanes of one of those behind. The last of the vectors is masked, or whole: masked loads and stores take
// longer, by how much depends on the processor.
func (v *level) tile(s *source, name string, r, w int, masked bool) {
	acc := func(i, j int) string { return v.r(i*w + j) }
	v.product(s, name, r, w, masked, func() { v.fetch(s, name, r, w) })
	b := func(j int) string { return v.r(v.rows*wide + j) }
	s.op("MOVQ t+0(FP), R15")
	if masked && !v.is512() {
		v.mask(s, "tile", b(0))
	}
	s.op("CMPQ tile_add(R15), $0")
	s.op("JEQ %sset", name)
	for i := range r {
		for j := range w {
			v.addStore(s, acc(i, j), at(j*v.bytes(), "CX"), masked && j == w-1, b(0), b(1))
		}
		s.op("ADDQ R9, CX")
	}
	s.op("JMP %send", name)
	s.label("%sset", name)
	for i := range r {
		for j := range w {
			v.store(s, acc(i, j), at(j*v.bytes(), "CX"), masked && j == w-1, b(0))
		}
		s.op("ADDQ R9, CX")
	}
	s.label("%send", name)
	s.op("ADDQ tile_aNext(R15), AX")
	s.op("SUBQ $%d, R10", r)
}

// product leaves the sums of a tile of r rows and w vectors in the first registers. If there is something to fetch, it adds
// some products at a time: fetch sets R15 to how many, and R11 to how many are left then.
func (v *level) product(s *source, name string, r, w int, masked bool, fetch func()) {
	acc := func(i, j int) string { return v.r(i*w + j) }
	b := func(j int) string { return v.r(v.rows*wide + j) }
	free := v.registers() - v.rows*wide - wide
	for i := range r * w {
		v.zero(s, v.r(i))
	}
	s.op("MOVQ AX, R12")
	s.op("LEAQ (AX)(SI*1), R13")
	if fetch != nil {
		fetch()
	} else {
		s.op("MOVQ BX, R14")
		s.op("MOVQ R11, R15")
	}
	s.label("%sloop", name)
	for j := range w {
		v.load(s, at(j*v.bytes(), "R14"), b(j), masked && v.is512() && j == w-1, "")
	}
	for i := range r {
		a := v.r(v.rows*wide + wide + i%free)
		s.op("VBROADCASTSD %s, %s", row(i), a)
		for j := range w {
			s.op("VFMADD231PD %s, %s, %s", b(j), a, acc(i, j))
		}
	}
	if fetch != nil && r == v.rows && w > 1 { // with one vector, it takes batches of small matrices longer
		s.op("PREFETCHT0 1024(R12)") // of use where A is packed, or its columns are contiguous
	}
	s.op("ADDQ DI, R12")
	s.op("ADDQ DI, R13")
	s.op("ADDQ R8, R14")
	s.op("DECQ R15")
	s.op("JNZ %sloop", name)
	if fetch != nil {
		s.op("TESTQ R11, R11")
		s.op("JNZ %sfetch", name)
	}
}

// fetch fetches a row of C and, for whole tiles, some of the next panel of B, while products are added. All of C at once would
// take all places that there are for lines on their way, and A and B would have to wait.
func (v *level) fetch(s *source, name string, r, w int) {
	lines := (w*v.bytes() + 63) / 64
	s.op("MOVQ b+24(FP), R14")
	s.op("MOVQ CX, BX")
	s.op("MOVQ t+0(FP), R15")
	s.op("MOVQ tile_k(R15), R11")
	s.label("%sfetch", name)
	for j := range lines {
		s.op("PREFETCHT0 %d(BX)", 64*j)
	}
	s.op("ADDQ R9, BX")
	if r == v.rows && w == wide {
		s.op("MOVQ next-8(SP), R15")
		for j := range lines {
			s.op("PREFETCHT1 %d(R15)", 64*j)
		}
		s.op("ADDQ $%d, R15", w*v.bytes())
		s.op("MOVQ R15, next-8(SP)")
	}
	s.op("MOVQ t+0(FP), R15")
	s.op("MOVQ tile_some(R15), R15")
	s.op("CMPQ R15, R11")
	s.op("CMOVQGT R11, R15")
	s.op("SUBQ R15, R11")
}

// registers returns the number of vector registers.
func (v *level) registers() int { return 4 * v.lanes }
