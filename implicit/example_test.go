package implicit_test

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"

	"github.com/gradus-ad/gradus/bridge"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/implicit"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// Kepler's equation, E - e sin E = M, solved by Newton's method on plain floats: how the eccentric anomaly E
// changes with the mean anomaly M and the eccentricity e.
func ExampleRoot() {
	type orbit struct{ M, E num.Array }
	anomaly := implicit.Root(
		func(o orbit, x num.Array) num.Array { return num.Sub(num.Sub(x, num.Mul(o.E, num.Sin(x))), o.M) },
		func(o orbit, x0 num.Array) num.Array {
			m, e, x := o.M.Float64(), o.E.Float64(), x0.Float64()
			for range 10 {
				x -= (x - e*math.Sin(x) - m) / (1 - e*math.Cos(x))
			}
			return num.Scalar(x)
		})
	at := orbit{num.Scalar(1), num.Scalar(0.3)}
	g := transforms.Grad(func(o orbit) num.Array { return anomaly(o, o.M) })(at)
	fmt.Printf("dE/dM = %.13f, dE/de = %.13f\n", g.M.Float64(), g.E.Float64())
	// Output:
	// dE/dM = 1.0913293011504, dE/de = 1.0480083050499
}

// A solver that is a loop of package flow goes through JIT and Vmap as it is. The second derivative of the root of
// x² = p is that of the square root.
func ExampleRoot_flow() {
	f := func(p, x num.Array) num.Array { return num.Sub(num.Square(x), p) }
	sqrt := implicit.Root(f, func(p, x0 num.Array) num.Array {
		return flow.While(
			func(x num.Array) num.Array { return num.Greater(num.Abs(f(p, x)), 1e-15) },
			func(x num.Array) num.Array { return num.Mul(0.5, num.Add(x, num.Div(p, x))) },
			x0, flow.MaxTrips(50))
	})
	curvature := transforms.Grad(transforms.Grad(func(p num.Array) num.Array { return sqrt(p, num.Scalar(1)) }))
	fmt.Println(transforms.JIT(transforms.Vmap(curvature))(num.Vector(0.25, 1, 4)))
	// Output:
	// [-2.      -0.25    -0.03125]
}

// A minimum found by gonum: the masses p hang on a chain between two hooks, and the chain has the least energy.
// How does the height of its middle change with each mass?
func ExampleMinimum() {
	energy := func(p, y num.Array) num.Array {
		ends := num.Concat(0, num.Zeros(1), y, num.Zeros(1))
		stretched := num.Sub(num.Slice(ends, 1, 5), num.Slice(ends, 0, 4))
		springs := num.Sum(num.Square(num.Sub(num.Sqrt(num.Add(1, num.Square(stretched))), 0.5)))
		return num.Add(num.Mul(10, springs), num.Dot(p, y))
	}
	rest := implicit.Minimum(energy, implicit.Opaque(func(p, y0 num.Array) num.Array {
		problem := bridge.Problem(func(y num.Array) num.Array { return energy(p, y) })
		result, err := optimize.Minimize(problem, y0.Float64s(), &optimize.Settings{GradientThreshold: 1e-9}, &optimize.BFGS{})
		if err != nil {
			return num.Full(math.NaN(), y0.Shape()...)
		}
		return num.Vector(result.X...)
	}))
	middle := func(p num.Array) num.Array { return rest(p, num.Zeros(3)).At(1) }
	masses := num.Vector(1, 2, 1)
	fmt.Printf("%.4f\n", middle(masses).Float64())
	fmt.Printf("%.4f\n", transforms.Grad(middle)(masses).Float64s())
	fmt.Printf("%.4f\n", hvp.Product(middle)(masses, num.Vector(0, 1, 0)).Float64s())
	// Output:
	// -0.2958
	// [-0.0474 -0.0967 -0.0474]
	// [0.0011 0.0018 0.0011]
}

// A fixed point found by a Go loop that stops when it has converged: the magnetisation of an Ising magnet in the
// theory of mean fields, and its susceptibility.
func ExampleFixedPoint() {
	type state struct{ Temperature, Field num.Array }
	magnetisation := implicit.FixedPoint(
		func(s state, m num.Array) num.Array { return num.Tanh(num.Div(num.Add(m, s.Field), s.Temperature)) },
		func(s state, m num.Array) num.Array {
			for {
				next := num.Tanh(num.Div(num.Add(m, s.Field), s.Temperature))
				if num.LessEqual(num.Abs(num.Sub(next, m)), 1e-15).Bool() {
					return next
				}
				m = next
			}
		})
	at := state{num.Scalar(0.8), num.Scalar(0.1)}
	m, d := transforms.ValueAndGrad(func(s state) num.Array { return magnetisation(s, num.Scalar(1)) })(at)
	fmt.Printf("%.6f, dm/dh = %.6f, dm/dT = %.6f\n", m.Float64(), d.Field.Float64(), d.Temperature.Float64())
	// Output:
	// 0.816156, dm/dh = 0.716331, dm/dT = -0.820338
}

// Heat in a rod of 1,000 places with cold ends, without a matrix: the mean temperature, and how it changes with the
// conductivity.
func ExampleLinearSolve() {
	source := num.Ones(1000)
	mean := func(conductivity num.Array) num.Array {
		loss := func(x num.Array) num.Array {
			ends := num.Pad(x, 1, 1)
			flux := num.Sub(num.Slice(ends, 1, 1002), num.Slice(ends, 0, 1001))
			return num.Add(x, num.Mul(conductivity, num.Sub(num.Slice(flux, 0, 1000), num.Slice(flux, 1, 1001))))
		}
		return num.Mean(implicit.LinearSolve(loss, source, implicit.Symmetric()))
	}
	fmt.Printf("%.6f %.6g\n", mean(num.Scalar(1e4)).Float64(), transforms.Grad(mean)(num.Scalar(1e4)).Float64())
	// Output:
	// 0.801015 -9.98998e-06
}
