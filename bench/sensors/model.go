// Package sensors has a Jacobian with many more rows than columns: what 50,000 sensors read of two charged bodies, by
// the 8 initial conditions of these. It is the model of examples/sensors.
package sensors

import (
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tree"
)

const (
	columns, rows = 250, 200 // the grid of sensors
	sensors       = columns * rows
	steps         = 100
	dt            = 0.02
	height        = 0.2 // of the sensors above the plane
)

var (
	charges = []float64{1, -1.5}
	masses  = []float64{1, 2}

	charge = num.New(charges, 2, 1)
	mass   = num.New(masses, 2, 1)
)

// state is where the two bodies are and how fast they move: f64[2,2] each, a row a body.
type state struct {
	Position, Velocity num.Array
}

// start is the two places and the two velocities.
var start = []float64{-1, 0, 1, 0.2, 0.3, 0.6, -0.1, -0.5}

// rate is the equation of motion: Coulomb's law between the two bodies.
func rate(s state) state {
	d := num.Sub(s.Position, num.Flip(s.Position, 0)) // from the other body
	r := num.KeepDims(num.Norm, d, 1)
	coulomb := num.Mul(charge, num.Flip(charge, 0))
	force := num.Div(num.Mul(coulomb, d), num.Pow(r, 3))
	return state{s.Velocity, num.Div(force, mass)}
}

// step is one step of the classical Runge-Kutta method.
func step(s state) state {
	k1 := rate(s)
	k2 := rate(tree.AddScaled(s, dt/2, k1))
	k3 := rate(tree.AddScaled(s, dt/2, k2))
	k4 := rate(tree.AddScaled(s, dt, k3))
	sum := tree.Add(tree.Add(k1, k4), tree.Scale(2.0, tree.Add(k2, k3)))
	return tree.AddScaled(s, dt/6, sum)
}

// reader returns what the sensors at a grid, f64[sensors,2], show: the electric potential, f64[sensors].
func reader(grid num.Array) func(state) num.Array {
	return func(s state) num.Array {
		s = flow.For(0, steps, func(_ num.Array, s state) state { return step(s) }, s)
		d := num.Sub(num.ExpandDims(grid, 1), s.Position) // [sensor, body, axis]
		r := num.Hypot(num.Norm(d, 2), height)
		return num.Sum(num.Div(num.Ravel(charge), r), 1)
	}
}

// places returns where the sensors are.
func places() []float64 {
	p := make([]float64, 0, 2*sensors)
	for j := range rows {
		for i := range columns {
			p = append(p, -2.5+5*float64(i)/(columns-1), -2+4*float64(j)/(rows-1))
		}
	}
	return p
}

// Readings returns what n of the sensors show, f64[n], as a function of the 8 initial conditions.
func Readings(n int) func(num.Array) num.Array {
	all, some := places(), make([]float64, 0, 2*n)
	for i := range n {
		k := i * sensors / n
		some = append(some, all[2*k:2*k+2]...)
	}
	read := reader(num.New(some, n, 2))
	return func(x num.Array) num.Array {
		x = num.Reshape(x, 4, 2)
		return read(state{num.Slice(x, 0, 2), num.Slice(x, 2, 4)})
	}
}

// Start returns the initial conditions, f64[8].
func Start() num.Array { return num.Vector(start...) }
