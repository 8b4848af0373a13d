package num

import (
	"errors"
	"math"

	"github.com/gradus-ad/gradus/trace"
)

// The arithmetic primitives take f64 or i64 and are linear in the operands that their
// transposes are for.

func inferArithmetic(in []trace.Type, n int) ([]trace.Type, error) {
	if len(in) == n && in[0].DType == trace.Bool {
		return nil, errors.New("bools have no arithmetic")
	}
	if len(in) == 0 {
		return sameTypes(in, n, trace.F64)
	}
	return sameTypes(in, n, in[0].DType)
}

type add struct{ repeating }

func (add) Name() string                                { return "add" }
func (add) Infer(in []trace.Type) ([]trace.Type, error) { return inferArithmetic(in, 2) }
func (add) JVP(_, _ []Array, t []Tangent) []Tangent     { return []Tangent{AddTangents(t[0], t[1])} }
func (add) Linear([]bool) bool                          { return true }
func (add) Transpose(t *trace.Transposition) []Tangent  { return []Tangent{t.Ct[0], t.Ct[0]} }
func (p add) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	return batchPointwise(p, in, m, n)
}

func (add) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	return evalArithmetic(add{}, in, out[0], addFloats, func(x, y int64) int64 { return x + y })
}

// Simplify knows that x + -0 is x; x + 0 is not, at -0.
func (add) Simplify(in []Array) (Array, bool) {
	if isLiteral(in[1], math.Copysign(0, -1)) {
		return in[0], true
	}
	if isLiteral(in[0], math.Copysign(0, -1)) {
		return in[1], true
	}
	for i, a := range in {
		if x, ok := negated(a); ok {
			return apply(sub{}, in[1-i], x), true
		}
	}
	return Array{}, false
}

type sub struct{ repeating }

func (sub) Name() string                                { return "sub" }
func (sub) Infer(in []trace.Type) ([]trace.Type, error) { return inferArithmetic(in, 2) }
func (sub) Linear([]bool) bool                          { return true }

func (sub) JVP(_, _ []Array, t []Tangent) []Tangent {
	return []Tangent{AddTangents(t[0], NegTangent(t[1]))}
}

func (sub) Transpose(t *trace.Transposition) []Tangent {
	cts := []Tangent{t.Ct[0], {}}
	if t.Linear[1] {
		cts[1] = NegTangent(t.Ct[0])
	}
	return cts
}

func (p sub) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	return batchPointwise(p, in, m, n)
}

func (sub) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	return evalArithmetic(sub{}, in, out[0], subFloats, func(x, y int64) int64 { return x - y })
}

// Simplify knows that x - 0 is x and x - -y is x + y.
func (sub) Simplify(in []Array) (Array, bool) {
	if isLiteral(in[1], 0) {
		return in[0], true
	}
	if x, ok := negated(in[1]); ok {
		return apply(add{}, in[0], x), true
	}
	return Array{}, false
}

type mul struct{ repeating }

func (mul) Name() string                                { return "mul" }
func (mul) Infer(in []trace.Type) ([]trace.Type, error) { return inferArithmetic(in, 2) }
func (mul) Linear(dep []bool) bool                      { return !(dep[0] && dep[1]) }

func (mul) JVP(in, _ []Array, t []Tangent) []Tangent {
	return []Tangent{AddTangents(ScaleTangent(in[1], t[0]), ScaleTangent(in[0], t[1]))}
}

// SpendsCotangent says that Transpose makes one cotangent of that of the result, and holds it no longer.
func (mul) SpendsCotangent() {}

func (mul) Transpose(t *trace.Transposition) []Tangent {
	if t.Linear[0] {
		return []Tangent{ScaleTangent(t.In[1], t.Ct[0]), {}}
	}
	return []Tangent{{}, ScaleTangent(t.In[0], t.Ct[0])}
}

func (p mul) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	return batchPointwise(p, in, m, n)
}

func (mul) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	return evalArithmetic(mul{}, in, out[0], mulFloats, func(x, y int64) int64 { return x * y })
}

// Simplify knows 1 and -1, and moves signs outwards, where sums take them up. It must not know
// 0: 0 times an infinity is NaN.
func (mul) Simplify(in []Array) (Array, bool) {
	for i, a := range in {
		if isLiteral(a, 1) {
			return in[1-i], true
		}
		if isLiteral(a, -1) {
			return apply(neg{}, in[1-i]), true
		}
		if x, ok := negated(a); ok {
			factors := [2]Array{in[0], in[1]}
			factors[i] = x
			return apply(neg{}, apply(mul{}, factors[:]...)), true
		}
	}
	return Array{}, false
}

type div struct{ repeating }

func (div) Name() string                                { return "div" }
func (div) Infer(in []trace.Type) ([]trace.Type, error) { return sameTypes(in, 2, trace.F64) }
func (div) Linear(dep []bool) bool                      { return !dep[1] }

func (div) JVP(in, out []Array, t []Tangent) []Tangent {
	// d(x/y) = (dx - (x/y) dy) / y
	dz := AddTangents(t[0], NegTangent(ScaleTangent(out[0], t[1])))
	return []Tangent{divideTangent(dz, in[1])}
}

func (div) Transpose(t *trace.Transposition) []Tangent {
	return []Tangent{divideTangent(t.Ct[0], t.In[1]), {}}
}

// divideTangent returns t / y, with one rounding where ScaleTangent(1/y, t) has two.
func divideTangent(t Tangent, y Array) Tangent {
	if t.Absent() {
		return t
	}
	if !t.Masked() || finiteLiteral(y) && !isLiteral(y, 0) {
		return LinearTangent(div{}, []Array{{}, y}, 0, t)
	}
	v, m := t.Parts()
	return trace.MaskedTangent(remask(apply(div{}, unmask(v, m), y), m), m)
}

func (p div) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	return batchPointwise(p, in, m, n)
}

func (div) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	return evalArithmetic(div{}, in, out[0], divFloats, nil)
}

// Simplify knows that x / 1 is x, and moves signs outwards.
func (div) Simplify(in []Array) (Array, bool) {
	if isLiteral(in[1], 1) {
		return in[0], true
	}
	for i, a := range in {
		if x, ok := negated(a); ok {
			return apply(neg{}, apply(div{}, with(in, i, x)...)), true
		}
	}
	return Array{}, false
}

type neg struct{ pointwise }

func (neg) Scalar1(x float64) float64 { return -x }

func (neg) Name() string                                { return "neg" }
func (neg) Infer(in []trace.Type) ([]trace.Type, error) { return inferArithmetic(in, 1) }
func (neg) JVP(_, _ []Array, t []Tangent) []Tangent     { return []Tangent{NegTangent(t[0])} }
func (neg) Linear([]bool) bool                          { return true }
func (neg) Transpose(t *trace.Transposition) []Tangent  { return []Tangent{NegTangent(t.Ct[0])} }

func (p neg) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	return batchPointwise(p, in, m, n)
}

func (neg) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := resultOf(out[0], in[0])
	for i, x := range in[0].F64 {
		y.F64[i] = -x
	}
	for i, x := range in[0].I64 {
		y.I64[i] = -x
	}
	return []trace.Buffer{y}
}

// Simplify knows that --x is x.
func (neg) Simplify(in []Array) (Array, bool) { return negated(in[0]) }

// negated returns x if a is -x.
func negated(a Array) (Array, bool) {
	if _, in, ok := trace.ProducerOf[neg](a); ok {
		return in[0], true
	}
	return Array{}, false
}

func negativeZero(x float64) bool { return x == 0 && math.Signbit(x) }

// fold applies a primitive of two operands from left to right.
func fold(p trace.Primitive, a, b operand, more []Array) Array {
	ops := []operand{a, b}
	for _, m := range more {
		ops = append(ops, operand{array: m})
	}
	var few [4]Array
	in := appendAligned(few[:0], p.Name(), trace.I64, ops)
	x := in[0]
	for _, y := range in[1:] {
		x = apply(p, x, y)
	}
	return x
}

// Add returns a + b + ..., element by element; shapes broadcast. Operands behind the second are arrays: num.Scalar(0.5) is one.
func Add[A, B Operand](a A, b B, more ...Array) Array {
	return fold(add{}, operandOf(a), operandOf(b), more)
}

// Sub returns a - b, element by element; shapes broadcast.
func Sub[A, B Operand](a A, b B) Array { return fold(sub{}, operandOf(a), operandOf(b), nil) }

// Mul returns a * b * ..., element by element; shapes broadcast. Operands behind the second are arrays: num.Scalar(0.5) is one.
func Mul[A, B Operand](a A, b B, more ...Array) Array {
	return fold(mul{}, operandOf(a), operandOf(b), more)
}

// Div returns a / b, element by element, as f64; shapes broadcast.
func Div[A, B Operand](a A, b B) Array {
	return apply(div{}, align("div", trace.F64, operandOf(a), operandOf(b))...)
}

// Neg returns -x.
func Neg(x Array) Array { return apply(neg{}, atLeastInt(x)) }

// atLeastInt returns bools as integers.
func atLeastInt(x Array) Array { return convertTo(x, wider(x.DType(), trace.I64)) }
