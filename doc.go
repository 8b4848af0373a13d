// Package gradus is automatic differentiation for Go, in the functional style of JAX. It holds
// documentation only.
//
// A user writes an ordinary Go function over arrays. Gradus traces it into a small intermediate
// representation (IR) and returns new functions: its gradient, its Jacobian, its Hessian-vector
// product, its batched or compiled version. Every transform takes a function and returns a
// function, so they compose in any order and to any depth:
//
//	energy := func(x num.Array) num.Array { return num.Sum(num.Mul(num.Square(x), num.Sin(x))) }
//	gradient := transforms.Grad(energy)
//	hessian := jac.Fwd(gradient)
//	many := transforms.Vmap(hessian)
//
// # Map
//
// Functions are written with packages num and linalg and transformed with package transforms; jac
// and hvp build whole Jacobians and second-order products, implicit differentiates the answers of
// solvers, tree handles structs and slices of arrays as vectors, bridge connects to gonum, and
// gradcheck checks derivatives numerically.
//
// Below them, trace holds the IR; dual, tape and batch are the three reinterpretations of it:
// forward mode, reverse mode and vmap.
//
// # Words
//
//	primitive   one operation of the IR: a Go type whose methods are its rules
//	equation    one application of a primitive
//	func        a traced function: inputs, captures, equations, outputs
//	capture     an outer array that a traced function uses
//	primal      the point at which a derivative is taken
//	tangent     a direction in; the pushforward (JVP) carries it to the result
//	cotangent   a direction out; the pullback (VJP) carries it to the inputs
//	tape        the linear part of a func's JVP; its captures are the residuals
//
// # Meaning of a derivative
//
// A derivative is the sum, over the paths by which data flow, of products of coefficients. A path
// through a branch that was not taken contributes exactly 0, whatever its other factors; every
// other product is IEEE's. At a kink the derivative is the subgradient of least norm, and ties
// split evenly: abs'(0) = 0, the maximum of two equal numbers has (1/2, 1/2). Infinities that
// are true stay: sqrt'(0) = +Inf. Forward and reverse mode agree, NaN and infinities included.
package gradus
