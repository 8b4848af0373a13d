package num

import (
	"errors"
	"fmt"

	"github.com/gradus-ad/gradus/internal/native"
	"github.com/gradus-ad/gradus/trace"
)

// Unary is the rule of an elementwise function of one variable. A type with these methods is a
// whole primitive by Apply1, which uses its zero value; what has parameters is a trace.Primitive.
type Unary interface {
	// Name is the word for the function in the IR.
	Name() string
	// Eval returns the function's value.
	Eval(x float64) float64
	// Derivative returns the derivative at x, where y is the value. It is applied to whole arrays,
	// and returns one of their shape.
	Derivative(x, y Array) Array
}

// Binary is the rule of an elementwise function of two variables; see Unary.
type Binary interface {
	Name() string
	Eval(x, y float64) float64
	// Derivatives returns the partial derivatives at x and y, where z is the value, as in Unary.
	Derivatives(x, y, z Array) (dx, dy Array)
}

// Apply1 applies the function R to each element of x. Integers and bools become f64.
func Apply1[R Unary](x Array) Array {
	var r R
	return apply(unary[R]{r}, float(x))
}

// Apply2 applies the function R to each pair of elements of x and y, which broadcast.
// Integers and bools become f64.
func Apply2[R Binary, A, B Operand](x A, y B) Array {
	var r R
	return apply(binary[R]{r}, align(r.Name(), trace.F64, operandOf(x), operandOf(y))...)
}

// pointwise is embedded in primitives whose operands and results have one shape.
type pointwise struct{}

func (pointwise) Pointwise() {}

// mask of a result is that of the operand.
func (pointwise) Mask(_ []Array, _ int, m Array) Array { return m }

// batchPointwise gives every operand the mapped axis.
func batchPointwise(p trace.Primitive, in []Array, mapped []bool, n int) ([]Array, []bool) {
	out := trace.Apply(p, mapAll(in, mapped, n)...)
	all := make([]bool, len(out))
	for i := range all {
		all[i] = true
	}
	return out, all
}

// Lanes returns x repeated along a new leading axis of length n. In a stack, which loops make, that
// axis leads in the rows.
func Lanes(x Array, n int) Array { return broadcastTo(x, x.Type().Batched(n).Shape) }

// mapAll gives every operand the mapped axis, if any has it.
func mapAll(in []Array, mapped []bool, n int) []Array {
	args := make([]Array, len(in))
	for i, a := range in {
		if !mapped[i] {
			a = Lanes(a, n)
		}
		args[i] = a
	}
	return args
}

// kinked is a Unary whose derivative holds where Where is true and is 0 elsewhere, whatever
// Derivative says there.
type kinked interface {
	Where(x, y Array) Array
}

// everywhere is a Unary with a loop of its own, for where there is no machine code: EvalAll sets the elements of y, which may be x.
type everywhere interface{ EvalAll(y, x []float64) }

// byResult marks a Unary whose Derivative and Where look at y only.
type byResult interface{ ByResult() }

// integral is a rule of one operand that gives integers for integers.
type integral interface{ Ints(x int64) int64 }

// integral2 is a rule of two operands that gives integers for integers.
type integral2 interface{ Ints(x, y int64) int64 }

// inferRule infers the result of a rule of n operands.
func inferRule(op any, in []trace.Type, n int) ([]trace.Type, error) {
	d := trace.F64
	switch op.(type) {
	case integral, integral2:
		if len(in) > 0 && in[0].DType == trace.I64 {
			d = trace.I64
		}
	}
	return sameTypes(in, n, d)
}

// evalUnary applies a rule of one operand to the elements of x.
func evalUnary(op interface{ Eval(float64) float64 }, x trace.Buffer, t trace.Type) []trace.Buffer {
	y := resultOf(t, x)
	if all, ok := op.(everywhere); ok {
		all.EvalAll(y.F64, x.F64)
	} else {
		for i, v := range x.F64 {
			y.F64[i] = op.Eval(v)
		}
	}
	if k, ok := op.(integral); ok {
		for i, v := range x.I64 {
			y.I64[i] = k.Ints(v)
		}
	}
	return []trace.Buffer{y}
}

// integers1 applies an integral rule. Bools become integers.
func integers1[R Unary](x Array) Array {
	var r R
	return apply(unary[R]{r}, atLeastInt(x))
}

// integers2 applies an integral2 rule to operands that broadcast. Bools become integers.
func integers2[R Binary](x, y operand) Array {
	var r R
	return apply(binary[R]{r}, align(r.Name(), trace.I64, x, y)...)
}

// unary makes a primitive of a rule.
type unary[R Unary] struct{ Op R }

func (u unary[R]) Name() string { return u.Op.Name() }
func (unary[R]) Pointwise()     {}

func (u unary[R]) Infer(in []trace.Type) ([]trace.Type, error) { return inferRule(u.Op, in, 1) }

// Scalar1 is Eval for an f64 scalar.
func (u unary[R]) Scalar1(x float64) float64 { return u.Op.Eval(x) }

func (u unary[R]) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	if x := in[0]; len(x.F64) >= native.Least {
		if f := native.Of(u, 1); f != nil {
			y := resultOf(out[0], x)
			f.Apply1(y.F64, x.F64, u.Op.Eval)
			return []trace.Buffer{y}
		}
	}
	return evalUnary(u.Op, in[0], out[0])
}

// Forgets says that the derivative is made of the result alone, if the rule says so.
func (u unary[R]) Forgets() (operands, results bool) {
	_, ok := any(u.Op).(byResult)
	return ok, false
}

func (u unary[R]) JVP(in, out []Array, t []Tangent) []Tangent {
	dy := chain(u.Op, u.Op.Derivative(in[0], out[0]), t[0])
	if k, ok := any(u.Op).(kinked); ok {
		dy = MaskTangent(k.Where(in[0], out[0]), dy)
	}
	return []Tangent{dy}
}

func (u unary[R]) Batch(in []Array, mapped []bool, n int) ([]Array, []bool) {
	return batchPointwise(u, in, mapped, n)
}

// chain returns a tangent times the derivative that a rule gave.
func chain(rule interface{ Name() string }, d Array, t Tangent) Tangent {
	if t.Absent() {
		return t
	}
	if v, _ := t.Parts(); !d.Type().Equal(v.Type()) {
		panic(trace.Errorf(rule.Name(), "the rule gives %v as the derivative of %v: "+
			"it must be of that type; a constant c is num.Mul(c, num.OnesLike(x))", d.Type(), v.Type()))
	}
	return ScaleTangent(d, t)
}

// binary makes a primitive of a rule.
type binary[R Binary] struct{ Op R }

// kinked2 is a Binary whose partial derivatives hold where Where is true; see kinked.
type kinked2 interface {
	Where(x, y, z Array) (wx, wy Array)
}

func (b binary[R]) Name() string { return b.Op.Name() }
func (binary[R]) Pointwise()     {}

func (b binary[R]) Infer(in []trace.Type) ([]trace.Type, error) { return inferRule(b.Op, in, 2) }

// Scalar2 is Eval for f64 scalars.
func (b binary[R]) Scalar2(x, y float64) float64 { return b.Op.Eval(x, y) }

func (b binary[R]) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	if x, y := in[0], in[1]; len(x.F64) >= native.Least {
		if f := native.Of(b, 2); f != nil {
			z := resultOf(out[0], x, y)
			f.Apply2(z.F64, x.F64, y.F64)
			return []trace.Buffer{z}
		}
	}
	z := trace.NewResult(out[0], in...)
	for i, x := range in[0].F64 {
		z.F64[i] = b.Op.Eval(x, in[1].F64[i])
	}
	if op, ok := any(b.Op).(integral2); ok {
		for i, x := range in[0].I64 {
			z.I64[i] = op.Ints(x, in[1].I64[i])
		}
	}
	return []trace.Buffer{z}
}

func (b binary[R]) JVP(in, out []Array, t []Tangent) []Tangent {
	dx, dy := b.Op.Derivatives(in[0], in[1], out[0])
	tx, ty := chain(b.Op, dx, t[0]), chain(b.Op, dy, t[1])
	if k, ok := any(b.Op).(kinked2); ok {
		wx, wy := k.Where(in[0], in[1], out[0])
		tx, ty = MaskTangent(wx, tx), MaskTangent(wy, ty)
	}
	return []Tangent{AddTangents(tx, ty)}
}

func (b binary[R]) Batch(in []Array, mapped []bool, n int) ([]Array, []bool) {
	return batchPointwise(b, in, mapped, n)
}

// sameTypes infers the result of n operands of one shape and the given dtype.
func sameTypes(in []trace.Type, n int, d trace.DType) ([]trace.Type, error) {
	if len(in) != n {
		return nil, fmt.Errorf("needs %d operands, not %d", n, len(in))
	}
	for _, t := range in {
		if t.DType != d {
			return nil, fmt.Errorf("needs %v", d)
		}
		if !t.Equal(in[0]) {
			return nil, errors.New("operands differ in shape")
		}
	}
	return in[:1], nil
}
