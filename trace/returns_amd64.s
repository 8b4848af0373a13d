#include "go_asm.h"
#include "textflag.h"

// func returns(to *[depth]uintptr)
//
// It follows the frame pointers of the caller, from frame to frame, while they lie in the stack of this goroutine
// and lead up.
TEXT ·returns(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ 0(AX), SI // where the stack begins
	MOVQ 8(AX), DX // and ends
	SUBQ $16, DX
	MOVQ to+0(FP), DI
	MOVQ BP, BX
	MOVQ $const_depth, CX

next:
	CMPQ BX, SI
	JB   done
	CMPQ BX, DX
	JA   done
	MOVQ 8(BX), R8
	MOVQ R8, 0(DI)
	ADDQ $8, DI
	DECQ CX
	JEQ  done
	MOVQ BX, SI
	MOVQ 0(BX), BX
	ADDQ $1, SI
	JMP  next

done:
	RET
