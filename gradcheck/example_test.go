package gradcheck_test

import (
	"fmt"
	"math"

	"github.com/gradus-ad/gradus/gradcheck"
	"github.com/gradus-ad/gradus/num"
)

// sinc is a primitive of one's own: sin(x)/x.
type sinc struct{}

func (sinc) Name() string           { return "sinc" }
func (sinc) Eval(x float64) float64 { return math.Sin(x) / x }
func (sinc) Derivative(x, y num.Array) num.Array {
	return num.Div(num.Sub(num.Cos(x), y), x)
}

func ExampleCheck() {
	err := gradcheck.Check(num.Apply1[sinc], num.Vector(0.5, 1, 2), gradcheck.Order(3))
	fmt.Println(err)
	// Output: <nil>
}
