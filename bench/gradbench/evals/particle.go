package evals

import (
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
)

// The eval particle: a charged particle falls past two charges, until it reaches the ground; where must the first
// charge be for it to land at the origin? Its path needs the derivative of a potential, in a loop of unknown length,
// which is differentiated in turn by a descent.
var particle = mixtures(func(outer, inner gradient) func(num.Array) num.Array {
	return func(w num.Array) num.Array {
		return argmin(func(w num.Array) num.Array { return num.Square(landing(w, inner)) }, w, outer)
	}
}, func(in struct{ W array }) num.Array { return in.W.Array })

// motion is where the particle is and how it moves, and how it moved before: f64[2] each.
type motion struct{ X, V, Before num.Array }

// landing returns where the particle hits the ground.
func landing(w num.Array, grad gradient) num.Array {
	const dt = 0.1
	charges := num.Add(num.New([]float64{10, 10, 10, 0}, 2, 2), num.Mul(w, num.New([]float64{0, -1, 0, 0}, 2, 2)))
	potential := func(x num.Array) num.Array {
		return num.Sum(num.Reciprocal(num.Norm(num.Sub(x, charges), 1)))
	}
	pull := grad(potential)
	end := flow.While(
		func(m motion) num.Array { return num.Greater(m.X.At(1), 0) },
		func(m motion) motion {
			return motion{num.Add(m.X, num.Mul(dt, m.V)), num.Sub(m.V, num.Mul(dt, pull(m.X))), m.V}
		},
		motion{num.Vector(0, 8), num.Vector(0.75, 0), num.Vector(0.75, 0)})
	since := num.Div(end.X.At(1), end.Before.At(1))
	return num.Sub(end.X.At(0), num.Mul(since, end.Before.At(0)))
}
