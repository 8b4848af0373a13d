// Package adam has a step of the optimiser Adam: elementwise work without a derivative.
package adam

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/num"
)

const (
	rate  = 1e-3
	beta1 = 0.9
	beta2 = 0.999
	small = 1e-8
	steps = 10 // that have been made, for the bias
)

// The divisors that correct the bias of the two means.
var (
	bias1 = 1 - math.Pow(beta1, steps)
	bias2 = 1 - math.Pow(beta2, steps)
)

// state is what a step changes: the parameters and the running means of gradients and their squares.
type state struct{ X, Mean, Square num.Array }

type args struct {
	state
	Gradient num.Array
}

// step is by Kingma and Ba, Adam: a method for stochastic optimization, ICLR (2015), algorithm 1.
func step(a args) state {
	mean := num.Add(num.Mul(beta1, a.Mean), num.Mul(1-beta1, a.Gradient))
	square := num.Add(num.Mul(beta2, a.Square), num.Mul(1-beta2, num.Square(a.Gradient)))
	scale := num.Add(num.Sqrt(num.Mul(1/bias2, square)), small)
	return state{num.Sub(a.X, num.Div(num.Mul(rate/bias1, mean), scale)), mean, square}
}

func stepGo(in, out [][]float64) {
	n := len(in[0])
	x, m, s, g := in[0][:n], in[1][:n], in[2][:n], in[3][:n]
	newX, newM, newS := out[0][:n], out[1][:n], out[2][:n]
	r1, r2 := rate/bias1, 1/bias2
	for i := range x {
		newM[i] = beta1*m[i] + (1-beta1)*g[i]
		newS[i] = beta2*s[i] + (1-beta2)*g[i]*g[i]
		newX[i] = x[i] - r1*newM[i]/(math.Sqrt(r2*newS[i])+small)
	}
}

var stepC harness.Kernel // if there is a compiler

// Rows of the table.
func Rows() []harness.Row {
	var rows []harness.Row
	for _, n := range []int{1e3, 1e5} {
		rows = append(rows, harness.Row{
			Work: fmt.Sprintf("Adam, %d parameters: a step", n), Base: "C", Reach: 1.1, Least: 1.3,
			Contenders: func() []harness.Contender {
				rng := rand.New(rand.NewPCG(1, 5))
				a := args{state{num.Normal(rng, n), num.Normal(rng, n), num.Uniform(rng, n)}, num.Normal(rng, n)}
				in := [][]float64{a.X.Float64s(), a.Mean.Float64s(), a.Square.Float64s(), a.Gradient.Float64s()}
				return append(ours.Compiled(step, a),
					harness.OfKernel("C", stepC, in, n, n, n),
					harness.OfKernel("Go", harness.Repeat(stepGo), in, n, n, n))
			},
		})
	}
	return rows
}
