package python

import (
	"fmt"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// scans has gradients through loops of many steps, of small states and large ones.
func scans() (rows []harness.Row) {
	for _, steps := range []int{1e3, 1e5} {
		end := transforms.Grad(func(x num.Array) num.Array { return swingEnd(x, steps) })
		r := compare(fmt.Sprintf("a pendulum, %d steps: gradient", steps), fmt.Sprintf("scans.swing_%d", steps), end, swingStart, jax, torch)
		r.Tolerance = max(tolerance, 1e-14*float64(steps)) // roundings shift the phase, step by step
		rows = append(rows, r)
	}
	for _, c := range []struct{ steps, size int }{{1e3, 1e3}, {1e5, 100}} {
		end := transforms.Grad(func(q num.Array) num.Array { return chainEnd(q, c.steps) })
		rows = append(rows, compare(fmt.Sprintf("a ring of %d oscillators, %d steps: gradient", c.size, c.steps),
			fmt.Sprintf("scans.chain_%d", c.steps), end, func() num.Array { return num.Vector(spread(c.size)...) }, jax, torch))
	}
	const name = "recurrent network of 64 units, batch of 16, 1000 steps: gradient"
	slope := func(n network) recurrence { return transforms.Grad(network.loss)(n).recurrence }
	return append(rows,
		compare(name, "scans.network", slope, newNetwork, jax, torch),
		compareOnTwo(name, "scans.network", slope, newNetwork))
}

func swingStart() num.Array { return num.Vector(1, 0.2, 1.3) }

// swingEnd is made of where a pendulum is after many steps of leapfrog, by its start, place and velocity, and the
// square of its frequency.
func swingEnd(x num.Array, steps int) num.Array {
	type state struct{ Q, P num.Array }
	const h = 0.01
	end := flow.For(0, steps, func(_ num.Array, s state) state {
		p := num.Sub(s.P, num.Mul(h, x.At(2), num.Sin(s.Q)))
		return state{num.Add(s.Q, num.Mul(h, p)), p}
	}, state{x.At(0), x.At(1)})
	return num.Add(num.Square(end.Q), num.Square(end.P))
}

// chainEnd is made of where oscillators in a ring are at the time 10, after many steps; the springs between them are not linear.
func chainEnd(q num.Array, steps int) num.Array {
	type state struct{ Q, P num.Array }
	h := 10 / float64(steps)
	end := flow.For(0, steps, func(_ num.Array, s state) state {
		stretch := num.Sub(num.Roll(s.Q, -1, 0), s.Q)
		force := num.Add(stretch, num.Mul(0.3, stretch, stretch, stretch))
		p := num.Add(s.P, num.Mul(h, num.Sub(num.Sub(force, num.Roll(force, 1, 0)), num.Sin(s.Q))))
		return state{num.Add(s.Q, num.Mul(h, p)), p}
	}, state{q, num.ZerosLike(q)})
	return num.Add(num.Sum(num.Square(num.Square(end.Q))), num.Sum(num.Square(end.P)))
}

// recurrence is the weights of a recurrent network: of its state, of its input, and biases.
type recurrence struct{ W, U, B num.Array }

type network struct {
	recurrence
	X num.Array `grad:"-"` // f64[steps,batch,inputs]
}

func newNetwork() network {
	const steps, batch, inputs, units = 1000, 16, 8, 64
	uneven := func(scale float64, shape ...int) num.Array {
		n := 1
		for _, s := range shape {
			n *= s
		}
		return num.Mul(scale, num.New(spread(n), shape...))
	}
	return network{recurrence{uneven(0.05, units, units), uneven(0.2, inputs, units), uneven(0.1, units)}, uneven(0.5, steps, batch, inputs)}
}

func (n network) loss() num.Array {
	batch, units := n.X.Shape()[1], n.B.Size()
	_, squares := flow.Scan(func(h, x num.Array) (num.Array, num.Array) {
		h = num.Tanh(num.Add(num.Add(num.MatMul(h, n.W), num.MatMul(x, n.U)), n.B))
		return h, num.Sum(num.Square(h))
	}, num.Zeros(batch, units), n.X)
	return num.Mean(squares)
}
