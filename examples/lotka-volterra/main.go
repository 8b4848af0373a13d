// Lotka-Volterra: the rates of predators and prey from noisy counts, with error bars.
//
// The populations are integrated by a loop that stays one equation. Reverse mode through it gives the gradient
// of a misfit. Forward mode gives the derivatives J of every prediction by every parameter, and with them the
// Gauss-Newton steps of the fit, the standard errors, from (JᵀJ)⁻¹, and the bands round the fitted curves.
package main

import (
	_ "embed"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// Params are the rates in x' = αx - βxy for prey and y' = δxy - γy for predators.
type Params struct{ Alpha, Beta, Delta, Gamma num.Array }

func params(alpha, beta, delta, gamma float64) Params {
	return Params{num.Scalar(alpha), num.Scalar(beta), num.Scalar(delta), num.Scalar(gamma)}
}

var (
	truth  = params(1.5, 1, 1, 3)
	around = num.Vector(1, 1) // the populations at the start
)

// rate returns how fast the populations u, f64[2], change.
func rate(p Params, u num.Array) num.Array {
	x, y := u.At(0), u.At(1)
	meetings := num.Mul(x, y)
	prey := num.Sub(num.Mul(p.Alpha, x), num.Mul(p.Beta, meetings))
	return num.Stack(0, prey, num.Sub(num.Mul(p.Delta, meetings), num.Mul(p.Gamma, y)))
}

// step is one step of the classical Runge-Kutta method.
func step(p Params, u num.Array, h float64) num.Array {
	k1 := rate(p, u)
	k2 := rate(p, num.Add(u, num.Mul(h/2, k1)))
	k3 := rate(p, num.Add(u, num.Mul(h/2, k2)))
	k4 := rate(p, num.Add(u, num.Mul(h, k3)))
	return num.Add(u, num.Mul(h/6, num.Add(num.Add(k1, k4), num.Mul(2, num.Add(k2, k3)))))
}

// predict returns the populations at n times every apart, f64[n,2], with some steps between two times.
func predict(p Params, n int, every float64, steps int) num.Array {
	between := func(u num.Array) num.Array {
		return flow.For(0, steps, func(_, u num.Array) num.Array { return step(p, u, every/float64(steps)) }, u)
	}
	_, all := flow.Iterate(n, between, around)
	return all
}

func main() { report.Main(run) }

func run(r *report.Report) error {
	checkTutorial(r)
	if err := checkDense(r); err != nil {
		return err
	}
	return fit(r)
}

// checkTutorial compares with the loss of SciMLSensitivity's tutorial, ½ Σ |1 - u|² at t = 0, ½, ..., 10, where
// δ is not fitted; the reference integrates the sensitivity equations to 1e-13.
func checkTutorial(r *report.Report) {
	r.Printf("loss and gradient by reverse mode through 4000 steps, against sensitivity equations:\n")
	last := transforms.JIT(func(p Params) num.Array { return predict(p, 20, 0.5, 200).At(-1) })(truth)
	loss, grad := transforms.ValueAndGrad(func(p Params) num.Array {
		return num.Mul(0.5, num.Sum(num.Square(num.Sub(1, predict(p, 20, 0.5, 200)))))
	})(truth)
	r.Check("prey at t = 10", 1.026344767575094, last.At(0).Float64(), 1e-9)
	r.Check("predators at t = 10", 0.90969107813604, last.At(1).Float64(), 1e-9)
	r.Check("loss", 102.04210862116678, loss.Float64(), 1e-9)
	r.Check("d loss / dα", 25.500637231778942, grad.Alpha.Float64(), 1e-9)
	r.Check("d loss / dβ", -77.2550774152511, grad.Beta.Float64(), 1e-9)
	r.Check("d loss / dγ", 93.53212756432488, grad.Gamma.Float64(), 1e-9)
}

//go:embed observations.txt
var dense string

// checkDense compares with derivatives written by hand of the same 1000 steps, for 1000 observations.
func checkDense(r *report.Report) error {
	const n = 1000
	var counts []float64
	for field := range strings.FieldsSeq(dense) {
		v, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return err
		}
		counts = append(counts, v)
	}
	data := num.New(counts, n, 2)
	loss, grad := transforms.ValueAndGrad(func(p Params) num.Array {
		return num.Sum(num.Square(num.Sub(predict(p, n, 0.01, 1), data)))
	})(params(1.45, 0.95, 1.05, 2.9))
	r.Printf("\nthe same for 1000 observations, against derivatives written by hand:\n")
	r.Check("loss", 444.48652070144652, loss.Float64(), 1e-13)
	r.Check("d loss / dα", -15322.829986336097, grad.Alpha.Float64(), 1e-12)
	r.Check("d loss / dβ", 778.48148421511803, grad.Beta.Float64(), 1e-12)
	r.Check("d loss / dδ", -4585.0499103827833, grad.Delta.Float64(), 1e-12)
	r.Check("d loss / dγ", -3426.0308043538321, grad.Gamma.Float64(), 1e-12)
	return nil
}

// The experiment to fit: counts at times every apart, with normal errors.
const (
	counts = 40
	every  = 0.25
	noise  = 0.15
)

// model returns the first n of both populations that the experiment would count without errors, f64[2n].
func model(p Params, n int) num.Array { return num.Ravel(predict(p, n, every, 10)) }

// fit finds the parameters by least squares and says how well they are known. It fits the first peak before it
// fits all: from afar, the nearest minimum may be one that leaves a peak out.
func fit(r *report.Report) error {
	data := num.Add(model(truth, counts), num.Mul(noise, num.Normal(rand.New(rand.NewPCG(15, 13)), 2*counts)))
	residuals := func(n int) func(Params) num.Array {
		return func(p Params) num.Array { return num.Sub(model(p, n), num.Slice(data, 0, 2*n)) }
	}
	first := gaussNewton(residuals(10), params(1.2, 0.8, 0.8, 2.5))
	best := gaussNewton(residuals(counts), first)
	misfit := func(p Params) num.Array { return num.Mul(0.5, num.Sum(num.Square(residuals(counts)(p)))) }
	loss, slope := transforms.ValueAndGrad(misfit)(best)
	r.Printf("\n%d counts of each kind with errors of %g, fitted by Gauss-Newton steps:\n", counts, noise)
	r.CheckSmall("the misfit's gradient, by reverse mode", tree.Norm(slope).Float64(), 1e-6)

	j := jac.Matrix(residuals(counts))(best) // f64[80,4]
	p, _ := tree.Ravel(best)
	variance := num.Div(num.Mul(2, loss), 2*counts-p.Size())
	covariance := num.Mul(variance, linalg.Inv(num.MatMul(num.Transpose(j), j)))
	errors := num.Sqrt(num.Diag(covariance)).Float64s()
	want, _ := tree.Ravel(truth)
	off := num.Sub(p, want).Float64s()
	for i, name := range []string{"α", "β", "δ", "γ"} {
		r.Printf("  %s = %.3f ± %.3f, truly %g\n", name, p.At(i).Float64(), errors[i], want.At(i).Float64())
		r.CheckSmall("off by, in standard errors", off[i]/errors[i], 2)
	}
	return draw(r, data, best, covariance)
}

// gaussNewton minimises the sum of squared residuals, from the start p. A step that does not lower the sum is
// halved until it does.
func gaussNewton(residuals func(Params) num.Array, p Params) Params {
	type linear struct{ Residuals, Step num.Array }
	solve := transforms.JIT(func(p Params) linear {
		res, j := residuals(p), jac.Matrix(residuals)(p)
		jt := num.Transpose(j)
		return linear{res, num.Neg(linalg.Solve(num.MatMul(jt, j), num.MatMul(jt, res)))}
	})
	norm := transforms.JIT(func(p Params) num.Array { return num.Norm(residuals(p)) })
	_, unravel := tree.Ravel(p)
	for {
		l := solve(p)
		before, step := num.Norm(l.Residuals).Float64(), unravel(l.Step)
		scale := 1.0
		for !(norm(tree.AddScaled(p, scale, step)).Float64() < before) {
			scale /= 2
			if scale < 1e-3 {
				return p
			}
		}
		p = tree.AddScaled(p, scale, step)
	}
}
