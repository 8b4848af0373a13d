package flow_test

import (
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// TestNoLanes: loops whose lanes would stop by themselves are mapped over nothing.
func TestNoLanes(t *testing.T) {
	grow := func(c num.Array) num.Array {
		return flow.While(func(c num.Array) num.Array { return num.Less(c, 3) }, func(c num.Array) num.Array { return num.Add(c, 1) }, c)
	}
	for name, f := range map[string]function{
		"while in while": func(x num.Array) num.Array {
			return flow.While(func(c num.Array) num.Array { return num.Less(c, 9) }, func(c num.Array) num.Array { return num.Add(1, grow(c)) }, x)
		},
		"while in a branch": func(x num.Array) num.Array { return flow.Cond(num.Less(x, 1), grow, num.Sin, x) },
		"for":               func(x num.Array) num.Array { return flow.For(0, num.Convert(x, trace.I64), double, x) },
	} {
		agree.Equal(t, name, transforms.Vmap(f)(num.Zeros(0)), num.Zeros(0), 0)
	}
}
