// Package costs measures what derivatives cost as multiples of the function, how that grows, and what compiling gains.
package costs

import (
	"math/rand/v2"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
)

// model is a function whose derivatives are priced, and where.
type model struct {
	name string
	f    func(num.Array) num.Array
	x    num.Array
}

var (
	doublePendulum = model{"energy of a double pendulum, 4 variables", pendulum, num.Vector(0.3, -0.4, 1, 2)}
	smallWaves     = model{"sum of tanh(1.3 x + 0.2) - exp(-x x), 1,000 variables", waves, normal(1000)}
	largeWaves     = model{"sum of tanh(1.3 x + 0.2) - exp(-x x), 100,000 variables", waves, normal(100_000)}
	leapfrog       = model{"1,000 steps of leapfrog in flow.For, 4 variables", orbit, num.Vector(1, 0, 0, 1)}
	valley         = model{"Rosenbrock, 1,000 variables", rosenbrock, normal(1000)}
	atoms          = model{"Lennard-Jones, 40 atoms, all pairs", lennardJones, normal(3 * 40)}
	network        = model{"perceptron, 64-64-1, batch of 32, by 4,160 weights", perceptron, normal(64 * 65)}
)

func normal(n int) num.Array { return num.Normal(rand.New(rand.NewPCG(3, 4)), n) }

func rosenbrock(x num.Array) num.Array {
	head, tail := num.Slice(x, 0, -1), num.Slice(x, 1, num.End)
	return num.Sum(num.Add(num.Mul(100, num.Square(num.Sub(tail, num.Square(head)))), num.Square(num.Sub(1, head))))
}

// lennardJones is the energy of atoms at x, all pairs of them.
func lennardJones(x num.Array) num.Array {
	n := x.Size() / 3
	p := num.Reshape(x, n, 3)
	d := num.Sub(num.ExpandDims(p, 0), num.ExpandDims(p, 1))
	a := num.Pow(num.Add(num.Sum(num.Square(d), 2), num.Eye(n)), -3)
	return num.Mul(2, num.Sum(num.Sub(num.Square(a), a)))
}

// perceptron is the loss of a network of one hidden layer, by its weights, on 32 fixed samples.
func perceptron(w num.Array) num.Array {
	hidden := num.Tanh(num.MatMul(samples, num.Reshape(num.Slice(w, 0, 64*64), 64, 64)))
	return num.Mean(num.Square(num.MatMul(hidden, num.Slice(w, 64*64, num.End))))
}

var samples = num.Normal(rand.New(rand.NewPCG(1, 2)), 32, 64)

// pendulum is the energy of a double pendulum, of its angles and their velocities: scalar code.
func pendulum(x num.Array) num.Array {
	a, b, va, vb := x.At(0), x.At(1), x.At(2), x.At(3)
	kinetic := num.Add(num.Square(va), num.Mul(0.5, num.Square(vb)), num.Mul(va, vb, num.Cos(num.Sub(a, b))))
	return num.Sub(kinetic, num.Mul(9.8, num.Add(num.Mul(2, num.Cos(a)), num.Cos(b))))
}

// waves is elementwise.
func waves(x num.Array) num.Array {
	return num.Sum(num.Sub(num.Tanh(num.Add(num.Mul(1.3, x), 0.2)), num.Exp(num.Neg(num.Square(x)))))
}

// orbit runs a thousand steps of leapfrog round a centre.
func orbit(x num.Array) num.Array { return travel(x, 1000) }

func travel(x num.Array, steps int, options ...flow.Option) num.Array {
	pull := func(q num.Array) num.Array { return num.Neg(num.Div(q, num.Pow(num.Sum(num.Square(q)), 1.5))) }
	type state struct{ q, v num.Array }
	end := flow.For(0, steps, func(_ num.Array, s state) state {
		v := num.Add(s.v, num.Mul(0.005, pull(s.q)))
		q := num.Add(s.q, num.Mul(0.01, v))
		return state{q, num.Add(v, num.Mul(0.005, pull(q)))}
	}, state{num.Slice(x, 0, 2), num.Slice(x, 2, 4)}, options...)
	return num.Sum(num.Square(end.q))
}

// bodies is the energy of gravity between bodies in space: scalar code with many quotients.
func bodies(x num.Array) num.Array {
	n := x.Size() / 3
	sum := num.Scalar(0)
	for i := range n {
		for j := range i {
			r2 := num.Scalar(0.01)
			for k := range 3 {
				r2 = num.Add(r2, num.Square(num.Sub(x.At(3*i+k), x.At(3*j+k))))
			}
			sum = num.Sub(sum, num.Div(1+0.1*float64(i), num.Sqrt(r2)))
		}
	}
	return sum
}
