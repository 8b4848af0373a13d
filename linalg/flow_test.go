package linalg_test

import (
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/gradcheck"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// state is what a Kalman filter believes, and the log likelihood of what it has seen.
type state struct{ Mean, Covariance, LogLikelihood num.Array }

// system moves by a matrix, with noise, and is seen through another, with noise.
type system struct{ Move, MoveNoise, See, SeeNoise num.Array }

func (m system) step(s state, seen num.Array) state {
	mean := num.MatMul(m.Move, s.Mean)
	covariance := num.Add(num.MatMul(num.MatMul(m.Move, s.Covariance), num.Transpose(m.Move)), m.MoveNoise)
	cross := num.MatMul(m.See, covariance)
	innovation := num.Add(num.MatMul(cross, num.Transpose(m.See)), m.SeeNoise)
	residual := num.Sub(seen, num.MatMul(m.See, mean))
	gain := num.Transpose(linalg.Solve(innovation, cross))
	surprise := num.Add(num.Dot(residual, linalg.Solve(innovation, residual)), linalg.LogDet(innovation))
	return state{
		num.Add(mean, num.MatMul(gain, residual)),
		num.Sub(covariance, num.MatMul(gain, cross)),
		num.Sub(s.LogLikelihood, num.Mul(0.5, surprise)),
	}
}

var start = state{num.Zeros(2), num.Eye(2), num.Scalar(0)}

// A Kalman filter whose steps stay in the IR has the derivatives of the unrolled one.
func TestScan(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	m := system{square(1, 0.1, -0.1, 1), num.Mul(0.1, num.Eye(2)), num.New([]float64{1, 0, 0.5, 1}, 2, 2), num.Mul(0.2, num.Eye(2))}
	seen := num.Normal(r, 4, 2)
	unrolled := func(m system) num.Array {
		s := start
		for i := range 4 {
			s = m.step(s, seen.At(i))
		}
		return s.LogLikelihood
	}
	scanned := func(m system) num.Array {
		s, _ := flow.Scan(func(s state, seen num.Array) (state, num.Array) { return m.step(s, seen), num.Scalar(0) }, start, seen)
		return s.LogLikelihood
	}
	compare(t, "value", []num.Array{scanned(m)}, []num.Array{unrolled(m)}, 1e-15)
	got, want := transforms.Grad(scanned)(m), transforms.Grad(unrolled)(m)
	compare(t, "gradient", []num.Array{got.Move, got.MoveNoise, got.See, got.SeeNoise},
		[]num.Array{want.Move, want.MoveNoise, want.See, want.SeeNoise}, 1e-13)
	if err := gradcheck.Check(scanned, m, gradcheck.Order(3), gradcheck.Directions(1)); err != nil {
		t.Error(err)
	}
}

// A branch that is not taken is not factored, and contributes nothing.
func TestCond(t *testing.T) {
	f := func(x num.Array) num.Array {
		definite := num.Greater(linalg.Det(x), 0)
		return flow.Cond(definite, func(x num.Array) num.Array { return num.Sum(linalg.Cholesky(x)) },
			func(x num.Array) num.Array { return num.Sum(x) }, x)
	}
	stack := num.Stack(0, square(2, 1, 1, 2), square(1, 1, 1, 1))
	got := transforms.Vmap(transforms.Grad(f))(stack)
	want := num.Stack(0, transforms.Grad(func(x num.Array) num.Array { return num.Sum(linalg.Cholesky(x)) })(square(2, 1, 1, 2)), num.Ones(2, 2))
	compare(t, "lanes", []num.Array{got}, []num.Array{want}, 1e-15)
}
