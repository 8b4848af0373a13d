package flow_test

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

func TestX(t *testing.T) {
	f := func(x num.Array) num.Array {
		return flow.Cond(num.Greater(x, 0), func(y num.Array) num.Array { return num.Mul(num.Log(y), num.Sin(x)) },
			func(y num.Array) num.Array { return num.Mul(y, y, y) }, x)
	}
	x := num.Scalar(2)
	fmt.Println(trace.MustOf(f, x))
	fmt.Println(trace.MustOf(transforms.Grad(f), x))
	D := func(f func(num.Array) num.Array) func(num.Array) num.Array {
		return func(x num.Array) num.Array { _, d := transforms.JVP(f, x, num.Scalar(1)); return d }
	}
	g := transforms.Grad(f)
	fmt.Println(g(x), D(f)(x), g(num.Scalar(-1)), D(f)(num.Scalar(-1)))
	fmt.Println(transforms.Grad(g)(x), D(g)(x), transforms.Grad(D(f))(x), D(D(f))(x))
	fmt.Println(transforms.Vmap(transforms.Grad(g))(num.Vector(2, -1)), transforms.Vmap(D(g))(num.Vector(2, -1)),transforms.Vmap(transforms.Grad(D(f)))(num.Vector(2, -1)))
	fmt.Println(transforms.Grad(func(x num.Array) num.Array { return num.Sum(transforms.Vmap(f)(x)) })(num.Vector(2, -1)), g(num.Scalar(2)), g(num.Scalar(-1)))
	fmt.Println(transforms.JIT(transforms.Grad(g))(x))
	fn := trace.MustOf(transforms.Grad(g), x)
	p, err := trace.Parse(fn.String())
	fmt.Println(err, p.String() == fn.String(), len(fn.Equations()))
}
