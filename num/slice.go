package num

import (
	"fmt"
	"math"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// End as a bound of Slice is the end of the axis, whatever its length.
const End = math.MaxInt

// slice takes along each axis the elements from Start, every Step-th, below Limit.
type slice struct {
	mover
	Start, Limit, Step []int
}

func (slice) Name() string { return "slice" }

func (p slice) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 1 {
		return nil, errOneOperand
	}
	n := in[0].Rank()
	if len(p.Start) != n || len(p.Limit) != n || len(p.Step) != n {
		return nil, fmt.Errorf("needs bounds for each of %d axes", n)
	}
	types := blank(in[0].DType, n)
	out := &types[0]
	for i, length := range in[0].Shape {
		lo, hi, step := p.Start[i], p.Limit[i], p.Step[i]
		if lo < 0 || hi < lo || hi > length || step < 1 {
			return nil, fmt.Errorf("%d to %d by %d is not within axis %d of length %d", lo, hi, step, i, length)
		}
		out.Shape[i] = (hi - lo + step - 1) / step
	}
	return types, nil
}

// blank returns the type of one result, whose lengths are to be filled in, in one piece of memory if they are few.
func blank(d trace.DType, rank int) []trace.Type {
	const few = 3
	if rank > few {
		return []trace.Type{{DType: d, Shape: make([]int, rank)}}
	}
	x := new(struct {
		types [1]trace.Type
		shape [few]int
	})
	x.types[0] = trace.Type{DType: d, Shape: x.shape[:rank:rank]}
	return x.types[:]
}

func (p slice) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	offset, stride := strided(in[0].Type.Shape, p.Start, p.Step)
	return []trace.Buffer{pick(in[0], out[0], offset, stride)}
}

// strided returns where the element at start stands in an array of some shape, and how far apart
// elements step-wise from there are.
func strided(shape, start, step []int) (offset int, stride []int) {
	stride = strides(shape)
	for i := range stride {
		offset += start[i] * stride[i]
		stride[i] *= step[i]
	}
	return offset, stride
}

func (p slice) JVP(in, _ []Array, t []Tangent) []Tangent { return jvpLinear(p, in, t) }

func (p slice) Transpose(t *trace.Transposition) []Tangent {
	q := pad{Lo: p.Start, Hi: make([]int, len(p.Start)), Step: p.Step}
	for i, n := range t.Types[0].Shape {
		m := (p.Limit[i] - p.Start[i] + p.Step[i] - 1) / p.Step[i]
		q.Hi[i] = n - p.Start[i] - spaced(m, p.Step[i])
	}
	return []Tangent{LinearTangent(q, make([]Array, 1), 0, t.Ct[0])}
}

// Accumulate adds to the part that p takes only.
func (p slice) Accumulate(t *trace.Transposition, acc []Tangent) []Tangent {
	return []Tangent{accumulate(addSlice{p.Start, p.Limit, p.Step}, acc[0], t.Ct[0])}
}

func (p slice) Mask(_ []Array, _ int, m Array) Array { return apply(p, m) }

func (p slice) Batch(in []Array, _ []bool, n int) ([]Array, []bool) {
	if y, ok := p.ofUnits(in[0], n); ok {
		return []Array{y}, []bool{true}
	}
	q := slice{
		Start: append([]int{0}, p.Start...),
		Limit: append([]int{n}, p.Limit...),
		Step:  append([]int{1}, p.Step...),
	}
	return []Array{apply(q, in[0])}, []bool{true}
}

// Simplify knows that a slice of everything is its operand, merges slices, and looks for what was
// padded or joined.
func (p slice) Simplify(in []Array) (Array, bool) {
	if p.whole(in[0]) {
		return in[0], true
	}
	q, from, ok := trace.Producer(in[0])
	if !ok {
		return Array{}, false
	}
	switch q := q.(type) {
	case slice:
		return sliced(from[0], p.after(q)), true
	case pad:
		return from[0], p.undoes(q, from[0].Type().Shape)
	case concat:
		lo := 0
		for _, x := range from {
			hi := lo + x.Type().Shape[q.Axis]
			if lo <= p.Start[q.Axis] && p.Limit[q.Axis] <= hi {
				return sliced(x, p.shiftedBy(q.Axis, lo)), true
			}
			lo = hi
		}
	}
	return Array{}, false
}

// whole reports whether p takes all of x.
func (p slice) whole(x Array) bool {
	for i, n := range x.Type().Shape {
		if p.Start[i] != 0 || p.Limit[i] != n || n > 1 && p.Step[i] != 1 {
			return false
		}
	}
	return true
}

// after returns the slice of x that p takes of what q takes of x.
func (p slice) after(q slice) slice {
	r := slice{Start: slices.Clone(q.Start), Limit: slices.Clone(q.Start), Step: slices.Clone(q.Step)}
	for i := range r.Start {
		r.Start[i] += p.Start[i] * q.Step[i]
		r.Limit[i] = min(q.Limit[i], q.Start[i]+p.Limit[i]*q.Step[i])
		r.Start[i] = min(r.Start[i], r.Limit[i])
		r.Step[i] *= p.Step[i]
	}
	return r
}

// undoes reports whether p takes from the result of q just what q put there, an array of a shape.
func (p slice) undoes(q pad, shape []int) bool {
	for i, n := range shape {
		if p.Start[i] != q.Lo[i] || p.Step[i] != q.Step[i] || p.Limit[i] != q.Lo[i]+spaced(n, q.Step[i]) {
			return false
		}
	}
	return true
}

// shiftedBy returns p for an array that starts n elements later along an axis.
func (p slice) shiftedBy(axis, n int) slice {
	r := slice{Start: slices.Clone(p.Start), Limit: slices.Clone(p.Limit), Step: p.Step}
	r.Start[axis] -= n
	r.Limit[axis] -= n
	return r
}

func init() { trace.ProvideAt(at) }

// at is x[i, j, ...], the method At of trace.Array.
func at(x Array, i []int) Array {
	if len(i) > x.Rank() {
		panic(trace.Errorf("at", "%d indices for %d axes: %v", len(i), x.Rank(), x.Type()))
	}
	p := everything(x)
	for axis, k := range i {
		p.Start[axis] = position("at", x, k, axis)
		p.Limit[axis] = p.Start[axis] + 1
	}
	return reshaped(sliced(x, p), x.Type().Shape[len(i):])
}

// position returns an index along an axis, which may count from the end, as one from the start.
func position(name string, x Array, i, axis int) int {
	n := x.Type().Shape[axis]
	if i < -n || i >= n {
		panic(trace.Errorf(name, "index %d is out of range for axis %d of length %d: %v", i, axis, n, x.Type()))
	}
	if i < 0 {
		return i + n
	}
	return i
}

// everything returns the bounds of the whole of x.
func everything(x Array) slice {
	n := x.Rank()
	return slice{Start: make([]int, n), Limit: x.Shape(), Step: slices.Repeat([]int{1}, n)}
}

// sliced applies p, unless that is the identity.
func sliced(x Array, p slice) Array {
	if p.whole(x) {
		return x
	}
	return apply(p, x)
}

// part returns x[lo:hi] along one axis.
func part(x Array, axis, lo, hi int) Array {
	p := everything(x)
	p.Start[axis], p.Limit[axis] = lo, hi
	return sliced(x, p)
}

// flip reverses the order of the elements along axes.
type flip struct {
	mover
	Axes []int
}

func (flip) Name() string { return "flip" }

func (p flip) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 1 {
		return nil, errOneOperand
	}
	for i, a := range p.Axes {
		if a < 0 || a >= in[0].Rank() || slices.Contains(p.Axes[:i], a) {
			return nil, fmt.Errorf("%v are not axes", p.Axes)
		}
	}
	return in[:1], nil
}

func (p flip) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	stride := strides(out[0].Shape)
	offset := 0
	for _, a := range p.Axes {
		offset += (out[0].Shape[a] - 1) * stride[a]
		stride[a] = -stride[a]
	}
	return []trace.Buffer{pick(in[0], out[0], offset, stride)}
}

func (p flip) JVP(in, _ []Array, t []Tangent) []Tangent { return jvpLinear(p, in, t) }

func (p flip) Transpose(t *trace.Transposition) []Tangent {
	return []Tangent{LinearTangent(p, make([]Array, 1), 0, t.Ct[0])}
}

func (p flip) Mask(_ []Array, _ int, m Array) Array { return apply(p, m) }

func (p flip) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	return []Array{apply(flip{Axes: shifted(p.Axes)}, in[0])}, []bool{true}
}

// Simplify undoes a flip of the same axes.
func (p flip) Simplify(in []Array) (Array, bool) {
	if len(p.Axes) == 0 {
		return in[0], true
	}
	if q, from, ok := trace.Producer(in[0]); ok {
		if q, ok := q.(flip); ok && slices.Equal(p.Axes, q.Axes) {
			return from[0], true
		}
	}
	return Array{}, false
}
