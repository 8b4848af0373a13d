package transforms_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// A program shows its steps: the sum is in the loop that makes what it adds up. A sort runs on its own.
func ExampleProgram_String() {
	p, err := transforms.Compile(func(x num.Array) num.Array {
		y := num.Exp(num.Neg(num.Square(x)))
		y = num.Div(y, num.Sum(y))
		return num.Mul(num.Sort(y, 0), 2)
	}, num.Zeros(100))
	if err != nil {
		panic(err)
	}
	fmt.Println(p.Stats().Equations, "equations in", p.Stats().Steps, "steps")
	fmt.Print(p)
	// Output:
	// 10 equations in 4 steps
	// func(a:f64[100]) {
	//   b:f64[100] = square a
	//   c:f64[100] = neg b
	//   d:f64[100] = exp c
	//   e:f64[] = reduce_sum[axes=(0)] d
	//   f:f64[100] = broadcast[shape=(100)] e
	//   g:f64[100] = div d f
	//   h:i64[100] = argsort[axis=0 descending=false] g
	//   i:f64[100] = gather g h
	//   j:f64[100] = full[value=2.0 type=f64[100]]
	//   k:f64[100] = mul i j
	//   return k
	// }
	// 0: loop over 1 x 100 elements, 2 arrays, 46 instructions: square neg exp reduce_sum
	// 1: loop over 1 x 100 elements, 3 arrays, 3 instructions: div
	// 2: eval argsort
	// 3: loop over 1 x 100 elements, 3 arrays, 16 instructions: gather mul
}
