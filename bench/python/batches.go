package python

import (
	"fmt"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// batches has small functions at many points, in one call.
func batches() []harness.Row {
	const n = 1e5
	points := func() num.Array { return num.New(spread(4*n), n, 4) }
	gradients, name := transforms.Vmap(transforms.Grad(pendulumEnergy)), "energy of 100000 double pendulums: gradients by vmap"
	hessians := transforms.Vmap(hvp.Hessian(pendulumEnergy))
	motions := transforms.Vmap(accelerations)
	return []harness.Row{
		compare(name, "batches.pendulums", gradients, points, jax, torch, functorch, inductor),
		compareOnTwo(name, "batches.pendulums", gradients, points),
		compare("energy of 100000 double pendulums: Hessians by vmap", "batches.curvatures", hessians, points, jax, functorch),
		compare("accelerations of 100000 double pendulums by vmap", "batches.motions", motions, points, jax, functorch),
	}
}

func pendulumEnergy(x num.Array) num.Array {
	a, b, va, vb := x.At(0), x.At(1), x.At(2), x.At(3)
	kinetic := num.Add(num.Square(va), num.Mul(0.5, num.Square(vb)), num.Mul(va, vb, num.Cos(num.Sub(a, b))))
	return num.Sub(kinetic, num.Mul(9.8, num.Add(num.Mul(2, num.Cos(a)), num.Cos(b))))
}

// hessians has those of 100 to 1,000 inputs.
func hessians() (rows []harness.Row) {
	for _, n := range []int{100, 1000} {
		rows = append(rows,
			compare(fmt.Sprintf("Rosenbrock, %d variables: Hessian", n), "batches.rosenbrock", hvp.Hessian(rosenbrock),
				func() num.Array { return num.Vector(spread(n)...) }, jax, torch, functorch),
			compare(fmt.Sprintf("logistic regression, %d weights, 1000 samples: Hessian", n), "batches.logistic", samples.hessian,
				func() samples { return newSamples(1000, n) }, jax, torch, functorch))
	}
	for _, atoms := range []int{34, 100} {
		rows = append(rows, compare(fmt.Sprintf("Lennard-Jones, %d atoms: Hessian", atoms), "batches.cluster", hvp.Hessian(clusterEnergy),
			func() num.Array { return newCluster(atoms) }, jax, torch, functorch))
	}
	return append(rows, compareOnTwo("logistic regression, 1000 weights, 1000 samples: Hessian", "batches.logistic", samples.hessian,
		func() samples { return newSamples(1000, 1000) }))
}

func rosenbrock(x num.Array) num.Array {
	head, tail := num.Slice(x, 0, -1), num.Slice(x, 1, num.End)
	return num.Sum(num.Add(num.Mul(100, num.Square(num.Sub(tail, num.Square(head)))), num.Square(num.Sub(1, head))))
}

// samples are what a classifier with weights W is fitted to: rows of X, with Y 1 or -1.
type samples struct{ W, X, Y num.Array }

func newSamples(n, weights int) samples {
	s := samples{num.Mul(0.1, num.Vector(spread(weights)...)), num.New(spread(n*weights), n, weights), num.Sign(num.Vector(spread(n)...))}
	s.X = num.Cos(num.Mul(s.X, num.Add(num.Arange(weights), 1)))
	return s
}

func (s samples) misfit() num.Array {
	margins := num.Mul(s.Y, num.MatMul(s.X, s.W))
	return num.Add(num.Mean(num.Softplus(num.Neg(margins))), num.Mul(0.01, num.Dot(s.W, s.W)))
}

func (s samples) hessian() num.Array {
	return hvp.Hessian(func(w num.Array) num.Array { return samples{w, s.X, s.Y}.misfit() })(s.W)
}

// newCluster is places on a lattice, somewhat out of place.
func newCluster(atoms int) num.Array {
	at := spread(3 * atoms)
	for i := range at {
		atom := i / 3
		at[i] = 1.1*[]float64{float64(atom % 5), float64(atom / 5 % 5), float64(atom / 25)}[i%3] + 0.03*at[i]
	}
	return num.Vector(at...)
}

// clusterEnergy is of all pairs, each counted twice.
func clusterEnergy(x num.Array) num.Array {
	places := num.Reshape(x, -1, 3)
	n := places.Shape()[0]
	d := num.Sub(num.ExpandDims(places, 1), places)
	self := num.Eye(n)
	s := num.Reciprocal(num.Add(num.Sum(num.Square(d), 2), self))
	s = num.Mul(s, s, s)
	return num.Mul(2, num.Sum(num.Mul(num.Sub(num.Square(s), s), num.Sub(1, self))))
}
