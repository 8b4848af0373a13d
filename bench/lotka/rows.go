package lotka

import (
	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

var (
	at    = []float64{1.45, 0.95, 1.05, 2.9} // where derivatives are taken
	truth = []float64{1.5, 1, 1, 3}          // what is observed
	start = []float64{1, 1}
)

var gradientC, jacobianC harness.Kernel // if there is a compiler

// Rows of the table.
func Rows() []harness.Row {
	p := params{num.Scalar(at[0]), num.Scalar(at[1]), num.Scalar(at[2]), num.Scalar(at[3])}
	u := num.Vector(start...)
	return []harness.Row{{
		Work: "Lotka-Volterra, 1000 steps: gradient by 4 parameters", Base: "C", Reach: 1.2, Least: 1.6,
		Contenders: func() []harness.Contender {
			observed := observe()
			in := [][]float64{at, start, observed}
			return append(ours.Compiled(transforms.Grad(misfit(num.New(observed, steps, 2), u)), p),
				harness.OfKernel("C", gradientC, in, 1, 1, 1, 1),
				harness.OfKernel("Go", harness.Repeat(newGradient()), in, 1, 1, 1, 1))
		},
	}, {
		Work: "Lotka-Volterra, 1000 steps: 2000 x 6 Jacobian", Base: "C", Reach: 1.2, Least: 1.7,
		Contenders: func() []harness.Contender {
			in := [][]float64{at, start}
			return append(ours.Compiled(jac.Matrix(trajectory), problem{u, p}),
				harness.OfKernel("C", jacobianC, in, 2*steps*6),
				harness.OfKernel("Go", harness.Repeat(jacobian), in, 2*steps*6))
		},
	}}
}

// observe returns the populations after each step for the true parameters.
func observe() []float64 {
	observed := make([]float64, 0, 2*steps)
	u := vector{start[0], start[1]}
	for range steps {
		u, _ = advance((*[4]float64)(truth), u)
		observed = append(observed, u[0], u[1])
	}
	return observed
}
