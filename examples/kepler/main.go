// Kepler: how a small change of the start grows along an orbit.
//
// The Jacobian of a whole integration, start to end, is the monodromy matrix. For one period of Kepler's
// problem, q" = -q/|q|³, it is known in closed form: a changed energy changes the period, and so the
// place along the orbit, and nothing else grows. With a symplectic method the matrix is symplectic for
// any step, however bad the orbit; with the method of Runge and Kutta it is not.
package main

import (
	"fmt"
	"math"

	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

const (
	eccentricity = 0.6
	period       = 2 * math.Pi // of an orbit with semi-major axis 1
)

// State is where the planet is and how fast it moves, f64[2] each.
type State struct{ Q, V num.Array }

// start is the perihelion.
var start = State{
	Q: num.Vector(1-eccentricity, 0),
	V: num.Vector(0, math.Sqrt((1+eccentricity)/(1-eccentricity))),
}

func acceleration(q num.Array) num.Array {
	return num.Neg(num.Div(q, num.Pow(num.Norm(q), 3)))
}

func energy(s State) num.Array {
	kinetic := num.Mul(0.5, num.Sum(num.Square(s.V)))
	return num.Sub(kinetic, num.Reciprocal(num.Norm(s.Q)))
}

// A method makes a step of size h.
type method func(s State, h num.Array) State

func leapfrog(s State, h num.Array) State {
	half := num.Mul(0.5, h)
	q := tree.AddScaled(s.Q, half, s.V)
	v := tree.AddScaled(s.V, h, acceleration(q))
	return State{Q: tree.AddScaled(q, half, v), V: v}
}

// sixth is a chain of 25 leapfrog steps, some of them backwards, that is of order 6.
func sixth(s State, h num.Array) State {
	s, _ = flow.Scan(func(s State, weight num.Array) (State, [0]num.Array) {
		return leapfrog(s, num.Mul(h, weight)), [0]num.Array{}
	}, s, num.Vector(suzuki(6)...))
	return s
}

// suzuki returns the sizes of the leapfrog steps that make up one step of a method of an even order:
// five of the order below, sized so that their errors cancel (M. Suzuki, Phys. Lett. A 146, 1990).
func suzuki(order int) []float64 {
	if order == 2 {
		return []float64{1}
	}
	outer := 1 / (4 - math.Pow(4, 1/float64(order-1)))
	var sizes []float64
	for _, scale := range []float64{outer, outer, 1 - 4*outer, outer, outer} {
		for _, w := range suzuki(order - 2) {
			sizes = append(sizes, scale*w)
		}
	}
	return sizes
}

// rungeKutta is the classical method of order 4, which is not symplectic.
func rungeKutta(s State, h num.Array) State {
	rate := func(s State) State { return State{Q: s.V, V: acceleration(s.Q)} }
	half := num.Mul(0.5, h)
	k1 := rate(s)
	k2 := rate(tree.AddScaled(s, half, k1))
	k3 := rate(tree.AddScaled(s, half, k2))
	k4 := rate(tree.AddScaled(s, h, k3))
	sum := tree.Add(tree.Add(k1, k4), tree.Scale(2.0, tree.Add(k2, k3)))
	return tree.AddScaled(s, num.Div(h, 6), sum)
}

// orbit returns the function that follows the orbit for some time in n steps.
func orbit(step method, time float64, n int) func(State) State {
	h := num.Scalar(time / float64(n))
	return func(s State) State {
		return flow.For(0, n, func(_ num.Array, s State) State { return step(s, h) }, s)
	}
}

// jacobian returns the Jacobian, f64[4,4], of what takes states to states.
func jacobian(f func(State) State) func(State) num.Array {
	return transforms.JIT(func(s State) num.Array {
		j := jac.Fwd(func(s State) num.Array {
			s = f(s)
			return num.Concat(0, s.Q, s.V)
		})(s)
		return num.Concat(1, j.Q, j.V)
	})
}

// closedForm returns the monodromy matrix I - 6π f (∇E)ᵀ of one period from the start, where f is the
// rate at which the state changes and E the energy.
func closedForm() num.Array {
	f := num.Concat(0, start.V, acceleration(start.Q))
	slope := transforms.Grad(energy)(start)
	return num.Sub(num.Eye(4), num.Mul(6*math.Pi, num.Outer(f, num.Concat(0, slope.Q, slope.V))))
}

// twist returns how far Φᵀ J Φ is from J, as a part of the largest products in it. It is 0 for the
// derivative of a symplectic map.
func twist(phi num.Array) float64 {
	j := num.New([]float64{0, 0, 1, 0, 0, 0, 0, 1, -1, 0, 0, 0, 0, -1, 0, 0}, 4, 4)
	d := num.Sub(num.MatMul(num.Transpose(phi), num.MatMul(j, phi)), j)
	return num.Div(num.Amax(num.Abs(d)), num.Square(num.Amax(num.Abs(phi)))).Float64()
}

func main() { report.Main(run) }

func run(r *report.Report) error {
	const steps = 400
	r.Printf("one period of an orbit of eccentricity %g, %d steps of order 6 (%d leapfrog steps each):\n",
		eccentricity, steps, len(suzuki(6)))
	checkMonodromy(r, jacobian(orbit(sixth, period, steps))(start))

	r.Printf("\nis the matrix of one period symplectic, |Φᵀ J Φ - J| / max|Φ|²? leapfrog, whatever the step:\n")
	for _, n := range []int{20, 60, 200, 2000} {
		r.CheckSmall(fmt.Sprintf("leapfrog, %d steps a period", n), twist(jacobian(orbit(leapfrog, period, n))(start)), 1e-12)
	}
	coarse := twist(jacobian(orbit(rungeKutta, period, 60))(start))
	r.Printf("  Runge-Kutta of order 4, 60 steps a period: %.1e, not symplectic\n", coarse)

	return checkEnergy(r)
}

// checkMonodromy compares a monodromy matrix with the reference, entry by entry where it is not that
// of the identity.
func checkMonodromy(r *report.Report, phi num.Array) {
	for _, c := range []struct {
		what     string
		row, col int
		want     float64
	}{
		{"dy / dx", 1, 0, -235.61944901923445},
		{"dy / dv_y", 1, 3, -75.39822368615503},
		{"dv_x / dx", 2, 0, 736.3107781851074},
		{"dv_x / dv_y", 2, 3, 235.61944901923445},
	} {
		r.Check(c.what, c.want, phi.At(c.row, c.col).Float64(), 1e-10)
	}
	want := closedForm()
	distance := num.Div(num.Amax(num.Abs(num.Sub(phi, want))), num.Amax(num.Abs(want))).Float64()
	r.CheckSmall("all 16 entries, of the largest", distance, 1e-9)
	r.Check("determinant", 1, linalg.Det(phi).Float64(), 1e-11)
}
