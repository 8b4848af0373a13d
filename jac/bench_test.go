package jac_test

import (
	"testing"

	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
)

// BenchmarkMatrixOfScalars takes the Jacobian by a slice of many scalars: time must grow with
// their number and not with its square.
func BenchmarkMatrixOfScalars(b *testing.B) {
	xs := make([]num.Array, 4000)
	for i := range xs {
		xs[i] = num.Scalar(float64(i))
	}
	f := func(x []num.Array) num.Array {
		return num.Stack(0, num.Add(x[0], x[1], x[2:]...), num.Mul(x[0], x[1]))
	}
	for b.Loop() {
		jac.Matrix(f)(xs)
	}
}
