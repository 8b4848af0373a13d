package bridge_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"

	"github.com/gradus-ad/gradus/bridge"
	"github.com/gradus-ad/gradus/num"
)

// banana is Rosenbrock's function: 100(y-x²)² + (1-x)².
func banana(p num.Array) num.Array {
	x, y := p.At(0), p.At(1)
	return num.Add(num.Mul(100, num.Square(num.Sub(y, num.Square(x)))), num.Square(num.Sub(1, x)))
}

func ExampleProblem() {
	result, err := optimize.Minimize(bridge.Problem(banana), []float64{-1.2, 1}, nil, &optimize.BFGS{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f\n", result.X)
	// Output: [1.0000 1.0000]
}

func ExampleProblemOf() {
	type spring struct {
		Rest, Stiffness num.Array
	}
	lengths, forces := num.Vector(1, 2, 3), num.Vector(-1, 1, 3)
	misfit := func(s spring) num.Array { // of Hooke's law
		return num.Sum(num.Square(num.Sub(num.Mul(s.Stiffness, num.Sub(lengths, s.Rest)), forces)))
	}
	problem, x, unravel := bridge.ProblemOf(misfit, spring{num.Scalar(1), num.Scalar(1)})
	result, err := optimize.Minimize(problem, x, nil, &optimize.Newton{})
	if err != nil {
		fmt.Println(err)
		return
	}
	s := unravel(result.X)
	fmt.Printf("rest %.3f m, stiffness %.3f N/m\n", s.Rest.Float64(), s.Stiffness.Float64())
	// Output: rest 1.500 m, stiffness 2.000 N/m
}

func ExampleGradient() {
	gradient := bridge.Gradient(banana) // in place of fd.Gradient(dst, f, x, nil)
	dst := make([]float64, 2)
	gradient(dst, []float64{-1.2, 1})
	fmt.Printf("%.1f\n", dst)
	// Output: [-215.6 -88.0]
}

func ExampleJacobian() {
	polar := func(p num.Array) num.Array {
		return num.Mul(p.At(0), num.Stack(0, num.Cos(p.At(1)), num.Sin(p.At(1))))
	}
	var j mat.Dense
	bridge.Jacobian(polar)(&j, []float64{2, 0})
	fmt.Println(mat.Formatted(&j))
	// Output:
	// ⎡1  0⎤
	// ⎣0  2⎦
}

func ExampleHessian() {
	var h mat.SymDense
	bridge.Hessian(banana)(&h, []float64{1, 1})
	fmt.Println(mat.Formatted(&h))
	// Output:
	// ⎡ 802  -400⎤
	// ⎣-400   200⎦
}

func ExampleHessianOperator() {
	hessian := bridge.HessianOperator(banana, []float64{1, 1})
	dst := make([]float64, 2)
	hessian.MulVecTo(dst, false, []float64{1, 2})
	fmt.Println(dst)
	// Output: [2 0]
}
