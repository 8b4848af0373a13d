package main

import (
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The eval det: a determinant by Laplace's expansion along first rows, whose minors are expanded in turn, and its
// gradient.
var det = eval{
	"primal":   compiled(laplace, detInput.arg),
	"gradient": compiled(func(a num.Array) num.Array { return num.Ravel(transforms.Grad(laplace)(a)) }, detInput.arg),
}

type detInput struct {
	A   array
	Ell int
}

func (in detInput) arg() num.Array { return num.Reshape(in.A.Array, in.Ell, in.Ell) }

// laplace returns the determinant of a square matrix. The minors of a large one are expanded together, as the lanes
// of a Map; the expansion of a small one unrolls.
func laplace(a num.Array) num.Array {
	n := a.Shape()[0]
	var minors num.Array
	switch {
	case n == 1:
		return a.At(0, 0)
	case n <= 4:
		ms := make([]num.Array, n)
		for j := range ms {
			ms[j] = laplace(minor(a, num.ScalarInt(j)))
		}
		minors = num.Stack(0, ms...)
	default:
		minors = flow.Map(func(j num.Array) num.Array { return laplace(minor(a, j)) }, num.Arange(n))
	}
	signs := num.Sub(1, num.Mul(2, num.Mod(num.Arange(n), 2)))
	return num.Sum(num.Mul(signs, a.At(0), minors))
}

// minor returns a without the first row and column j.
func minor(a, j num.Array) num.Array {
	columns := num.Arange(a.Shape()[0] - 1)
	columns = num.Add(columns, num.Where(num.Less(columns, j), num.ScalarInt(0), num.ScalarInt(1)))
	return num.Take(num.Slice(a, 1, num.End), columns, 1)
}
