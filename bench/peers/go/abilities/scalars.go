package main

import (
	"math"

	"bitbucket.org/dtolpin/infergo/ad"
	"bitbucket.org/dtolpin/infergo/infer"
	"bitbucket.org/dtolpin/infergo/model"
	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/num/dual"
	"gonum.org/v1/gonum/num/hyperdual"
	"gonum.org/v1/gonum/optimize"

	"github.com/gradus-ad/gradus/bench/peers/go/abilities/small"
	derived "github.com/gradus-ad/gradus/bench/peers/go/abilities/small/ad"
)

func dualMixed(x, y dual.Number) dual.Number { return dual.Add(dual.Mul(x, y), dual.Sin(x)) }

// swept is a gradient by a sweep for each input.
func swept(f func(x []dual.Number) dual.Number, at ...float64) []float64 {
	x, g := make([]dual.Number, len(at)), make([]float64, len(at))
	for i, v := range at {
		x[i].Real = v
	}
	for i := range x {
		x[i].Emag = 1
		g[i] = f(x).Emag
		x[i].Emag = 0
	}
	return g
}

const sweeps = "a sweep for each input"

var gonum = &library{"gonum", "gonum.org/v1/gonum", map[string]shown{
	"reverse": absent(`(?i)backward|backprop|reversemode|^tape`),
	"forward": does(func() []float64 {
		return []float64{dualMixed(dual.Number{Real: at, Emag: 1}, dual.Number{Real: 2, Emag: 2}).Emag}
	}),
	"vjp": absent(`(?i)vjp|pullback|backward`),
	"second": does(func() []float64 {
		x := hyperdual.Number{Real: at, E1mag: 1, E2mag: 1}
		return []float64{hyperdual.Mul(hyperdual.Mul(x, x), x).E1E2mag}
	}),
	"third": absent(`(?i)tridual|jet|taylor`),
	"slices": partly("a sweep for each element", func() []float64 {
		var column []float64
		for i := range 3 {
			x := []hyperdual.Number{{Real: 1, E1mag: 1}, {Real: 2}, {Real: 3}}
			x[i].E2mag = 1
			a, b := hyperdual.Sub(x[1], hyperdual.Mul(x[0], x[0])), hyperdual.Sub(x[2], hyperdual.Mul(x[1], x[1]))
			column = append(column, hyperdual.Add(hyperdual.Mul(a, a), hyperdual.Mul(b, b)).E1E2mag)
		}
		return column
	}),
	"product": partly("a sweep for each element", func() []float64 {
		var product []float64
		for i := range 2 {
			x := []hyperdual.Number{{Real: 1, E1mag: 3}, {Real: 2, E1mag: 4}}
			x[i].E2mag = 1
			cube := func(x hyperdual.Number) hyperdual.Number { return hyperdual.Mul(hyperdual.Mul(x, x), x) }
			product = append(product, hyperdual.Add(cube(x[0]), cube(x[1])).E1E2mag)
		}
		return product
	}),
	"jacobian": partly("fd.Jacobian, by finite differences", func() []float64 {
		j := mat.NewDense(3, 2, nil)
		f := func(y, x []float64) { y[0], y[1], y[2] = x[0]*x[1], math.Sin(x[0]), x[1]*x[1] }
		fd.Jacobian(j, f, []float64{at, 2}, &fd.JacobianSettings{Formula: fd.Central})
		return j.RawMatrix().Data
	}),
	"vmap":    absent(`(?i)vmap`),
	"compile": absent(`(?i)jit|compile`),
	"loop": does(func() []float64 {
		return swept(func(x []dual.Number) dual.Number {
			y := dual.Number{Real: 1}
			for range 10 {
				y = dual.Add(dual.Mul(x[0], y), dual.Number{Real: 1})
			}
			return y
		}, at)
	}),
	"while": partly("in forward mode", func() []float64 {
		return swept(func(x []dual.Number) dual.Number {
			y := x[0]
			for math.Abs(y.Real*y.Real-x[0].Real) > 1e-12 {
				y = dual.Scale(0.5, dual.Add(y, dual.Mul(x[0], dual.Inv(y))))
			}
			return y
		}, 2)
	}),
	"branch": does(func() []float64 {
		return swept(func(x []dual.Number) (sum dual.Number) {
			for _, v := range x {
				if v.Real > 0 {
					sum = dual.Add(sum, dual.Log(v))
				}
			}
			return sum
		}, 0, 2)
	}),
	"checkpoint": absent(`(?i)checkpoint|remat`),
	"custom": partly("by hand: a function of dual numbers is its own rule", func() []float64 {
		square := func(x dual.Number) dual.Number { return dual.Number{Real: x.Real * x.Real, Emag: 10 * x.Real * x.Emag} }
		return swept(func(x []dual.Number) dual.Number { return square(x[0]) }, 3)
	}),
	"struct": partly(sweeps, func() []float64 {
		type pair struct{ x, y dual.Number }
		f := func(p pair) dual.Number { return dualMixed(p.x, p.y) }
		return []float64{
			f(pair{dual.Number{Real: at, Emag: 1}, dual.Number{Real: 2}}).Emag,
			f(pair{dual.Number{Real: at}, dual.Number{Real: 2, Emag: 1}}).Emag,
		}
	}),
	"solve":    absent(`(?i)dualdense|densedual|dualmat`),
	"implicit": absent(`(?i)implicit(root|diff|func)`),
	"optimize": partly("its own, with differences for a gradient", func() []float64 {
		f := func(x []float64) float64 { return (x[0] - 3) * (x[0] - 3) }
		return minimize(optimize.Problem{Func: f, Grad: func(g, x []float64) { fd.Gradient(g, f, x, &fd.Settings{Formula: fd.Central}) }})
	}),
	"network": absent(`(?i)sgd|adam|momentum`),
	"check":   absent(`(?i)gradcheck|checkgrad|checkderiv`),
	"float32": absent(`(?i)dual.*32`),
	"complex": absent(`(?i)complexdual|dualcomplex`),
	"sparse":  absent(`(?i)sparsejac|jacobiansparse`),
}}

// observed is the gradient of a function that infergo has rewritten.
func observed(m model.Model, x ...float64) []float64 {
	m.Observe(x)
	return model.Gradient(m)
}

var infergo = &library{"infergo", "bitbucket.org/dtolpin/infergo", map[string]shown{
	"reverse":    does(func() []float64 { return observed(&derived.Mixed{}, at, 2) }),
	"forward":    absent(`(?i)jvp|forwardmode|tangent`),
	"vjp":        absent(`(?i)vjp|pullback|cotangent`),
	"second":     absent(`(?i)hess|second|higher`),
	"third":      absent(`(?i)hess|third|higher`),
	"slices":     absent(`(?i)hess`),
	"product":    absent(`(?i)hess|hvp`),
	"jacobian":   absent(`(?i)jacob`),
	"vmap":       absent(`(?i)vmap|batch`),
	"compile":    partly("Go that is written before the program is built, and records a tape", func() []float64 { return observed(&derived.Mixed{}, at, 2) }),
	"loop":       partly("unrolled on the tape", func() []float64 { return observed(&derived.Horner{}, at) }),
	"while":      does(func() []float64 { return observed(&derived.Newton{}, 2) }),
	"branch":     does(func() []float64 { return observed(&derived.Logs{}, 0, 2) }),
	"checkpoint": absent(`(?i)checkpoint|remat`),
	"custom": does(func() []float64 {
		ad.RegisterElemental(small.Square, func(_ float64, x ...float64) []float64 { return []float64{10 * x[0]} })
		ad.RegisterElemental(derived.Square, func(_ float64, x ...float64) []float64 { return []float64{10 * x[0]} })
		return observed(&derived.Ruled{}, 3)
	}),
	"struct":   absent(`(?i)pytree|unravel`),
	"solve":    absent(`(?i)solve|cholesky`),
	"implicit": absent(`(?i)implicit|fixedpoint`),
	"optimize": does(func() []float64 {
		f, g := infer.FuncGrad(&derived.Parabola{})
		return minimize(optimize.Problem{Func: f, Grad: g})
	}),
	"network": does(func() []float64 {
		x := []float64{3 + 1}
		(&infer.Momentum{Rate: 0.1, Decay: 1}).Step(&derived.Parabola{}, x)
		return []float64{x[0] - 3}
	}),
	"check":   absent(`(?i)check`),
	"float32": absent(`(?i)float32`),
	"complex": absent(`(?i)complex`),
	"sparse":  absent(`(?i)sparse|colou?r`),
}}
