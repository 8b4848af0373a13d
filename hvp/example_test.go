package hvp_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/num"
)

func ExampleProduct() {
	// Three masses on springs: the Hessian of the energy is the stiffness matrix.
	energy := func(x num.Array) num.Array {
		stretch := num.Sub(num.Slice(x, 1, 3), num.Slice(x, 0, 2))
		return num.Mul(.5, num.Sum(num.Mul(stretch, stretch)))
	}
	stiffness := hvp.Product(energy)
	fmt.Println(stiffness(num.Vector(0, 1, 2), num.Vector(1, 0, 0)))
	// Output: [ 1. -1.  0.]
}

func ExampleHessian() {
	rosenbrock := func(x num.Array) num.Array {
		a, b := num.Sub(1, x.At(0)), num.Sub(x.At(1), num.Mul(x.At(0), x.At(0)))
		return num.Add(num.Mul(a, a), num.Mul(100, b, b))
	}
	fmt.Println(hvp.Hessian(rosenbrock)(num.Vector(1, 1)))
	// Output:
	// [[ 802. -400.]
	//  [-400.  200.]]
}
