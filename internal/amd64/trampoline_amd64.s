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

// func callOnStack(code uintptr, arrays *unsafe.Pointer, carries *uint64)
//
// The frame is scratch memory, and 64 bytes more to align it.
TEXT ·callOnStack(SB), 0, $2112-24
	MOVQ code+0(FP), AX
	MOVQ arrays+8(FP), DI
	XORL CX, CX
	MOVL $1, R12
	MOVQ carries+16(FP), R15
	LEAQ 63(SP), R13
	ANDQ $~63, R13
	CALL AX
	RET
