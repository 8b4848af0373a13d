package num

import "github.com/gradus-ad/gradus/internal/loop"

// The elementary functions as instructions.

func (abs) Lower(b *loop.Builder, x loop.Value) loop.Value            { return b.Abs(x) }
func (sign) Lower(b *loop.Builder, x loop.Value) loop.Value           { return b.Sign(x) }
func (floor) Lower(b *loop.Builder, x loop.Value) loop.Value          { return b.Floor(x) }
func (ceil) Lower(b *loop.Builder, x loop.Value) loop.Value           { return b.Ceil(x) }
func (round) Lower(b *loop.Builder, x loop.Value) loop.Value          { return b.Nearest(x) }
func (square) Lower(b *loop.Builder, x loop.Value) loop.Value         { return b.Square(x) }
func (sqrt) Lower(b *loop.Builder, x loop.Value) loop.Value           { return b.Sqrt(x) }
func (cbrt) Lower(b *loop.Builder, x loop.Value) loop.Value           { return b.Cbrt(x) }
func (oneMinusSquare) Lower(b *loop.Builder, x loop.Value) loop.Value { return b.OneMinusSquare(x) }
func (exp) Lower(b *loop.Builder, x loop.Value) loop.Value            { return b.Exp(x) }
func (exp2) Lower(b *loop.Builder, x loop.Value) loop.Value           { return b.Exp2(x) }
func (expm1) Lower(b *loop.Builder, x loop.Value) loop.Value          { return b.Expm1(x) }
func (log) Lower(b *loop.Builder, x loop.Value) loop.Value            { return b.Log(x) }
func (log2) Lower(b *loop.Builder, x loop.Value) loop.Value           { return b.Log2(x) }
func (log10) Lower(b *loop.Builder, x loop.Value) loop.Value          { return b.Log10(x) }
func (log1p) Lower(b *loop.Builder, x loop.Value) loop.Value          { return b.Log1p(x) }
func (asin) Lower(b *loop.Builder, x loop.Value) loop.Value           { return b.Asin(x) }
func (acos) Lower(b *loop.Builder, x loop.Value) loop.Value           { return b.Acos(x) }
func (atan) Lower(b *loop.Builder, x loop.Value) loop.Value           { return b.Atan(x) }
func (sinh) Lower(b *loop.Builder, x loop.Value) loop.Value           { return b.Sinh(x) }
func (cosh) Lower(b *loop.Builder, x loop.Value) loop.Value           { return b.Cosh(x) }
func (tanh) Lower(b *loop.Builder, x loop.Value) loop.Value           { return b.Tanh(x) }
func (asinh) Lower(b *loop.Builder, x loop.Value) loop.Value          { return b.Asinh(x) }
func (acosh) Lower(b *loop.Builder, x loop.Value) loop.Value          { return b.Acosh(x) }
func (atanh) Lower(b *loop.Builder, x loop.Value) loop.Value          { return b.Atanh(x) }
func (erf) Lower(b *loop.Builder, x loop.Value) loop.Value            { return b.Erf(x) }
func (erfc) Lower(b *loop.Builder, x loop.Value) loop.Value           { return b.Erfc(x) }
func (sigmoid) Lower(b *loop.Builder, x loop.Value) loop.Value        { return b.Sigmoid(x) }
func (softplus) Lower(b *loop.Builder, x loop.Value) loop.Value       { return b.Softplus(x) }

func (maximum) Lower(b *loop.Builder, x, y loop.Value) loop.Value   { return b.Maximum(x, y) }
func (minimum) Lower(b *loop.Builder, x, y loop.Value) loop.Value   { return b.Minimum(x, y) }
func (pow) Lower(b *loop.Builder, x, y loop.Value) loop.Value       { return b.Pow(x, y) }
func (hypot) Lower(b *loop.Builder, x, y loop.Value) loop.Value     { return b.Hypot(x, y) }
func (atan2) Lower(b *loop.Builder, x, y loop.Value) loop.Value     { return b.Atan2(x, y) }
func (logAddExp) Lower(b *loop.Builder, x, y loop.Value) loop.Value { return b.LogAddExp(x, y) }
func (xlogy) Lower(b *loop.Builder, x, y loop.Value) loop.Value     { return b.Xlogy(x, y) }

func (p ipow) Lower(b *loop.Builder, x loop.Value) loop.Value     { return b.PowInt(x, p.N) }
func (p ipow) LowerInts(b *loop.Builder, x loop.Value) loop.Value { return b.IPowInt(x, p.N) }

// The instructions for these reach far, but not everywhere: beyond, the loop fails and is run by Eval.

func (sin) Lower(b *loop.Builder, x loop.Value) loop.Value {
	b.Fail(b.ReductionFails(x))
	return b.Sin(x)
}

func (cos) Lower(b *loop.Builder, x loop.Value) loop.Value {
	b.Fail(b.ReductionFails(x))
	return b.Cos(x)
}

func (tan) Lower(b *loop.Builder, x loop.Value) loop.Value {
	b.Fail(b.ReductionFails(x))
	return b.Tan(x)
}

func (mod) Lower(b *loop.Builder, x, y loop.Value) loop.Value {
	b.Fail(b.ModFails(x, y))
	return b.Mod(x, y)
}
