package linalg

import (
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// factors are a matrix and what lu makes of it.
type factors struct{ a, lu, pivots num.Array }

func factorsOf(a num.Array) factors {
	f := trace.Apply(lu{}, a)
	return factors{a, f[0], f[1]}
}

// solve solves A x = b, where b has the same leading axes as A.
func (f factors) solve(b num.Array) num.Array { return apply(luSolve{}, f.a, f.lu, f.pivots, b) }

// stretch broadcasts the leading axes to the shape s.
func (f factors) stretch(s []int) factors {
	return factors{stretch(f.a, s, 2), stretch(f.lu, s, 2), stretch(f.pivots, s, 1)}
}

// inverse solves for the columns of the identity, by p.
func (f factors) inverse(p luSolve) num.Array {
	n, _ := size(f.a.Type())
	return apply(p, f.a, f.lu, f.pivots, num.BroadcastTo(num.Eye(n), f.a.Type().Shape...))
}

// Solve returns x with A x = b for square matrices A, by the LU factorisation with partial
// pivoting. A vector b, of one axis, gives a vector; otherwise the last two axes of b are a
// matrix of right-hand sides, one a column. Leading axes broadcast; A is factored before
// it is repeated for more right-hand sides.
//
// Where A is singular the result has the infinities and NaN that come of dividing by a pivot of 0. A
// nearly singular matrix is solved as it is: the relative error grows with its condition number.
func Solve(a, b num.Array) num.Array {
	a = matrixOf("solve", a)
	f := factorsOf(a)
	return solveColumns("solve", a, b, func(s []int) func(b num.Array) num.Array { return f.stretch(s).solve })
}

// solveColumns solves for b, a vector or columns, with a solver for A with leading axes of any shape
// to which its own broadcast.
func solveColumns(name string, a, b num.Array, solver func(s []int) func(b num.Array) num.Array) num.Array {
	at, bt := a.Type(), b.Type()
	if bt.Rank() == 0 {
		panic(trace.Errorf(name, "the right-hand side is a scalar: %v x %v", at, bt))
	}
	vector := bt.Rank() == 1
	if m, n := at.Shape[at.Rank()-2], bt.Shape[max(bt.Rank()-2, 0)]; m != n {
		panic(trace.Errorf(name, "inner sizes %d and %d differ: %v x %v", m, n, at, bt))
	}
	b = num.Convert(b, trace.F64)
	if vector {
		b = num.ExpandDims(b, 1)
	}
	var x num.Array
	if first := b.Rank() - 2; at.Rank() == 2 && first > 0 {
		x = asColumns(first, b, solver(nil))
	} else {
		s := broadcastLead(name, a, b, lead(at, 2), lead(b.Type(), 2))
		x = solver(s)(stretch(b, s, 2))
	}
	if vector {
		x = num.Squeeze(x, -1)
	}
	return x
}

// Inv returns the inverses of square matrices. To solve a linear system, Solve is faster and more
// exact. The inverse of a singular matrix has infinities and NaN; see Solve.
func Inv(a num.Array) num.Array { return factorsOf(matrixOf("inv", a)).inverse(luSolve{}) }
