// Package rosenbrock has Rosenbrock's function of many variables.
package rosenbrock

import (
	"fmt"
	"math/rand/v2"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

func value(x num.Array) num.Array {
	head, tail := num.Slice(x, 0, -1), num.Slice(x, 1, num.End)
	return num.Sum(num.Add(num.Mul(100, num.Square(num.Sub(tail, num.Square(head)))), num.Square(num.Sub(1, head))))
}

func gradient(in, out [][]float64) {
	x, g := in[0], out[0][:len(in[0])]
	before := 0.0
	for i := range len(x) - 1 {
		t := x[i+1] - x[i]*x[i]
		g[i] = 200*before - 400*t*x[i] - 2*(1-x[i])
		before = t
	}
	g[len(x)-1] = 200 * before
}

var gradientC harness.Kernel // if there is a compiler

// Rows of the table.
func Rows() []harness.Row {
	var rows []harness.Row
	for _, n := range []int{1e3, 1e5} {
		rows = append(rows, harness.Row{
			Work: fmt.Sprintf("Rosenbrock, %d variables: gradient", n), Base: "C", Reach: 1, Least: 1.5,
			Contenders: func() []harness.Contender {
				x := num.Normal(rand.New(rand.NewPCG(1, 2)), n)
				in := [][]float64{x.Float64s()}
				return append(ours.Compiled(transforms.Grad(value), x),
					harness.OfKernel("C", gradientC, in, n),
					harness.OfKernel("Go", harness.Repeat(gradient), in, n))
			},
		})
	}
	return rows
}
