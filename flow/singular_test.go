package flow_test

import (
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/num"
)

// TestSingularStart starts a loop at a constant where the body's derivative by the carry is infinite.
// No path leads from the input through it, so that derivatives are those of the unrolled loop, in
// which nothing but x varies in the first step.
func TestSingularStart(t *testing.T) {
	root := func(v, x num.Array) num.Array { return num.Add(num.Sqrt(v), x) }
	loop := func(x num.Array) num.Array {
		return flow.For(0, 3, func(_, v num.Array) num.Array { return root(v, x) }, num.Zeros(2))
	}
	unrolled := func(x num.Array) num.Array {
		return root(root(x, x), x) // the first step, sqrt(0) + x, is x
	}
	agree.Modes(t, loop, unrolled, num.Vector(0.6, 1), 1e-12)
}
