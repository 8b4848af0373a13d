package flow_test

import (
	"math"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

func double(_, c num.Array) num.Array { return num.Mul(c, 2) }

func timesNext(i, c num.Array) num.Array { return num.Mul(c, num.Add(i, 1)) }

// TestPushForwards has the facts of JAX's fori_loop tests, with static and with traced bounds.
func TestPushForwards(t *testing.T) {
	three := func(x num.Array) num.Array { return num.Convert(num.Add(num.Mul(x, 0), 3), trace.I64) }
	for name, c := range map[string]struct {
		f     function
		y, dy float64
	}{
		"doubled":         {func(x num.Array) num.Array { return flow.For(0, 3, double, x) }, 16, 8},
		"factorial":       {func(x num.Array) num.Array { return flow.For(0, 3, timesNext, x) }, 12, 6},
		"traced":          {func(x num.Array) num.Array { return flow.For(0, three(x), double, x) }, 16, 8},
		"traced factor":   {func(x num.Array) num.Array { return flow.For(0, three(x), timesNext, x) }, 12, 6},
		"traced from 1":   {func(x num.Array) num.Array { return flow.For(num.Sub(three(x), 2), three(x), timesNext, x) }, 12, 6},
		"backwards":       {func(x num.Array) num.Array { return flow.For(3, 0, double, x) }, 2, 1},
		"empty":           {func(x num.Array) num.Array { return flow.For(3, 3, double, x) }, 2, 1},
		"backwards trace": {func(x num.Array) num.Array { return flow.For(three(x), 0, double, x) }, 2, 1},
		"negative start":  {func(x num.Array) num.Array { return flow.For(-2, 1, timesNext, x) }, 0, 0},
		"while": {func(x num.Array) num.Array {
			return flow.While(func(c num.Array) num.Array { return num.Less(c, 10) }, func(c num.Array) num.Array { return num.Mul(c, c) }, x)
		}, 16, 32},
	} {
		t.Run(name, func(t *testing.T) {
			x := num.Scalar(2)
			y, dy := transforms.JVP(c.f, x, num.Scalar(1))
			_, push := transforms.Linearize(c.f, x)
			for what, got := range map[string]float64{"value": c.f(x).Float64(), "value in JVP": y.Float64()} {
				if got != c.y {
					t.Errorf("%s %v, want %v", what, got, c.y)
				}
			}
			for what, got := range map[string]num.Array{"JVP": dy, "Linearize": push(num.Scalar(1)), "Grad": transforms.Grad(c.f)(x),
				"jac.Fwd": jac.Fwd(c.f)(x), "Grad in JIT": transforms.JIT(transforms.Grad(c.f))(x)} {
				if got.Float64() != c.dy {
					t.Errorf("%s %v, want %v", what, got, c.dy)
				}
			}
		})
	}
}

// TestNoSteps: a scan of no rows returns its init and rows of no length.
func TestNoSteps(t *testing.T) {
	f := func(x num.Array) (num.Array, num.Array) {
		return flow.Scan(func(c, r num.Array) (num.Array, num.Array) { return num.Mul(c, r), num.Outer(c, r) }, x, num.Zeros(0, 2))
	}
	x := num.Vector(2, 3)
	c, ys := f(x)
	agree.Equal(t, "carry", c, x, 0)
	if !ys.Type().Equal(trace.TypeOf(trace.F64, 0, 2, 2)) {
		t.Errorf("rows are %v", ys.Type())
	}
	last := func(x num.Array) num.Array { c, ys := f(x); return num.Add(num.Mul(c, c), num.Sum(ys)) }
	agree.Modes(t, last, num.Square, x, 0)
}

// TestSwitch has a branch for each index, and for those out of range the nearest.
func TestSwitch(t *testing.T) {
	branches := []func(num.Array) num.Array{num.Sin, func(x num.Array) num.Array { return num.Mul(x, x) }, num.Exp}
	x := num.Vector(0.3, 0.7)
	for i, want := range map[int]function{math.MinInt64: num.Sin, -1: num.Sin, 0: num.Sin, 1: num.Square, 2: num.Exp, 3: num.Exp, math.MaxInt64: num.Exp} {
		agree.Equal(t, "concrete", flow.Switch(num.ScalarInt(i), branches, x), want(x), 1e-15)
		switched := transforms.JIT(func(in several) num.Array { return flow.Switch(in.A, branches, in.V[0]) })
		agree.Equal(t, "traced", switched(several{num.ScalarInt(i), []num.Array{x}}), want(x), 1e-15)
	}
	all := num.FromInts([]int{-4, 0, 1, 2, 9, 1}, 6)
	xs := num.Linspace(0.1, 0.6, 6)
	pick := func(in several) num.Array { return flow.Switch(in.A, branches, in.V[0]) }
	got := transforms.Vmap(pick)(several{all, []num.Array{xs}})
	slope := transforms.Vmap(transforms.Grad(pick))(several{all, []num.Array{xs}}).V[0]
	for k, want := range []function{num.Sin, num.Sin, num.Square, num.Exp, num.Exp, num.Square} {
		agree.Equal(t, "lane", got.At(k), want(xs.At(k)), 1e-15)
		agree.Equal(t, "slope of lane", slope.At(k), transforms.Grad(want)(xs.At(k)), 1e-15)
	}
}
