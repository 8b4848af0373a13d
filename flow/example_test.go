package flow_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

func ExampleCond() {
	guarded := func(x num.Array) num.Array {
		return flow.Cond(num.Greater(x, 0), num.Log, num.ZerosLike, x)
	}
	fmt.Println(transforms.Vmap(transforms.Grad(guarded))(num.Vector(-1, 0, 2)))
	// Output: [0.  0.  0.5]
}

func ExampleScan() {
	balances := func(rates num.Array) num.Array {
		_, all := flow.Scan(func(balance, rate num.Array) (num.Array, num.Array) {
			balance = num.Mul(balance, num.Add(1, rate))
			return balance, balance
		}, num.Scalar(100), rates)
		return all
	}
	rates := num.Vector(0.1, 0.2, 0)
	fmt.Println(balances(rates))
	last := func(rates num.Array) num.Array { return balances(rates).At(-1) }
	fmt.Println(transforms.Grad(last)(rates))
	// Output:
	// [110. 132. 132.]
	// [120. 110. 132.]
}

func ExampleFor() {
	power := func(x num.Array) num.Array {
		return flow.For(0, 10, func(_, c num.Array) num.Array { return num.Mul(c, x) }, num.Scalar(1))
	}
	fmt.Println(transforms.Grad(power)(num.Scalar(1)))
	// Output: 10.0
}

func ExampleIterate() {
	last, all := flow.Iterate(4, func(x num.Array) num.Array { return num.Mul(0.5, num.Add(x, num.Div(2, x))) }, num.Scalar(1))
	fmt.Println(last, all)
	// Output: 1.4142135623746899 [1.5        1.41666667 1.41421569 1.41421356]
}

// Newton's iteration, until it moves no more.
func ExampleWhile() {
	type iterate struct{ Root, Step num.Array }
	sqrt := func(a num.Array) num.Array {
		last := flow.While(
			func(i iterate) num.Array { return num.Greater(num.Abs(i.Step), 1e-12) },
			func(i iterate) iterate {
				next := num.Mul(0.5, num.Add(i.Root, num.Div(a, i.Root)))
				return iterate{next, num.Sub(next, i.Root)}
			},
			iterate{a, num.Scalar(1)})
		return last.Root
	}
	x := num.Vector(4, 9, 25)
	fmt.Println(transforms.Vmap(sqrt)(x))
	fmt.Println(transforms.Vmap(transforms.Grad(sqrt))(x))
	// Output:
	// [2. 3. 5.]
	// [0.25       0.16666667 0.1       ]
}

func ExampleMap() {
	norms := func(points num.Array) num.Array {
		return flow.Map(func(p num.Array) num.Array { return num.Norm(p) }, points, flow.BatchSize(2))
	}
	points := num.New([]float64{3, 4, 6, 8, 5, 12}, 3, 2)
	fmt.Println(norms(points))
	// Output: [ 5. 10. 13.]
}

// Running maxima.
func ExampleAssociativeScan() {
	highest := func(a, b num.Array) num.Array { return num.Maximum(a, b) }
	x := num.Vector(3, 1, 4, 1, 5, 9, 2)
	fmt.Println(flow.AssociativeScan(highest, x))
	fmt.Println(flow.AssociativeScan(highest, x, flow.Reverse()))
	// Output:
	// [3. 3. 4. 4. 5. 9. 9.]
	// [9. 9. 9. 9. 9. 9. 2.]
}
