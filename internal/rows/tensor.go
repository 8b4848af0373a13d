package rows

import (
	"github.com/gradus-ad/gradus/trace"
)

// Tensor is an array as the naive references see it: elements in row-major order, as floats
// whatever the dtype. True is 1.
type Tensor struct {
	Shape []int
	Data  []float64
}

// Of returns the tensor of a shape whose element at each index is what at returns for it. The
// slice that at is given is reused.
func Of(shape []int, at func(i []int) float64) Tensor {
	t := Tensor{Shape: shape}
	Each(shape, func(i []int) { t.Data = append(t.Data, at(i)) })
	return t
}

// Each visits all indices of a shape in row-major order. The slice is reused.
func Each(shape []int, visit func(i []int)) {
	i := make([]int, len(shape))
	var rec func(axis int)
	rec = func(axis int) {
		if axis == len(shape) {
			visit(i)
			return
		}
		for i[axis] = 0; i[axis] < shape[axis]; i[axis]++ {
			rec(axis + 1)
		}
	}
	rec(0)
}

// At returns the element at an index.
func (t Tensor) At(i ...int) float64 { return t.Data[t.offset(i)] }

// Set changes the element at an index.
func (t Tensor) Set(v float64, i ...int) { t.Data[t.offset(i)] = v }

func (t Tensor) offset(i []int) int {
	k := 0
	for axis, n := range t.Shape {
		k = k*n + i[axis]
	}
	return k
}

// Copy returns a tensor with its own elements.
func (t Tensor) Copy() Tensor {
	t.Data = append([]float64(nil), t.Data...)
	return t
}

// Scalar returns the tensor of one number.
func Scalar(v float64) Tensor { return Tensor{Data: []float64{v}} }

// Vector returns the tensor of one axis with the given elements.
func Vector(v ...float64) Tensor { return Tensor{Shape: []int{len(v)}, Data: v} }

// Read returns the elements of a concrete array.
func Read(a trace.Array) Tensor {
	b := trace.Read(a)
	t := Tensor{Shape: b.Type.Shape, Data: append([]float64(nil), b.F64...)}
	for _, v := range b.I64 {
		t.Data = append(t.Data, float64(v))
	}
	for _, v := range b.Bool {
		t.Data = append(t.Data, truth(v))
	}
	return t
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Array returns t as a concrete array of a dtype.
func (t Tensor) Array(d trace.DType) trace.Array {
	b := trace.NewBuffer(trace.Type{DType: d, Shape: t.Shape})
	for i, v := range t.Data {
		switch d {
		case trace.F64:
			b.F64[i] = v
		case trace.I64:
			b.I64[i] = int64(v)
		case trace.Bool:
			b.Bool[i] = v != 0
		}
	}
	return trace.FromBuffer(b)
}
