//go:build ignore

package main

import "fmt"

// turned writes the kernel that does what tiles does, for whole tiles, and writes the transpose: rows of the product go to
// columns of C. Registers are those of tiles, and K2 says whether to add.
func turned(s *source, v *level) {
	if !v.is512() {
		return
	}
	s.textTile("turned"+v.name, 0)
	v.mask(s, "tile", "")
	s.op("MOVQ tile_add(R15), R14")
	s.op("NEGQ R14")
	s.op("SBBQ R14, R14")
	s.op("KMOVW R14, K2")
	for w := 1; w < wide; w++ {
		s.op("CMPQ tile_vectors(R15), $%d", w)
		s.op("JEQ w%d", w)
	}
	for w := wide; w > 0; w-- {
		s.label("w%d", w)
		v.product(s, fmt.Sprintf("w%d", w), v.rows, w, true, nil)
		s.op("MOVQ t+0(FP), R15")
		s.op("MOVQ tile_mask(R15), R14")
		s.op("MOVQ CX, R12")
		for j := range w {
			v.storeTurned(s, fmt.Sprintf("w%dend", w), w, j)
		}
		s.label("w%dend", w)
		s.op("ADDQ tile_aNext(R15), AX")
		s.op("ADDQ $%d, CX", v.bytes())
		s.op("SUBQ $%d, R10", v.rows)
		s.op("JNZ w%d", w)
		s.op("JMP done")
	}
	s.label("done")
	s.end()
}

// storeTurned transposes vector j of each row of a tile and stores that: pairs of rows are interleaved, then quarters go
// where they belong. Of the last vectors, only lanes in the mask in R14 are stored.
func (v *level) storeTurned(s *source, end string, w, j int) {
	acc := func(i int) string { return v.r(i*w + j) }
	out := func(i int) string { return v.r(v.rows*wide + i) }
	for i := 0; i < v.lanes; i += 2 {
		s.op("VUNPCKLPD %s, %s, %s", acc(i+1), acc(i), out(i))
		s.op("VUNPCKHPD %s, %s, %s", acc(i+1), acc(i), out(i+1))
	}
	for c := range 2 {
		even, odd := [2]string{acc(4 * c), acc(4*c + 1)}, [2]string{acc(4*c + 2), acc(4*c + 3)}
		for h := range 2 {
			x, y := out(4*h+2+c), out(4*h+c)
			s.op("VSHUFF64X2 $0x88, %s, %s, %s", x, y, even[h])
			s.op("VSHUFF64X2 $0xdd, %s, %s, %s", x, y, odd[h])
		}
		for k, x := range [][2]string{even, odd} {
			s.op("VSHUFF64X2 $0x88, %s, %s, %s", x[1], x[0], out(2*k+c))
			s.op("VSHUFF64X2 $0xdd, %s, %s, %s", x[1], x[0], out(2*k+4+c))
		}
	}
	for i := range v.lanes {
		if i > 0 && j == w-1 {
			s.op("TESTQ $%d, R14", 1<<i)
			s.op("JEQ %s", end)
		}
		s.op("VADDPD (R12), %s, K2, %s", out(i), out(i))
		s.op("VMOVUPD %s, (R12)", out(i))
		s.op("ADDQ R9, R12")
	}
}
