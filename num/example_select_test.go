package num_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// The logarithm of what is not positive is computed but not selected: it leaves no NaN in the
// derivative, in either mode.
func ExampleWhere() {
	entropy := func(p num.Array) num.Array {
		return num.Neg(num.Sum(num.Where(num.Greater(p, 0), num.Mul(p, num.Log(p)), 0)))
	}
	p := num.Vector(0.25, 0, 0.75)
	fmt.Printf("%.4f\n", entropy(p))
	fmt.Printf("%.4f\n", transforms.Grad(entropy)(p))
	_, forward := transforms.JVP(entropy, p, num.Ones(3))
	fmt.Printf("%.4f\n", forward)
	// Output:
	// 0.5623
	// [ 0.3863  0.0000 -0.7123]
	// -0.3260
}

// Two constants keep their dtype: ints stay integers.
func ExampleWhere_constants() {
	x := num.Vector(-1, 0, 2)
	fmt.Println(num.Where(num.Less(x, 0), -1, 1), num.Where(num.Less(x, 0), 0.5, 1))
	// Output: [-1  1  1] [0.5 1.  1. ]
}

// Rounding has no derivative of its own; here it passes that of x straight through.
func ExampleStopGradient() {
	round := func(x num.Array) num.Array {
		return num.Add(x, num.StopGradient(num.Sub(num.Round(x), x)))
	}
	loss := func(x num.Array) num.Array { return num.Sum(num.Square(round(x))) }
	value, gradient := transforms.ValueAndGrad(loss)(num.Vector(0.3, 1.7))
	fmt.Println(value, gradient)
	// Output: 4.0 [0. 4.]
}

// A value can be read while a function is differentiated, for a log or to decide how to go on.
func ExampleStopGradient_read() {
	loss := func(x num.Array) num.Array {
		l := num.Sum(num.Square(x))
		fmt.Println("loss", num.StopGradient(l).Float64())
		return l
	}
	fmt.Println(transforms.Grad(loss)(num.Vector(1, 2)))
	// Output:
	// loss 5
	// [2. 4.]
}

// Set puts one number for each pair of a row and a column, and leaves x as it is.
func ExampleSet() {
	x := num.Zeros(2, 3)
	rows, columns := num.FromInts([]int{0, 1}, 2), num.FromInts([]int{2, 0}, 2)
	fmt.Println(num.Set(x, num.Vector(5, 7), rows, columns))
	fmt.Println(num.Set(x, 1, num.ScalarInt(-1)))
	// Output:
	// [[0. 0. 5.]
	//  [7. 0. 0.]]
	// [[0. 0. 0.]
	//  [1. 1. 1.]]
}

// One step of the heat equation in the inner points.
func ExampleSetSlice() {
	u := num.Vector(0, 0, 8, 0, 0)
	left, middle, right := num.Slice(u, 0, -2), num.Slice(u, 1, -1), num.Slice(u, 2, num.End)
	laplacian := num.Add(num.Sub(left, num.Mul(2, middle)), right)
	fmt.Println(num.SetSlice(u, num.Add(middle, num.Mul(0.25, laplacian)), 1, -1))
	// Output: [0. 2. 4. 2. 0.]
}

// The cross entropy of two samples, from logits however large, and the classes they are in.
func ExampleTakeAlong() {
	logits := num.New([]float64{1, 2, 3, 1e4, 0, 0}, 2, 3)
	class := num.FromInts([]int{2, 0}, 2)
	loss := func(logits num.Array) num.Array {
		p := num.TakeAlong(num.LogSoftmax(logits, -1), num.ExpandDims(class, 1), 1)
		return num.Neg(num.Mean(p))
	}
	fmt.Printf("%.4f\n", loss(logits))
	fmt.Printf("%.4f\n", transforms.Grad(loss)(logits))
	// Output:
	// 0.2038
	// [[ 0.0450  0.1224 -0.1674]
	//  [ 0.0000  0.0000  0.0000]]
}

// lorentz is a primitive from outside of the library: 1 / (1 + x*x).
type lorentz struct{}

func (lorentz) Name() string           { return "lorentz" }
func (lorentz) Eval(x float64) float64 { return 1 / (1 + x*x) }
func (lorentz) Derivative(x, y num.Array) num.Array {
	return num.Mul(-2, x, y, y)
}

// A function of one variable is a type with three methods. Forward and reverse mode, of any order,
// and batches follow.
func ExampleUnary() {
	f := num.Apply1[lorentz]
	x := num.Scalar(1)
	fmt.Println(f(x))
	_, forward := transforms.JVP(f, x, num.Scalar(1))
	fmt.Println(forward, transforms.Grad(f)(x))
	fmt.Println(transforms.Grad(transforms.Grad(transforms.Grad(f)))(x))
	fmt.Println(transforms.Vmap(transforms.Grad(f))(num.Vector(-1, 1)))
	// Output:
	// 0.5
	// -0.5 -0.5
	// 0.0
	// [ 0.5 -0.5]
}

// gravity is the potential of a mass m at the distance r.
type gravity struct{}

func (gravity) Name() string              { return "gravity" }
func (gravity) Eval(m, r float64) float64 { return -m / r }
func (gravity) Derivatives(m, r, z num.Array) (dm, dr num.Array) {
	return num.Neg(num.Reciprocal(r)), num.Neg(num.Div(z, r))
}

func ExampleBinary() {
	type body struct{ Mass, Radius num.Array }
	potential := func(b body) num.Array { return num.Apply2[gravity](b.Mass, b.Radius) }
	g := transforms.Grad(potential)(body{num.Scalar(6), num.Scalar(2)})
	fmt.Println(potential(body{num.Scalar(6), num.Scalar(2)}), g.Mass, g.Radius)
	// Output: -3.0 -0.5 1.5
}
