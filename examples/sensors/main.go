// Sensors: when does forward mode win?
//
// Two charged bodies move in the plane. Their 8 initial conditions, two positions and two
// velocities, decide what 50,000 sensors, on a plate above them, read at the end. The Jacobian has 8 columns and 50,000 rows:
// forward mode gets it in 8 passes, reverse mode needs 50,000.
package main

import (
	"math/rand/v2"
	"time"

	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

const (
	columns, rows = 250, 200 // the grid of sensors
	steps         = 100
	dt            = 0.02
	height        = 0.2 // of the sensors above the plane
)

var (
	charge = num.New([]float64{1, -1.5}, 2, 1)
	mass   = num.New([]float64{1, 2}, 2, 1)
	grid   = sensors()
)

// State is where the two bodies are and how fast they move: f64[2,2] each, a row a body.
type State struct {
	Position, Velocity num.Array
}

var start = State{
	Position: num.New([]float64{-1, 0, 1, 0.2}, 2, 2),
	Velocity: num.New([]float64{0.3, 0.6, -0.1, -0.5}, 2, 2),
}

// rate is the equation of motion: Coulomb's law between the two bodies.
func rate(s State) State {
	d := num.Sub(s.Position, num.Flip(s.Position, 0)) // from the other body
	r := num.KeepDims(num.Norm, d, 1)
	coulomb := num.Mul(charge, num.Flip(charge, 0))
	force := num.Div(num.Mul(coulomb, d), num.Pow(r, 3))
	return State{Position: s.Velocity, Velocity: num.Div(force, mass)}
}

// step is one step of the classical Runge-Kutta method.
func step(s State) State {
	k1 := rate(s)
	k2 := rate(tree.AddScaled(s, dt/2, k1))
	k3 := rate(tree.AddScaled(s, dt/2, k2))
	k4 := rate(tree.AddScaled(s, dt, k3))
	sum := tree.Add(tree.Add(k1, k4), tree.Scale(2.0, tree.Add(k2, k3)))
	return tree.AddScaled(s, dt/6, sum)
}

// read returns what the sensors show: the electric potential, f64[50000].
func read(s State) num.Array {
	s = flow.For(0, steps, func(_ num.Array, s State) State { return step(s) }, s)
	d := num.Sub(num.ExpandDims(grid, 1), s.Position) // [sensor, body, axis]
	r := num.Hypot(num.Norm(d, 2), height)
	return num.Sum(num.Div(num.Ravel(charge), r), 1)
}

// sensors returns the places of the sensors, f64[50000,2].
func sensors() num.Array {
	places := make([]float64, 0, 2*columns*rows)
	for j := range rows {
		for i := range columns {
			places = append(places, -2.5+5*float64(i)/(columns-1), -2+4*float64(j)/(rows-1))
		}
	}
	return num.New(places, columns*rows, 2)
}

func main() { report.Main(run) }

func run(r *report.Report) error {
	r.Printf("two charged bodies, %d steps of RK4, 8 initial conditions, %d sensors\n\n", steps, columns*rows)
	r.Printf("%v\n\n", jac.Passes(read, start))

	var forward num.Array
	fwd := report.Time(func() { forward = jac.Matrix(read)(start) })
	sampled := []int{0, columns*rows/2 + columns/2, columns*rows - 1}
	sampled = append(sampled, rand.New(rand.NewPCG(8, 50_000)).Perm(columns * rows)[:13]...)
	var pull func(num.Array) num.Array
	once := report.Time(func() { pull = pullback() })
	var reverse num.Array
	pass := report.Time(func() { reverse = pull(ones(sampled)) })
	whole := once + pass*time.Duration(columns*rows/len(sampled))
	r.Printf("forward mode, all 8 columns:           %10.2f s\n", fwd.Seconds())
	r.Printf("reverse mode, %d of %d rows:        %10.2f s\n", len(sampled), columns*rows, (once + pass).Seconds())
	r.Printf("reverse mode, all rows, extrapolated:  %10.2f s (not run)\n", whole.Seconds())
	r.Printf("forward wins by a factor of about %.0f\n\n", whole.Seconds()/fwd.Seconds())

	r.Printf("%d rows by one mode against the other:\n", len(sampled))
	r.CheckSmall("reverse - forward", distance(num.Take(forward, num.FromInts(sampled, len(sampled)), 0), reverse), 1e-12)
	checkDifferences(r, forward)
	return drawFields(r, read(start), forward)
}

// pullback runs the simulation and returns what pulls a batch of cotangents, f64[n,50000], back to rows
// of the Jacobian, f64[n,8], in one pass.
func pullback() func(num.Array) num.Array {
	_, pull := transforms.VJP(read, start)
	return transforms.Vmap(func(cotangent num.Array) num.Array {
		row, _ := tree.Ravel(pull(cotangent))
		return row
	})
}

// ones returns a row of zeros for each of some sensors, with a 1 at that sensor.
func ones(sensors []int) num.Array {
	n := len(sensors)
	return num.Set(num.Zeros(n, columns*rows), 1, num.Arange(n), num.FromInts(sensors, n))
}

// distance returns the largest difference between two arrays, relative to the largest element.
func distance(want, got num.Array) float64 {
	return num.Div(num.Amax(num.Abs(num.Sub(want, got))), num.Amax(num.Abs(want))).Float64()
}

// checkDifferences compares every column with central differences of the whole simulation.
func checkDifferences(r *report.Report, jacobian num.Array) {
	r.Printf("forward mode against central differences, column by column:\n")
	flat, unravel := tree.Ravel(start)
	at := flat.Float64s()
	for k := range at {
		const h = 3e-6
		shifted := func(h float64) num.Array {
			x := append([]float64(nil), at...)
			x[k] += h
			return read(unravel(num.Vector(x...)))
		}
		difference := num.Div(num.Sub(shifted(h), shifted(-h)), 2*h)
		r.CheckSmall(names[k], distance(num.Take(jacobian, k, 1), difference), 1e-8)
	}
}

// names are the initial conditions in the order of the Jacobian's columns.
var names = []string{
	"body 1, x", "body 1, y", "body 2, x", "body 2, y",
	"body 1, velocity along x", "body 1, velocity along y", "body 2, velocity along x", "body 2, velocity along y",
}
