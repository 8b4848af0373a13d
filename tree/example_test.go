package tree_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// A layer of a model. Its scale is no parameter, and stays as it is.
type layer struct {
	Weights num.Array
	Bias    num.Array
	Scale   num.Array `grad:"-"`
}

type network map[string]layer

func size(m network) num.Array {
	sum := num.Scalar(0)
	for _, name := range []string{"in", "out"} {
		sum = num.Add(sum, num.Mul(m[name].Scale, num.Sum(num.Square(m[name].Weights))), m[name].Bias)
	}
	return sum
}

var start = network{
	"in":  {num.Vector(1, 2), num.Scalar(0), num.Scalar(3)},
	"out": {num.Vector(4), num.Scalar(5), num.Scalar(0.5)},
}

// A step of gradient descent.
func ExampleAddScaled() {
	fmt.Print(tree.String(tree.AddScaled(start, -0.1, transforms.Grad(size)(start))))
	// Output:
	// network[in].Weights f64[2] [0.4 0.8]
	// network[in].Bias f64[] -0.1
	// network[in].Scale f64[] 3.0
	// network[out].Weights f64[1] [3.6]
	// network[out].Bias f64[] 4.9
	// network[out].Scale f64[] 0.5
}

// A model as a vector, without what carries no derivative, and back.
func ExampleRavel() {
	v, unravel := tree.Ravel(start)
	fmt.Println(v)
	twice := unravel(num.Mul(2, v))
	fmt.Println(twice["in"].Weights, twice["in"].Scale, twice["out"].Bias)
	// Output:
	// [1. 2. 0. 4. 5.]
	// [2. 4.] 3.0 10.0
}

// The momentum of a model: a tree like the parameters, for each array a running mean of its gradients.
func ExampleMap2() {
	average := func(m, g num.Array) num.Array { return num.Add(num.Mul(0.9, m), num.Mul(0.1, g)) }
	momentum := tree.Zeros(start)
	for range 2 {
		momentum = tree.Map2(average, momentum, transforms.Grad(size)(start))
	}
	fmt.Println(momentum["in"].Weights, momentum["out"].Weights)
	// Output:
	// [1.14 2.28] [0.76]
}

// Gradients are clipped to a norm.
func ExampleNorm() {
	g := transforms.Grad(size)(start)
	clipped := tree.Scale(num.Minimum(1, num.Div(1, tree.Norm(g))), g)
	fmt.Printf("%.4f %.4f\n", tree.Norm(g), tree.Norm(clipped))
	// Output:
	// 14.0712 1.0000
}
