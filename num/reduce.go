package num

import (
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// reduceSum sums over axes.
type reduceSum struct{ Axes []int }

func (reduceSum) Name() string { return "reduce_sum" }

func (p reduceSum) Infer(in []trace.Type) ([]trace.Type, error) {
	return inferReduction(in, p.Axes, trace.F64, trace.I64)
}

func (p reduceSum) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	if out[0].Stars() > 0 {
		return evalEachRow(reduceSum{shiftedBy(p.Axes, -1)}, in, out)
	}
	if x := in[0]; out[0].DType == trace.F64 && len(p.Axes) > 0 && p.Axes[len(p.Axes)-1] == len(p.Axes)-1 {
		y := trace.NewResult(out[0], x)
		sumRows(y.F64, x.F64)
		return []trace.Buffer{y}
	}
	return reduceBuffer(in[0], out[0], p.Axes, reducer{sumFloats, sumInts, nil})
}

func (p reduceSum) JVP(in, _ []Array, t []Tangent) []Tangent { return jvpLinear(p, in, t) }
func (reduceSum) Linear([]bool) bool                         { return true }

func (p reduceSum) Transpose(t *trace.Transposition) []Tangent {
	return []Tangent{spread(t.Ct[0], t.Types[0].Shape, p.Axes)}
}

func (p reduceSum) Mask(_ []Array, _ int, m Array) Array { return anyOf(m, p.Axes) }

func (p reduceSum) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	return []Array{apply(reduceSum{shifted(p.Axes)}, in[0])}, []bool{true}
}

// Simplify knows that a sum over no axis is its operand.
func (p reduceSum) Simplify(in []Array) (Array, bool) { return in[0], len(p.Axes) == 0 }

// spread repeats a tangent along reduced axes, back to shape.
func spread(t Tangent, shape, axes []int) Tangent {
	t = reshapeTangent(t, keptShape(shape, axes))
	return LinearTangent(broadcast{Shape: shape}, make([]Array, 1), 0, t)
}

// spreadArray repeats the results of a reduction along the reduced axes, back to shape.
func spreadArray(y Array, shape, axes []int) Array {
	return broadcastTo(reshaped(y, keptShape(shape, axes)), shape)
}

// keptShape returns shape with a length of 1 at each of axes.
func keptShape(shape, axes []int) []int {
	s := slices.Clone(shape)
	for _, a := range axes {
		s[a] = 1
	}
	return s
}

// shifted returns the axes of an array as those of one with a leading mapped axis.
func shifted(axes []int) []int { return shiftedBy(axes, 1) }

func shiftedBy(axes []int, by int) []int {
	s := make([]int, len(axes))
	for i, a := range axes {
		s[i] = a + by
	}
	return s
}

// inferReduction infers the result of reducing one operand of one of the given dtypes. Axes must be
// in ascending order.
func inferReduction(in []trace.Type, axes []int, dtypes ...trace.DType) ([]trace.Type, error) {
	if len(in) != 1 {
		return nil, errOneOperand
	}
	if !slices.Contains(dtypes, in[0].DType) {
		return nil, fmt.Errorf("needs %v", dtypes)
	}
	for i, a := range axes {
		if a < in[0].Stars() || a >= in[0].Rank() || i > 0 && a <= axes[i-1] {
			return nil, fmt.Errorf("cannot reduce the axes %v", axes)
		}
	}
	return reducedType(in[0], axes), nil
}

func reducedType(t trace.Type, axes []int) []trace.Type {
	out := trace.Type{DType: t.DType}
	for i, n := range t.Shape {
		if !slices.Contains(axes, i) {
			out.Shape = append(out.Shape, n)
		}
	}
	return []trace.Type{out}
}

// reducer reduces a run of elements to one.
type reducer struct {
	floats func([]float64) float64
	ints   func([]int64) int64
	bools  func([]bool) bool
}

// reduceBuffer moves the reduced axes last and applies r to each row.
func reduceBuffer(x trace.Buffer, out trace.Type, axes []int, r reducer) []trace.Buffer {
	x, n := rows(x, axes)
	y := trace.NewResult(out, x)
	switch x.Type.DType {
	case trace.F64:
		for i := range y.F64 {
			y.F64[i] = r.floats(x.F64[i*n : (i+1)*n])
		}
	case trace.I64:
		for i := range y.I64 {
			y.I64[i] = r.ints(x.I64[i*n : (i+1)*n])
		}
	case trace.Bool:
		for i := range y.Bool {
			y.Bool[i] = r.bools(x.Bool[i*n : (i+1)*n])
		}
	}
	return []trace.Buffer{y}
}

// rows returns x with the given axes moved last, and the number of elements along them.
func rows(x trace.Buffer, axes []int) (trace.Buffer, int) {
	var perm []int
	for i := range x.Type.Shape {
		if !slices.Contains(axes, i) {
			perm = append(perm, i)
		}
	}
	n := 1
	for _, a := range axes {
		n *= x.Type.Shape[a]
	}
	perm = append(perm, axes...)
	if slices.IsSorted(perm) {
		return x, n
	}
	p := transpose{Perm: perm}
	t, _ := p.Infer([]trace.Type{x.Type})
	return p.Eval([]trace.Buffer{x}, t)[0], n
}

// fewSummed is how many numbers are summed one after the other.
const fewSummed = 64

// sumFloats sums pairwise: the error grows with the logarithm of the length.
func sumFloats(x []float64) float64 {
	if len(x) <= fewSummed {
		if len(x) == 0 {
			return 0
		}
		s := x[0]
		for _, v := range x[1:] {
			s += v
		}
		return s
	}
	m := len(x) / 2
	return sumFloats(x[:m]) + sumFloats(x[m:])
}

// sumRows sums rows as long as sum, as sumFloats sums what stands in one column of theirs.
func sumRows(sum, x []float64) {
	n := len(sum)
	if n == 0 || len(x) == 0 {
		clear(sum)
		return
	}
	if rows := len(x) / n; rows > fewSummed {
		half := rows / 2 * n
		sumRows(sum, x[:half])
		rest := make([]float64, n)
		sumRows(rest, x[half:])
		addFloats(sum, sum, rest)
		return
	}
	copy(sum, x)
	for x = x[n:]; len(x) >= 4*n; x = x[4*n:] {
		addFourRows(sum, x)
	}
	for ; len(x) > 0; x = x[n:] {
		addFloats(sum, sum, x)
	}
}

// addFourRows adds the first four rows of x to sum, one after the other, and goes over sum once.
func addFourRows(sum, x []float64) {
	n := len(sum)
	a, b, c, d := x[:n], x[n:2*n], x[2*n:3*n], x[3*n:4*n]
	for i, s := range sum {
		sum[i] = s + a[i] + b[i] + c[i] + d[i]
	}
}

func sumInts(x []int64) int64 {
	s := int64(0)
	for _, v := range x {
		s += v
	}
	return s
}

// reduceAny reports whether any bool along axes is true.
type reduceAny struct {
	noTangent
	Axes []int
}

func (reduceAny) Name() string { return "reduce_any" }

func (p reduceAny) Infer(in []trace.Type) ([]trace.Type, error) {
	return inferReduction(in, p.Axes, trace.Bool)
}

func (p reduceAny) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	if out[0].Stars() > 0 {
		return evalEachRow(reduceAny{Axes: shiftedBy(p.Axes, -1)}, in, out)
	}
	return reduceBuffer(in[0], out[0], p.Axes, reducer{bools: func(x []bool) bool {
		return slices.Contains(x, true)
	}})
}

func (p reduceAny) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	return []Array{anyOf(in[0], shifted(p.Axes))}, []bool{true}
}

// Simplify knows that any over no axis is its operand.
func (p reduceAny) Simplify(in []Array) (Array, bool) { return in[0], len(p.Axes) == 0 }

// anyOf reduces a bool array over axes, without an equation if all its elements are the same.
func anyOf(m Array, axes []int) Array {
	if v, ok := trace.Splat(m); ok && m.Size() > 0 {
		return trace.Fill(v, reducedType(m.Type(), axes)[0])
	}
	y := apply(reduceAny{Axes: axes}, m)
	for _, b := range []bool{false, true} {
		if !y.Traced() && y.Size() > 0 && known(y, b) {
			return trace.Fill(b, y.Type())
		}
	}
	return y
}

// Sum returns the sum over the given axes, or over all. Negative axes count from the end. Bools
// count as integers. The sum of no elements is 0.
func Sum(x Array, axes ...int) Array {
	x = atLeastInt(x)
	return apply(reduceSum{axesOf("sum", x, axes)}, x)
}

// All reports whether every element along the given axes, or every one of all, is true. Numbers
// other than 0 count as true. All of no elements is true.
func All(x Array, axes ...int) Array {
	x = convertTo(x, trace.Bool)
	return not1(anyOf(not1(x), axesOf("all", x, axes)))
}

// Any reports whether an element along the given axes, or one of all, is true. Numbers other than
// 0 count as true. Any of no elements is false.
func Any(x Array, axes ...int) Array {
	x = convertTo(x, trace.Bool)
	return anyOf(x, axesOf("any", x, axes))
}

// KeepDims applies a reduction, such as Sum or Argmax, over the given axes or over all, and keeps
// the reduced axes with length 1, so that the result broadcasts against x.
func KeepDims(reduce func(Array, ...int) Array, x Array, axes ...int) Array {
	all := axesOf("keepdims", x, axes)
	y, shape := reduce(x, axes...), keptShape(x.Type().Shape, all)
	if size := (trace.Type{Shape: shape}).Size(); size != y.Size() {
		panic(trace.Errorf("keepdims", "%v reduced over axes %v should have %d elements, not the shape %v",
			x.Type(), all, size, y.Type()))
	}
	return reshaped(y, shape)
}
