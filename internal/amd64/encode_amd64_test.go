package amd64

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/internal/loop"
)

// TestEncoding compares with what GNU as makes of the same instructions, in its syntax.
func TestEncoding(t *testing.T) {
	at := memory
	spread := func(m operand) operand { m.each = true; return m }
	pool := operand{in: inPool}
	for _, c := range []struct {
		want, text string
		write      func(a *asm)
	}{
		{"c5f158c2", "vaddpd %xmm2, %xmm1, %xmm0", func(a *asm) { a.put(vaddpd, l128, 0, 1, register(2)) }},
		{"c4413558c2", "vaddpd %ymm10, %ymm9, %ymm8", func(a *asm) { a.put(vaddpd, l256, 8, 9, register(10)) }},
		{"c53558c2", "vaddpd %ymm2, %ymm9, %ymm8", func(a *asm) { a.put(vaddpd, l256, 8, 9, register(2)) }},
		{"62f1f54858c2", "vaddpd %zmm2, %zmm1, %zmm0", func(a *asm) { a.put(vaddpd, l512, 0, 1, register(2)) }},
		{"6211f54058c2", "vaddpd %zmm26, %zmm17, %zmm8", func(a *asm) { a.put(vaddpd, l512, 8, 17, register(26)) }},
		{"6241f54858fd", "vaddpd %zmm13, %zmm1, %zmm31", func(a *asm) { a.put(vaddpd, l512, 31, 1, register(13)) }},
		{"c5f55800", "vaddpd (%rax), %ymm1, %ymm0", func(a *asm) { a.put(vaddpd, l256, 0, 1, at(rax, 0)) }},
		{"c5f5584500", "vaddpd (%rbp), %ymm1, %ymm0", func(a *asm) { a.put(vaddpd, l256, 0, 1, at(rbp, 0)) }},
		{"c5f5580424", "vaddpd (%rsp), %ymm1, %ymm0", func(a *asm) { a.put(vaddpd, l256, 0, 1, at(rsp, 0)) }},
		{"c4c175580424", "vaddpd (%r12), %ymm1, %ymm0", func(a *asm) { a.put(vaddpd, l256, 0, 1, at(r12, 0)) }},
		{"c4c175584500", "vaddpd (%r13), %ymm1, %ymm0", func(a *asm) { a.put(vaddpd, l256, 0, 1, at(r13, 0)) }},
		{"c4c17558407f", "vaddpd 127(%r8), %ymm1, %ymm0", func(a *asm) { a.put(vaddpd, l256, 0, 1, at(r8, 127)) }},
		{"c4c175588080000000", "vaddpd 128(%r8), %ymm1, %ymm0", func(a *asm) { a.put(vaddpd, l256, 0, 1, at(r8, 128)) }},
		{"c4c175584080", "vaddpd -128(%r8), %ymm1, %ymm0", func(a *asm) { a.put(vaddpd, l256, 0, 1, at(r8, -128)) }},
		{"c5f55844ce28", "vaddpd 40(%rsi,%rcx,8), %ymm1, %ymm0", func(a *asm) { a.put(vaddpd, l256, 0, 1, indexed(rsi, rcx, 3, 40)) }},
		{"c4817558449500", "vaddpd (%r13,%r10,4), %ymm1, %ymm0", func(a *asm) { a.put(vaddpd, l256, 0, 1, indexed(r13, r10, 2, 0)) }},
		{"c48171580426", "vaddpd (%r14,%r12,1), %xmm1, %xmm0", func(a *asm) { a.put(vaddpd, l128, 0, 1, indexed(r14, r12, 0, 0)) }},
		{"62d1f548584001", "vaddpd 64(%r8), %zmm1, %zmm0", func(a *asm) { a.put(vaddpd, l512, 0, 1, at(r8, 64)) }},
		{"62d1f548588041000000", "vaddpd 65(%r8), %zmm1, %zmm0", func(a *asm) { a.put(vaddpd, l512, 0, 1, at(r8, 65)) }},
		{"62d1f548584080", "vaddpd -8192(%r8), %zmm1, %zmm0", func(a *asm) { a.put(vaddpd, l512, 0, 1, at(r8, -8192)) }},
		{"62d1f548588000200000", "vaddpd 8192(%r8), %zmm1, %zmm0", func(a *asm) { a.put(vaddpd, l512, 0, 1, at(r8, 8192)) }},
		{"62c1e5405864c901", "vaddpd 64(%r9,%rcx,8), %zmm19, %zmm20", func(a *asm) { a.put(vaddpd, l512, 20, 19, indexed(r9, rcx, 3, 64)) }},
		{"62d1f55858407f", "vaddpd 1016(%r8){1to8}, %zmm1, %zmm0", func(a *asm) { a.put(vaddpd, l512, 0, 1, spread(at(r8, 1016))) }},
		{"62d1f558588000040000", "vaddpd 1024(%r8){1to8}, %zmm1, %zmm0", func(a *asm) { a.put(vaddpd, l512, 0, 1, spread(at(r8, 1024))) }},
		{"62c1f508584001", "vaddpd 16(%r8), %xmm1, %xmm16", func(a *asm) { a.put(vaddpd, l128, 16, 1, at(r8, 16)) }},
		{"c5f5580500000000", "vaddpd 0(%rip), %ymm1, %ymm0", func(a *asm) { a.put(vaddpd, l256, 0, 1, pool) }},
		{"62e1f558582500000000", "vaddpd 0(%rip){1to8}, %zmm1, %zmm20", func(a *asm) { a.put(vaddpd, l512, 20, 1, spread(pool)) }},
		{"c5fb101cce", "vmovsd (%rsi,%rcx,8), %xmm3", func(a *asm) { a.put(vmovsd, l128, 3, 0, indexed(rsi, rcx, 3, 0)) }},
		{"62e1ff08105e03", "vmovsd 24(%rsi), %xmm19", func(a *asm) { a.put(vmovsd, l128, 19, 0, at(rsi, 24)) }},
		{"c5fb115e18", "vmovsd %xmm3, 24(%rsi)", func(a *asm) { a.put(vmovsdStore, l128, 3, 0, at(rsi, 24)) }},
		{"62e1dd00165e03", "vmovhpd 24(%rsi), %xmm20, %xmm19", func(a *asm) { a.put(vmovhpd, l128, 19, 20, at(rsi, 24)) }},
		{"c4417d107d20", "vmovupd 32(%r13), %ymm15", func(a *asm) { a.put(vmovupd, l256, 15, 0, at(r13, 32)) }},
		{"6251fd48117d02", "vmovupd %zmm15, 128(%r13)", func(a *asm) { a.put(vmovupdStore, l512, 15, 0, at(r13, 128)) }},
		{"6281fd4828c7", "vmovapd %zmm31, %zmm16", func(a *asm) { a.put(vmovapd, l512, 16, 0, register(31)) }},
		{"c461f96ec8", "vmovq %rax, %xmm9", func(a *asm) { a.put(vmovqTo, l128, 9, 0, register(rax)) }},
		{"62e1fd086ed9", "vmovq %rcx, %xmm19", func(a *asm) { a.put(vmovqTo, l128, 19, 0, register(rcx)) }},
		{"c461f97eca", "vmovq %xmm9, %rdx", func(a *asm) { a.put(vmovqFrom, l128, 9, 0, register(rdx)) }},
		{"c4e27d196608", "vbroadcastsd 8(%rsi), %ymm4", func(a *asm) { a.put(vbroadcastsd, l256, 4, 0, at(rsi, 8)) }},
		{"62f2fd48196601", "vbroadcastsd 8(%rsi), %zmm4", func(a *asm) { a.put(vbroadcastsd, l512, 4, 0, at(rsi, 8)) }},
		{"62a2fd4819e4", "vbroadcastsd %xmm20, %zmm20", func(a *asm) { a.put(vbroadcastsd, l512, 20, 0, register(20)) }},
		{"c4e27d326604", "vpmovzxbq 4(%rsi), %ymm4", func(a *asm) { a.put(vpmovzxbq, l256, 4, 0, at(rsi, 4)) }},
		{"62c27e48325301", "vpmovqb %zmm18, 8(%r11)", func(a *asm) { a.put(vpmovqb, l512, 18, 0, at(r11, 8)) }},
		{"c4637d19ca01", "vextractf128 $1, %ymm9, %xmm2", func(a *asm) { a.putImm(vextractf128, l256, 9, 0, register(2), 1) }},
		{"c4c37518d101", "vinsertf128 $1, %xmm9, %ymm1, %ymm2", func(a *asm) { a.putImm(vinsertf128, l256, 2, 1, register(9), 1) }},
		{"62b3f5481ad301", "vinsertf64x4 $1, %ymm19, %zmm1, %zmm2", func(a *asm) { a.putImm(vinsertf64x4, l512, 2, 1, register(19), 1) }},
		{"c4c37905d101", "vpermilpd $1, %xmm9, %xmm2", func(a *asm) { a.putImm(vpermilpd, l128, 2, 0, register(9), 1) }},
		{"c4e3b122d201", "vpinsrq $1, %rdx, %xmm9, %xmm2", func(a *asm) { a.putImm(vpinsrq, l128, 2, 9, register(rdx), 1) }},
		{"c4e3350210aa", "vpblendd $0xaa, (%rax), %ymm9, %ymm2", func(a *asm) { a.putImm(vpblendd, l256, 2, 9, at(rax, 0), 0xaa) }},
		{"c4c17d70d1b1", "vpshufd $0xb1, %ymm9, %ymm2", func(a *asm) { a.putImm(vpshufd, l256, 2, 0, register(9), 0xb1) }},
		{"c4e3354bd3c0", "vblendvpd %ymm12, %ymm3, %ymm9, %ymm2", func(a *asm) { a.putImm(vblendvpd, l256, 2, 9, register(3), 12<<4) }},
		{"62f2b54d65d3", "vblendmpd %zmm3, %zmm9, %zmm2{%k5}", func(a *asm) { a.masked(vblendmpd, l512, 5, 2, 9, register(3)) }},
		{"62e3b54825f3ca", "vpternlogq $0xca, %zmm3, %zmm9, %zmm22", func(a *asm) { a.putImm(vpternlogq, l512, 22, 9, register(3), 0xca) }},
		{"62e2fe4838f1", "vpmovm2q %k1, %zmm22", func(a *asm) { a.put(vpmovm2q, l512, 22, 0, register(1)) }},
		{"c5b3c2d301", "vcmpltsd %xmm3, %xmm9, %xmm2", func(a *asm) { a.putImm(opcode{pp: pF2, mm: m0F, code: 0xc2, imm: 1}, l128, 2, 9, register(3), 1) }},
		{"c5b5c2d312", "vcmppd $0x12, %ymm3, %ymm9, %ymm2", func(a *asm) { a.putImm(vcmppd, l256, 2, 9, register(3), 0x12) }},
		{"62f1b548c2700111", "vcmppd $0x11, 64(%rax), %zmm9, %k6", func(a *asm) { a.putImm(vcmppd, l512, 6, 9, at(rax, 64), 0x11) }},
		{"62f395401fd301", "vpcmpq $1, %zmm3, %zmm29, %k2", func(a *asm) { a.putImm(vpcmpq, l512, 2, 29, register(3), 1) }},
		{"c4623529e3", "vpcmpeqq %ymm3, %ymm9, %ymm12", func(a *asm) { a.put(vpcmpeqq, l256, 12, 9, register(3)) }},
		{"c4c23137d5", "vpcmpgtq %xmm13, %xmm9, %xmm2", func(a *asm) { a.put(vpcmpgtq, l128, 2, 9, register(13)) }},
		{"c5b559d3", "vmulpd %ymm3, %ymm9, %ymm2", func(a *asm) { a.put(binaries[loop.Mul].opcode, l256, 2, 9, register(3)) }},
		{"62f1b5485ed3", "vdivpd %zmm3, %zmm9, %zmm2", func(a *asm) { a.put(binaries[loop.Div].opcode, l512, 2, 9, register(3)) }},
		{"c5b55dd3", "vminpd %ymm3, %ymm9, %ymm2", func(a *asm) { a.put(binaries[loop.Min].opcode, l256, 2, 9, register(3)) }},
		{"c5b55fd3", "vmaxpd %ymm3, %ymm9, %ymm2", func(a *asm) { a.put(binaries[loop.Max].opcode, l256, 2, 9, register(3)) }},
		{"c5b55cd3", "vsubpd %ymm3, %ymm9, %ymm2", func(a *asm) { a.put(binaries[loop.Sub].opcode, l256, 2, 9, register(3)) }},
		{"c5b5d4d3", "vpaddq %ymm3, %ymm9, %ymm2", func(a *asm) { a.put(binaries[loop.IAdd].opcode, l256, 2, 9, register(3)) }},
		{"62f1b548fbd3", "vpsubq %zmm3, %zmm9, %zmm2", func(a *asm) { a.put(binaries[loop.ISub].opcode, l512, 2, 9, register(3)) }},
		{"c5b554d3", "vandpd %ymm3, %ymm9, %ymm2", func(a *asm) { a.put(binaries[loop.And].opcode, l256, 2, 9, register(3)) }},
		{"c5b555d3", "vandnpd %ymm3, %ymm9, %ymm2", func(a *asm) { a.put(binaries[loop.AndNot].opcode, l256, 2, 9, register(3)) }},
		{"62f1b54856d3", "vorpd %zmm3, %zmm9, %zmm2", func(a *asm) { a.put(binaries[loop.Or].opcode, l512, 2, 9, register(3)) }},
		{"c5b157d3", "vxorpd %xmm3, %xmm9, %xmm2", func(a *asm) { a.put(binaries[loop.Xor].opcode, l128, 2, 9, register(3)) }},
		{"c4c16d73d13f", "vpsrlq $63, %ymm9, %ymm2", func(a *asm) { a.putImm(vpshiftq, l256, shiftRight, 2, register(9), 63) }},
		{"62b1cd4073f320", "vpsllq $32, %zmm19, %zmm22", func(a *asm) { a.putImm(vpshiftq, l512, shiftLeft, 22, register(19), 32) }},
		{"c5b5f4d3", "vpmuludq %ymm3, %ymm9, %ymm2", func(a *asm) { a.put(vpmuludq, l256, 2, 9, register(3)) }},
		{"c4e23540d3", "vpmulld %ymm3, %ymm9, %ymm2", func(a *asm) { a.put(vpmulld, l256, 2, 9, register(3)) }},
		{"62f2b54840d3", "vpmullq %zmm3, %zmm9, %zmm2", func(a *asm) { a.put(vpmullq, l512, 2, 9, register(3)) }},
		{"62f1fe48e6d3", "vcvtqq2pd %zmm3, %zmm2", func(a *asm) { a.put(vcvtqq2pd, l512, 2, 0, register(3)) }},
		{"62f1fd587a10", "vcvttpd2qq (%rax){1to8}, %zmm2", func(a *asm) { a.put(vcvttpd2qq, l512, 2, 0, spread(at(rax, 0))) }},
		{"c4c1fb2cd1", "vcvttsd2si %xmm9, %rdx", func(a *asm) { a.put(vcvttsd2si, l128, rdx, 0, register(9)) }},
		{"c461b32ad0", "vcvtsi2sd %rax, %xmm9, %xmm10", func(a *asm) { a.put(vcvtsi2sd, l128, 10, 9, register(rax)) }},
		{"c4e27bf5c2", "pdep %edx, %eax, %eax", func(a *asm) { a.put(pdep, l128, rax, rax, register(rdx)) }},
		{"c4e2b5985020", "vfmadd132pd 32(%rax), %ymm9, %ymm2", func(a *asm) { a.put(vfmadd132, l256, 2, 9, at(rax, 32)) }},
		{"62f2b548a8d3", "vfmadd213pd %zmm3, %zmm9, %zmm2", func(a *asm) { a.put(vfmadd213, l512, 2, 9, register(3)) }},
		{"c4e2b1b9d3", "vfmadd231sd %xmm3, %xmm9, %xmm2", func(a *asm) { a.put(opcode{pp: p66, mm: m0F38, code: 0xb9, w: 1}, l128, 2, 9, register(3)) }},
		{"c5fd51d3", "vsqrtpd %ymm3, %ymm2", func(a *asm) { a.put(vsqrtpd, l256, 2, 0, register(3)) }},
		{"c4e37d09d30b", "vroundpd $11, %ymm3, %ymm2", func(a *asm) { a.putImm(vroundpd, l256, 2, 0, register(3), 11) }},
		{"62f3fd4809d308", "vrndscalepd $8, %zmm3, %zmm2", func(a *asm) { a.putImm(vroundpd, l512, 2, 0, register(3), 8) }},
		{"4c8b7710", "mov 16(%rdi), %r14", func(a *asm) { a.load(r14, at(rdi, 16)) }},
		{"4989441508", "mov %rax, 8(%r13,%rdx,1)", func(a *asm) { a.store(indexed(r13, rdx, 0, 8), rax) }},
		{"418900", "mov %eax, (%r8)", func(a *asm) { a.store4(at(r8, 0), rax) }},
		{"4188440803", "mov %al, 3(%r8,%rcx,1)", func(a *asm) { a.storeByte(indexed(r8, rcx, 0, 3), rax) }},
		{"0fb6040e", "movzbl (%rsi,%rcx,1), %eax", func(a *asm) { a.loadByte(rax, indexed(rsi, rcx, 0, 0)) }},
		{"488d4108", "lea 8(%rcx), %rax", func(a *asm) { a.lea(rax, at(rcx, 8)) }},
		{"480fafc2", "imul %rdx, %rax", func(a *asm) { a.multiply(rax, rdx) }},
		{"4869d160f0ffff", "imul $-4000, %rcx, %rdx", func(a *asm) { a.multiplyImm(rdx, rcx, -4000) }},
		{"48f7d8", "neg %rax", func(a *asm) { a.negate(rax) }},
		{"493bcc", "{load} cmp %r12, %rcx", func(a *asm) { a.compare(rcx, r12) }},
		{"4983c4f9", "add $-7, %r12", func(a *asm) { a.addImm(r12, -7) }},
		{"83e307", "and $7, %ebx", func(a *asm) { a.andImm(rbx, 7) }},
		{"48c1e303", "shl $3, %rbx", func(a *asm) { a.shiftLeftImm(rbx, 3) }},
		{"ba01010101", "mov $0x1010101, %edx", func(a *asm) { a.moveImm(rdx, 0x01010101) }},
		{"c5f877", "vzeroupper", func(a *asm) { a.zeroUpper() }},
		{"c3", "ret", func(a *asm) { a.ret() }},
	} {
		t.Run(c.text, func(t *testing.T) {
			var a asm
			c.write(&a)
			if got := fmt.Sprintf("%x", a.code); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
