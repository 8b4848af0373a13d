package num

import (
	"errors"

	"github.com/gradus-ad/gradus/trace"
)

// noTangent is embedded in primitives whose results carry no derivative.
type noTangent struct{}

func (noTangent) JVP(_, out []Array, _ []Tangent) []Tangent { return make([]Tangent, len(out)) }

// comparison makes a primitive that compares two operands of one type.
type comparison[R comparisonRule] struct{ Op R }

type comparisonRule interface {
	Name() string
	Floats(x, y float64) bool
	Ints(x, y int64) bool
}

func (c comparison[R]) Name() string { return c.Op.Name() }
func (comparison[R]) Pointwise()     {}

func (comparison[R]) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 2 || !in[0].Equal(in[1]) || in[0].DType == trace.Bool {
		return nil, errors.New("needs two operands of one type, f64 or i64")
	}
	return []trace.Type{in[0].With(trace.Bool)}, nil
}

func (c comparison[R]) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	z := trace.NewBuffer(out[0])
	for i, x := range in[0].F64 {
		z.Bool[i] = c.Op.Floats(x, in[1].F64[i])
	}
	for i, x := range in[0].I64 {
		z.Bool[i] = c.Op.Ints(x, in[1].I64[i])
	}
	return []trace.Buffer{z}
}

func (comparison[R]) JVP(_, _ []Array, _ []Tangent) []Tangent { return make([]Tangent, 1) }

func (c comparison[R]) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	return batchPointwise(c, in, m, n)
}

type equal struct{}

func (equal) Name() string             { return "eq" }
func (equal) Floats(x, y float64) bool { return x == y }
func (equal) Ints(x, y int64) bool     { return x == y }

type notEqual struct{}

func (notEqual) Name() string             { return "ne" }
func (notEqual) Floats(x, y float64) bool { return x != y }
func (notEqual) Ints(x, y int64) bool     { return x != y }

type less struct{}

func (less) Name() string             { return "lt" }
func (less) Floats(x, y float64) bool { return x < y }
func (less) Ints(x, y int64) bool     { return x < y }

type lessEqual struct{}

func (lessEqual) Name() string             { return "le" }
func (lessEqual) Floats(x, y float64) bool { return x <= y }
func (lessEqual) Ints(x, y int64) bool     { return x <= y }

func compare[R comparisonRule](x, y Array) Array { return apply(comparison[R]{}, x, y) }

// pair broadcasts the operands of the named comparison.
func pair(name string, a, b operand) (x, y Array) {
	in := align(name, trace.I64, a, b)
	return in[0], in[1]
}

// Equal reports, element by element, whether a == b. NaN equals nothing.
func Equal[A, B Operand](a A, b B) Array {
	return compare[equal](pair("equal", operandOf(a), operandOf(b)))
}

// NotEqual reports, element by element, whether a != b.
func NotEqual[A, B Operand](a A, b B) Array {
	return compare[notEqual](pair("notequal", operandOf(a), operandOf(b)))
}

// Less reports, element by element, whether a < b.
func Less[A, B Operand](a A, b B) Array {
	return compare[less](pair("less", operandOf(a), operandOf(b)))
}

// LessEqual reports, element by element, whether a <= b.
func LessEqual[A, B Operand](a A, b B) Array {
	return compare[lessEqual](pair("lessequal", operandOf(a), operandOf(b)))
}

// Greater reports, element by element, whether a > b.
func Greater[A, B Operand](a A, b B) Array {
	x, y := pair("greater", operandOf(a), operandOf(b))
	return compare[less](y, x)
}

// GreaterEqual reports, element by element, whether a >= b.
func GreaterEqual[A, B Operand](a A, b B) Array {
	x, y := pair("greaterequal", operandOf(a), operandOf(b))
	return compare[lessEqual](y, x)
}

// and is true where both of its bools are.
type and struct {
	pointwise
	noTangent
}

func (and) Name() string                                { return "and" }
func (and) Infer(in []trace.Type) ([]trace.Type, error) { return sameTypes(in, 2, trace.Bool) }

func (and) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	z := trace.NewBuffer(out[0])
	for i, x := range in[0].Bool {
		z.Bool[i] = x && in[1].Bool[i]
	}
	return []trace.Buffer{z}
}

func (p and) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	return batchPointwise(p, in, m, n)
}

// Simplify knows true, false and an operand that stands twice.
func (and) Simplify(in []Array) (Array, bool) {
	for i, a := range in {
		if v, ok := trace.Splat(a); ok {
			if v.(bool) {
				return in[1-i], true
			}
			return a, true
		}
	}
	return in[0], trace.Same(in[0], in[1])
}

// or is true where either of its bools is.
type or struct {
	pointwise
	noTangent
}

func (or) Name() string                                { return "or" }
func (or) Infer(in []trace.Type) ([]trace.Type, error) { return sameTypes(in, 2, trace.Bool) }

func (or) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	z := trace.NewBuffer(out[0])
	for i, x := range in[0].Bool {
		z.Bool[i] = x || in[1].Bool[i]
	}
	return []trace.Buffer{z}
}

func (p or) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	return batchPointwise(p, in, m, n)
}

// Simplify knows true, false and an operand that stands twice.
func (or) Simplify(in []Array) (Array, bool) {
	for i, a := range in {
		if v, ok := trace.Splat(a); ok {
			if v.(bool) {
				return a, true
			}
			return in[1-i], true
		}
	}
	return in[0], trace.Same(in[0], in[1])
}

type not struct {
	pointwise
	noTangent
}

func (not) Name() string                                { return "not" }
func (not) Infer(in []trace.Type) ([]trace.Type, error) { return sameTypes(in, 1, trace.Bool) }

func (not) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	z := trace.NewBuffer(out[0])
	for i, x := range in[0].Bool {
		z.Bool[i] = !x
	}
	return []trace.Buffer{z}
}

func (p not) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	return batchPointwise(p, in, m, n)
}

// Simplify knows that not not x is x.
func (not) Simplify(in []Array) (Array, bool) {
	if _, from, ok := trace.ProducerOf[not](in[0]); ok {
		return from[0], true
	}
	return Array{}, false
}

func and2(a, b Array) Array { return apply(and{}, a, b) }
func or2(a, b Array) Array  { return apply(or{}, a, b) }
func not1(a Array) Array    { return apply(not{}, a) }

// bools checks that the operands of a connective are bool and broadcasts them.
func bools(name string, a, b Array) (x, y Array) {
	for _, o := range []Array{a, b} {
		if o.DType() != trace.Bool {
			panic(trace.Errorf(name, "needs bools: %v x %v", a.Type(), b.Type()))
		}
	}
	in := align(name, trace.Bool, operand{array: a}, operand{array: b})
	return in[0], in[1]
}

// And reports, element by element, whether both bools are true; shapes broadcast.
func And(a, b Array) Array { return and2(bools("and", a, b)) }

// Or reports, element by element, whether either bool is true; shapes broadcast.
func Or(a, b Array) Array { return or2(bools("or", a, b)) }

// Not returns the opposite of each bool.
func Not(x Array) Array {
	if x.DType() != trace.Bool {
		panic(trace.Errorf("not", "needs bools: %v", x.Type()))
	}
	return apply(not{}, x)
}
