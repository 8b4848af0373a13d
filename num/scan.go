package num

import (
	"errors"

	"github.com/gradus-ad/gradus/trace"
)

// Cumulative primitives run along one axis, from its start or, if Reverse is set, from its end.

// lines visits every line of elements along an axis: the index of its first element and the
// step to the next. From its end a line has a negative step.
func lines(shape []int, axis int, reverse bool, visit func(first, step int)) {
	n, inner, outer := shape[axis], 1, 1
	for _, d := range shape[axis+1:] {
		inner *= d
	}
	for _, d := range shape[:axis] {
		outer *= d
	}
	if n == 0 {
		return
	}
	for o := range outer {
		for i := range inner {
			first, step := o*n*inner+i, inner
			if reverse {
				first, step = first+(n-1)*inner, -inner
			}
			visit(first, step)
		}
	}
}

// running sets y_k = f(y_{k-1}, x_k) along an axis; y_0 is x_0.
func running[E any](y, x []E, shape []int, axis int, reverse bool, f func(sum, x E) E) {
	lines(shape, axis, reverse, func(at, step int) {
		s := x[at]
		y[at] = s
		for range shape[axis] - 1 {
			at += step
			s = f(s, x[at])
			y[at] = s
		}
	})
}

// evalRunning evaluates a cumulative primitive of one operand.
func evalRunning(x trace.Buffer, axis int, reverse bool, f func(s, x float64) float64, i func(s, x int64) int64) []trace.Buffer {
	y := trace.NewBuffer(x.Type)
	if x.Type.DType == trace.F64 {
		running(y.F64, x.F64, x.Type.Shape, axis, reverse, f)
	} else {
		running(y.I64, x.I64, x.Type.Shape, axis, reverse, i)
	}
	return []trace.Buffer{y}
}

// inferRunning infers the result of a cumulative primitive of one operand, f64 or i64.
func inferRunning(in []trace.Type, axis int) ([]trace.Type, error) {
	if len(in) != 1 || in[0].DType == trace.Bool {
		return nil, errors.New("needs one operand, f64 or i64")
	}
	return in, hasAxis(in[0], axis)
}

func hasAxis(t trace.Type, axis int) error {
	if axis < 0 || axis >= t.Rank() {
		return errors.New("has no such axis")
	}
	return nil
}

// cumSum is the running sum.
type cumSum struct {
	Axis    int
	Reverse bool
}

func (cumSum) Name() string                                  { return "cumsum" }
func (p cumSum) Infer(in []trace.Type) ([]trace.Type, error) { return inferRunning(in, p.Axis) }
func (p cumSum) JVP(in, _ []Array, t []Tangent) []Tangent    { return jvpLinear(p, in, t) }
func (cumSum) Linear([]bool) bool                            { return true }

func (p cumSum) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer {
	return evalRunning(in[0], p.Axis, p.Reverse,
		func(s, x float64) float64 { return s + x },
		func(s, x int64) int64 { return s + x })
}

func (p cumSum) Transpose(t *trace.Transposition) []Tangent {
	return []Tangent{LinearTangent(cumSum{p.Axis, !p.Reverse}, make([]Array, 1), 0, t.Ct[0])}
}

func (p cumSum) Mask(_ []Array, _ int, m Array) Array { return runningAny(m, p.Axis, p.Reverse) }

func (p cumSum) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	return []Array{apply(cumSum{p.Axis + 1, p.Reverse}, in[0])}, []bool{true}
}

// runningAny reports at each place of a bool array whether it or one before it is true.
func runningAny(m Array, axis int, reverse bool) Array {
	if _, ok := trace.Splat(m); ok {
		return m
	}
	return Greater(apply(cumSum{axis, reverse}, convertTo(m, trace.I64)), 0)
}

// shift moves elements by one place along an axis, away from its start (from its end, if Reverse),
// where Fill comes in. It takes every dtype.
type shift struct {
	Axis    int
	Reverse bool
	Fill    float64
}

func (shift) Name() string { return "shift" }

func (p shift) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 1 {
		return nil, errOneOperand
	}
	return in, hasAxis(in[0], p.Axis)
}

func (p shift) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	shape := out[0].Shape
	shiftElements(y.F64, in[0].F64, p.Fill, shape, p.Axis, p.Reverse)
	shiftElements(y.I64, in[0].I64, int64(p.Fill), shape, p.Axis, p.Reverse)
	shiftElements(y.Bool, in[0].Bool, p.Fill != 0, shape, p.Axis, p.Reverse)
	return []trace.Buffer{y}
}

func shiftElements[E any](y, x []E, fill E, shape []int, axis int, reverse bool) {
	if len(x) == 0 {
		return
	}
	lines(shape, axis, reverse, func(at, step int) {
		y[at] = fill
		for range shape[axis] - 1 {
			y[at+step] = x[at]
			at += step
		}
	})
}

func (p shift) JVP(in, _ []Array, t []Tangent) []Tangent {
	return jvpLinear(shift{p.Axis, p.Reverse, 0}, in, t)
}

func (p shift) Linear([]bool) bool { return p.Fill == 0 }

func (p shift) Transpose(t *trace.Transposition) []Tangent {
	return []Tangent{LinearTangent(shift{p.Axis, !p.Reverse, 0}, make([]Array, 1), 0, t.Ct[0])}
}

func (shift) fillsZeros() {}

func (p shift) Mask(_ []Array, _ int, m Array) Array {
	return apply(shift{p.Axis, p.Reverse, 0}, m)
}

func (p shift) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	return []Array{apply(shift{p.Axis + 1, p.Reverse, p.Fill}, in[0])}, []bool{true}
}

// afterFirst is true but at the first place along an axis.
func afterFirst(x Array, axis int, reverse bool) Array {
	return apply(shift{axis, reverse, 0}, trace.Fill(true, x.Type().With(trace.Bool)))
}

// CumSum returns the running sums along an axis, each with its own element. Bools count as
// integers.
func CumSum(x Array, axis int) Array {
	x = atLeastInt(x)
	return apply(cumSum{Axis: axisOf("cumsum", x, axis)}, x)
}
