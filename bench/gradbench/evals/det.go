package evals

import (
	"slices"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The eval det: a determinant by Laplace's expansion along first rows, whose minors are expanded in turn, and its
// gradient.
var det = Eval{
	"primal":   compiled(laplace, detInput.arg),
	"gradient": compiled(func(a num.Array) num.Array { return num.Ravel(transforms.Grad(laplace)(a)) }, detInput.arg),
}

type detInput struct {
	A   array
	Ell int
}

func (in detInput) arg() num.Array { return num.Reshape(in.A.Array, in.Ell, in.Ell) }

// laplace returns the determinant of a square matrix. The minors of all but small matrices are expanded together, as
// lanes; those of a large one in turn, and once more in reverse mode, which saves memory.
func laplace(a num.Array) num.Array {
	n := a.Shape()[0]
	if n <= 5 {
		rows := make([][]num.Array, n)
		for i := range rows {
			for j := range n {
				rows[i] = append(rows[i], a.At(i, j))
			}
		}
		return unrolled(rows)
	}
	var minors num.Array
	expand := func(j num.Array) num.Array { return laplace(minor(a, j)) }
	if n <= 10 {
		minors = flow.Map(expand, num.Arange(n))
	} else {
		minors = flow.Map(transforms.Checkpoint(expand), num.Arange(n), flow.BatchSize(1))
	}
	signs := num.Sub(1, num.Mul(2, num.Mod(num.Arange(n), 2)))
	return num.Sum(num.Mul(signs, a.At(0), minors))
}

// unrolled is the same for a matrix of scalars, by recursion in Go. Tracing merges what is computed twice: a minor that
// several others have in them is one.
func unrolled(rows [][]num.Array) num.Array {
	if len(rows) == 1 {
		return rows[0][0]
	}
	var sum num.Array
	for j, x := range rows[0] {
		var minor [][]num.Array
		for _, row := range rows[1:] {
			minor = append(minor, slices.Concat(row[:j], row[j+1:]))
		}
		term := num.Mul(x, unrolled(minor))
		if j%2 == 0 {
			sum = num.Add(sum, term)
		} else {
			sum = num.Sub(sum, term)
		}
	}
	return sum
}

// minor returns a without the first row and column j.
func minor(a, j num.Array) num.Array {
	columns := num.Arange(a.Shape()[0] - 1)
	columns = num.Add(columns, num.Where(num.Less(columns, j), num.ScalarInt(0), num.ScalarInt(1)))
	return num.Take(num.Slice(a, 1, num.End), columns, 1)
}
