package models

import (
	"bitbucket.org/dtolpin/infergo/ad"
	"math"
)

type Rosenbrock struct{}

func (m *Rosenbrock) Observe(x []float64) float64 {
	if ad.Called() {
		ad.Enter()
	} else {
		ad.Setup(x)
	}
	var sum float64
	ad.Assignment(&sum, ad.Value(0.0))
	for i := 0; i < len(x)-1; i = i + 1 {
		var t float64
		ad.Assignment(&t, ad.Arithmetic(ad.OpSub, &x[i+1], ad.Arithmetic(ad.OpMul, &x[i], &x[i])))
		var u float64
		ad.Assignment(&u, ad.Arithmetic(ad.OpSub, ad.Value(1), &x[i]))
		ad.Assignment(&sum, ad.Arithmetic(ad.OpAdd, &sum, ad.Arithmetic(ad.OpAdd, ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpMul, ad.Value(100), &t), &t), ad.Arithmetic(ad.OpMul, &u, &u))))
	}
	return ad.Return(&sum)
}

type Bodies struct{ Mass []float64 }

func (m *Bodies) Observe(x []float64) float64 {
	if ad.Called() {
		ad.Enter()
	} else {
		ad.Setup(x)
	}
	var sum float64
	ad.Assignment(&sum, ad.Value(0.0))
	for i := 0; i < len(m.Mass); i = i + 1 {
		for j := 0; j < i; j = j + 1 {
			var dx float64
			ad.Assignment(&dx, ad.Arithmetic(ad.OpSub, &x[3*i], &x[3*j]))
			var dy float64
			ad.Assignment(&dy, ad.Arithmetic(ad.OpSub, &x[3*i+1], &x[3*j+1]))
			var dz float64
			ad.Assignment(&dz, ad.Arithmetic(ad.OpSub, &x[3*i+2], &x[3*j+2]))
			ad.Assignment(&sum, ad.Arithmetic(ad.OpSub, &sum, ad.Arithmetic(ad.OpDiv, ad.Arithmetic(ad.OpMul, &m.Mass[i], &m.Mass[j]), ad.Elemental(math.Sqrt, ad.Arithmetic(ad.OpAdd, ad.Arithmetic(ad.OpAdd, ad.Arithmetic(ad.OpMul, &dx, &dx), ad.Arithmetic(ad.OpMul, &dy, &dy)), ad.Arithmetic(ad.OpMul, &dz, &dz))))))
		}
	}
	return ad.Return(&sum)
}

type Pendulum struct{}

func (m *Pendulum) Observe(x []float64) float64 {
	if ad.Called() {
		ad.Enter()
	} else {
		ad.Setup(x)
	}
	var kinetic float64
	ad.Assignment(&kinetic, ad.Arithmetic(ad.OpAdd, ad.Arithmetic(ad.OpAdd, ad.Arithmetic(ad.OpMul, &x[2], &x[2]), ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpMul, ad.Value(0.5), &x[3]), &x[3])), ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpMul, &x[2], &x[3]), ad.Elemental(math.Cos, ad.Arithmetic(ad.OpSub, &x[0], &x[1])))))
	return ad.Return(ad.Arithmetic(ad.OpSub, &kinetic, ad.Arithmetic(ad.OpMul, ad.Value(9.8), (ad.Arithmetic(ad.OpAdd, ad.Arithmetic(ad.OpMul, ad.Value(2), ad.Elemental(math.Cos, &x[0])), ad.Elemental(math.Cos, &x[1]))))))
}

type Lotka struct{ Start, Observed []float64 }

func (m *Lotka) Observe(x []float64) float64 {
	if ad.Called() {
		ad.Enter()
	} else {
		ad.Setup(x)
	}
	const h = 0.01
	var sum float64
	ad.Assignment(&sum, ad.Value(0.0))
	var prey float64
	ad.Assignment(&prey, &m.Start[0])
	var hunters float64
	ad.Assignment(&hunters, &m.Start[1])
	for n := 0; n < len(m.Observed)/2; n = n + 1 {
		var k1 float64
		ad.Assignment(&k1, ad.Arithmetic(ad.OpSub, ad.Arithmetic(ad.OpMul, &x[0], &prey), ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpMul, &x[1], &prey), &hunters)))
		var l1 float64
		ad.Assignment(&l1, ad.Arithmetic(ad.OpSub, ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpMul, &x[2], &prey), &hunters), ad.Arithmetic(ad.OpMul, &x[3], &hunters)))
		var p2 float64
		ad.Assignment(&p2, ad.Arithmetic(ad.OpAdd, &prey, ad.Arithmetic(ad.OpMul, ad.Value(0.005), &k1)))
		var q2 float64
		ad.Assignment(&q2, ad.Arithmetic(ad.OpAdd, &hunters, ad.Arithmetic(ad.OpMul, ad.Value(0.005), &l1)))
		var k2 float64
		ad.Assignment(&k2, ad.Arithmetic(ad.OpSub, ad.Arithmetic(ad.OpMul, &x[0], &p2), ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpMul, &x[1], &p2), &q2)))
		var l2 float64
		ad.Assignment(&l2, ad.Arithmetic(ad.OpSub, ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpMul, &x[2], &p2), &q2), ad.Arithmetic(ad.OpMul, &x[3], &q2)))
		var p3 float64
		ad.Assignment(&p3, ad.Arithmetic(ad.OpAdd, &prey, ad.Arithmetic(ad.OpMul, ad.Value(0.005), &k2)))
		var q3 float64
		ad.Assignment(&q3, ad.Arithmetic(ad.OpAdd, &hunters, ad.Arithmetic(ad.OpMul, ad.Value(0.005), &l2)))
		var k3 float64
		ad.Assignment(&k3, ad.Arithmetic(ad.OpSub, ad.Arithmetic(ad.OpMul, &x[0], &p3), ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpMul, &x[1], &p3), &q3)))
		var l3 float64
		ad.Assignment(&l3, ad.Arithmetic(ad.OpSub, ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpMul, &x[2], &p3), &q3), ad.Arithmetic(ad.OpMul, &x[3], &q3)))
		var p4 float64
		ad.Assignment(&p4, ad.Arithmetic(ad.OpAdd, &prey, ad.Arithmetic(ad.OpMul, ad.Value(h), &k3)))
		var q4 float64
		ad.Assignment(&q4, ad.Arithmetic(ad.OpAdd, &hunters, ad.Arithmetic(ad.OpMul, ad.Value(h), &l3)))
		var k4 float64
		ad.Assignment(&k4, ad.Arithmetic(ad.OpSub, ad.Arithmetic(ad.OpMul, &x[0], &p4), ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpMul, &x[1], &p4), &q4)))
		var l4 float64
		ad.Assignment(&l4, ad.Arithmetic(ad.OpSub, ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpMul, &x[2], &p4), &q4), ad.Arithmetic(ad.OpMul, &x[3], &q4)))
		ad.Assignment(&prey, ad.Arithmetic(ad.OpAdd, &prey, ad.Arithmetic(ad.OpMul, ad.Value(0.0016666666666666668), (ad.Arithmetic(ad.OpAdd, ad.Arithmetic(ad.OpAdd, &k1, &k4), ad.Arithmetic(ad.OpMul, ad.Value(2), (ad.Arithmetic(ad.OpAdd, &k2, &k3))))))))
		ad.Assignment(&hunters, ad.Arithmetic(ad.OpAdd, &hunters, ad.Arithmetic(ad.OpMul, ad.Value(0.0016666666666666668), (ad.Arithmetic(ad.OpAdd, ad.Arithmetic(ad.OpAdd, &l1, &l4), ad.Arithmetic(ad.OpMul, ad.Value(2), (ad.Arithmetic(ad.OpAdd, &l2, &l3))))))))
		var d float64
		ad.Assignment(&d, ad.Arithmetic(ad.OpSub, &prey, &m.Observed[2*n]))
		var e float64
		ad.Assignment(&e, ad.Arithmetic(ad.OpSub, &hunters, &m.Observed[2*n+1]))
		ad.Assignment(&sum, ad.Arithmetic(ad.OpAdd, &sum, ad.Arithmetic(ad.OpAdd, ad.Arithmetic(ad.OpMul, &d, &d), ad.Arithmetic(ad.OpMul, &e, &e))))
	}
	return ad.Return(&sum)
}

type Perceptron struct {
	X, Y           []float64
	Inputs, Hidden int
}

func (m *Perceptron) Observe(x []float64) float64 {
	if ad.Called() {
		ad.Enter()
	} else {
		ad.Setup(x)
	}
	var sum float64
	ad.Assignment(&sum, ad.Value(0.0))
	var b1 int

	b1 = m.Inputs * m.Hidden
	var w2 int

	w2 = b1 + m.Hidden
	var b2 int

	b2 = w2 + m.Hidden
	for s := 0; s < len(m.Y); s = s + 1 {
		var out float64
		ad.Assignment(&out, &x[b2])
		for j := 0; j < m.Hidden; j = j + 1 {
			var a float64
			ad.Assignment(&a, &x[b1+j])
			for i := 0; i < m.Inputs; i = i + 1 {
				ad.Assignment(&a, ad.Arithmetic(ad.OpAdd, &a, ad.Arithmetic(ad.OpMul, &m.X[s*m.Inputs+i], &x[i*m.Hidden+j])))
			}
			ad.Assignment(&out, ad.Arithmetic(ad.OpAdd, &out, ad.Arithmetic(ad.OpMul, ad.Elemental(math.Tanh, &a), &x[w2+j])))
		}
		ad.Assignment(&out, ad.Arithmetic(ad.OpSub, &out, &m.Y[s]))
		ad.Assignment(&sum, ad.Arithmetic(ad.OpAdd, &sum, ad.Arithmetic(ad.OpMul, &out, &out)))
	}
	return ad.Return(ad.Arithmetic(ad.OpDiv, &sum, ad.Value(float64(len(m.Y)))))
}

type Curve struct{ T float64 }

func (m *Curve) Observe(x []float64) float64 {
	if ad.Called() {
		ad.Enter()
	} else {
		ad.Setup(x)
	}
	var sum float64
	ad.Assignment(&sum, ad.Value(0.0))
	for k := 0; k < len(x); k = k + 4 {
		ad.Assignment(&sum, ad.Arithmetic(ad.OpAdd, &sum, ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpMul, &x[k], ad.Elemental(math.Exp, ad.Arithmetic(ad.OpMul, ad.Arithmetic(ad.OpNeg, &x[k+1]), &m.T))), ad.Elemental(math.Cos, ad.Arithmetic(ad.OpAdd, ad.Arithmetic(ad.OpMul, &x[k+2], &m.T), &x[k+3])))))
	}
	return ad.Return(&sum)
}
