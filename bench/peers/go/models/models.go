// Package models has the functions of the rows in plain Go: as differences take them, and as infergo does, which writes their
// derivatives to ad.
package models

//go:generate go run bitbucket.org/dtolpin/infergo/cmd/deriv .
//go:generate gofmt -w ad

import "math"

// Rosenbrock is Rosenbrock's function.
type Rosenbrock struct{}

func (m *Rosenbrock) Observe(x []float64) float64 {
	sum := 0.0
	for i := 0; i < len(x)-1; i++ {
		t := x[i+1] - x[i]*x[i]
		u := 1 - x[i]
		sum += 100*t*t + u*u
	}
	return sum
}

// Bodies is the potential energy of bodies, three coordinates each.
type Bodies struct{ Mass []float64 }

func (m *Bodies) Observe(x []float64) float64 {
	sum := 0.0
	for i := 0; i < len(m.Mass); i++ {
		for j := 0; j < i; j++ {
			dx := x[3*i] - x[3*j]
			dy := x[3*i+1] - x[3*j+1]
			dz := x[3*i+2] - x[3*j+2]
			sum -= m.Mass[i] * m.Mass[j] / math.Sqrt(dx*dx+dy*dy+dz*dz)
		}
	}
	return sum
}

// Pendulum is the energy of a double pendulum, by its two angles and how fast these change.
type Pendulum struct{}

func (m *Pendulum) Observe(x []float64) float64 {
	kinetic := x[2]*x[2] + 0.5*x[3]*x[3] + x[2]*x[3]*math.Cos(x[0]-x[1])
	return kinetic - 9.8*(2*math.Cos(x[0])+math.Cos(x[1]))
}

// Lotka is the sum of squared differences between what was observed and the Lotka-Volterra equations with the rates x.
type Lotka struct{ Start, Observed []float64 }

func (m *Lotka) Observe(x []float64) float64 {
	const h = 0.01
	sum := 0.0
	prey := m.Start[0]
	hunters := m.Start[1]
	for n := 0; n < len(m.Observed)/2; n++ {
		k1 := x[0]*prey - x[1]*prey*hunters
		l1 := x[2]*prey*hunters - x[3]*hunters
		p2 := prey + h/2*k1
		q2 := hunters + h/2*l1
		k2 := x[0]*p2 - x[1]*p2*q2
		l2 := x[2]*p2*q2 - x[3]*q2
		p3 := prey + h/2*k2
		q3 := hunters + h/2*l2
		k3 := x[0]*p3 - x[1]*p3*q3
		l3 := x[2]*p3*q3 - x[3]*q3
		p4 := prey + h*k3
		q4 := hunters + h*l3
		k4 := x[0]*p4 - x[1]*p4*q4
		l4 := x[2]*p4*q4 - x[3]*q4
		prey += h / 6 * (k1 + k4 + 2*(k2+k3))
		hunters += h / 6 * (l1 + l4 + 2*(l2+l3))
		d := prey - m.Observed[2*n]
		e := hunters - m.Observed[2*n+1]
		sum += d*d + e*e
	}
	return sum
}

// Perceptron is the mean squared error of a network with one hidden layer and one output on samples X, whose answers are Y.
type Perceptron struct {
	X, Y           []float64
	Inputs, Hidden int
}

func (m *Perceptron) Observe(x []float64) float64 {
	sum := 0.0
	b1 := m.Inputs * m.Hidden
	w2 := b1 + m.Hidden
	b2 := w2 + m.Hidden
	for s := 0; s < len(m.Y); s++ {
		out := x[b2]
		for j := 0; j < m.Hidden; j++ {
			a := x[b1+j]
			for i := 0; i < m.Inputs; i++ {
				a += m.X[s*m.Inputs+i] * x[i*m.Hidden+j]
			}
			out += math.Tanh(a) * x[w2+j]
		}
		out -= m.Y[s]
		sum += out * out
	}
	return sum / float64(len(m.Y))
}

// Curve is the value at time T of two damped oscillations, by the size, damping, frequency and phase of each.
type Curve struct{ T float64 }

func (m *Curve) Observe(x []float64) float64 {
	sum := 0.0
	for k := 0; k < len(x); k += 4 {
		sum += x[k] * math.Exp(-x[k+1]*m.T) * math.Cos(x[k+2]*m.T+x[k+3])
	}
	return sum
}
