// Package perceptron has the gradient of a network with one hidden layer, against PyTorch.
package perceptron

import (
	"math/rand/v2"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

const (
	batch   = 32
	inputs  = 784
	hidden  = 128
	classes = 10
)

type weights struct{ W1, B1, W2, B2 num.Array }

// loss returns the mean cross-entropy on samples x, f64[batch,inputs], whose classes are the rows of labels.
func loss(x, labels num.Array) func(weights) num.Array {
	return func(w weights) num.Array {
		h := num.Relu(num.Add(num.MatMul(x, w.W1), w.B1))
		logits := num.Add(num.MatMul(h, w.W2), w.B2)
		return num.Neg(num.Mean(num.Sum(num.Mul(labels, num.LogSoftmax(logits, 1)), 1)))
	}
}

// Rows of the table.
func Rows() []harness.Row {
	return []harness.Row{{
		Work: "perceptron 784-128-10, batch of 32: gradient", Base: "PyTorch", Reach: 1, Least: 1.3,
		Contenders: func() []harness.Contender {
			rng := rand.New(rand.NewPCG(28, 28))
			x := num.Normal(rng, batch, inputs)
			classOf, oneHot := make([]int, batch), make([]float64, batch*classes)
			for i := range classOf {
				classOf[i] = rng.IntN(classes)
				oneHot[i*classes+classOf[i]] = 1
			}
			w := weights{
				num.Mul(0.05, num.Normal(rng, inputs, hidden)), num.Mul(0.1, num.Normal(rng, hidden)),
				num.Mul(0.1, num.Normal(rng, hidden, classes)), num.Mul(0.1, num.Normal(rng, classes)),
			}
			in := [][]float64{x.Float64s(), w.W1.Float64s(), w.B1.Float64s(), w.W2.Float64s(), w.B2.Float64s()}
			return append(ours.Compiled(transforms.Grad(loss(x, num.New(oneHot, batch, classes))), w),
				torch(in, classOf),
				harness.OfKernel("Go", harness.Repeat(newGradient(classOf)), append(in, oneHot), inputs*hidden, hidden, hidden*classes, classes))
		},
	}}
}
