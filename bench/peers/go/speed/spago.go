package main

import (
	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
)

func init() { libraries["spago"] = tensorLibrary(spago{}) }

// spago computes at once and keeps what it did.
type spago struct{}

func (spago) gradient(f function[mat.Tensor], arguments []matrix, by int) func() [][]float64 {
	value := f(spagoArrays{})
	x, out := make([]mat.Tensor, len(arguments)), make([][]float64, by)
	return func() [][]float64 {
		for i, a := range arguments {
			x[i] = spagoDense(a, mat.WithGrad(i < by))
		}
		check(ag.Backward(value(x)))
		for i := range out {
			out[i] = x[i].Grad().Data().F64()
		}
		return out
	}
}

func (spago) product(function[mat.Tensor], []matrix, []matrix) func() [][]float64 {
	panic("no second derivatives")
}

func spagoDense(m matrix, more ...mat.OptionsFunc) mat.Tensor {
	return mat.NewDense[float64](append(more, mat.WithShape(m.Rows, m.Columns), mat.WithBacking(m.Values))...)
}

type spagoArrays struct{}

func (spagoArrays) constant(m matrix) mat.Tensor       { return spagoDense(m) }
func (spagoArrays) add(a, b mat.Tensor) mat.Tensor     { return ag.Add(a, b) }
func (spagoArrays) sub(a, b mat.Tensor) mat.Tensor     { return ag.Sub(a, b) }
func (spagoArrays) mul(a, b mat.Tensor) mat.Tensor     { return ag.Prod(a, b) }
func (spagoArrays) product(a, b mat.Tensor) mat.Tensor { return ag.Mul(a, b) }

// addRow multiplies the row by a column of ones: spago does not broadcast.
func (spagoArrays) addRow(a, row mat.Tensor) mat.Tensor {
	ones := make([]float64, a.Value().Shape()[0])
	for i := range ones {
		ones[i] = 1
	}
	return ag.Add(a, ag.Mul(spagoDense(matrix{len(ones), 1, ones}), row))
}

func (spagoArrays) scale(a mat.Tensor, by float64) mat.Tensor {
	return ag.ProdScalar(a, mat.Scalar(by))
}
func (spagoArrays) shift(a mat.Tensor, by float64) mat.Tensor {
	return ag.AddScalar(a, mat.Scalar(by))
}
func (spagoArrays) rows(a mat.Tensor, from, to int) mat.Tensor { return ag.Slice(a, from, 0, to, 1) }
func (spagoArrays) square(a mat.Tensor) mat.Tensor             { return ag.Square(a) }
func (spagoArrays) inverseSqrt(a mat.Tensor) mat.Tensor        { return ag.Reciprocal(ag.Sqrt(a)) }
func (spagoArrays) exp(a mat.Tensor) mat.Tensor                { return ag.Exp(a) }
func (spagoArrays) cos(a mat.Tensor) mat.Tensor                { return ag.Cos(a) }
func (spagoArrays) tanh(a mat.Tensor) mat.Tensor               { return ag.Tanh(a) }
func (spagoArrays) sum(a mat.Tensor) mat.Tensor                { return ag.ReduceSum(a) }
