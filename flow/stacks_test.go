package flow_test

import (
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// TestLanesOfStacks takes derivatives of loops of unknown length that stand in a branch which lanes choose, in several ways in lanes of lanes: what
// the loops saved then gets lanes where it is a stack.
func TestLanesOfStacks(t *testing.T) {
	loss := func(x num.Array) num.Array {
		loop := func(x num.Array) num.Array {
			return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(c), 4) },
				func(c num.Array) num.Array { return num.Add(0.5, num.Mul(c, num.Exp(num.Sin(x)))) }, x)
		}
		return num.Sum(flow.Cond(num.Less(x.At(1), 0.9), loop, num.Sin, x))
	}
	points := num.New([]float64{1, 2, 0.5, 0.7, 0.3, 0.4, 0.1, 0.8, 0.2}, 3, 3)
	gradient := transforms.Grad(loss)
	scaled := func(f func(num.Array) num.Array) func(num.Array) num.Array {
		return transforms.Grad(func(x num.Array) num.Array { return num.Sum(num.Square(f(x))) })
	}
	for name, f := range map[string]func(num.Array) num.Array{
		"hessian":                               hvp.Hessian(loss),
		"forward":                               jac.Fwd(gradient),
		"reverse":                               jac.Rev(gradient),
		"product":                               func(x num.Array) num.Array { _, y := transforms.JVP(gradient, x, num.Sin(x)); return y },
		"gradient of the squares of a Hessian":  scaled(hvp.Hessian(loss)),
		"gradient of the squares of a Jacobian": scaled(jac.Rev(gradient)),
	} {
		t.Run(name, func(t *testing.T) {
			var want []num.Array
			for i := range 3 {
				want = append(want, f(points.At(i)))
			}
			for way, got := range map[string]num.Array{
				"at once": transforms.Vmap(f)(points), "compiled": transforms.JIT(transforms.Vmap(f))(points),
			} {
				agree.Equal(t, way, got, num.Stack(0, want...), 1e-12)
			}
		})
	}
}
