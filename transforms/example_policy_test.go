package transforms_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// What a checkpoint keeps is up to its policy.
func ExampleKeepNamed() {
	f := func(x num.Array) num.Array {
		hidden := trace.Name(num.Tanh(num.Mul(x, num.Exp(x))), "hidden")
		return num.Sin(num.Cos(hidden))
	}
	kept := func(f func(num.Array) num.Array) int {
		bytes := 0
		for _, r := range transforms.Residuals(f, num.Zeros(1000)) {
			if r.Primitive != "" { // not the argument
				bytes += r.Bytes
			}
		}
		return bytes
	}
	fmt.Println(kept(f))
	fmt.Println(kept(transforms.Checkpoint(f)))
	fmt.Println(kept(transforms.Checkpoint(f, transforms.KeepNamed("hidden"))))
	// Output:
	// 32000
	// 0
	// 8000
}
