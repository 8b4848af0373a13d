package main

import (
	"math"

	"bitbucket.org/dtolpin/infergo/ad"
	"bitbucket.org/dtolpin/infergo/model"
	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"

	"github.com/gradus-ad/gradus/bench/peers/go/models"
	derived "github.com/gradus-ad/gradus/bench/peers/go/models/ad"
)

func init() {
	libraries["gonum fd"] = differences
	libraries["infergo"] = infergo
	ad.RegisterElemental(math.Tanh, func(y float64, _ ...float64) []float64 { return []float64{1 - y*y} })
}

// flat returns all numbers of some arrays in one, whose parts are where the arrays' elements are then.
func flat(ms []matrix) []float64 {
	var x []float64
	for _, m := range ms {
		x = append(x, m.Values...)
	}
	return x
}

// split returns the parts of what has one number for each of some arrays' elements.
func split(x []float64, ms []matrix) [][]float64 {
	var parts [][]float64
	for _, m := range ms {
		parts = append(parts, x[:len(m.Values):len(m.Values)])
		x = x[len(m.Values):]
	}
	return parts
}

func whole(x []float64) func() [][]float64 { return func() [][]float64 { return [][]float64{x} } }

// plain returns the function of an order in plain Go.
func plain(o order) model.Model {
	switch o.Work {
	case "rosenbrock":
		return &models.Rosenbrock{}
	case "bodies":
		return &models.Bodies{Mass: o.Data[0].Values}
	case "pendulum":
		return &models.Pendulum{}
	case "lotka":
		return &models.Lotka{Start: o.Data[0].Values, Observed: o.Data[1].Values}
	case "perceptron":
		return &models.Perceptron{X: o.Data[0].Values, Y: o.Data[1].Values, Inputs: o.Data[0].Columns, Hidden: o.Arguments[0].Columns}
	}
	panic("no " + o.Work)
}

// differentiated returns the same as infergo has rewritten it.
func differentiated(o order) model.Model {
	switch m := plain(o).(type) {
	case *models.Rosenbrock:
		return (*derived.Rosenbrock)(m)
	case *models.Bodies:
		return (*derived.Bodies)(m)
	case *models.Pendulum:
		return (*derived.Pendulum)(m)
	case *models.Lotka:
		return (*derived.Lotka)(m)
	case *models.Perceptron:
		return (*derived.Perceptron)(m)
	}
	panic("no " + o.Work)
}

// infergo runs what it has written, which records a tape.
func infergo(o order) task {
	x := flat(o.Arguments)
	switch o.Derivative {
	case "gradient":
		m := differentiated(o)
		var g []float64
		return task{func() {
			m.Observe(x)
			g = model.Gradient(m)
		}, func() [][]float64 { return split(g, o.Arguments) }}
	case "Jacobian":
		times, out := o.Data[0].Values, make([]float64, len(o.Data[0].Values)*len(x))
		return task{func() {
			for i, t := range times {
				m := &derived.Curve{T: t}
				m.Observe(x)
				copy(out[i*len(x):], model.Gradient(m))
			}
		}, whole(out)}
	}
	panic("no second derivatives")
}

// differences are those of gonum, by its default formulas.
func differences(o order) task {
	x := flat(o.Arguments)
	switch o.Derivative {
	case "gradient":
		m, g := plain(o), make([]float64, len(x))
		return task{func() { fd.Gradient(g, m.Observe, x, nil) }, func() [][]float64 { return split(g, o.Arguments) }}
	case "Jacobian":
		times := o.Data[0].Values
		out := make([]float64, len(times)*len(x))
		jacobian := mat.NewDense(len(times), len(x), out)
		curve := func(y, x []float64) {
			for i, t := range times {
				y[i] = (&models.Curve{T: t}).Observe(x)
			}
		}
		return task{func() { fd.Jacobian(jacobian, curve, x, nil) }, whole(out)}
	case "Hessian":
		m, h := plain(o), mat.NewSymDense(len(x), nil)
		return task{func() { fd.Hessian(h, m.Observe, x, nil) }, func() [][]float64 { return [][]float64{mat.DenseCopyOf(h).RawMatrix().Data} }}
	}
	panic("no product with a Hessian")
}
