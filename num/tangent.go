package num

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// This file is the algebra of tangents: all that a JVP or Transpose rule can do to one.
//
// A masked tangent is zero outside its mask, whatever the coefficients there: a path through a
// branch not taken, or through an element that nothing touches, contributes exactly 0, and
// every other product is IEEE's. Masks depend on primals only, so all of it stays linear.

// Tangent is a tangent or a cotangent in a rule: absent, dense or masked.
type Tangent = trace.Tangent

// AddTangents returns the sum. An absent tangent adds nothing.
func AddTangents(a, b Tangent) Tangent {
	if a.Absent() {
		return b
	}
	if b.Absent() {
		return a
	}
	av, am := a.Parts()
	bv, bm := b.Parts()
	sum := apply(add{}, av, bv)
	if a.Masked() && b.Masked() {
		return maskedTangent(sum, or2(am, bm))
	}
	return trace.DenseTangent(sum, a.Tracked() || b.Tracked())
}

// ScaleTangent returns c times t, element by element; c is an array of t's shape. It is the one
// place where rules multiply a tangent.
func ScaleTangent(c Array, t Tangent) Tangent {
	if t.Absent() {
		return t
	}
	v, m := t.Parts()
	if !t.Masked() {
		if !c.Traced() && !isLiteral(c, 1) {
			v, _ = t.Spent().Parts()
		}
		return trace.DenseTangent(mulExact(c, v), t.Tracked())
	}
	if finiteLiteral(c) {
		return maskedTangent(mulExact(c, v), m)
	}
	return maskedTangent(remask(mulExact(c, unmask(v, m)), m), m)
}

// remask returns v where m is true and zero elsewhere.
func remask(v, m Array) Array { return apply(selectP{}, m, v, zerosLike(v)) }

// unmask returns an array that is v where m is true, and anything elsewhere: what v was before
// it was masked by m, if that is how it was made.
func unmask(v, m Array) Array {
	if p, x, y, ok := selected(v); ok && sameArray(p, m) && isLiteral(y, 0) {
		return x
	}
	return v
}

// NegTangent returns -t.
func NegTangent(t Tangent) Tangent {
	v, m := t.Parts()
	switch {
	case t.Absent() || v.Size() == 0:
		return Tangent{}
	case t.Masked():
		return maskedTangent(apply(neg{}, v), m)
	}
	return trace.DenseTangent(apply(neg{}, v), t.Tracked())
}

// MaskTangent returns t where mask is true and zero elsewhere.
func MaskTangent(mask Array, t Tangent) Tangent {
	if t.Absent() || known(mask, false) {
		return Tangent{}
	}
	v, m := t.Parts()
	v = remask(v, mask)
	if !t.Tracked() {
		return trace.DenseTangent(v, false)
	}
	if t.Masked() {
		mask = and2(mask, m)
	}
	return maskedTangent(v, mask)
}

// LinearTangent applies p, which is linear in operand i, to in with t in place of that operand.
// The primitive must have one result.
func LinearTangent(p trace.Linear, in []Array, i int, t Tangent) Tangent {
	if t.Absent() {
		return t
	}
	v, m := t.Parts()
	if v.Size() == 0 { // no path goes through an array without elements
		return Tangent{}
	}
	var few [4]Array
	args := append(few[:0], in...)
	args[i] = v
	out := apply(p, args...)
	if !t.Masked() {
		if _, ok := p.(zeroFiller); !ok || !t.Tracked() {
			return trace.DenseTangent(out, t.Tracked())
		}
		m = trace.Fill(true, v.Type().With(trace.Bool))
	}
	return maskedTangent(out, maskThrough(p, in, i, m, out))
}

// zeroFiller is a Masker whose result has zeros that come from no element of its operand.
type zeroFiller interface{ fillsZeros() }

// JointTangent applies p, which is linear in all f64 operands from first on together, to in with
// their tangents in place of them; absent ones become zeros.
// The primitive must have one result.
func JointTangent(p trace.Linear, in []Array, first int, t []Tangent) Tangent {
	args := slices.Clone(in)
	tracked, any := false, false
	for i := first; i < len(in); i++ {
		if in[i].DType() != trace.F64 {
			continue
		}
		if t[i].Absent() {
			args[i] = zerosLike(in[i])
			continue
		}
		args[i], _ = t[i].Parts()
		any = true
		tracked = tracked || t[i].Tracked()
	}
	if !any {
		return Tangent{}
	}
	out := apply(p, args...)
	masker, ok := p.(jointMasker)
	if !tracked || !ok {
		return trace.DenseTangent(out, tracked)
	}
	masks := slices.Clone(in)
	dense := true
	for i := first; i < len(in); i++ {
		_, m := t[i].Parts()
		switch {
		case in[i].DType() != trace.F64:
			continue
		case t[i].Absent():
			m, dense = trace.Fill(false, in[i].Type().With(trace.Bool)), false
		case t[i].Masked():
			dense = false
		default:
			m = trace.Fill(true, in[i].Type().With(trace.Bool))
		}
		masks[i] = m
	}
	if dense {
		return trace.DenseTangent(out, true)
	}
	return maskedTangent(out, masker.JointMask(masks))
}

// accumulate returns the sum of acc, which is not absent, and what p makes of t: p adds its second
// operand to some elements of its first. What the sum's mask comes to is left to SettleTangent.
func accumulate(p trace.Linear, acc, t Tangent, at ...Array) Tangent {
	if t.Absent() {
		return acc
	}
	av, am := acc.Parts()
	tv, tm := t.Parts()
	sum := apply(p, append([]Array{av, tv}, at...)...)
	if !acc.Masked() {
		return trace.DenseTangent(sum, acc.Tracked() || t.Tracked()).Alone()
	}
	if !t.Masked() {
		tm = trace.Fill(true, tv.Type().With(trace.Bool))
	}
	return trace.MaskedTangent(sum, apply(p, append([]Array{am, tm}, at...)...)).Alone()
}

// SettleTangent returns a tangent that has been accumulated: dense if its mask is known to be true
// everywhere.
func SettleTangent(t Tangent) Tangent {
	if v, m := t.Parts(); t.Masked() {
		return maskedTangent(v, m)
	}
	return t
}

// jointMasker is a primitive, jointly linear in several operands, that says where its result
// can be touched when those operands are replaced by their masks.
type jointMasker interface {
	JointMask(in []Array) Array
}

func maskThrough(p trace.Linear, in []Array, i int, m, out Array) Array {
	if k, ok := p.(trace.Masker); ok {
		return k.Mask(in, i, m)
	}
	return broadcastTo(anyOf(m, allAxes(m)), out.Type().Shape)
}

// maskedTangent returns v, which is zero where m is false, as a masked tangent; as a dense one if m
// is known to be true everywhere, and as an absent one if it is known to be false everywhere.
func maskedTangent(v, m Array) Tangent {
	switch {
	case known(m, true):
		return trace.DenseTangent(v, true)
	case known(m, false):
		return Tangent{}
	}
	return trace.MaskedTangent(v, m)
}

// known reports whether all elements of a mask are known to be b.
func known(m Array, b bool) bool {
	if v, ok := trace.Splat(m); ok {
		return v == b
	}
	return !m.Traced() && m.Type().Stars() == 0 && !slices.Contains(trace.Read(m).Bool, !b)
}

func with(in []Array, i int, a Array) []Array {
	args := slices.Clone(in)
	args[i] = a
	return args
}

func zerosLike(x Array) Array { return Zero(x.Type()) }

// filled returns the f64 array of x's shape with v everywhere.
func filled(v float64, x Array) Array { return trace.Fill(v, x.Type().With(trace.F64)) }

// mulExact multiplies, without an equation if either is the literal 1.
func mulExact(a, b Array) Array {
	switch {
	case isLiteral(a, 1):
		return b
	case isLiteral(b, 1):
		return a
	}
	return apply(mul{}, a, b)
}

func isLiteral(a Array, v float64) bool {
	f, ok := trace.SplatF64(a)
	return ok && f == v && (v != 0 || !negativeZero(f) == !negativeZero(v))
}

// finiteLiteral reports whether c is a constant that is neither infinite nor NaN, so that a
// masked tangent scaled by it is still zero outside its mask.
func finiteLiteral(c Array) bool {
	f, ok := trace.SplatF64(c)
	return ok && finite(f)
}
