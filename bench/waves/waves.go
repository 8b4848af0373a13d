// Package waves has the sum of tanh(ax + b)c - exp(-x²): elementwise work, most of it exponentials.
package waves

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

type args struct{ X, A, B, C num.Array }

func value(in args) num.Array {
	wave := num.Mul(num.Tanh(num.Add(num.Mul(in.A, in.X), in.B)), in.C)
	return num.Sum(num.Sub(wave, num.Exp(num.Neg(num.Square(in.X)))))
}

// both is the value and the gradient.
type both struct {
	Value    num.Array
	Gradient args
}

func valueAndGradient(in args) both {
	v, g := transforms.ValueAndGrad(value)(in)
	return both{v, g}
}

func gradientGo(in, out [][]float64) {
	x, dx := in[0], out[1][:len(in[0])]
	a, b, c := in[1][0], in[1][1], in[1][2]
	var value, da, db, dc float64
	for i, u := range x {
		t, e := math.Tanh(a*u+b), math.Exp(-(u * u))
		slope := c * (1 - t*t)
		value += t*c - e
		dx[i] = slope*a + 2*u*e
		da += slope * u
		db += slope
		dc += t
	}
	out[0][0], out[2][0], out[3][0], out[4][0] = value, da, db, dc
}

// In C, if there is a compiler.
var (
	gradientC   harness.Kernel
	expC, tanhC func(x, y []float64)
)

// Rows of the table.
func Rows() []harness.Row {
	var rows []harness.Row
	for _, n := range []int{1e3, 1e5, 1e6} {
		rows = append(rows, harness.Row{
			Work: fmt.Sprintf("tanh(ax + b)c - exp(-x²), %d elements: value and gradient", n), Base: "C", Reach: 1.15, Least: 1.4,
			Contenders: func() []harness.Contender {
				x := num.Normal(rand.New(rand.NewPCG(7, 1)), n)
				in := [][]float64{x.Float64s(), {1.3, 0.2, 0.7}}
				return append(ours.Compiled(valueAndGradient, args{x, num.Scalar(1.3), num.Scalar(0.2), num.Scalar(0.7)}),
					harness.OfKernel("C", gradientC, in, 1, n, 1, 1, 1),
					harness.OfKernel("Go", harness.Repeat(gradientGo), in, 1, n, 1, 1, 1))
			},
		})
	}
	return rows
}
