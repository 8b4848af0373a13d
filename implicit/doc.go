// Package implicit differentiates the answer of a solver by the implicit function theorem: where
// f(p, x) = 0 defines x as a function of p, the derivative of x is that of f, through one linear system,
// whatever found x. So a solver need not be differentiable, or written with this library: it may be a
// flow.While, a Go loop, or a method of gonum on plain floats.
//
// Root, FixedPoint and Minimum differ in what they know of x. The derivative of each is exact at the answer
// that it is given, in both modes and to any order, and composes with every other transform. LinearSolve is
// for linear systems of which only a product is known.
//
//	sqrt := implicit.Root(
//		func(p, x num.Array) num.Array { return num.Sub(num.Square(x), p) },
//		func(p, x0 num.Array) num.Array { return newton(p, x0) })
//	slope := transforms.Grad(func(p num.Array) num.Array { return sqrt(p, num.Scalar(1)) })
//
// The linear system is solved by least squares, so that a problem may have directions in which nothing changes:
// the answer then moves as little as it can. See Root.
package implicit
