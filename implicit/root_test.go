package implicit_test

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/implicit"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/num"
)

func newtonSqrt(p, x0 num.Array) num.Array {
	return flow.While(
		func(x num.Array) num.Array {
			return num.Any(num.Greater(num.Abs(num.Sub(num.Square(x), p)), num.Mul(4e-16, p)))
		},
		func(x num.Array) num.Array { return num.Mul(0.5, num.Add(x, num.Div(p, x))) }, x0, flow.MaxTrips(100))
}

func TestSqrt(t *testing.T) {
	f := func(p, x num.Array) num.Array { return num.Sub(num.Square(x), p) }
	for name, opts := range map[string][]implicit.Option{"dense": nil, "gmres": {implicit.MatrixFree(), implicit.Tolerance(1e-14)},
		"cg": {implicit.MatrixFree(), implicit.Symmetric(), implicit.Tolerance(1e-14)}} {
		t.Run(name, func(t *testing.T) {
			sqrt := implicit.Root(f, newtonSqrt, opts...)
			fmt.Println(sqrt(num.Vector(2, 3), num.Vector(1, 1)))
			agree.Modes(t, func(p num.Array) num.Array { return sqrt(p, num.OnesLike(p)) }, num.Sqrt, num.Vector(2, 5), 1e-12)
		})
	}
}
