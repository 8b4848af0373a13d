package main

import (
	"github.com/born-ml/born/autodiff"
	"github.com/born-ml/born/backend/cpu"
	"github.com/born-ml/born/tensor"
)

func init() { libraries["born"] = tensorLibrary(born{autodiff.New(cpu.New())}) }

type (
	bornBackend = *autodiff.Backend[*cpu.Backend]
	bornTensor  = *tensor.Tensor[float64, bornBackend]
)

// born computes at once and records a tape.
type born struct{ backend bornBackend }

func (l born) gradient(f function[bornTensor], arguments []matrix, by int) func() [][]float64 {
	arrays, tape := bornArrays(l), l.backend.Tape()
	value := f(arrays)
	x, out := make([]bornTensor, len(arguments)), make([][]float64, by)
	return func() [][]float64 {
		for i, a := range arguments {
			x[i] = arrays.constant(a)
		}
		tape.Clear()
		tape.StartRecording()
		gradients := autodiff.Backward(value(x), l.backend)
		for i := range out {
			out[i] = gradients[x[i].Raw()].AsFloat64()
		}
		return out
	}
}

func (born) product(function[bornTensor], []matrix, []matrix) func() [][]float64 {
	panic("no second derivatives")
}

type bornArrays struct{ backend bornBackend }

func (l bornArrays) constant(m matrix) bornTensor {
	return must(tensor.FromSlice(m.Values, tensor.Shape{m.Rows, m.Columns}, l.backend))
}
func (bornArrays) add(a, b bornTensor) bornTensor            { return a.Add(b) }
func (bornArrays) sub(a, b bornTensor) bornTensor            { return a.Sub(b) }
func (bornArrays) mul(a, b bornTensor) bornTensor            { return a.Mul(b) }
func (bornArrays) product(a, b bornTensor) bornTensor        { return a.MatMul(b) }
func (bornArrays) addRow(a, row bornTensor) bornTensor       { return a.Add(row) }
func (bornArrays) scale(a bornTensor, by float64) bornTensor { return a.MulScalar(by) }
func (bornArrays) shift(a bornTensor, by float64) bornTensor { return a.AddScalar(by) }
func (bornArrays) square(a bornTensor) bornTensor            { return a.Mul(a) }
func (bornArrays) inverseSqrt(a bornTensor) bornTensor       { return a.Rsqrt() }
func (bornArrays) exp(a bornTensor) bornTensor               { return a.Exp() }
func (bornArrays) cos(a bornTensor) bornTensor               { return a.Cos() }
func (l bornArrays) tanh(a bornTensor) bornTensor {
	return tensor.New[float64](l.backend.Tanh(a.Raw()), l.backend)
}
func (bornArrays) sum(a bornTensor) bornTensor { return a.SumDim(0, true).SumDim(1, true) }

func (l bornArrays) rows(a bornTensor, from, to int) bornTensor {
	at := make([]int32, to-from)
	for i := range at {
		at[i] = int32(from + i)
	}
	return a.Gather(0, must(tensor.FromSlice(at, tensor.Shape{len(at), 1}, l.backend)))
}
