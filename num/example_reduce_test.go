package num_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The rows of a matrix, each divided by its sum.
func ExampleKeepDims() {
	x := num.New([]float64{1, 3, 2, 6}, 2, 2)
	fmt.Println(num.Div(x, num.KeepDims(num.Sum, x, 1)))
	// Output:
	// [[0.25 0.75]
	//  [0.25 0.75]]
}

// A zero among the factors is no special case.
func ExampleProd_derivative() {
	prod := func(x num.Array) num.Array { return num.Prod(x) }
	fmt.Println(transforms.Grad(prod)(num.Vector(2, 0, 3)))
	// Output:
	// [0. 6. 0.]
}

// Elements that tie for the maximum share its derivative.
func ExampleAmax_derivative() {
	amax := func(x num.Array) num.Array { return num.Amax(x) }
	fmt.Println(transforms.Grad(amax)(num.Vector(1, 3, 3)))
	// Output:
	// [0.  0.5 0.5]
}

func ExampleTopK() {
	values, indices := num.TopK(num.Vector(3, 9, 5, 7), 2)
	fmt.Println(values, indices)
	// Output:
	// [9. 7.] [1 3]
}
