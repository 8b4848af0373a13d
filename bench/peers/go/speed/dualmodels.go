package main

import "gonum.org/v1/gonum/num/dual"

// The functions of package models in dual numbers: gonum's arithmetic is by functions.

func number(x float64) dual.Number { return dual.Number{Real: x} }

func dualRosenbrock(x []dual.Number) (sum dual.Number) {
	for i := range len(x) - 1 {
		t := dual.Sub(x[i+1], dual.Mul(x[i], x[i]))
		u := dual.Sub(number(1), x[i])
		sum = dual.Add(sum, dual.Add(dual.Scale(100, dual.Mul(t, t)), dual.Mul(u, u)))
	}
	return sum
}

func dualBodies(x []dual.Number, mass []float64) (sum dual.Number) {
	for i := range mass {
		for j := range i {
			var square dual.Number
			for k := range 3 {
				d := dual.Sub(x[3*i+k], x[3*j+k])
				square = dual.Add(square, dual.Mul(d, d))
			}
			sum = dual.Sub(sum, dual.Scale(mass[i]*mass[j], dual.Inv(dual.Sqrt(square))))
		}
	}
	return sum
}

func dualPendulum(x []dual.Number) dual.Number {
	turn := dual.Mul(dual.Mul(x[2], x[3]), dual.Cos(dual.Sub(x[0], x[1])))
	kinetic := dual.Add(dual.Add(dual.Mul(x[2], x[2]), dual.Scale(0.5, dual.Mul(x[3], x[3]))), turn)
	return dual.Sub(kinetic, dual.Scale(9.8, dual.Add(dual.Scale(2, dual.Cos(x[0])), dual.Cos(x[1]))))
}

func dualLotka(p []dual.Number, start, observed []float64) (sum dual.Number) {
	const h = 0.01
	rate := func(x, y dual.Number) (dual.Number, dual.Number) {
		xy := dual.Mul(x, y)
		return dual.Sub(dual.Mul(p[0], x), dual.Mul(p[1], xy)), dual.Sub(dual.Mul(p[2], xy), dual.Mul(p[3], y))
	}
	along := func(x dual.Number, by float64, k dual.Number) dual.Number { return dual.Add(x, dual.Scale(by, k)) }
	next := func(x, k1, k2, k3, k4 dual.Number) dual.Number {
		return along(x, h/6, dual.Add(dual.Add(k1, k4), dual.Scale(2, dual.Add(k2, k3))))
	}
	x, y := number(start[0]), number(start[1])
	for n := 0; n < len(observed); n += 2 {
		k1, l1 := rate(x, y)
		k2, l2 := rate(along(x, h/2, k1), along(y, h/2, l1))
		k3, l3 := rate(along(x, h/2, k2), along(y, h/2, l2))
		k4, l4 := rate(along(x, h, k3), along(y, h, l3))
		x, y = next(x, k1, k2, k3, k4), next(y, l1, l2, l3, l4)
		d, e := dual.Sub(x, number(observed[n])), dual.Sub(y, number(observed[n+1]))
		sum = dual.Add(sum, dual.Add(dual.Mul(d, d), dual.Mul(e, e)))
	}
	return sum
}

func dualPerceptron(w []dual.Number, x matrix, y []float64, hidden int) (sum dual.Number) {
	b1 := x.Columns * hidden
	w2 := b1 + hidden
	b2 := w2 + hidden
	for s := range y {
		out := w[b2]
		for j := range hidden {
			a := w[b1+j]
			for i := range x.Columns {
				a = dual.Add(a, dual.Scale(x.Values[s*x.Columns+i], w[i*hidden+j]))
			}
			out = dual.Add(out, dual.Mul(dual.Tanh(a), w[w2+j]))
		}
		out = dual.Sub(out, number(y[s]))
		sum = dual.Add(sum, dual.Mul(out, out))
	}
	return dual.Scale(1/float64(len(y)), sum)
}

func dualCurve(x []dual.Number, t float64) (sum dual.Number) {
	for k := 0; k < len(x); k += 4 {
		decay := dual.Exp(dual.Scale(-t, x[k+1]))
		sum = dual.Add(sum, dual.Mul(dual.Mul(x[k], decay), dual.Cos(dual.Add(dual.Scale(t, x[k+2]), x[k+3]))))
	}
	return sum
}
