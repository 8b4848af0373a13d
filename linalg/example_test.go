package linalg_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

func ExampleSolve() {
	a := num.New([]float64{2, 1, 1, 3}, 2, 2)
	b := num.Vector(1, 2)
	fmt.Println(linalg.Solve(a, b))

	sum := func(a num.Array) num.Array { return num.Sum(linalg.Solve(a, b)) }
	fmt.Println(transforms.Grad(sum)(a))
	// Output:
	// [0.2 0.6]
	// [[-0.08 -0.24]
	//  [-0.04 -0.12]]
}

// The gradient uses the factors that the solution was computed with.
func ExampleSolve_factors() {
	b := num.Vector(1, 2)
	sum := func(a num.Array) num.Array { return num.Sum(linalg.Solve(a, b)) }
	fmt.Println(trace.MustOf(transforms.Grad(sum), num.Eye(2)))
	// Output:
	// func(a:f64[2,2]) {
	//   b:f64[2,2], c:i64[2] = lu a
	//   d:f64[2,1] = constant[value=f64[2,1]{1.0,2.0}]
	//   e:f64[2,1] = lu_solve[trans=false] a b c d
	//   f:f64[2,1] = full[value=1.0 type=f64[2,1]]
	//   g:f64[2,1] = lu_solve[trans=true] a b c f
	//   h:f64[2,1] = neg g
	//   i:f64[2,2] = dot[lhs_contract=(1) rhs_contract=(1) lhs_batch=() rhs_batch=()] h e
	//   return i
	// }
}

func ExampleSolveTriangular() {
	l := num.New([]float64{2, 0, 1, 4}, 2, 2)
	fmt.Println(linalg.SolveTriangular(l, num.Vector(2, 9), linalg.Lower))
	fmt.Println(linalg.SolveTriangular(l, num.Vector(4, 8), linalg.Lower|linalg.Transposed))
	// Output:
	// [1. 2.]
	// [1. 2.]
}

// The log likelihood of a Gaussian, and its gradient by the covariance.
func ExampleCholesky() {
	x := num.Vector(1, 2)
	logLikelihood := func(covariance num.Array) num.Array {
		l := linalg.Cholesky(covariance)
		z := linalg.SolveTriangular(l, x, linalg.Lower)
		return num.Neg(num.Add(num.Mul(0.5, num.Dot(z, z)), num.Sum(num.Log(num.Diag(l)))))
	}
	covariance := num.New([]float64{2, 0, 0, 4}, 2, 2)
	fmt.Println(transforms.Grad(logLikelihood)(covariance))
	// Output:
	// [[-0.125  0.125]
	//  [ 0.125  0.   ]]
}

// The gradient of a determinant is the matrix of cofactors, at a singular matrix too.
func ExampleDet() {
	singular := num.New([]float64{1, 2, 2, 4}, 2, 2)
	fmt.Println(linalg.Det(singular))
	fmt.Println(transforms.Grad(linalg.Det)(singular))
	// Output:
	// 0.0
	// [[ 4. -2.]
	//  [-2.  1.]]
}

func ExampleSlogDet() {
	sign, log := linalg.SlogDet(num.Mul(-10, num.Eye(301)))
	fmt.Printf("%v %.9f\n", sign, log.Float64())
	// Output:
	// -1.0 693.078112991
}
