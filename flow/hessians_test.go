package flow_test

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// TestHessiansOfScans compiles second derivatives by as many parameters as a vector has lanes, or a few less or more, of loops that
// keep rows beside what they carry.
func TestHessiansOfScans(t *testing.T) {
	for n := 2; n <= 9; n++ {
		last := func(p num.Array) num.Array {
			c, ys := flow.Scan(func(c, x num.Array) (num.Array, num.Array) {
				for i := range n {
					c = num.Mul(c, num.Sub(1.1, num.Mul(0.1, x, p.At(i))))
				}
				return c, num.Mul(x, c)
			}, num.Scalar(1), num.Linspace(1, 2, 10))
			return num.Add(c, num.Sum(ys))
		}
		p := num.Linspace(0.5, 1.5, n)
		for name, f := range map[string]func(num.Array) num.Array{
			"Hessian":              hvp.Hessian(last),
			"forward over reverse": jac.Fwd(transforms.Grad(last)),
			"reverse over forward": jac.Rev(jac.Fwd(last)),
			"lanes": func(p num.Array) num.Array {
				return transforms.Vmap(transforms.Grad(last))(num.Add(num.Reshape(p, 1, n), num.Reshape(num.Linspace(0, 0.1, n), n, 1)))
			},
		} {
			agree.Equal(t, fmt.Sprintf("%s by %d", name, n), transforms.JIT(f)(p), f(p), 1e-13)
		}
	}
}
