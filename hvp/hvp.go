// Package hvp gives second derivatives of scalar functions: products with the Hessian, which cost
// a few evaluations of the function whatever its size, and the whole Hessian.
package hvp

import (
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// Product returns the function that multiplies the Hessian of f at x with v, forward over
// reverse: it costs a small constant times f and never forms the Hessian. v has the structure,
// shapes and dtypes of x; what it holds for integers, bools and fields tagged grad:"-" is ignored,
// and the product has zeros there.
//
// For many products at one x, transforms.Linearize of transforms.Grad(f) gives a function of v
// that does not repeat the work at x. To compile a product, make its arguments one:
//
//	product := hvp.Product(f)
//	compiled := transforms.JIT(func(xv [2]num.Array) num.Array { return product(xv[0], xv[1]) })
func Product[In any](f func(In) num.Array) func(x, v In) In {
	gradient := transforms.Grad(f)
	return func(x, v In) In {
		_, product := transforms.JVP(gradient, x, v)
		return product
	}
}

// Hessian returns the function that gives the Hessian of f as a matrix [n, n], with a row and a
// column for each element of In that carries a derivative, in the order of tree.Ravel. The
// gradient is linearized once, and the basis pushed through it, many directions at once; see
// package jac.
//
// The matrix is not made symmetric: entries that mirror each other may differ by rounding. Row i is the derivative of
// the gradient by element i, as it was pushed: to turn the matrix would cost more than to make it, often.
func Hessian[In any](f func(In) num.Array) func(In) num.Array {
	gradient := transforms.Grad(f)
	return func(x In) num.Array {
		v, unravel := tree.Ravel(x)
		columns := jac.Fwd(func(v num.Array) num.Array {
			g, _ := tree.Ravel(gradient(unravel(v)))
			return g
		})(v)
		return num.Transpose(columns)
	}
}

// GaussNewton returns the function that multiplies the generalised Gauss-Newton matrix of
// loss(residual(x)) with v: JᵀHJv, where J is the Jacobian of residual at x and H the Hessian of
// loss at residual(x). It leaves out what the curvature of residual adds to the Hessian, so that
// it is positive semidefinite if loss is convex. For loss half the sum of squares it is JᵀJv.
// A product costs a small constant times residual and loss.
func GaussNewton[In any](residual func(In) num.Array, loss func(num.Array) num.Array) func(x, v In) In {
	gradient := transforms.Grad(loss)
	return func(x, v In) In {
		r, push := transforms.Linearize(residual, x)
		jv, pull := transforms.VJP(push, v)
		_, hjv := transforms.JVP(gradient, r, jv)
		return pull(hjv)
	}
}
