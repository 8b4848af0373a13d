// Package linalg is differentiable linear algebra over gonum's LAPACK: linear systems, least squares, Cholesky's
// factorisation, inverses and determinants.
//
// Functions work on the matrices in the last two axes; axes before them are leading axes, which count
// matrices and broadcast as numpy's. Matrices of integers and bools count as f64. Empty stacks
// and matrices of size 0 are in order.
//
// What a matrix holds is never an error: a singular or indefinite matrix gives the infinities and NaN
// that dividing by its pivots gives, as the doc of each function says. A *trace.Error that names the
// user's line is for shapes that do not fit.
//
// All functions are differentiable in both modes and to any order. A traced matrix is factored once,
// however many right-hand sides, functions, derivatives and orders use the factors.
package linalg
