package gemm

import (
	"os"
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:generate go run gen_level.go gen_tile.go gen_vector.go gen_pack.go gen_turned.go

// levels returns the kernels that this processor can run, the fastest first.
func levels() []*kernels {
	x := &cpu.X86
	avx512, avx2 := &kernels{"AVX512", 8, 3, true}, &kernels{"AVX2", 4, 2, false}
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

// Calls are direct, so that arguments may be on the stack.

func (k *kernels) tiles(t *tile, c, a, b unsafe.Pointer) {
	if k.masks {
		tilesAVX512(t, c, a, b)
	} else {
		tilesAVX2(t, c, a, b)
	}
}

// turned is for AVX-512 only.
func (k *kernels) turned(t *tile, c, a, b unsafe.Pointer) { turnedAVX512(t, c, a, b) }

func (k *kernels) rows(t *vector) {
	if k.masks {
		rowsAVX512(t)
	} else {
		rowsAVX2(t)
	}
}

func (k *kernels) columns(t *vector) {
	if k.masks {
		columnsAVX512(t)
	} else {
		columnsAVX2(t)
	}
}

func (k *kernels) inner(t *vector) {
	if k.masks {
		innerAVX512(t)
	} else {
		innerAVX2(t)
	}
}

func (k *kernels) along(t *panel) {
	if k.masks {
		alongAVX512(t)
	} else {
		alongAVX2(t)
	}
}

func (k *kernels) across(t *panel) {
	if k.masks {
		acrossAVX512(t)
	} else {
		acrossAVX2(t)
	}
}

//go:noescape
func tilesAVX512(t *tile, c, a, b unsafe.Pointer)

//go:noescape
func tilesAVX2(t *tile, c, a, b unsafe.Pointer)

//go:noescape
func turnedAVX512(t *tile, c, a, b unsafe.Pointer)

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
