package loop

// Maximum returns the larger of x and y, +0 of zeros, and NaN if either is.
func (b *Builder) Maximum(x, y Value) Value {
	z := b.Select(b.Equal(x, y), b.And(x, y), b.Max(x, y)) // NaN if y is
	return b.Select(b.IsNaN(x), x, z)
}

// Minimum returns the smaller of x and y, -0 of zeros, and NaN if either is.
func (b *Builder) Minimum(x, y Value) Value {
	z := b.Select(b.Equal(x, y), b.Or(x, y), b.Min(x, y))
	return b.Select(b.IsNaN(x), x, z)
}

// Clip returns x held between lo and hi, NaN if any is, and hi if lo > hi.
func (b *Builder) Clip(x, lo, hi Value) Value { return b.Minimum(b.Maximum(x, lo), hi) }

// Sign returns -1, 0 or 1 with the sign of x, and x if that is ±0 or NaN.
func (b *Builder) Sign(x Value) Value {
	nonzero := b.Less(b.Float(0), b.Abs(x))
	return b.Select(nonzero, b.signed(b.Float(1), x), x)
}

// ModFails returns a mask of the x and y for which Mod is not right, which are the finite ones with quotients of
// 2**100 and more.
func (b *Builder) ModFails(x, y Value) Value {
	x, y = b.Abs(x), b.Abs(y)
	far := b.LessEqual(b.Float(0x1p100), b.Div(x, y))
	return b.And(far, b.And(b.Less(x, b.Float(inf)), b.Less(b.Float(0), y)))
}

// Mod returns x - y*floor(x/y) with the sign of y, as num's mod does, to the bit. What a rounded quotient leaves is
// exact, and two quotients give the remainder, or that and y. Special cases are num's.
func (b *Builder) Mod(x, y Value) Value {
	n := b.Neg(y)
	r := b.FMA(b.Trunc(b.Div(x, y)), n, x)
	r = b.FMA(b.Trunc(b.Div(r, y)), n, r)
	unbound := b.And(b.Equal(b.Abs(y), b.Float(inf)), b.Less(b.Abs(x), b.Float(inf)))
	r = b.Select(unbound, x, r)
	zero := b.Equal(r, b.Float(0))
	r = b.Add(r, b.And(b.negative(b.Xor(r, y)), y))
	return b.Select(zero, b.And(y, b.Bits(sign)), r)
}
