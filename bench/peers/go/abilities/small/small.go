// Package small has small functions in plain Go, of which infergo writes the derivatives to ad.
package small

//go:generate go run bitbucket.org/dtolpin/infergo/cmd/deriv .
//go:generate gofmt -w ad

import "math"

// Mixed is xy + sin x.
type Mixed struct{}

func (m *Mixed) Observe(x []float64) float64 { return x[0]*x[1] + math.Sin(x[0]) }

// Horner is 1 + x + ... + x¹⁰.
type Horner struct{}

func (m *Horner) Observe(x []float64) float64 {
	y := 1.0
	for i := 0; i < 10; i++ {
		y = x[0]*y + 1
	}
	return y
}

// Newton is the square root by Newton's method.
type Newton struct{}

func (m *Newton) Observe(x []float64) float64 {
	y := x[0]
	for math.Abs(y*y-x[0]) > 1e-12 {
		y = 0.5 * (y + x[0]/y)
	}
	return y
}

// Logs is the sum of log x where x > 0 and else 0.
type Logs struct{}

func (m *Logs) Observe(x []float64) float64 {
	sum := 0.0
	for i := 0; i < len(x); i++ {
		if x[i] > 0 {
			sum += math.Log(x[i])
		}
	}
	return sum
}

// Ruled is a function that has a rule.
type Ruled struct{}

func (m *Ruled) Observe(x []float64) float64 { return Square(x[0]) }

// Square has a rule.
func Square(x float64) float64 { return x * x }

// Parabola is greatest at 3.
type Parabola struct{}

func (m *Parabola) Observe(x []float64) float64 { return -(x[0] - 3) * (x[0] - 3) }
