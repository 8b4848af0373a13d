#include "textflag.h"

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

// func callSlices(code uintptr, out *[]float64, outs int, in *[]float64, ins int) (ok bool)
//
// Above the scratch memory is the carry.
TEXT ·callSlices(SB), 0, $2120-41
	MOVQ code+0(FP), AX
	MOVQ out+8(FP), DX
	MOVQ outs+16(FP), R9
	MOVQ in+24(FP), DI
	MOVQ ins+32(FP), R8
	XORL CX, CX
	MOVL $1, R12
	LEAQ 2112(SP), R15
	MOVQ CX, (R15)
	LEAQ 63(SP), R13
	ANDQ $~63, R13
	CALL AX
	CMPQ 2112(SP), $0
	SETEQ ok+40(FP)
	RET
