package num_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

func ExampleSlice() {
	x := num.Reshape(num.Arange(12), 3, 4)
	fmt.Println(num.Slice(x, 1, num.End)) // x[1:]
	fmt.Println(num.Slice(x, 0, -1, 2, num.End))
	// Output:
	// [[ 4  5  6  7]
	//  [ 8  9 10 11]]
	// [[2 3]
	//  [6 7]]
}

func ExampleTake() {
	x := num.Reshape(num.Arange(6), 2, 3)
	fmt.Println(num.Take(x, -1, 1)) // x[:, -1]
	fmt.Println(num.Take(x, num.FromInts([]int{2, 0, 0}, 3), 1))
	// Output:
	// [2 5]
	// [[2 0 0]
	//  [5 3 3]]
}

func ExampleIndex() {
	x := num.Reshape(num.Arange(6), 2, 3)
	row, column := num.FromInts([]int{0, 1}, 2), num.FromInts([]int{2, 0}, 2)
	fmt.Println(num.Index(x, row, column))
	// Output: [2 3]
}

// Where an index is repeated, Set keeps the last value and AddAt adds all; the derivatives follow.
func ExampleAddAt() {
	i := num.FromInts([]int{1, 1, 2}, 3)
	v := num.Vector(10, 20, 30)
	fmt.Println(num.Set(num.Zeros(3), v, i))
	fmt.Println(num.AddAt(num.Zeros(3), v, i))
	squares := func(v num.Array) num.Array { return num.Sum(num.Square(num.Set(num.Zeros(3), v, i))) }
	fmt.Println(transforms.Grad(squares)(v))
	// Output:
	// [ 0. 20. 30.]
	// [ 0. 30. 30.]
	// [ 0. 40. 60.]
}

func ExampleEinsum() {
	a := num.Reshape(num.Arange(6), 2, 3)
	b := num.Reshape(num.Arange(6), 3, 2)
	fmt.Println(num.Einsum("ij,jk->ik", a, b))
	fmt.Println(num.Einsum("ij->j", a))
	fmt.Println(num.Einsum("ij,ji", a, b))
	// Output:
	// [[10 13]
	//  [28 40]]
	// [3 5 7]
	// 50
}

func ExampleStack() {
	x, y := num.Vector(1, 2), num.Vector(3, 4)
	fmt.Println(num.Stack(0, x, y))
	fmt.Println(num.Stack(-1, x, y))
	fmt.Println(num.Concat(0, x, y))
	// Output:
	// [[1. 2.]
	//  [3. 4.]]
	// [[1. 3.]
	//  [2. 4.]]
	// [1. 2. 3. 4.]
}

func ExamplePad() {
	fmt.Println(num.Pad(num.Ones(2, 2), 0, 1, 2, 0))
	// Output:
	// [[0. 0. 1. 1.]
	//  [0. 0. 1. 1.]
	//  [0. 0. 0. 0.]]
}
