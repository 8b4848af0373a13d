package peers

import (
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
)

// The functions in Gradus. In C++ they are in cpp, for the libraries for Go in go.

func rosenbrock(x num.Array) num.Array {
	head, tail := num.Slice(x, 0, -1), num.Slice(x, 1, num.End)
	return num.Sum(num.Add(num.Mul(100, num.Square(num.Sub(tail, num.Square(head)))), num.Square(num.Sub(1, head))))
}

// bodies is the potential energy of bodies at x, f64[n,3].
func bodies(mass []float64) func(num.Array) num.Array {
	return func(x num.Array) num.Array {
		x = num.Ravel(x)
		total := num.Scalar(0)
		for i := range mass {
			for j := range i {
				square := num.Scalar(0)
				for k := range 3 {
					square = num.Add(square, num.Square(num.Sub(x.At(3*i+k), x.At(3*j+k))))
				}
				total = num.Sub(total, num.Div(mass[i]*mass[j], num.Sqrt(square)))
			}
		}
		return total
	}
}

// pendulum is the energy of a double pendulum, by its two angles and how fast these change.
func pendulum(x num.Array) num.Array {
	a, b, va, vb := x.At(0), x.At(1), x.At(2), x.At(3)
	kinetic := num.Add(num.Square(va), num.Mul(0.5, num.Square(vb)), num.Mul(va, vb, num.Cos(num.Sub(a, b))))
	return num.Sub(kinetic, num.Mul(9.8, num.Add(num.Mul(2, num.Cos(a)), num.Cos(b))))
}

// lotka is the sum of squared differences between observed, f64[n,2], and n steps of Runge-Kutta of the Lotka-Volterra equations
// with the rates p.
func lotka(start, observed num.Array) func(p [4]num.Array) num.Array {
	const h = 0.01
	return func(p [4]num.Array) num.Array {
		rate := func(u num.Array) num.Array {
			x, y := u.At(0), u.At(1)
			xy := num.Mul(x, y)
			return num.Stack(0, num.Sub(num.Mul(p[0], x), num.Mul(p[1], xy)), num.Sub(num.Mul(p[2], xy), num.Mul(p[3], y)))
		}
		_, squares := flow.Scan(func(u, observed num.Array) (num.Array, num.Array) {
			k1 := rate(u)
			k2 := rate(num.Add(u, num.Mul(h/2, k1)))
			k3 := rate(num.Add(u, num.Mul(h/2, k2)))
			k4 := rate(num.Add(u, num.Mul(h, k3)))
			u = num.Add(u, num.Mul(h/6, num.Add(k1, k4, num.Mul(2, num.Add(k2, k3)))))
			return u, num.Sum(num.Square(num.Sub(u, observed)))
		}, start, observed)
		return num.Sum(squares)
	}
}

// weights are of a network with one hidden layer and one output.
type weights struct{ W1, B1, W2, B2 num.Array }

// perceptron is the mean squared error on samples x, a row each, whose answers are y, f64[n,1].
func perceptron(x, y num.Array) func(weights) num.Array {
	return func(w weights) num.Array {
		hidden := num.Tanh(num.Add(num.MatMul(x, w.W1), w.B1))
		out := num.Add(num.MatMul(hidden, w.W2), w.B2)
		return num.Mean(num.Square(num.Sub(out, y)))
	}
}

// curve is the sum of two damped oscillations at times t, by the size, damping, frequency and phase of each.
func curve(t num.Array) func(num.Array) num.Array {
	return func(x num.Array) num.Array {
		wave := func(k int) num.Array {
			decay := num.Exp(num.Neg(num.Mul(x.At(4*k+1), t)))
			return num.Mul(x.At(4*k), decay, num.Cos(num.Add(num.Mul(x.At(4*k+2), t), x.At(4*k+3))))
		}
		return num.Add(wave(0), wave(1))
	}
}
