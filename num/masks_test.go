package num_test

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

type scalarFunction = func(x num.Array) num.Array

// guarded holds functions of a scalar at points where a branch that is not taken, or an element
// that is not used, has an infinite derivative; and some where the infinity is genuine. d1 and d2
// are the derivatives of order 1 and 2.
var guarded = []struct {
	name   string
	f      scalarFunction
	x      float64
	d1, d2 float64
}{
	{"where(x>0, log x, 0)", whereLog, 0, 0, 0},
	{"where(x>0, log x, 0)", whereLog, -1, 0, 0},
	{"where(x>0, log x, 0)", whereLog, 2, 0.5, -0.25},
	{"where(x>0, sqrt x, 0)", func(x num.Array) num.Array { return num.Where(num.Greater(x, 0), num.Sqrt(x), 0) }, 0, 0, 0},
	{"where(x<1, x, sqrt x)", func(x num.Array) num.Array { return num.Where(num.Less(x, 1), x, num.Sqrt(x)) }, 0, 1, 0},
	{"where(x>0, log(where(x>0, x, 1)), 0)", func(x num.Array) num.Array {
		positive := num.Greater(x, 0)
		return num.Where(positive, num.Log(num.Where(positive, x, 1)), 0)
	}, 0, 0, 0},
	{"where(x<eps, eps, sqrt x)", func(x num.Array) num.Array { return num.Where(num.Less(x, 1e-3), 1e-3, num.Sqrt(x)) }, 0, 0, 0},
	{"where(x>0, where(x>1, log(x-1), sqrt x), 0)", nested, 0, 0, 0},
	{"where(x>0, where(x>1, log(x-1), sqrt x), 0)", nested, 1, 0.5, -0.25},
	{"where(x<100, exp x, x)", func(x num.Array) num.Array { return num.Where(num.Less(x, 100), num.Exp(x), x) }, 1000, 1, 0},
	{"x where(x>0, 1/x, 0)", timesReciprocal, 0, 0, 0},
	{"x where(x>0, 1/x, 0)", timesReciprocal, 2, 0, 0},
	{"where(x>0, x log x, 0)", func(x num.Array) num.Array { return num.Where(num.Greater(x, 0), num.Mul(x, num.Log(x)), 0) }, 0, 0, 0},
	{"where(x>0, x**0.5, 0)", func(x num.Array) num.Array { return num.Where(num.Greater(x, 0), num.Pow(x, 0.5), 0) }, 0, 0, 0},
	{"sqrt(where(x>0, x, 0))", sqrtWhere, -1, 0, 0},
	{"sqrt(where(x>0, x, 0))", sqrtWhere, 0, 0, 0},
	{"sqrt(where(x>0, x, 0))", sqrtWhere, 4, 0.25, -1. / 32},
	{"1/where(x>0, x, 0)", func(x num.Array) num.Array { return num.Reciprocal(num.Where(num.Greater(x, 0), x, 0)) }, -1, 0, 0},
	{"where(x>0, x, 0)**0.5", func(x num.Array) num.Array { return num.Pow(num.Where(num.Greater(x, 0), x, 0), 0.5) }, -1, 0, 0},
	{"log([x, x+1])[1]", func(x num.Array) num.Array { return num.Log(num.Stack(0, x, num.Add(x, 1))).At(1) }, 0, 1, -1},
	{"log(x+[0, 1])[1]", func(x num.Array) num.Array { return num.Log(num.Add(x, num.Vector(0, 1))).At(1) }, 0, 1, -1},
	{"sum(where(v>0, log v, 0)), v = x [1, 0, -1]", func(x num.Array) num.Array {
		v := num.Mul(x, num.Vector(1, 0, -1))
		return num.Sum(num.Where(num.Greater(v, 0), num.Log(v), 0))
	}, 2, 0.5, -0.25},
	{"dot(where(v>0, log v, 0), w), v = x [1, 0, -1]", func(x num.Array) num.Array {
		v := num.Mul(x, num.Vector(1, 0, -1))
		return num.Dot(num.Where(num.Greater(v, 0), num.Log(v), 0), num.Vector(2, 3, 4))
	}, 2, 1, -0.5},
	{"cumsum(where(v>0, log v, 0))[1], v = x [1, 0, -1]", func(x num.Array) num.Array {
		v := num.Mul(x, num.Vector(1, 0, -1))
		return num.CumSum(num.Where(num.Greater(v, 0), num.Log(v), 0), 0).At(1)
	}, 2, 0.5, -0.25},
	{"relu(log x)", func(x num.Array) num.Array { return num.Relu(num.Log(x)) }, 0, 0, 0},
	{"maximum(log x, 0)", func(x num.Array) num.Array { return num.Maximum(num.Log(x), 0) }, 0, 0, 0},
	{"minimum(1/x, 1)", func(x num.Array) num.Array { return num.Minimum(num.Reciprocal(x), 1) }, 0, 0, 0},
	{"clip(1/x, -1, 1)", func(x num.Array) num.Array { return num.Clip(num.Reciprocal(x), -1, 1) }, 0, 0, 0},
	{"abs(where(x>0, log x, 0))", func(x num.Array) num.Array { return num.Abs(whereLog(x)) }, 0, 0, 0},
	{"elu(-1/x)", func(x num.Array) num.Array { return num.Elu(num.Where(num.Greater(x, 0), num.Reciprocal(x), -1)) }, 0, 0, 0},
	{"where(x>=0, sqrt x, 0)", func(x num.Array) num.Array { return num.Where(num.GreaterEqual(x, 0), num.Sqrt(x), 0) }, 0, inf, -inf},
	{"square(sqrt x)", func(x num.Array) num.Array { return num.Square(num.Sqrt(x)) }, 0, nan, nan},
	{"log(1+exp x)", func(x num.Array) num.Array { return num.Log(num.Add(1, num.Exp(x))) }, 1000, nan, nan},
	{"sqrt(x x)", func(x num.Array) num.Array { return num.Sqrt(num.Mul(x, x)) }, 0, nan, nan},
}

func whereLog(x num.Array) num.Array { return num.Where(num.Greater(x, 0), num.Log(x), 0) }

func nested(x num.Array) num.Array {
	inner := num.Where(num.Greater(x, 1), num.Log(num.Sub(x, 1)), num.Sqrt(x))
	return num.Where(num.Greater(x, 0), inner, 0)
}

func timesReciprocal(x num.Array) num.Array {
	return num.Mul(x, num.Where(num.Greater(x, 0), num.Reciprocal(x), 0))
}

func sqrtWhere(x num.Array) num.Array { return num.Sqrt(num.Where(num.Greater(x, 0), x, 0)) }

func forward(f scalarFunction) scalarFunction {
	return func(x num.Array) num.Array {
		_, dy := transforms.JVP(f, x, num.Scalar(1))
		return dy
	}
}

func reverse(f scalarFunction) scalarFunction { return transforms.Grad(f) }

// linearized returns the derivative as the forward run of a tape.
func linearized(f scalarFunction) scalarFunction {
	return func(x num.Array) num.Array {
		_, push := transforms.Linearize(f, x)
		return push(num.Scalar(1))
	}
}

// lanes returns f in the first of two lanes of a batch; the other is at a point without trouble.
func lanes(f scalarFunction) scalarFunction {
	return func(x num.Array) num.Array {
		return transforms.Vmap(f)(num.Stack(0, x, num.Scalar(0.7))).At(0)
	}
}

// inCond returns f as a branch.
func inCond(f scalarFunction) scalarFunction {
	return func(x num.Array) num.Array { return flow.Cond(num.Less(x, 1e9), f, num.ZerosLike, x) }
}

// inScan returns f as the second of two steps, the first of which does nothing.
func inScan(f scalarFunction) scalarFunction {
	return func(x num.Array) num.Array {
		return flow.For(0, 2, func(i, c num.Array) num.Array {
			return flow.Cond(num.Less(i, 1), func(c num.Array) num.Array { return c }, f, c)
		}, x)
	}
}

// inWhile returns f as the only step of a loop that stops by itself.
func inWhile(f scalarFunction) scalarFunction {
	type state struct{ value, steps num.Array }
	return func(x num.Array) num.Array {
		return flow.While(func(s state) num.Array { return num.Less(s.steps, 1) },
			func(s state) state { return state{f(s.value), num.Add(s.steps, 1)} },
			state{x, num.ScalarInt(0)}).value
	}
}

// TestGuarded checks that a branch that is not taken contributes nothing, that genuine infinities
// and NaN stay, and that every mixture of modes, Vmap and JIT says the same.
func TestGuarded(t *testing.T) {
	jit := func(f scalarFunction) scalarFunction { return transforms.JIT(f) }
	plain := func(f scalarFunction) scalarFunction { return f }
	contexts := map[string]struct {
		inner, outer func(scalarFunction) scalarFunction
	}{
		"plain":          {plain, plain},
		"vmap of d":      {plain, lanes},
		"d of vmap":      {lanes, plain},
		"jit of d":       {plain, jit},
		"d of jit":       {jit, plain},
		"jit vmap of d":  {plain, func(f scalarFunction) scalarFunction { return jit(lanes(f)) }},
		"vmap of d vmap": {lanes, lanes},
		"in cond":        {inCond, plain},
		"in scan":        {inScan, plain},
		"in while":       {inWhile, plain},
		"lanes in cond":  {inCond, lanes},
		"lanes in scan":  {inScan, lanes},
		"lanes in while": {inWhile, lanes},
	}
	modes := map[string]struct {
		d     func(scalarFunction) scalarFunction
		order int
	}{
		"rev": {reverse, 1}, "fwd": {forward, 1}, "lin": {linearized, 1},
		"rr": {func(f scalarFunction) scalarFunction { return reverse(reverse(f)) }, 2},
		"fr": {func(f scalarFunction) scalarFunction { return forward(reverse(f)) }, 2},
		"rf": {func(f scalarFunction) scalarFunction { return reverse(forward(f)) }, 2},
		"ff": {func(f scalarFunction) scalarFunction { return forward(forward(f)) }, 2},
		"lr": {func(f scalarFunction) scalarFunction { return linearized(reverse(f)) }, 2},
	}
	for _, g := range guarded {
		t.Run(fmt.Sprintf("%s at %v", g.name, g.x), func(t *testing.T) {
			for where, c := range contexts {
				for mode, m := range modes {
					want := g.d1
					if m.order == 2 {
						want = g.d2
					}
					if got := c.outer(m.d(c.inner(g.f)))(num.Scalar(g.x)).Float64(); relative(got, want) > 2e-16 {
						t.Errorf("%s, %s: %v, want %v", where, mode, got, want)
					}
				}
			}
		})
	}
}
