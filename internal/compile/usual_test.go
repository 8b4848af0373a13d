package compile_test

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// wander adds up the inverse norms of a vector that is scaled by a factor at each step, but for every so many steps, where it is
// scaled by another one.
func wander(x num.Array, factor, other float64, every, steps int) num.Array {
	type state struct{ N, X, Sum num.Array }
	return flow.While(func(s state) num.Array { return num.Less(s.N, float64(steps)) }, func(s state) state {
		norms := num.Norm(num.Mul(s.X, num.New([]float64{1, 2, 2, 3}, 2, 2)), 1)
		by := num.Where(num.Equal(num.Mod(s.N, float64(every)), 0), other, factor)
		sum := num.Add(s.Sum, num.Div(1, num.Add(1, norms)), num.Div(-1, num.Add(1, norms)), num.Div(norms, num.Add(2, norms)))
		return state{num.Add(s.N, 1), num.Mul(s.X, by), sum}
	}, state{num.Zeros(), x, num.Zeros(2)}).Sum
}

// TestRareSteps has loops in which what is rare happens never, once, always, from some step on, and now and then.
func TestRareSteps(t *testing.T) {
	x := num.Vector(0.5, -0.25)
	for _, c := range []struct {
		factor, other float64
		every, steps  int
	}{
		{1, 1, 1, 0}, {1, 1.01, 2, 20}, {1.01, 1, 3, 600}, {1, 0, 1, 40}, {1e-12, 1e-12, 1, 50}, {1e12, 1e12, 1, 50}, {1e-9, 1e-9, 1, 300},
		{1, -1e200, 5, 20}, {1e-130, 1e260, 3, 20}, {1e-130, 1e130, 2, 600}, {-1e-100, 1e300, 4, 300},
	} {
		f := func(x num.Array) num.Array { return wander(x, c.factor, c.other, c.every, c.steps) }
		pushed := one(func(x num.Array) num.Array {
			_, dy := transforms.JVP(f, x, num.Vector(1, 2))
			return dy
		})
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			agree(t, one(f), x)
			agree(t, pushed, x)
		})
	}
	fn := trace.Build([]trace.Type{x.Type()}, one(func(x num.Array) num.Array { return wander(x, 1, 1, 1, 9) }))
	for _, on := range compile.Backends() {
		if got, want := compile.Compile(fn, on).Usual(), on.Name != compile.Portable.Name; got != want {
			t.Errorf("%s: usual code: %v, want %v", on.Name, got, want)
		}
	}
}
