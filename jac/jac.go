package jac

import (
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Fwd returns the Jacobian of f by forward mode: it runs f once and then pushes one direction
// for each input. It is the cheaper way if f has more outputs than inputs.
//
// Integers, bools and what is tagged grad:"-" get zeros of their own dtype, in the same shape as
// the others. It panics with a *trace.Error if f's result is not an f64 array.
func Fwd[In any](f func(In) num.Array) func(In) In {
	return func(in In) In { return record("jac.Fwd", f, in).forward() }
}

// Rev returns the Jacobian of f by reverse mode: it runs f once and then pulls one direction for
// each output. It is the cheaper way if f has fewer outputs than inputs, and keeps the
// intermediate values of f in memory. It is otherwise as Fwd.
func Rev[In any](f func(In) num.Array) func(In) In {
	return func(in In) In { return record("jac.Rev", f, in).reverse() }
}

// Auto returns the Jacobian of f by the mode that costs less at each argument: forward if
//
//	inputs * work of a push <= outputs * work of a pull
//
// where the work is that of the traced f's tape, run forward and backward: the sum, over its
// equations, of the elements of the largest array that each reads or writes, and of the products
// in a contraction. It is otherwise as Fwd.
func Auto[In any](f func(In) num.Array) func(In) In {
	return func(in In) In {
		r := record("jac.Auto", f, in)
		if r.cost().ForwardWins() {
			return r.forward()
		}
		return r.reverse()
	}
}

// Matrix returns the Jacobian of f as a matrix of one row for each element of f's result and one
// column for each element of In that carries a derivative, in the order of tree.Ravel. It picks
// the mode as Auto does.
func Matrix[In any](f func(In) num.Array) func(In) num.Array {
	return func(in In) num.Array {
		r := record("jac.Matrix", f, in)
		if r.cost().ForwardWins() {
			columns := r.sweep(r.push)[0]
			return num.Reshape(num.MoveAxis(columns, 0, -1), r.out.Size(), columns.Shape()[0])
		}
		blocks := r.sweep(r.pull)
		for i, x := range r.inputs() {
			blocks[i] = num.Reshape(blocks[i], r.out.Size(), x.Size())
		}
		return join(1, blocks)
	}
}

// join concatenates arrays, of which there is at least one.
func join(axis int, parts []trace.Array) trace.Array {
	if len(parts) == 1 {
		return parts[0]
	}
	return num.Concat(axis, parts...)
}
