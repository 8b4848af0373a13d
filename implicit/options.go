package implicit

import "github.com/gradus-ad/gradus/trace"

// Option changes how linear systems are solved. Each says which it is for; others leave it aside.
type Option func(*options)

type options struct {
	matrixFree, symmetric, leastSquares bool
	tolerance                           float64
	products, restart                   int // 0 stands for the default
	cutoff                              []float64
}

// MatrixFree solves the linear systems of derivatives as LinearSolve does, by products of the
// Jacobian with vectors, in place of a matrix and its singular values: for many unknowns. It is for
// Root, FixedPoint and Minimum, and the options for LinearSolve then apply to them. A singular Jacobian
// needs LeastSquares.
func MatrixFree() Option { return func(o *options) { o.matrixFree = true } }

// Cutoff sets up to what part of the largest a singular value counts as 0, as in linalg.Lstsq; the
// default is that of Lstsq. A solver's answer is inexact, and so is the rank of the Jacobian there: a
// problem with a direction in which nothing changes, such as the rotations of a molecule, needs a
// cutoff above the error of the answer. It is for Root, FixedPoint and Minimum without MatrixFree.
func Cutoff(c float64) Option {
	if !(c >= 0 && c < 1) {
		panic(trace.Errorf("cutoff", "must be from 0 up to 1, not %v", c))
	}
	return func(o *options) { o.cutoff = []float64{c} }
}

// Symmetric says that the linear function is symmetric, so that conjugate gradients solve the system,
// in less work and memory. Whether it holds is not checked; if not, the result is NaN or wrong. It is
// for LinearSolve, and known of Minimum.
func Symmetric() Option { return func(o *options) { o.symmetric = true } }

// LeastSquares makes the solution the shortest x for which the norm of a(x) - b is least, as
// linalg.Lstsq: for systems that are singular. It is found by conjugate gradients for the normal equations, with
// products of a and its transpose, in more steps than the other methods need. Singular values up to about
// Tolerance times the largest count as 0. It is for LinearSolve.
func LeastSquares() Option { return func(o *options) { o.leastSquares = true } }

// Tolerance sets how small the norm of b - A x must become, relative to that of b. The default is 1e-10.
// It is for LinearSolve.
func Tolerance(t float64) Option {
	if !(t > 0 && t < 1) {
		panic(trace.Errorf("tolerance", "must be between 0 and 1, not %v", t))
	}
	return func(o *options) { o.tolerance = t }
}

// MaxIterations sets how many times the linear function may be applied. The default is 100 and 10 for
// each unknown. It is for LinearSolve.
func MaxIterations(n int) Option {
	if n < 1 {
		panic(trace.Errorf("max iterations", "must be positive, not %d", n))
	}
	return func(o *options) { o.products = n }
}

// Restart sets after how many products GMRES begins again, which bounds its memory to that many
// vectors. The default is 50. It is for LinearSolve.
func Restart(n int) Option {
	if n < 1 {
		panic(trace.Errorf("restart", "must be positive, not %d", n))
	}
	return func(o *options) { o.restart = n }
}

func optionsOf(opts []Option) options {
	o := options{tolerance: 1e-10, restart: 50}
	for _, set := range opts {
		set(&o)
	}
	return o
}
