package num

import (
	"errors"
	"fmt"

	"github.com/gradus-ad/gradus/trace"
)

// pad puts, along each axis, Lo zeros before the elements, Hi behind them and Step-1 between
// neighbours. It is the transpose of slice.
type pad struct{ Lo, Hi, Step []int }

func (pad) Name() string       { return "pad" }
func (pad) Linear([]bool) bool { return true }
func (pad) fillsZeros()        {}

// spaced returns the length of n elements with step-1 zeros between neighbours.
func spaced(n, step int) int {
	if n == 0 {
		return 0
	}
	return (n-1)*step + 1
}

func (p pad) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 1 {
		return nil, errOneOperand
	}
	n := in[0].Rank()
	if len(p.Lo) != n || len(p.Hi) != n || len(p.Step) != n {
		return nil, fmt.Errorf("needs widths for each of %d axes", n)
	}
	types := blank(in[0].DType, n)
	out := &types[0]
	for i, length := range in[0].Shape {
		if p.Lo[i] < 0 || p.Hi[i] < 0 || p.Step[i] < 1 {
			return nil, errors.New("a width is negative")
		}
		out.Shape[i] = p.Lo[i] + spaced(length, p.Step[i]) + p.Hi[i]
	}
	return types, nil
}

func (p pad) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	offset, stride := strided(out[0].Shape, p.Lo, p.Step)
	y := trace.NewBuffer(out[0])
	shape := in[0].Type.Shape
	switch out[0].DType {
	case trace.F64:
		place(y.F64, in[0].F64, shape, offset, stride)
	case trace.I64:
		place(y.I64, in[0].I64, shape, offset, stride)
	case trace.Bool:
		place(y.Bool, in[0].Bool, shape, offset, stride)
	}
	return []trace.Buffer{y}
}

// place is the inverse of pickElements: it puts x, of the given shape, at strided positions of y.
func place[E any](y, x []E, shape []int, offset int, stride []int) {
	eachRow(shape, offset, stride, func(lo, hi, at, step int) {
		for _, v := range x[lo:hi] {
			y[at] = v
			at += step
		}
	})
}

func (p pad) JVP(in, _ []Array, t []Tangent) []Tangent { return jvpLinear(p, in, t) }

func (p pad) Transpose(t *trace.Transposition) []Tangent {
	q := slice{Start: p.Lo, Limit: make([]int, len(p.Lo)), Step: p.Step}
	for i, n := range t.Types[0].Shape {
		q.Limit[i] = p.Lo[i] + spaced(n, p.Step[i])
	}
	return []Tangent{LinearTangent(q, make([]Array, 1), 0, t.Ct[0])}
}

func (p pad) Mask(_ []Array, _ int, m Array) Array { return apply(p, m) }

func (p pad) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	q := pad{append([]int{0}, p.Lo...), append([]int{0}, p.Hi...), append([]int{1}, p.Step...)}
	return []Array{apply(q, in[0])}, []bool{true}
}

// Simplify knows that a pad by nothing is its operand.
func (p pad) Simplify(in []Array) (Array, bool) {
	for i, n := range in[0].Type().Shape {
		if p.Lo[i] != 0 || p.Hi[i] != 0 || n > 1 && p.Step[i] != 1 {
			return Array{}, false
		}
	}
	return in[0], true
}

// addSlice x u adds u to the elements that slice takes of x. It is how derivatives of many slices of
// one array meet: each touches its own part. Bools are added by or.
type addSlice struct{ Start, Limit, Step []int }

func (addSlice) Name() string       { return "add_slice" }
func (addSlice) Linear([]bool) bool { return true }

func (p addSlice) slice() slice { return slice{Start: p.Start, Limit: p.Limit, Step: p.Step} }

func (p addSlice) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 2 || in[0].DType != in[1].DType {
		return nil, errors.New("needs an array, and what to add, of one dtype")
	}
	u, err := p.slice().Infer(in[:1])
	if err != nil {
		return nil, err
	}
	if !u[0].Equal(in[1]) {
		return nil, fmt.Errorf("adds to a part of type %v", u[0])
	}
	return in[:1], nil
}

func (p addSlice) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer {
	y := in[0].Writable()
	p.Update(y, in)
	return []trace.Buffer{y}
}

// Update is like that of addAt.
func (p addSlice) Update(y trace.Buffer, in []trace.Buffer) {
	u := in[1]
	offset, stride := strided(y.Type.Shape, p.Start, p.Step)
	eachRow(u.Type.Shape, offset, stride, func(lo, hi, at, step int) {
		for k := lo; k < hi; k, at = k+1, at+step {
			switch y.Type.DType {
			case trace.F64:
				y.F64[at] += u.F64[k]
			case trace.I64:
				y.I64[at] += u.I64[k]
			case trace.Bool:
				y.Bool[at] = y.Bool[at] || u.Bool[k]
			}
		}
	})
}

func (p addSlice) JVP(in, _ []Array, t []Tangent) []Tangent {
	return []Tangent{JointTangent(p, in, 0, t)}
}

func (p addSlice) JointMask(in []Array) Array { return apply(p, in...) }

func (p addSlice) Transpose(t *trace.Transposition) []Tangent {
	return []Tangent{t.Ct[0], LinearTangent(p.slice(), make([]Array, 1), 0, t.Ct[0])}
}

func (p addSlice) Batch(in []Array, mapped []bool, n int) ([]Array, []bool) {
	in = mapAll(in, mapped, n)
	q := addSlice{append([]int{0}, p.Start...), append([]int{n}, p.Limit...), append([]int{1}, p.Step...)}
	return []Array{apply(q, in...)}, []bool{true}
}

// Simplify knows that to add to all of x is to add.
func (p addSlice) Simplify(in []Array) (Array, bool) {
	if in[0].DType() == trace.Bool || !p.slice().whole(in[0]) {
		return Array{}, false
	}
	return apply(add{}, in...), true
}
