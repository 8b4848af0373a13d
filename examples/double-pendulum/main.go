// Double pendulum: equations of motion from the Lagrangian alone.
//
// Nobody types an acceleration in. The program says where the two bobs are; differentiating that
// gives their speeds, hence the Lagrangian L; and the Euler-Lagrange equations, solved for the
// accelerations, need its second derivatives:
//
//	q" = (d²L/dq'²)⁻¹ (dL/dq - (d²L/dq dq') q')
package main

import (
	"math"

	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

const (
	gravity = 9.8 // m/s², with rods of 1 m and bobs of 1 kg
	dt      = 0.002
	steps   = 5000
)

// bobs returns where the two bobs are, f64[2,2], for the angles q, f64[2], of the rods from below.
func bobs(q num.Array) num.Array {
	rod := num.Stack(1, num.Sin(q), num.Neg(num.Cos(q)))
	return num.CumSum(rod, 0)
}

// height and speed make the two energies: potential from where the bobs are, kinetic from how fast
// they move when the angles change at the rate v.
func energies(q, v num.Array) (kinetic, potential num.Array) {
	at, velocity := transforms.JVP(bobs, q, v)
	kinetic = num.Mul(0.5, num.Sum(num.Square(velocity)))
	return kinetic, num.Mul(gravity, num.Sum(num.Take(at, 1, 1)))
}

func lagrangian(q, v num.Array) num.Array {
	kinetic, potential := energies(q, v)
	return num.Sub(kinetic, potential)
}

func energy(q, v num.Array) num.Array {
	kinetic, potential := energies(q, v)
	return num.Add(kinetic, potential)
}

// State is the two angles and how fast they change, f64[2] each.
type State struct{ Q, V num.Array }

// acceleration solves the Euler-Lagrange equations for q".
func acceleration(s State) num.Array {
	momentum := func(s State) num.Array {
		return transforms.Grad(func(v num.Array) num.Array { return lagrangian(s.Q, v) })(s.V)
	}
	p := jac.Fwd(momentum)(s) // d²L/dq'dq and d²L/dq'²
	force := transforms.Grad(func(q num.Array) num.Array { return lagrangian(q, s.V) })(s.Q)
	return linalg.Solve(p.V, num.Sub(force, num.MatMul(p.Q, s.V)))
}

func main() { report.Main(run) }

func run(r *report.Report) error {
	r.Printf("accelerations from the Lagrangian, against the closed form:\n")
	for _, c := range []struct{ state, want [4]float64 }{
		{[4]float64{3 * math.Pi / 7, 3 * math.Pi / 4, 0, 0}, [4]float64{-8.982128724848359, -2.1508658586190443}},
		{[4]float64{1, 2, -0.5, 0.3}, [4]float64{-6.726139958204496, -5.487333600083933}},
	} {
		a := acceleration(state(c.state)).Float64s()
		r.Check("first rod", c.want[0], a[0], 1e-13)
		r.Check("second rod", c.want[1], a[1], 1e-13)
	}
	path := simulate(state([4]float64{3 * math.Pi / 7, 3 * math.Pi / 4, 0, 0}))
	e := transforms.Vmap(func(s State) num.Array { return energy(s.Q, s.V) })(path)
	e0 := e.At(0).Float64()
	drift := num.Amax(num.Abs(num.Sub(e, e0))).Float64()
	r.Printf("\n%d steps of RK4, %g s: the energy, %.6f J, must stay\n", steps, dt*steps, e0)
	r.CheckSmall("drift of the energy, relative", drift/math.Abs(e0), 1e-6)
	return drawPath(r, path)
}

func state(s [4]float64) State {
	return State{Q: num.Vector(s[0], s[1]), V: num.Vector(s[2], s[3])}
}
