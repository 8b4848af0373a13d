package perceptron

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// newGradient returns the gradient written by hand, with gonum's products.
func newGradient(classOf []int) func(in, out [][]float64) {
	h, dh := matrix(batch, hidden, nil), matrix(batch, hidden, nil)
	logits := matrix(batch, classes, nil) // and then the loss's derivative by them
	return func(in, out [][]float64) {
		x, w1, w2 := matrix(batch, inputs, in[0]), matrix(inputs, hidden, in[1]), matrix(hidden, classes, in[3])
		multiply(blas.NoTrans, blas.NoTrans, x, w1, h)
		addToRows(h, in[2])
		for i, v := range h.Data {
			h.Data[i] = max(v, 0)
		}
		multiply(blas.NoTrans, blas.NoTrans, h, w2, logits)
		addToRows(logits, in[4])
		for i, class := range classOf {
			softmax(logits.Data[i*classes:(i+1)*classes], class)
		}
		multiply(blas.Trans, blas.NoTrans, h, logits, matrix(hidden, classes, out[2]))
		sumRows(logits, out[3])
		multiply(blas.NoTrans, blas.Trans, logits, w2, dh)
		for i, v := range h.Data {
			if v == 0 {
				dh.Data[i] = 0
			}
		}
		multiply(blas.Trans, blas.NoTrans, x, dh, matrix(inputs, hidden, out[0]))
		sumRows(dh, out[1])
	}
}

// softmax turns logits into the derivative of the mean loss by them.
func softmax(logits []float64, class int) {
	top, sum := math.Inf(-1), 0.0
	for _, v := range logits {
		top = max(top, v)
	}
	for i, v := range logits {
		logits[i] = math.Exp(v - top)
		sum += logits[i]
	}
	for i := range logits {
		logits[i] /= batch * sum
	}
	logits[class] -= 1.0 / batch
}

func matrix(rows, columns int, data []float64) blas64.General {
	if data == nil {
		data = make([]float64, rows*columns)
	}
	return blas64.General{Rows: rows, Cols: columns, Stride: columns, Data: data}
}

func multiply(ta, tb blas.Transpose, a, b, c blas64.General) { blas64.Gemm(ta, tb, 1, a, b, 0, c) }

func addToRows(a blas64.General, b []float64) {
	for i := range a.Rows {
		for j, v := range b {
			a.Data[i*a.Cols+j] += v
		}
	}
}

func sumRows(a blas64.General, sum []float64) {
	clear(sum)
	for i := range a.Rows {
		for j := range sum {
			sum[j] += a.Data[i*a.Cols+j]
		}
	}
}
