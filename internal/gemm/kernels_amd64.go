package gemm

import (
	"os"

	"golang.org/x/sys/cpu"
)

//go:generate go run gen_level.go gen_tile.go gen_vector.go gen_pack.go

// levels returns the kernels that this processor can run, the fastest first.
func levels() []*kernels {
	x := &cpu.X86
	avx512 := &kernels{"AVX512", 8, true, tilesAVX512, rowsAVX512, columnsAVX512, innerAVX512, alongAVX512, acrossAVX512}
	avx2 := &kernels{"AVX2", 4, false, tilesAVX2, rowsAVX2, columnsAVX2, innerAVX2, alongAVX2, acrossAVX2}
	switch {
	case !x.HasAVX2 || !x.HasFMA:
		return nil
	case x.HasAVX512F:
		return []*kernels{avx512, avx2}
	}
	return []*kernels{avx2}
}

// choose returns the kernels that GRADUS_JIT asks for, or the fastest.
func choose() *kernels {
	all := levels()
	switch env := os.Getenv("GRADUS_JIT"); {
	case len(all) == 0 || env == "off":
		return nil
	case env == "avx2":
		return all[len(all)-1]
	}
	return all[0]
}

//go:noescape
func tilesAVX512(t *tile)

//go:noescape
func tilesAVX2(t *tile)

//go:noescape
func rowsAVX512(t *vector)

//go:noescape
func rowsAVX2(t *vector)

//go:noescape
func columnsAVX512(t *vector)

//go:noescape
func columnsAVX2(t *vector)

//go:noescape
func innerAVX512(t *vector)

//go:noescape
func innerAVX2(t *vector)

//go:noescape
func alongAVX512(t *panel)

//go:noescape
func alongAVX2(t *panel)

//go:noescape
func acrossAVX512(t *panel)

//go:noescape
func acrossAVX2(t *panel)
