package loop

import "math"

// The elementary functions are methods of Builder, in files by family. They are branch-free: where a function
// needs several formulas, all are computed and one is selected, or better, the formulas are arranged so
// that they share what is dear, a division or a polynomial.
//
// A polynomial named below without a source is the minimax one on the interval given, by the second
// algorithm of Remez in 50 digits, its coefficients then rounded; Muller, Elementary Functions, chapter 3. The
// error given with it is relative to the function.
//
// Sums of two f64 that stand for more digits are written (hi, lo). Their products and sums are those of
// Dekker and Knuth; Muller et al., Handbook of Floating-Point Arithmetic, chapter 4.

// poly returns c[0] + c[1]*x + c[2]*x² + ..., by Horner's rule.
func (b *Builder) poly(x Value, c ...float64) Value {
	y := b.Float(c[len(c)-1])
	for k := len(c) - 2; k >= 0; k-- {
		y = b.FMA(y, x, b.Float(c[k]))
	}
	return y
}

// fastSum returns x + y as (hi, lo), exactly if |x| >= |y| or x is 0.
func (b *Builder) fastSum(x, y Value) (hi, lo Value) {
	hi = b.Add(x, y)
	return hi, b.Add(b.Sub(x, hi), y)
}

// sum returns x + y as (hi, lo), exactly.
func (b *Builder) sum(x, y Value) (hi, lo Value) {
	hi = b.Add(x, y)
	v := b.Sub(hi, x)
	return hi, b.Add(b.Sub(x, b.Sub(hi, v)), b.Sub(y, v))
}

// product returns x*y as (hi, lo), exactly.
func (b *Builder) product(x, y Value) (hi, lo Value) {
	hi = b.Mul(x, y)
	return hi, b.FMA(x, y, b.Neg(hi))
}

// negative returns a mask of the sign of x, which -0 has too.
func (b *Builder) negative(x Value) Value { return b.ILess(x, b.Int(0)) }

// signed returns x, which is not negative, with the sign of y.
func (b *Builder) signed(x, y Value) Value { return b.Or(x, b.And(y, b.Bits(sign))) }

// whole is added to a f64 to round it to a whole number, which is then in the low bits of the
// sum, in two's complement.
const whole = 0x1.8p52

var (
	inf    = math.Inf(1)
	negInf = math.Inf(-1)
)

// Parts of pi, pi/2, ln 2 and so on, so that a constant is the sum of its parts. Parts named A have so few
// bits that their products with the whole numbers they meet are exact.
const (
	pi, piLo     = 0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53
	halfPi       = pi / 2
	halfPiLo     = piLo / 2
	ln2A, ln2B   = 0x1.62e42fefa38p-1, 0x1.ef35793c7673p-45
	ln2, ln2Lo   = 0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56
	log2e        = 0x1.71547652b82fep+0
	log2eLo      = 0x1.777d0ffda0d24p-56
	log10e       = 0x1.bcb7b1526e50ep-2
	log10eLo     = 0x1.95355baaafad3p-57
	log10of2A    = 0x1.34413509f78p-2
	log10of2B    = 0x1.fef311f12b358p-46
	third        = 0x1.5555555555555p-2
	thirdLo      = 0x1.5555555555555p-56
	twoOverPi    = 0x1.45f306dc9c883p-1
	halfPiA      = 0x1.921fb544p+0 // 33 bits
	halfPiB      = 0x1.0b4611a626331p-34
	halfPiC      = 0x1.1701b839a252p-88
	leastNormal  = 0x1p-1022
	sqrtHalfBits = 0x3fe6a09e667f3bcd
)
