package python

import (
	"math"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// physics has gradients of small functions, of 5 to 250 operations on scalars.
func physics() []harness.Row {
	var rows []harness.Row
	for _, f := range []struct {
		name, function string
		energy         func(num.Array) num.Array
		at             []float64
		others         []string
	}{
		{"energy of a spring: gradient", "physics.spring", springEnergy, []float64{0.4, 1.2}, []string{jax, torch, functorch, inductor}},
		{"Morse potential by distance, depth and width: gradient", "physics.morse", morsePotential, []float64{1.4, 3, 1.9}, []string{jax, torch}},
		{"van der Waals' equation: gradient", "physics.gas", gasPressure, []float64{1.2, 300}, []string{jax, torch}},
		{"energy of a pair by Lennard-Jones: gradient", "physics.pair", pairEnergy, []float64{0.1, 0.2, -0.3, 1, -0.1, 0.4}, []string{jax, torch}},
		{"Kepler's equation, 6 steps of Newton: gradient", "physics.kepler", anomaly, []float64{0.8, 0.3}, []string{jax, torch, functorch}},
		{"energy of a satellite of a flat planet: gradient", "physics.satellite", satelliteEnergy, []float64{0.9, 0.3, 0.5, -0.2, 0.8, 0.1}, []string{jax, torch}},
		{"energy of a molecule of water: gradient", "physics.water", waterEnergy, water, []string{jax, torch, functorch, inductor}},
		{"energy of a ring of 16 pendulums: gradient", "physics.ring", ringEnergy, spread(16), []string{jax, torch, functorch}},
	} {
		at := func() num.Array { return num.Vector(f.at...) }
		rows = append(rows, compare(f.name, f.function, transforms.Grad(f.energy), at, f.others...))
	}
	product := func(a struct{ X, V num.Array }) num.Array { return hvp.Product(waterEnergy)(a.X, a.V) }
	return append(rows,
		compare("energy of 5 charges in a trap: gradient", "physics.trap", trapGradient, trap, jax, torch, functorch),
		compare("energy of a molecule of water: Hessian-vector product", "physics.water_product", product,
			func() (a struct{ X, V num.Array }) {
				a.X, a.V = num.Vector(water...), num.Vector(spread(9)...)
				return a
			}, jax, torch, functorch),
		compare("accelerations of a double pendulum from its Lagrangian", "physics.accelerations", accelerations,
			func() num.Array { return num.Vector(0.3, -0.4, 1, 2) }, jax, functorch),
		called("energy of a spring: gradient", "physics.spring", transforms.Grad(springEnergy),
			func() num.Array { return num.Vector(0.4, 1.2) }, jax, torch),
		called("energy of 5 charges in a trap: gradient", "physics.trap", trapGradient, trap, jax, torch),
	)
}

// called is compare with a function that is called as any other, on arrays, and not by Program.Run.
func called[In any](name, function string, f func(In) num.Array, in func() In, others ...string) harness.Row {
	return row(name+", called through JIT", others, func() (harness.Contender, work) {
		x := in()
		g, w := transforms.JIT(f), given(function, x)
		out := make([]float64, g(x).Size()) // compiles
		return harness.Func(ours.Name, func() { copy(out, g(x).Float64s()) }, out), w
	})
}

func springEnergy(x num.Array) num.Array {
	q, p := x.At(0), x.At(1)
	return num.Add(num.Mul(0.5*2.5, q, q), num.Div(num.Mul(0.5, p, p), 1.3))
}

func morsePotential(x num.Array) num.Array {
	r, depth, width := x.At(0), x.At(1), x.At(2)
	return num.Mul(depth, num.Square(num.Sub(1, num.Exp(num.Neg(num.Mul(width, num.Sub(r, 1.1)))))))
}

func gasPressure(x num.Array) num.Array {
	volume, temperature := x.At(0), x.At(1)
	free := num.Div(num.Mul(1.5*8.314, temperature), num.Sub(volume, 1.5*0.04))
	return num.Sub(free, num.Div(1.4*1.5*1.5, num.Square(volume)))
}

func pairEnergy(x num.Array) num.Array {
	d := num.Sub(num.Slice(x, 0, 3), num.Slice(x, 3, 6))
	r := num.Reciprocal(num.Dot(d, d))
	s := num.Mul(r, r, r)
	return num.Mul(4, num.Sub(num.Square(s), s))
}

// anomaly is the eccentric anomaly, by the mean anomaly and the eccentricity of an orbit.
func anomaly(x num.Array) num.Array {
	mean, e := x.At(0), x.At(1)
	a := mean
	for range 6 {
		off := num.Sub(num.Sub(a, num.Mul(e, num.Sin(a))), mean)
		a = num.Sub(a, num.Div(off, num.Sub(1, num.Mul(e, num.Cos(a)))))
	}
	return a
}

// satelliteEnergy is by place and velocity; the planet's quadrupole moment is that of the earth.
func satelliteEnergy(x num.Array) num.Array {
	at, velocity := num.Slice(x, 0, 3), num.Slice(x, 3, 6)
	square := num.Dot(at, at)
	latitude := num.Sub(num.Mul(1.5, num.Div(num.Square(at.At(2)), square)), 0.5)
	flat := num.Mul(num.Div(1.08e-3, square), latitude)
	return num.Sub(num.Mul(0.5, num.Dot(velocity, velocity)), num.Div(num.Sub(1, flat), num.Sqrt(square)))
}

// water is where the oxygen and the two hydrogens of a molecule are.
var water = []float64{0, 0.05, 0.02, 0.8, 0.6, -0.1, -0.75, 0.65, 0.1}

// waterEnergy is of two springs between atoms and one of the angle.
func waterEnergy(x num.Array) num.Array {
	o, h1, h2 := num.Slice(x, 0, 3), num.Slice(x, 3, 6), num.Slice(x, 6, 9)
	a, b := num.Sub(h1, o), num.Sub(h2, o)
	ra, rb := num.Sqrt(num.Dot(a, a)), num.Sqrt(num.Dot(b, b))
	bend := num.Sub(num.Acos(num.Div(num.Dot(a, b), num.Mul(ra, rb))), 1.824)
	stretch := num.Add(num.Square(num.Sub(ra, 0.96)), num.Square(num.Sub(rb, 0.96)))
	return num.Add(num.Mul(0.5*1.06, stretch), num.Mul(0.5*0.15, num.Square(bend)))
}

// charges are places in a harmonic trap, three coordinates each, and what is held there.
type charges struct {
	X      num.Array
	Charge num.Array `grad:"-"`
}

func trap() charges { return charges{num.Vector(spread(15)...), num.Vector(1, 2, 1, 1.5, 1)} }

func trapEnergy(c charges) num.Array {
	n := c.Charge.Size()
	total := num.Mul(0.5, num.Dot(c.X, c.X))
	for i := range n {
		for j := range i {
			d := num.Sub(num.Slice(c.X, 3*i, 3*i+3), num.Slice(c.X, 3*j, 3*j+3))
			total = num.Add(total, num.Div(num.Mul(c.Charge.At(i), c.Charge.At(j)), num.Norm(d)))
		}
	}
	return total
}

func trapGradient(c charges) num.Array { return transforms.Grad(trapEnergy)(c).X }

func ringEnergy(x num.Array) num.Array {
	bonds := num.Sum(num.Square(num.Sub(x, num.Roll(x, 1, 0))))
	return num.Add(num.Sum(num.Sub(1, num.Cos(x))), num.Mul(0.5*0.7, bonds))
}

// phase is angles and how fast they change, two each.
type phase struct{ Q, V num.Array }

// lagrangian of a double pendulum.
func lagrangian(x phase) num.Array {
	a, b, va, vb := x.Q.At(0), x.Q.At(1), x.V.At(0), x.V.At(1)
	kinetic := num.Add(num.Square(va), num.Mul(0.5, num.Square(vb)), num.Mul(va, vb, num.Cos(num.Sub(a, b))))
	return num.Add(kinetic, num.Mul(9.8, num.Add(num.Mul(2, num.Cos(a)), num.Cos(b))))
}

// accelerations solves the equations of Lagrange, by Cramer's rule.
func accelerations(x num.Array) num.Array {
	momentum := func(x phase) num.Array { return transforms.Grad(lagrangian)(x).V }
	at := phase{num.Slice(x, 0, 2), num.Slice(x, 2, 4)}
	change := jac.Fwd(momentum)(at)
	f := num.Sub(transforms.Grad(lagrangian)(at).Q, num.MatMul(change.Q, at.V))
	mass := func(i, j int) num.Array { return change.V.At(i, j) }
	det := num.Sub(num.Mul(mass(0, 0), mass(1, 1)), num.Mul(mass(0, 1), mass(1, 0)))
	a := num.Sub(num.Mul(mass(1, 1), f.At(0)), num.Mul(mass(0, 1), f.At(1)))
	b := num.Sub(num.Mul(mass(0, 0), f.At(1)), num.Mul(mass(1, 0), f.At(0)))
	return num.Div(num.Stack(0, a, b), det)
}

// spread returns n numbers between -2 and 2 without much order in them.
func spread(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		t := float64(i + 1)
		x[i] = 2 * math.Sin(1.7*t*t)
	}
	return x
}
