package num_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// What happens inside of a gradient, a batch or a compiled function.
func ExampleTap() {
	f := func(x num.Array) num.Array {
		y := num.Tap(num.Square(x), func(y num.Array) { fmt.Println("square", y) })
		return num.Sin(y)
	}
	transforms.Grad(f)(num.Scalar(2))
	transforms.JIT(transforms.Vmap(f))(num.Vector(1, 3))
	// Output:
	// square 4.0
	// square 1.0
	// square 9.0
}
