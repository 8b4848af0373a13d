package main

import (
	"gonum.org/v1/gonum/num/dual"
	"gonum.org/v1/gonum/num/hyperdual"
)

func init() { libraries["gonum dual"] = duals }

// duals are those of gonum, a sweep for each input; for second derivatives hyperduals, a sweep for each result.
func duals(o order) task {
	x := flat(o.Arguments)
	switch o.Derivative {
	case "gradient":
		return dualGradient(dualFunction(o), x, o)
	case "Jacobian":
		return dualJacobian(x, o.Data[0].Values)
	case "product":
		return hyperProduct(hyperFunction(o), x, flat(o.Direction), o)
	case "Hessian":
		return hyperHessian(hyperFunction(o), x)
	}
	panic("no " + o.Derivative)
}

func lift(x []float64) []dual.Number {
	d := make([]dual.Number, len(x))
	for i, v := range x {
		d[i].Real = v
	}
	return d
}

func dualGradient(f func([]dual.Number) dual.Number, x []float64, o order) task {
	d, g := lift(x), make([]float64, len(x))
	return task{func() {
		for i := range d {
			d[i].Emag = 1
			g[i] = f(d).Emag
			d[i].Emag = 0
		}
	}, func() [][]float64 { return split(g, o.Arguments) }}
}

func dualJacobian(x, times []float64) task {
	d, out := lift(x), make([]float64, len(times)*len(x))
	return task{func() {
		for j := range d {
			d[j].Emag = 1
			for i, t := range times {
				out[i*len(x)+j] = dualCurve(d, t).Emag
			}
			d[j].Emag = 0
		}
	}, whole(out)}
}

func hyperLift(x []float64) []hyperdual.Number {
	d := make([]hyperdual.Number, len(x))
	for i, v := range x {
		d[i].Real = v
	}
	return d
}

func hyperProduct(f func([]hyperdual.Number) hyperdual.Number, x, v []float64, o order) task {
	d, out := hyperLift(x), make([]float64, len(x))
	for i := range d {
		d[i].E1mag = v[i]
	}
	return task{func() {
		for i := range d {
			d[i].E2mag = 1
			out[i] = f(d).E1E2mag
			d[i].E2mag = 0
		}
	}, func() [][]float64 { return split(out, o.Arguments) }}
}

func hyperHessian(f func([]hyperdual.Number) hyperdual.Number, x []float64) task {
	d, n := hyperLift(x), len(x)
	out := make([]float64, n*n)
	return task{func() {
		for i := range d {
			d[i].E1mag = 1
			for j := range i + 1 {
				d[j].E2mag = 1
				out[i*n+j] = f(d).E1E2mag
				out[j*n+i] = out[i*n+j]
				d[j].E2mag = 0
			}
			d[i].E1mag = 0
		}
	}, whole(out)}
}

func dualFunction(o order) func([]dual.Number) dual.Number {
	switch o.Work {
	case "rosenbrock":
		return dualRosenbrock
	case "bodies":
		mass := o.Data[0].Values
		return func(x []dual.Number) dual.Number { return dualBodies(x, mass) }
	case "pendulum":
		return dualPendulum
	case "lotka":
		start, observed := o.Data[0].Values, o.Data[1].Values
		return func(p []dual.Number) dual.Number { return dualLotka(p, start, observed) }
	case "perceptron":
		x, y, hidden := o.Data[0], o.Data[1].Values, o.Arguments[0].Columns
		return func(w []dual.Number) dual.Number { return dualPerceptron(w, x, y, hidden) }
	}
	panic("no " + o.Work)
}

func hyperFunction(o order) func([]hyperdual.Number) hyperdual.Number {
	switch o.Work {
	case "rosenbrock":
		return hyperRosenbrock
	case "bodies":
		mass := o.Data[0].Values
		return func(x []hyperdual.Number) hyperdual.Number { return hyperBodies(x, mass) }
	}
	panic("no " + o.Work)
}

func hyperRosenbrock(x []hyperdual.Number) (sum hyperdual.Number) {
	one := hyperdual.Number{Real: 1}
	for i := range len(x) - 1 {
		t := hyperdual.Sub(x[i+1], hyperdual.Mul(x[i], x[i]))
		u := hyperdual.Sub(one, x[i])
		sum = hyperdual.Add(sum, hyperdual.Add(hyperdual.Scale(100, hyperdual.Mul(t, t)), hyperdual.Mul(u, u)))
	}
	return sum
}

func hyperBodies(x []hyperdual.Number, mass []float64) (sum hyperdual.Number) {
	for i := range mass {
		for j := range i {
			var square hyperdual.Number
			for k := range 3 {
				d := hyperdual.Sub(x[3*i+k], x[3*j+k])
				square = hyperdual.Add(square, hyperdual.Mul(d, d))
			}
			sum = hyperdual.Sub(sum, hyperdual.Scale(mass[i]*mass[j], hyperdual.Inv(hyperdual.Sqrt(square))))
		}
	}
	return sum
}
