#include "textflag.h"
#include "go_asm.h"

// func call(code uintptr, arrays *unsafe.Pointer, start, end int, carries, scratch *uint64)
//
// The code returns to the caller of this function. It may change every register but SP and BP.
TEXT ·call(SB), NOSPLIT|NOFRAME, $0-48
	MOVQ code+0(FP), AX
	MOVQ arrays+8(FP), DI
	MOVQ start+16(FP), CX
	MOVQ end+24(FP), R12
	MOVQ carries+32(FP), R15
	MOVQ scratch+40(FP), R13
	JMP  AX

// func callOnStack(code uintptr, arrays *unsafe.Pointer, n int, carries *uint64)
//
// The frame is scratch memory, and 64 bytes more to align it.
TEXT ·callOnStack(SB), 0, $2112-32
	MOVQ code+0(FP), AX
	MOVQ arrays+8(FP), DI
	XORL CX, CX
	MOVQ n+16(FP), R12
	MOVQ carries+24(FP), R15
	LEAQ 63(SP), R13
	ANDQ $~63, R13
	CALL AX
	RET

// func callRowsOnStack(code uintptr, arrays *unsafe.Pointer, count, n, rows int)
//
// The frame is scratch memory and 512 bytes of carries behind it. Where arrays start is copied, as the code moves it.
TEXT ·callRowsOnStack(SB), 0, $2624-40
	MOVQ code+0(FP), AX
	MOVQ arrays+8(FP), SI
	MOVQ count+16(FP), CX
	MOVQ n+24(FP), R12
	MOVQ rows+32(FP), DX
	LEAQ 63(SP), R13
	ANDQ $~63, R13
	LEAQ 2048(R13), R15
	MOVQ DX, 72(R13)
	LEAQ 128(R13), DI
	CMPQ CX, $0
	JEQ  done
more:
	MOVQ -8(SI)(CX*8), DX
	MOVQ DX, -8(DI)(CX*8)
	DECQ CX
	JNE  more
done:
	CALL AX
	RET

// func runSlices(e *Entry, out, in [][]float64) (ok bool)
//
// Above the scratch memory are carries, the first of which says whether the code fails, 256 bytes for where arrays start, and 1024 for
// arrays.
TEXT ·runSlices(SB), 0, $3904-57
	MOVQ e+0(FP), R10
	MOVQ out_base+8(FP), DX
	MOVQ out_len+16(FP), R9
	MOVQ in_base+32(FP), DI
	MOVQ in_len+40(FP), R8
	MOVQ Entry_at(R10), AX
	MOVQ Entry_constants(R10), R10
	XORL CX, CX
	MOVL $1, R12
	LEAQ 2112(SP), R15
	MOVQ CX, (R15)
	LEAQ 63(SP), R13
	ANDQ $~63, R13
	CALL AX
	CMPQ 2112(SP), $0
	SETEQ ok+56(FP)
	RET

// func callBound(b *bound)
//
// The code returns to the caller of this function, as that of call does.
TEXT ·callBound(SB), NOSPLIT|NOFRAME, $0-8
	MOVQ b+0(FP), DI
	XORL CX, CX
	MOVL $1, R12
	MOVQ bound_code(DI), AX
	MOVQ bound_scratch(DI), R13
	MOVQ bound_carries(DI), R15
	ADDQ $bound_arrays, DI
	JMP  AX
