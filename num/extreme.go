package num

import (
	"fmt"

	"github.com/gradus-ad/gradus/trace"
)

// extremum says which of two elements is the one wanted.
type extremum interface {
	Name() string
	// Worse reports whether x loses to y; with a NaN nothing does.
	Worse(x, y Array) Array
	Floats(x, y float64) bool
	Ints(x, y int64) bool
}

type largest struct{}

func (largest) Name() string             { return "max" }
func (largest) Worse(x, y Array) Array   { return Less(x, y) }
func (largest) Floats(x, y float64) bool { return x < y }
func (largest) Ints(x, y int64) bool     { return x < y }

type smallest struct{}

func (smallest) Name() string             { return "min" }
func (smallest) Worse(x, y Array) Array   { return Greater(x, y) }
func (smallest) Floats(x, y float64) bool { return x > y }
func (smallest) Ints(x, y int64) bool     { return x > y }

// better returns the one of s and x that wins; a NaN does, and stays.
func better[E float64 | int64](worse func(x, y E) bool) func(s, x E) E {
	return func(s, x E) E {
		if worse(s, x) || x != x {
			return x
		}
		return s
	}
}

func inferExtreme(in []trace.Type, axes []int) ([]trace.Type, error) {
	out, err := inferReduction(in, axes, trace.F64, trace.I64)
	if err != nil {
		return nil, err
	}
	for _, a := range axes {
		if in[0].Shape[a] == 0 {
			return nil, fmt.Errorf("axis %d has no elements to choose from", a)
		}
	}
	return out, nil
}

// reduceExtreme takes the largest or the smallest element along axes.
type reduceExtreme[R extremum] struct {
	Op   R
	Axes []int
}

func (p reduceExtreme[R]) Name() string { return "reduce_" + p.Op.Name() }

func (p reduceExtreme[R]) Infer(in []trace.Type) ([]trace.Type, error) {
	return inferExtreme(in, p.Axes)
}

func (p reduceExtreme[R]) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	return reduceBuffer(in[0], out[0], p.Axes, reducer{
		floats: func(x []float64) float64 { return reduceRow(x, p.best) },
		ints:   func(x []int64) int64 { return reduceRow(x, better(p.Op.Ints)) },
	})
}

// best returns which of two floats wins, in whatever order they come: of zeros too.
func (p reduceExtreme[R]) best(x, y float64) float64 {
	if p.largest() {
		return max(x, y)
	}
	return min(x, y)
}

func (p reduceExtreme[R]) largest() bool { return p.Op.Ints(0, 1) }

func reduceRow[E any](x []E, f func(s, x E) E) E {
	s := x[0]
	for _, v := range x[1:] {
		s = f(s, v)
	}
	return s
}

// JVP gives each of k ties a share of 1/k.
func (p reduceExtreme[R]) JVP(in, out []Array, t []Tangent) []Tangent {
	x, y := in[0], out[0]
	tied := not1(p.Op.Worse(x, spreadArray(y, x.Type().Shape, p.Axes)))
	sum := reduceSum{p.Axes}
	dy := unmasked(t[0], LinearTangent(sum, in, 0, MaskTangent(tied, t[0])))
	return []Tangent{ScaleTangent(evenShare(y, apply(sum, float(tied))), dy)}
}

// evenShare is 1/count, and NaN where y is.
func evenShare(y, count Array) Array { return Div(orNaN(y), count) }

// unmasked returns dy, what a rule made of t, without a mask if t has none. It is for rules in
// which every element of the result has at least one element of the operand to depend on.
func unmasked(t, dy Tangent) Tangent {
	if t.Absent() || t.Masked() || dy.Absent() { // absent is that of no elements
		return dy
	}
	v, _ := dy.Parts()
	return trace.DenseTangent(v, t.Tracked())
}

func (p reduceExtreme[R]) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	return []Array{apply(reduceExtreme[R]{p.Op, shifted(p.Axes)}, in[0])}, []bool{true}
}

// Simplify knows that the extreme over no axis is the operand.
func (p reduceExtreme[R]) Simplify(in []Array) (Array, bool) { return in[0], len(p.Axes) == 0 }

// cumExtreme is the running maximum or minimum.
type cumExtreme[R extremum] struct {
	Op   R
	Axis int
}

func (p cumExtreme[R]) Name() string { return "cum" + p.Op.Name() }

func (p cumExtreme[R]) Infer(in []trace.Type) ([]trace.Type, error) { return inferRunning(in, p.Axis) }

func (p cumExtreme[R]) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer {
	return evalRunning(in[0], p.Axis, false, better(p.Op.Floats), better(p.Op.Ints))
}

// JVP: the results are runs of equal elements, and a result depends, in equal shares, on those
// operands of its run so far that are equal to it.
func (p cumExtreme[R]) JVP(in, out []Array, t []Tangent) []Tangent {
	x, y := in[0], out[0]
	tied := not1(p.Op.Worse(x, y))
	keep := not1(p.Op.Worse(apply(shift{Axis: p.Axis}, y), y))
	sum := segSum{Axis: p.Axis}
	dy := unmasked(t[0], LinearTangent(sum, []Array{{}, keep}, 0, MaskTangent(tied, t[0])))
	return []Tangent{ScaleTangent(evenShare(y, apply(sum, float(tied), keep)), dy)}
}

func (p cumExtreme[R]) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	return []Array{apply(cumExtreme[R]{p.Op, p.Axis + 1}, in[0])}, []bool{true}
}

// argExtreme is the position of the largest or the smallest element along an axis.
type argExtreme[R extremum] struct {
	noTangent
	Op   R
	Axis int
}

func (p argExtreme[R]) Name() string { return "arg" + p.Op.Name() }

func (p argExtreme[R]) Infer(in []trace.Type) ([]trace.Type, error) {
	out, err := inferExtreme(in, []int{p.Axis})
	if err != nil {
		return nil, err
	}
	return []trace.Type{out[0].With(trace.I64)}, nil
}

func (p argExtreme[R]) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	if in[0].Type.DType == trace.F64 {
		argLines(y.I64, in[0].F64, in[0].Type.Shape, p.Axis, p.Op.Floats)
	} else {
		argLines(y.I64, in[0].I64, in[0].Type.Shape, p.Axis, p.Op.Ints)
	}
	return []trace.Buffer{y}
}

func argLines[E float64 | int64](y []int64, x []E, shape []int, axis int, worse func(x, y E) bool) {
	line := 0
	lines(shape, axis, false, func(at, step int) {
		best := x[at]
		for k := range shape[axis] {
			v := x[at+k*step]
			if worse(best, v) || v != v && best == best {
				best, y[line] = v, int64(k)
			}
		}
		line++
	})
}

func (p argExtreme[R]) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	return []Array{apply(argExtreme[R]{Op: p.Op, Axis: p.Axis + 1}, in[0])}, []bool{true}
}

func argOf[R extremum](name string, x Array, axes []int) Array {
	x = atLeastInt(x)
	switch len(axes) {
	case 0:
		return apply(argExtreme[R]{}, reshaped(x, []int{x.Size()}))
	case 1:
		return apply(argExtreme[R]{Axis: axisOf(name, x, axes[0])}, x)
	}
	panic(trace.Errorf(name, "takes one axis or none, not %v", axes))
}

// Amax returns the largest element along the given axes, or of all. NaN wins, and +0 over -0. Bools
// count as integers. The derivative is shared evenly by elements that tie.
//
// It panics with a *trace.Error if there is no element to choose from.
func Amax(x Array, axes ...int) Array {
	return apply(reduceExtreme[largest]{Axes: nonEmptyAxes("amax", x, axes)}, atLeastInt(x))
}

// Amin returns the smallest element along the given axes, or of all; see Amax.
func Amin(x Array, axes ...int) Array {
	return apply(reduceExtreme[smallest]{Axes: nonEmptyAxes("amin", x, axes)}, atLeastInt(x))
}

// nonEmptyAxes is axesOf for axes that must have elements.
func nonEmptyAxes(name string, x Array, axes []int) []int {
	axes = axesOf(name, x, axes)
	for _, a := range axes {
		if x.Type().Shape[a] == 0 {
			panic(trace.Errorf(name, "axis %d has no elements to choose from: %v", a, x.Type()))
		}
	}
	return axes
}

// Argmax returns the position of the largest element along one axis or, if none is given, in
// row-major order over the whole array. The first of several wins, and a NaN wins over all.
func Argmax(x Array, axes ...int) Array { return argOf[largest]("argmax", x, axes) }

// Argmin returns the position of the smallest element; see Argmax.
func Argmin(x Array, axes ...int) Array { return argOf[smallest]("argmin", x, axes) }

// CumMax returns the running maximum along an axis. A NaN wins from where it stands. The
// derivative of each result is shared evenly by the elements up to its place that tie for it.
func CumMax(x Array, axis int) Array {
	x = atLeastInt(x)
	return apply(cumExtreme[largest]{Axis: axisOf("cummax", x, axis)}, x)
}

// CumMin returns the running minimum along an axis; see CumMax.
func CumMin(x Array, axis int) Array {
	x = atLeastInt(x)
	return apply(cumExtreme[smallest]{Axis: axisOf("cummin", x, axis)}, x)
}
