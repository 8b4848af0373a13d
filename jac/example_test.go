package jac_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
)

// polar turns (r, θ) into (x, y).
func polar(p num.Array) num.Array {
	r, theta := p.At(0), p.At(1)
	return num.Stack(0, num.Mul(r, num.Cos(theta)), num.Mul(r, num.Sin(theta)))
}

func ExampleFwd() {
	fmt.Println(jac.Fwd(polar)(num.Vector(2, 0)))
	// Output:
	// [[1. 0.]
	//  [0. 2.]]
}

// The Jacobian of a gradient is a Hessian.
func ExampleRev() {
	energy := func(x num.Array) num.Array { return num.Mul(x.At(0), x.At(0), x.At(1)) } // x₀²x₁
	fmt.Println(jac.Fwd(jac.Rev(energy))(num.Vector(3, 5)))
	// Output:
	// [[10.  6.]
	//  [ 6.  0.]]
}

func ExampleAuto() {
	type lens struct{ Radius, Index num.Array }
	power := func(l lens) num.Array {
		return num.Div(num.Sub(l.Index, 1), l.Radius)
	}
	j := jac.Auto(power)(lens{Radius: num.Vector(.5, 2), Index: num.Scalar(1.5)})
	fmt.Println(j.Radius)
	fmt.Println(j.Index)
	// Output:
	// [[-2.     0.   ]
	//  [ 0.    -0.125]]
	// [2.  0.5]
}

func ExamplePasses() {
	sensors := num.Linspace(-1, 1, 50_000)
	signal := func(charge num.Array) num.Array { // of two charges, at every sensor
		near := num.Div(charge.At(0), num.Add(1, num.Mul(sensors, sensors)))
		far := num.Div(charge.At(1), num.Add(9, num.Mul(sensors, sensors)))
		return num.Add(near, far)
	}
	cost := jac.Passes(signal, num.Vector(1, -2))
	fmt.Println("forward:", cost.Forward.Directions, "directions, at once:", cost.Forward.Chunks == 1)
	fmt.Println("reverse:", cost.Reverse.Directions, "directions, at once:", cost.Reverse.Chunks == 1)
	fmt.Println("forward wins:", cost.ForwardWins())
	// Output:
	// forward: 2 directions, at once: true
	// reverse: 50000 directions, at once: false
	// forward wins: true
}
