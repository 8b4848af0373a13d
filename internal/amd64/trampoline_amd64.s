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
