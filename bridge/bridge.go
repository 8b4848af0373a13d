// Package bridge hands derivatives to gonum and to other code that works on plain slices.
//
// Gradient, Jacobian and Hessian mirror gonum's diff/fd in names and order of arguments: a program
// that calls fd.Gradient(dst, f, x, nil) makes gradient := bridge.Gradient(f) once, with f written in
// num, and calls gradient(dst, x). Problem makes the whole optimize.Problem.
//
// Functions are traced and compiled once for each length of x, as by transforms.JIT, whose
// conditions hold: what f captures is frozen, and f cannot branch on values. What is returned may
// be used from many goroutines. x is only read, and never kept.
//
// Lengths that do not fit are mistakes of the caller and panic with a *trace.Error.
package bridge

import (
	"gonum.org/v1/gonum/mat"

	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// Gradient returns the function that puts the gradient of f, which maps a vector to a scalar, at x
// into dst and returns it. A nil dst is allocated; another one must be as long as x.
func Gradient(f func(num.Array) num.Array) func(dst, x []float64) []float64 {
	gradient := transforms.JIT(transforms.Grad(f))
	return func(dst, x []float64) []float64 {
		if dst == nil {
			dst = make([]float64, len(x))
		}
		mustFit("bridge.Gradient", dst, len(x))
		copy(dst, gradient(num.Vector(x...)).Float64s())
		return dst
	}
}

// Jacobian returns the function that puts the Jacobian of f, which maps a vector to an array, at x
// into dst: a row for each element of f's result, a column for each element of x. An empty dst is
// resized; the dimensions of another one must fit. The mode is that which costs less; see jac.Auto.
func Jacobian(f func(num.Array) num.Array) func(dst *mat.Dense, x []float64) {
	jacobian := transforms.JIT(jac.Matrix(f))
	return func(dst *mat.Dense, x []float64) {
		j := jacobian(num.Vector(x...))
		rows, cols := j.Shape()[0], j.Shape()[1]
		if dst.IsEmpty() && rows > 0 && cols > 0 {
			dst.ReuseAs(rows, cols)
		}
		if r, c := dst.Dims(); r != rows || c != cols {
			panic(trace.Errorf("bridge.Jacobian", "dst is %d by %d, but the Jacobian is %d by %d", r, c, rows, cols))
		}
		data := j.Float64s()
		for i := range rows {
			dst.SetRow(i, data[i*cols:(i+1)*cols])
		}
	}
}

// Hessian returns the function that puts the Hessian of f, which maps a vector to a scalar, at x
// into dst. An empty dst is resized; the dimension of another one must be the length of x.
func Hessian(f func(num.Array) num.Array) func(dst *mat.SymDense, x []float64) {
	hessian := transforms.JIT(hvp.Hessian(f))
	return func(dst *mat.SymDense, x []float64) {
		n := len(x)
		if dst.IsEmpty() && n > 0 {
			dst.ReuseAsSym(n)
		}
		if m := dst.SymmetricDim(); m != n {
			panic(trace.Errorf("bridge.Hessian", "dst is %d by %d, but x has length %d", m, m, n))
		}
		h := hessian(num.Vector(x...)).Float64s()
		for i := range n {
			for j := i; j < n; j++ {
				dst.SetSym(i, j, h[i*n+j])
			}
		}
	}
}

// mustFit requires a destination of length n.
func mustFit(name string, dst []float64, n int) {
	if len(dst) != n {
		panic(trace.Errorf(name, "dst has length %d, but the result has length %d", len(dst), n))
	}
}
