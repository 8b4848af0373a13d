package tree_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// A body is a point mass, which gravity moves and does not change.
type body struct {
	X, V num.Array
	Mass num.Array `grad:"-"`
}

// Gradient descent on a struct.
func ExampleAddScaled() {
	energy := func(b body) num.Array { return num.Mul(0.5, b.Mass, num.Sum(num.Square(b.X))) }
	b := body{num.Vector(1, 2), num.Vector(0, 0), num.Scalar(2)}
	b = tree.AddScaled(b, -0.25, transforms.Grad(energy)(b))
	fmt.Print(tree.String(b))
	// Output:
	// body.X f64[2] [0.5 1. ]
	// body.V f64[2] [0. 0.]
	// body.Mass f64[] 2.0
}

// A function of a struct as one of a vector, for an optimiser.
func ExampleRavel() {
	b := body{num.Vector(1, 2), num.Vector(3, 4), num.Scalar(2)}
	x, unravel := tree.Ravel(b)
	fmt.Println(x)
	fmt.Println(unravel(num.Mul(10, x)).V)
	// Output:
	// [1. 2. 3. 4.]
	// [30. 40.]
}
