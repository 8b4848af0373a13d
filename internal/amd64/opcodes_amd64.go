package amd64

import "github.com/gradus-ad/gradus/internal/loop"

// The instructions, named as in Intel's manual, volume 2.
var (
	vmovupd      = opcode{pp: p66, mm: m0F, code: 0x10}
	vmovupdStore = opcode{pp: p66, mm: m0F, code: 0x11}
	vmovsd       = opcode{pp: pF2, mm: m0F, code: 0x10, n: 8}
	vmovsdStore  = opcode{pp: pF2, mm: m0F, code: 0x11, n: 8}
	vmovhpd      = opcode{pp: p66, mm: m0F, code: 0x16, n: 8}
	vmovapd      = opcode{pp: p66, mm: m0F, code: 0x28}
	vmovmskpd    = opcode{pp: p66, mm: m0F, code: 0x50}
	vmovqTo      = opcode{pp: p66, mm: m0F, code: 0x6e, w: 1} // from a general register
	vmovqFrom    = opcode{pp: p66, mm: m0F, code: 0x7e, w: 1}
	vbroadcastsd = opcode{pp: p66, mm: m0F38, code: 0x19, n: 8}
	vpmovzxbq    = opcode{pp: p66, mm: m0F38, code: 0x32, n: 8}

	vmaskmovpd      = opcode{pp: p66, mm: m0F38, code: 0x2d} // v is the mask
	vmaskmovpdStore = opcode{pp: p66, mm: m0F38, code: 0x2f}
	vpermpd         = opcode{pp: p66, mm: m0F38, code: 0x16, evex: true} // v says which elements of m
	vpermt2pd       = opcode{pp: p66, mm: m0F38, code: 0x7f, evex: true} // v says which elements of r and m
	vgatherqpd      = opcode{pp: p66, mm: m0F38, code: 0x93, evex: true, n: 8}
	vscatterqpd     = opcode{pp: p66, mm: m0F38, code: 0xa3, evex: true, n: 8}
	bzhi            = opcode{pp: 0, mm: m0F38, code: 0xf5} // v is how many bits stay
	kmovb           = opcode{pp: p66, mm: m0F, code: 0x92} // from a general register
	kmovbMask       = opcode{pp: p66, mm: m0F, code: 0x90} // from another one

	vextractf128  = opcode{pp: p66, mm: m0F3A, code: 0x19, imm: 1, n: 16}
	vextractf64x2 = opcode{pp: p66, mm: m0F3A, code: 0x19, imm: 1, n: 16, evex: true}
	vinsertf128   = opcode{pp: p66, mm: m0F3A, code: 0x18, imm: 1, n: 16}
	vextractf64x4 = opcode{pp: p66, mm: m0F3A, code: 0x1b, imm: 1, n: 32, evex: true}
	vinsertf64x4  = opcode{pp: p66, mm: m0F3A, code: 0x1a, imm: 1, n: 32, evex: true}
	vunpcklpd     = opcode{pp: p66, mm: m0F, code: 0x14}
	vpermpdImm    = opcode{pp: p66, mm: m0F3A, code: 0x01, imm: 1, w: 1}
	valignq       = opcode{pp: p66, mm: m0F3A, code: 0x03, imm: 1, evex: true}
	vpermilpd     = opcode{pp: p66, mm: m0F3A, code: 0x05, imm: 1}
	vpinsrq       = opcode{pp: p66, mm: m0F3A, code: 0x22, imm: 1, w: 1}
	vpblendd      = opcode{pp: p66, mm: m0F3A, code: 0x02, imm: 1}
	vpshufd       = opcode{pp: p66, mm: m0F, code: 0x70, imm: 1}
	vblendvpd     = opcode{pp: p66, mm: m0F3A, code: 0x4b, imm: 1}
	vblendmpd     = opcode{pp: p66, mm: m0F38, code: 0x65, evex: true}
	vpternlogq    = opcode{pp: p66, mm: m0F3A, code: 0x25, imm: 1, evex: true}
	vpmovm2q      = opcode{pp: pF3, mm: m0F38, code: 0x38, evex: true}
	vpmovqb       = opcode{pp: pF3, mm: m0F38, code: 0x32, evex: true, narrow: true, n: 8} // r is read

	vcmppd   = opcode{pp: p66, mm: m0F, code: 0xc2, imm: 1}
	vpcmpeqq = opcode{pp: p66, mm: m0F38, code: 0x29}
	vpcmpgtq = opcode{pp: p66, mm: m0F38, code: 0x37}
	vpcmpq   = opcode{pp: p66, mm: m0F3A, code: 0x1f, imm: 1, evex: true}

	vxorpd   = opcode{pp: p66, mm: m0F, code: 0x57}
	vaddpd   = opcode{pp: p66, mm: m0F, code: 0x58}
	vsubpd   = opcode{pp: p66, mm: m0F, code: 0x5c}
	vpaddq   = opcode{pp: p66, mm: m0F, code: 0xd4}
	vpsubq   = opcode{pp: p66, mm: m0F, code: 0xfb}
	vpshiftq = opcode{pp: p66, mm: m0F, code: 0x73, imm: 1} // v is written, r says which
	vpmuludq = opcode{pp: p66, mm: m0F, code: 0xf4}
	vpmulld  = opcode{pp: p66, mm: m0F38, code: 0x40}
	vpmullq  = opcode{pp: p66, mm: m0F38, code: 0x40, evex: true}

	vcvtqq2pd  = opcode{pp: pF3, mm: m0F, code: 0xe6, evex: true}
	vcvttpd2qq = opcode{pp: p66, mm: m0F, code: 0x7a, evex: true}
	vcvttsd2si = opcode{pp: pF2, mm: m0F, code: 0x2c, w: 1}
	vcvtsi2sd  = opcode{pp: pF2, mm: m0F, code: 0x2a, w: 1}
	pdep       = opcode{pp: pF2, mm: m0F38, code: 0xf5}
)

const (
	shiftRight reg = 2
	shiftLeft  reg = 6
)

// binaries are the instructions of two operands that exist for every length. Those on floats have a form for
// one element, with another prefix.
var binaries = [...]struct {
	opcode
	float, commutes bool
}{
	loop.Add:    {vaddpd, true, true},
	loop.Sub:    {vsubpd, true, false},
	loop.Mul:    {opcode{pp: p66, mm: m0F, code: 0x59}, true, true},
	loop.Div:    {opcode{pp: p66, mm: m0F, code: 0x5e}, true, false},
	loop.Min:    {opcode{pp: p66, mm: m0F, code: 0x5d}, true, false},
	loop.Max:    {opcode{pp: p66, mm: m0F, code: 0x5f}, true, false},
	loop.IAdd:   {vpaddq, false, true},
	loop.ISub:   {vpsubq, false, false},
	loop.And:    {opcode{pp: p66, mm: m0F, code: 0x54}, false, true},
	loop.AndNot: {opcode{pp: p66, mm: m0F, code: 0x55}, false, false},
	loop.Or:     {opcode{pp: p66, mm: m0F, code: 0x56}, false, true},
	loop.Xor:    {vxorpd, false, true},
}

// The three forms of fused multiply-add for vectors; those for one element are numbered one higher. The
// digits say which operands are multiplied, and to which the product is added: r is 1, v is 2, m is 3.
var (
	vfmadd132 = opcode{pp: p66, mm: m0F38, code: 0x98, w: 1}
	vfmadd213 = opcode{pp: p66, mm: m0F38, code: 0xa8, w: 1}
	vfmadd231 = opcode{pp: p66, mm: m0F38, code: 0xb8, w: 1}
)

var (
	vsqrtpd  = opcode{pp: p66, mm: m0F, code: 0x51}
	vroundpd = opcode{pp: p66, mm: m0F3A, code: 0x09, imm: 1} // AVX-512 calls it vrndscalepd
)

// rounding holds the immediate bytes of vroundpd, inexactness ignored.
var rounding = [...]uint8{loop.Nearest: 8, loop.Floor: 9, loop.Ceil: 10, loop.Trunc: 11}

// predicates holds the immediate bytes of vcmppd, without signals for NaN.
var predicates = [...]uint8{loop.Less: 0x11, loop.LessEqual: 0x12, loop.Equal: 0x00, loop.NotEqual: 0x04}
