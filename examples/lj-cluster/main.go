// LJ cluster: 13 atoms find the icosahedron.
//
// The energy of 13 atoms that attract and repel each other by the Lennard-Jones potential is
// minimised by gonum's BFGS, with the gradient from Gradus. The Hessian at the minimum, built of
// Hessian-vector products, tells that it is one: 33 stiff directions, and the 6 rigid motions, which
// cost nothing.
package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"

	"github.com/gradus-ad/gradus/bridge"
	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

const atoms = 13

// first and second are the atoms of each of the 78 pairs.
var first, second = pairs()

func pairs() (i, j num.Array) {
	var a, b []int
	for k := range atoms {
		for l := range k {
			a, b = append(a, k), append(b, l)
		}
	}
	return num.FromInts(a, len(a)), num.FromInts(b, len(b))
}

// energy returns the sum of 4(r⁻¹² - r⁻⁶) over all pairs, for the places of the atoms: f64[39].
func energy(x num.Array) num.Array {
	places := num.Reshape(x, atoms, 3)
	d := num.Sub(num.Take(places, first, 0), num.Take(places, second, 0))
	attraction := num.Pow(num.Sum(num.Square(d), 1), -3)
	return num.Mul(4.0, num.Sum(num.Sub(num.Square(attraction), attraction)))
}

// start returns an icosahedron that has been shaken.
func start() []float64 {
	golden := (1 + math.Sqrt(5)) / 2
	x := []float64{0, 0, 0}
	for _, a := range []float64{-1, 1} {
		for _, b := range []float64{-golden, golden} {
			x = append(x, 0, a, b, a, b, 0, b, 0, a)
		}
	}
	rng := rand.New(rand.NewPCG(13, 44))
	for i := range x {
		x[i] = 0.57*x[i] + 0.1*rng.NormFloat64()
	}
	return x
}

func main() { report.Main(run) }

func run(r *report.Report) error {
	result, err := optimize.Minimize(bridge.Problem(energy), start(),
		&optimize.Settings{GradientThreshold: 1e-6}, &optimize.BFGS{})
	if err != nil {
		return err
	}
	x := num.Vector(result.X...)
	r.Printf("%d atoms, gonum's BFGS with gradients from Gradus: %v\n\n", atoms, result.Status)
	r.Printf("the minimum, against the Cambridge Cluster Database and a reference computed without derivatives:\n")
	r.Check("energy of the icosahedron", -44.326801, result.F, 1e-7)
	r.Check("the same, more digits", -44.32680141953403, result.F, 1e-12)
	r.CheckSmall("largest force", num.Amax(num.Abs(transforms.Grad(energy)(x))).Float64(), 1e-6)

	modes := spectrum(hvp.Hessian(energy)(x))
	stiffest := modes[len(modes)-1]
	zero, positive := 0, 0
	for _, m := range modes {
		switch {
		case math.Abs(m) < 1e-6*stiffest:
			zero++
		case m > 0:
			positive++
		}
	}
	r.Printf("\nthe Hessian there, by Hessian-vector products, %d modes:\n", len(modes))
	r.Check("rigid motions: zero modes", 6, float64(zero), 0)
	r.Check("vibrations: positive modes", 33, float64(positive), 0)
	r.Printf("  softest vibration %.4f, stiffest %.4f\n", modes[6], stiffest)
	return drawSpectrum(r, modes)
}

// spectrum returns the eigenvalues of a symmetric matrix in increasing order of their size.
func spectrum(h num.Array) []float64 {
	n := h.Shape()[0]
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(n, h.Float64s()), false) {
		panic("no eigenvalues")
	}
	values := eigen.Values(nil)
	slices.SortFunc(values, func(a, b float64) int {
		switch {
		case math.Abs(a) < math.Abs(b):
			return -1
		case math.Abs(a) > math.Abs(b):
			return 1
		}
		return 0
	})
	return values
}
