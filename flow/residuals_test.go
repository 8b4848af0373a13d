package flow_test

import (
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// TestStacks counts what reverse mode keeps of each step: the further results of the loop forward.
func TestStacks(t *testing.T) {
	x := num.Vector(0.6, -0.8)
	for name, c := range map[string]struct {
		f         function
		primitive string
		own, kept int // results of the loop itself, and in all
	}{
		"newton": {func(a num.Array) num.Array {
			return flow.While(func(s state) num.Array { return num.Greater(num.Amax(num.Abs(s.B)), 1e-9) },
				func(s state) state {
					next := num.Mul(0.5, num.Add(s.A, num.Div(a, s.A)))
					return state{next, num.Sub(next, s.A)}
				}, state{a, num.Ones(2)}).A
		}, "while", 3, 5},
		"work that is the same in every step": {func(x num.Array) num.Array {
			return flow.For(0, 4, func(_, c num.Array) num.Array { return num.Mul(c, num.Exp(num.Sin(x))) }, num.Ones(2))
		}, "scan", 1, 2}, // the carry
		"rows": {func(x num.Array) num.Array {
			rows := num.BroadcastTo(x, 3, 2)
			c, _ := flow.Scan(func(c, r num.Array) (num.Array, empty) { return num.Add(c, num.Mul(r, r)), empty{} }, x, rows)
			return c
		}, "scan", 2, 2}, // that backwards, which takes the rows themselves; nothing else is left
		"linear": {func(x num.Array) num.Array {
			return flow.For(0, 4, func(_, c num.Array) num.Array { return num.Mul(c, 2) }, x)
		}, "scan", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := trace.MustOf(transforms.Grad(func(x num.Array) num.Array { return num.Sum(c.f(x)) }), x)
			for _, e := range f.Equations() {
				if e.Primitive.Name() == c.primitive {
					if len(e.Outs) != c.kept {
						t.Errorf("%d results, of which %d are its own; want %d:\n%v", len(e.Outs), c.own, c.kept, f)
					}
					return
				}
			}
			if c.kept != c.own {
				t.Errorf("no %s in\n%v", c.primitive, strings.TrimSpace(f.String()))
			}
		})
	}
}
