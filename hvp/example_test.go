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

func ExampleGaussNewton() {
	// A fit of a exp(-b t) to readings: the product with JᵀJ, as in a Levenberg-Marquardt step.
	t, readings := num.Vector(0, 1, 2), num.Vector(2, 1, 0.5)
	residual := func(p num.Array) num.Array {
		return num.Sub(num.Mul(p.At(0), num.Exp(num.Neg(num.Mul(p.At(1), t)))), readings)
	}
	half := func(r num.Array) num.Array { return num.Mul(0.5, num.Sum(num.Square(r))) }
	product := hvp.GaussNewton(residual, half)
	fmt.Println(product(num.Vector(2, 0), num.Vector(1, 0))) // at b = 0, J has rows (1, -2t)
	// Output: [ 3. -6.]
}
