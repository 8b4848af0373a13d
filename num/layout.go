package num

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// Layout primitives move elements and do not change them. They are linear, their masks move with
// the elements, and they take every dtype.

// mover is embedded in primitives of one operand that move or repeat elements.
type mover struct{}

func (mover) Moves()             {}
func (mover) Linear([]bool) bool { return true }

// jvpLinear is the JVP of a primitive that is linear in its only operand.
func jvpLinear(p trace.Linear, in []Array, t []Tangent) []Tangent {
	return []Tangent{LinearTangent(p, in, 0, t[0])}
}

// evalEachRow applies p to each row of stacks.
func evalEachRow(p interface {
	Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer
}, in []trace.Buffer, out []trace.Type) []trace.Buffer {
	return []trace.Buffer{trace.EachRow(in, out[0], func(rows []trace.Buffer) trace.Buffer {
		return p.Eval(rows, []trace.Type{out[0].Row()})[0]
	})}
}

type reshape struct {
	mover
	Shape []int
}

func (reshape) Name() string { return "reshape" }

func (p reshape) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 1 {
		return nil, errOneOperand
	}
	out := trace.Type{DType: in[0].DType, Shape: p.Shape}
	from, to := in[0], out
	for from.Stars() > 0 && to.Stars() > 0 { // row by row
		from, to = from.Row(), to.Row()
	}
	if to.Size() != from.Size() || slices.ContainsFunc(from.Shape, negative) || slices.ContainsFunc(to.Shape, negative) {
		return nil, fmt.Errorf("cannot reshape to %v", p.Shape)
	}
	return []trace.Type{out}, nil
}

func negative(n int) bool { return n < 0 }

// InOrder says that the elements of the result are those of the operand in their order.
func (reshape) InOrder() {}

func (p reshape) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	if out[0].Stars() > 0 {
		return evalEachRow(p, in, out)
	}
	return []trace.Buffer{in[0].Reshaped(out[0])}
}

func (p reshape) JVP(in, _ []Array, t []Tangent) []Tangent { return jvpLinear(p, in, t) }

func (reshape) Transpose(t *trace.Transposition) []Tangent {
	return []Tangent{reshapeTangent(t.Ct[0], t.Types[0].Shape)}
}

func (p reshape) Mask(_ []Array, _ int, m Array) Array { return reshaped(m, p.Shape) }

func (p reshape) Batch(in []Array, _ []bool, n int) ([]Array, []bool) {
	if y, ok := unitsOf(in[0], trace.TypeOf(trace.F64, p.Shape...).Batched(n), 0); ok {
		return []Array{y}, []bool{true}
	}
	return []Array{reshaped(in[0], batchedShape(p.Shape, in[0].Type().Stars(), n))}, []bool{true}
}

// batchedShape returns a shape with one more axis of length n, which leads in the rows of a stack.
func batchedShape(shape []int, stars, n int) []int {
	return slices.Insert(slices.Clone(shape), stars, n)
}

// Simplify merges reshapes.
func (p reshape) Simplify(in []Array) (Array, bool) {
	if slices.Equal(in[0].Type().Shape, p.Shape) {
		return in[0], true
	}
	if q, from, ok := trace.Producer(in[0]); ok {
		if _, ok := q.(reshape); ok {
			return reshaped(from[0], p.Shape), true
		}
	}
	return Array{}, false
}

func reshaped(x Array, shape []int) Array {
	if slices.Equal(x.Type().Shape, shape) {
		return x
	}
	return apply(reshape{Shape: slices.Clone(shape)}, x)
}

func reshapeTangent(t Tangent, shape []int) Tangent {
	return LinearTangent(reshape{Shape: slices.Clone(shape)}, make([]Array, 1), 0, t)
}

// broadcast repeats elements by numpy's rules: shapes are aligned at the last axis, and lengths
// of 1 are stretched.
type broadcast struct {
	mover
	Shape []int
}

func (broadcast) Name() string { return "broadcast" }

func (p broadcast) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 1 {
		return nil, errOneOperand
	}
	from, to := in[0].Shape, p.Shape
	if k := in[0].Stars(); k > 0 && len(to) >= k && slices.Equal(from[:k], to[:k]) {
		from, to = from[k:], to[k:] // row by row
	}
	s, ok := broadcastShapes(from, to)
	if !ok || !slices.Equal(s, to) {
		return nil, fmt.Errorf("does not broadcast to %v", p.Shape)
	}
	return []trace.Type{{DType: in[0].DType, Shape: p.Shape}}, nil
}

func (p broadcast) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	if out[0].Stars() > 0 {
		return evalEachRow(p, in, out)
	}
	shape := out[0].Shape
	lead := len(shape) - len(in[0].Type.Shape)
	stride := make([]int, len(shape))
	step := 1
	for i := len(shape) - 1; i >= lead; i-- {
		if n := in[0].Type.Shape[i-lead]; n > 1 || shape[i] == 1 {
			stride[i] = step
			step *= n
		}
	}
	return []trace.Buffer{pick(in[0], out[0], 0, stride)}
}

// RepeatsAll reports whether the elements are those of the operand, in order, again and again.
func (broadcast) RepeatsAll(in, out trace.Type) bool {
	lead := len(out.Shape) - len(in.Shape)
	return in.Size() > 0 && slices.Equal(in.Shape, out.Shape[lead:])
}

func (p broadcast) JVP(in, _ []Array, t []Tangent) []Tangent { return jvpLinear(p, in, t) }

// Transpose sums over the axes that were stretched.
func (p broadcast) Transpose(t *trace.Transposition) []Tangent {
	from := t.Types[0].Shape
	stars := t.Types[0].Stars()
	lead := len(p.Shape) - len(from) // axes behind those of a stack
	var axes []int
	for i, n := range p.Shape[stars:] {
		if i < lead || from[stars+i-lead] != n {
			axes = append(axes, stars+i)
		}
	}
	sum := LinearTangent(reduceSum{Axes: axes}, make([]Array, 1), 0, t.Ct[0])
	return []Tangent{reshapeTangent(sum, from)}
}

func (p broadcast) Mask(_ []Array, _ int, m Array) Array { return broadcastTo(m, p.Shape) }

func (p broadcast) Batch(in []Array, _ []bool, n int) ([]Array, []bool) {
	stars := in[0].Type().Stars()
	to := batchedShape(p.Shape, stars, n)
	own := in[0].Type().Shape[stars+1:]
	shape := slices.Clone(to)
	for i := stars + 1; i < len(shape); i++ {
		shape[i] = 1
	}
	copy(shape[len(shape)-len(own):], own)
	return []Array{broadcastTo(reshaped(in[0], shape), to)}, []bool{true}
}

// Simplify merges broadcasts, and leaves out reshapes that add leading axes only.
func (p broadcast) Simplify(in []Array) (Array, bool) {
	if slices.Equal(in[0].Type().Shape, p.Shape) {
		return in[0], true
	}
	if q, from, ok := trace.Producer(in[0]); ok {
		switch q := q.(type) {
		case broadcast:
			return broadcastTo(from[0], p.Shape), true
		case reshape:
			own := from[0].Type().Shape
			if lead := len(q.Shape) - len(own); lead >= 0 && slices.Equal(q.Shape[lead:], own) {
				return broadcastTo(from[0], p.Shape), true
			}
		}
	}
	return Array{}, false
}

func broadcastTo(x Array, shape []int) Array {
	if slices.Equal(x.Type().Shape, shape) {
		return x
	}
	return apply(broadcast{Shape: slices.Clone(shape)}, x)
}

// transpose permutes axes: axis i of the result is axis Perm[i] of the operand.
type transpose struct {
	mover
	Perm []int
}

func (transpose) Name() string { return "transpose" }

func (p transpose) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 1 {
		return nil, errOneOperand
	}
	out := trace.Type{DType: in[0].DType}
	seen := make([]bool, len(p.Perm))
	for _, a := range p.Perm {
		if a < 0 || a >= in[0].Rank() || seen[a] {
			return nil, fmt.Errorf("%v is not a permutation of the axes", p.Perm)
		}
		seen[a] = true
		out.Shape = append(out.Shape, in[0].Shape[a])
	}
	if len(p.Perm) != in[0].Rank() {
		return nil, fmt.Errorf("%v is not a permutation of the axes", p.Perm)
	}
	return []trace.Type{out}, nil
}

func (p transpose) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	own := strides(in[0].Type.Shape)
	stride := make([]int, len(p.Perm))
	for i, a := range p.Perm {
		stride[i] = own[a]
	}
	return []trace.Buffer{pick(in[0], out[0], 0, stride)}
}

func (p transpose) JVP(in, _ []Array, t []Tangent) []Tangent { return jvpLinear(p, in, t) }

func (p transpose) Transpose(t *trace.Transposition) []Tangent {
	inverse := make([]int, len(p.Perm))
	for i, a := range p.Perm {
		inverse[a] = i
	}
	return []Tangent{LinearTangent(transpose{Perm: inverse}, make([]Array, 1), 0, t.Ct[0])}
}

func (p transpose) Mask(_ []Array, _ int, m Array) Array { return transposed(m, p.Perm) }

func (p transpose) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	perm := []int{0}
	for _, a := range p.Perm {
		perm = append(perm, a+1)
	}
	return []Array{transposed(in[0], perm)}, []bool{true}
}

// Simplify merges transposes.
func (p transpose) Simplify(in []Array) (Array, bool) {
	if slices.IsSorted(p.Perm) {
		return in[0], true
	}
	if q, from, ok := trace.Producer(in[0]); ok {
		if inner, ok := q.(transpose); ok {
			perm := make([]int, len(p.Perm))
			for i, a := range p.Perm {
				perm[i] = inner.Perm[a]
			}
			return transposed(from[0], perm), true
		}
	}
	return Array{}, false
}

func transposed(x Array, perm []int) Array {
	if slices.IsSorted(perm) {
		return x
	}
	return apply(transpose{Perm: perm}, x)
}

// strides returns how far apart neighbours along each axis are in row-major order.
func strides(shape []int) []int {
	s := make([]int, len(shape))
	step := 1
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = step
		step *= shape[i]
	}
	return s
}

// pick returns the elements of x at offset plus the strided positions of out's shape.
func pick(x trace.Buffer, out trace.Type, offset int, stride []int) trace.Buffer {
	y := trace.NewResult(out, x)
	switch out.DType {
	case trace.F64:
		pickElements(y.F64, x.F64, out.Shape, offset, stride)
	case trace.I64:
		pickElements(y.I64, x.I64, out.Shape, offset, stride)
	case trace.Bool:
		pickElements(y.Bool, x.Bool, out.Shape, offset, stride)
	}
	return y
}

func pickElements[E any](y, x []E, shape []int, offset int, stride []int) {
	eachRow(shape, offset, stride, func(lo, hi, at, step int) {
		row := y[lo:hi]
		if step == 1 {
			copy(row, x[at:])
			return
		}
		for k := range row {
			row[k] = x[at]
			at += step
		}
	})
}

// merged joins neighbouring axes that one stride can run through, so that rows get longer.
func merged(shape, stride []int) (s, st []int) {
	for i, n := range shape {
		last := len(s) - 1
		switch {
		case n == 1 && last >= 0:
		case last >= 0 && (s[last] == 1 || st[last] == n*stride[i]):
			s[last], st[last] = s[last]*n, stride[i]
		default:
			s, st = append(s, n), append(st, stride[i])
		}
	}
	return s, st
}

// eachRow visits an array of the given shape, in order, in rows along the last axis, or along
// the last ones if they are as good as one: its elements from lo to hi stand elsewhere at the
// position at and every step-th from there.
func eachRow(shape []int, offset int, stride []int, visit func(lo, hi, at, step int)) {
	shape, stride = merged(shape, stride)
	size := trace.Type{Shape: shape}.Size()
	last := len(shape) - 1
	switch {
	case size == 0:
		return
	case last < 0:
		visit(0, 1, offset, 0)
		return
	}
	inner := shape[last]
	index := make([]int, last)
	for lo := 0; lo < size; lo += inner {
		at := offset
		for i, k := range index {
			at += k * stride[i]
		}
		visit(lo, lo+inner, at, stride[last])
		for i := last - 1; i >= 0; i-- {
			if index[i]++; index[i] < shape[i] {
				break
			}
			index[i] = 0
		}
	}
}

// allAxes returns the axes of x.
func allAxes(x Array) []int { return leading(x.Rank()) }

// leading returns 0, 1, ... n-1.
func leading(n int) []int {
	axes := make([]int, n)
	for i := range axes {
		axes[i] = i
	}
	return axes
}

// axisOf returns a non-negative axis for one that may count from the end.
func axisOf(name string, x Array, axis int) int {
	a := axis
	if a < 0 {
		a += x.Rank()
	}
	if a < 0 || a >= x.Rank() {
		panic(trace.Errorf(name, "axis %d of an array of %d axes: %v", axis, x.Rank(), x.Type()))
	}
	return a
}

// axesOf returns sorted, non-negative axes; none means all.
func axesOf(name string, x Array, axes []int) []int {
	if len(axes) == 0 {
		return allAxes(x)
	}
	out := make([]int, len(axes))
	for i, a := range axes {
		out[i] = axisOf(name, x, a)
	}
	slices.Sort(out)
	for i := 1; i < len(out); i++ {
		if out[i] == out[i-1] {
			panic(trace.Errorf(name, "axis %d is named twice: %v", out[i], axes))
		}
	}
	return out
}

var errOneOperand = errors.New("needs one operand")
