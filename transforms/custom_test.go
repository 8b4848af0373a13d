package transforms_test

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

// byJVP gives f its own derivative as a rule for forward mode.
func byJVP(f endomorphism) endomorphism {
	return transforms.CustomJVP(f, func(x, dx num.Array) (num.Array, num.Array) {
		y, push := transforms.Linearize(f, x)
		return y, push(dx)
	})
}

// byVJP gives f its own derivative as a rule for reverse mode.
func byVJP(f endomorphism) endomorphism {
	return transforms.CustomVJP(f,
		func(x num.Array) (num.Array, num.Array) { return f(x), x },
		func(x, ct num.Array) num.Array {
			_, pull := transforms.VJP(f, x)
			return pull(ct)
		})
}

// TestCustomRules gives functions, also nested, in loops, in branches and in checkpoints, the rules that they have
// anyway, and compares all mixtures of modes.
func TestCustomRules(t *testing.T) {
	for rule, wrap := range map[string]func(endomorphism) endomorphism{
		"jvp": byJVP, "vjp": byVJP,
		"both":       func(f endomorphism) endomorphism { return byVJP(byJVP(f)) },
		"checkpoint": func(f endomorphism) endomorphism { return byJVP(transforms.Checkpoint(byJVP(f))) },
	} {
		if testing.Short() && rule != "checkpoint" {
			continue
		}
		for name, f := range checkpointed {
			t.Run(rule+"/"+name, func(t *testing.T) {
				agree.Modes(t, f(wrap), f(plain), num.Vector(0.6, -0.8), 1e-12)
			})
		}
	}
}

// straight is round, whose derivative is given as 1.
var straight = transforms.CustomJVP(num.Round, func(x, dx num.Array) (num.Array, num.Array) { return num.Round(x), dx })

// clipped is the identity, which clips gradients: a rule that is not linear.
var clipped = transforms.CustomVJP(func(x num.Array) num.Array { return x },
	func(x num.Array) (num.Array, struct{}) { return x, struct{}{} },
	func(_ struct{}, ct num.Array) num.Array { return num.Clip(ct, -1, 1) })

// TestCustomRulesAreUsed covers rules that are not what would be derived.
func TestCustomRulesAreUsed(t *testing.T) {
	x := num.Vector(0.3, 1.6, -2.2)
	sum := func(f endomorphism) func(num.Array) num.Array {
		return func(x num.Array) num.Array { return num.Sum(f(x)) }
	}
	cube := func(f endomorphism) endomorphism {
		return func(x num.Array) num.Array { y := f(x); return num.Mul(y, y, y) }
	}
	pushed := func(f endomorphism) num.Array {
		_, dy := transforms.JVP(f, x, num.OnesLike(x))
		return dy
	}
	for _, c := range []struct {
		name      string
		got, want num.Array
	}{
		{"value", straight(x), num.Vector(0, 2, -2)},
		{"forward", pushed(straight), num.Vector(1, 1, 1)},
		{"reverse", transforms.Grad(sum(cube(straight)))(x), num.Vector(0, 12, 12)},
		{"second order", transforms.Grad(sum(transforms.Grad(sum(cube(straight)))))(x), num.Vector(0, 12, -12)},
		{"lanes", transforms.Vmap(transforms.Grad(cube(straight)))(x), num.Vector(0, 12, 12)},
		{"clipped", transforms.Grad(sum(cube(clipped)))(num.Vector(0.1, 1, -2)), num.Vector(0.03, 1, 1)},
		{"clipped, second order", transforms.Grad(sum(transforms.Grad(sum(cube(clipped)))))(num.Vector(0.1, 1, -2)), num.Vector(0.6, 0, 0)},
		{"clipped in lanes", transforms.Vmap(transforms.Grad(cube(clipped)))(num.Vector(0.1, 1, -2)), num.Vector(0.03, 1, 1)},
	} {
		agree.Equal(t, c.name, c.got, c.want, 1e-15)
	}
}

// layer has an index, which carries no derivative, and a scale that is held constant.
type layer struct {
	W, X  num.Array
	Index num.Array
	Scale num.Array `grad:"-"`
	Name  string
}

// apply gives the element of W at Index, times X and Scale, and Index.
func (l layer) apply() layer {
	l.X = num.Mul(num.Take(l.W, l.Index, 0), l.X, l.Scale)
	return l
}

var rules = map[string]func(layer) layer{
	"jvp": transforms.CustomJVP(layer.apply, func(l, d layer) (layer, layer) {
		_, dy := transforms.JVP(layer.apply, l, d)
		return l.apply(), dy
	}),
	"vjp": transforms.CustomVJP(layer.apply,
		func(l layer) (layer, layer) { return l.apply(), l },
		func(l, ct layer) layer {
			_, pull := transforms.VJP(layer.apply, l)
			return pull(ct)
		}),
}

// TestCustomRulesOfTrees covers integers, constants and weights that lanes share. What is held constant is
// not the rule's, and depends on the argument here: it has its ordinary derivative.
func TestCustomRulesOfTrees(t *testing.T) {
	loss := func(apply func(layer) layer) func(num.Array) num.Array {
		return func(w num.Array) num.Array {
			ys := transforms.Vmap(func(x num.Array) num.Array {
				l := apply(layer{w, x, num.Argmax(w), num.Sin(w.At(0)), "a"})
				return num.Mul(l.X, l.X, num.Add(1, l.Index), num.Sum(l.W))
			})(num.Vector(0.5, -1, 2))
			return num.Mul(w, num.Sum(ys))
		}
	}
	for name, apply := range rules {
		t.Run(name, func(t *testing.T) {
			agree.Modes(t, loss(apply), loss(layer.apply), num.Vector(0.6, 1.8), 1e-12)
		})
	}
}

// TestCustomCaptures lets bwd and the rule capture what is differentiated: their derivative is taken
// where they are, and f's where it captures that.
func TestCustomCaptures(t *testing.T) {
	custom := func(w num.Array) endomorphism {
		return transforms.CustomVJP(func(x num.Array) num.Array { return num.Mul(num.Sin(x), w) },
			func(x num.Array) (num.Array, num.Array) { return num.Mul(num.Sin(x), w), num.Cos(x) },
			func(cos, ct num.Array) num.Array { return num.Mul(ct, cos, w) })
	}
	ordinary := func(w num.Array) endomorphism {
		return func(x num.Array) num.Array { return num.Mul(num.Sin(x), w) }
	}
	both := func(of func(w num.Array) endomorphism) endomorphism {
		return func(x num.Array) num.Array {
			return num.Mul(of(num.Square(x))(x), transforms.Vmap(of(num.Exp(x.At(1))))(x))
		}
	}
	agree.Modes(t, both(custom), both(ordinary), num.Vector(0.6, -0.8), 1e-12)
}

// TestCustomResultIsGivenToTheRule demands that a function whose rule is made of its result runs once.
func TestCustomResultIsGivenToTheRule(t *testing.T) {
	f := transforms.CustomJVP(num.Tan, func(x, dx num.Array) (num.Array, num.Array) {
		y := num.Tan(x)
		return y, num.Mul(num.Add(1, num.Square(y)), dx)
	})
	g := transforms.CustomVJP(num.Tan,
		func(x num.Array) (num.Array, num.Array) { y := num.Tan(x); return y, y },
		func(y, ct num.Array) num.Array { return num.Mul(num.Add(1, num.Square(y)), ct) })
	for name, f := range map[string]endomorphism{"jvp": f, "vjp": g} {
		d := trace.MustOf(transforms.Grad(func(x num.Array) num.Array { return num.Sum(f(x)) }), num.Vector(1, 2))
		if n := count(d, "tan"); n != 1 {
			t.Errorf("%s: the gradient has %d tangents, want 1:\n%v", name, n, d)
		}
		dd := transforms.Grad(transforms.Grad(f))(num.Scalar(0.5)).Float64()
		tan := math.Tan(0.5)
		if want := 2 * tan * (1 + tan*tan); math.Abs(dd-want) > 1e-15*want {
			t.Errorf("%s: the second derivative is %v, want %v", name, dd, want)
		}
	}
}

// An element of the argument that nothing touches stays apart from those that are, as in the derivative of f itself,
// whatever the coefficients of the rule.
func TestCustomRulesKeepElementsApart(t *testing.T) {
	x := num.Vector(0, 4)
	want := num.New([]float64{math.Inf(1), 0, 0, 0.25}, 2, 2)
	agree.Equal(t, "by derivation", jac.Fwd(num.Sqrt)(x), want, 0)
	agree.Equal(t, "forward", jac.Fwd(byJVP(num.Sqrt))(x), want, 0)
	agree.Equal(t, "reverse", jac.Rev(byJVP(num.Sqrt))(x), want, 0)
}

// TestCustomRulesKeepApart: what a tangent does not touch contributes nothing, however large the rule's
// coefficient for it, in both modes.
func TestCustomRulesKeepApart(t *testing.T) {
	type two struct{ A, B num.Array }
	plus := func(x two) num.Array { return num.Add(x.A, num.Sqrt(x.B)) } // infinitely steep in B at 0
	slope := func(b num.Array) num.Array { return num.Div(0.5, num.Sqrt(b)) }
	for rule, f := range map[string]func(two) num.Array{
		"jvp": transforms.CustomJVP(plus, func(x, dx two) (num.Array, num.Array) {
			return plus(x), num.Add(dx.A, num.Mul(slope(x.B), dx.B))
		}),
		"vjp": transforms.CustomVJP(plus,
			func(x two) (num.Array, num.Array) { return plus(x), x.B },
			func(b, ct num.Array) two { return two{ct, num.Mul(slope(b), ct)} }),
	} {
		for what, g := range map[string]endomorphism{
			"an element": func(x num.Array) num.Array {
				return f(two{x, num.Where(num.Greater(x, 0), x, 0)})
			},
			"an operand": func(x num.Array) num.Array { return f(two{x, num.ZerosLike(x)}) },
		} {
			x := num.Vector(-1, 0.25)
			want := num.Vector(1, 2)
			if what == "an operand" {
				want = num.Vector(1, 1)
			}
			_, dy := transforms.JVP(g, x, num.OnesLike(x))
			agree.Equal(t, rule+" forward, "+what, dy, want, 0)
			sum := func(x num.Array) num.Array { return num.Sum(g(x)) }
			agree.Equal(t, rule+" reverse, "+what, transforms.Grad(sum)(x), want, 0)
			agree.Equal(t, rule+" both, "+what, transforms.Grad(func(x num.Array) num.Array {
				_, dy := transforms.JVP(sum, x, num.OnesLike(x))
				return dy
			})(x), num.Mul(num.Sub(want, 1), num.Vector(0, -2)), 1e-15)
		}
	}
}

// TestCustomRulesKeepResultsApart: a result that is not used has no cotangent.
func TestCustomRulesKeepResultsApart(t *testing.T) {
	both := func(x num.Array) []num.Array { return []num.Array{num.Mul(x, x), num.Sqrt(x)} }
	f := transforms.CustomVJP(both, func(x num.Array) ([]num.Array, num.Array) { return both(x), x },
		func(x num.Array, ct []num.Array) num.Array {
			return num.Add(num.Mul(2, x, ct[0]), num.Mul(num.Div(0.5, num.Sqrt(x)), ct[1]))
		})
	first := transforms.Grad(func(x num.Array) num.Array { return f(x)[0] })
	if g := first(num.Scalar(0)).Float64(); g != 0 {
		t.Errorf("the derivative of x*x at 0 is %v", g)
	}
}

// TestNothingIsPulledThroughABody: the tape of a branch or a step may hold a rule of several results whose
// cotangents come to nothing.
func TestNothingIsPulledThroughABody(t *testing.T) {
	type two struct{ A, B num.Array }
	both := func(x two) two { return two{num.Sin(x.A), num.Exp(x.B)} }
	f := transforms.CustomVJP(both, func(x two) (two, two) { return both(x), x },
		func(x, ct two) two { return two{num.Mul(num.Cos(x.A), ct.A), num.Mul(num.Exp(x.B), ct.B)} })
	second := func(x num.Array) num.Array { return f(two{x, num.Scalar(1)}).B }
	for name, g := range map[string]endomorphism{
		"branch": func(x num.Array) num.Array { return flow.Cond(num.Less(x, 9), second, second, x) },
		"step": func(x num.Array) num.Array {
			_, ys := flow.Scan(func(c struct{}, r num.Array) (struct{}, num.Array) { return c, second(r) }, struct{}{}, num.BroadcastTo(x, 3))
			return num.Sum(ys)
		},
		"checkpoint": transforms.Checkpoint(second),
	} {
		if dy := transforms.JIT(transforms.Grad(g))(num.Scalar(0.3)).Float64(); dy != 0 {
			t.Errorf("%s: the derivative is %v, want 0", name, dy)
		}
	}
}

// TestCustomJVPOfZeros uses what a rule gives a derivative of zero, in one form or another, in bodies of loops, branches and checkpoints, whose
// tapes have no equation for it.
func TestCustomJVPOfZeros(t *testing.T) {
	rounded := map[string]endomorphism{
		"zeros": transforms.CustomJVP(num.Floor, func(x, dx num.Array) (num.Array, num.Array) { return num.Floor(x), num.Zeros(2) }),
		"linearized": transforms.CustomJVP(num.Floor, func(x, dx num.Array) (num.Array, num.Array) {
			y, l := transforms.Linearize(num.Floor, x)
			return y, l(dx)
		}),
	}
	uses := map[string]func(x, y num.Array) num.Array{
		"branch": func(x, y num.Array) num.Array {
			return flow.Cond(num.Less(num.Sum(x), 9), func(z num.Array) num.Array { return num.Mul(y, z) }, num.Sin, x)
		},
		"loop": func(x, y num.Array) num.Array {
			return flow.For(0, 1, func(_, z num.Array) num.Array { return num.Mul(y, z) }, x)
		},
		"loop of unknown length": func(x, y num.Array) num.Array {
			return flow.While(func(z num.Array) num.Array { return num.Less(num.Sum(z), 2) },
				func(z num.Array) num.Array { return num.Mul(y, z) }, x)
		},
		"checkpoint": func(x, y num.Array) num.Array {
			return transforms.Checkpoint(func(z num.Array) num.Array { return num.Mul(y, z) })(x)
		},
	}
	x := num.Vector(1.5, 0.25) // its loop of unknown length runs once
	for name, floor := range rounded {
		for what, use := range uses {
			f := func(x num.Array) num.Array { return num.Sum(use(x, num.Add(1, floor(x)))) }
			want := num.Vector(2, 1)
			agree.Equal(t, name+" in a "+what, transforms.Grad(f)(x), want, 0)
			agree.Equal(t, name+" in a compiled "+what, transforms.JIT(transforms.Grad(f))(x), want, 0)
			_, forward := transforms.JVP(f, x, num.Vector(1, 0))
			agree.Equal(t, name+" in a "+what+", forward", forward, num.Scalar(2), 0)
		}
	}
}

// TestTransposedMasks transposes pullbacks whose loops and branches carry masks beside cotangents, which are not linear in these and need not be: as forward mode
// of a CustomVJP, and by Transpose.
func TestTransposedMasks(t *testing.T) {
	larger := func(c, x num.Array) num.Array { return num.Maximum(num.Sin(c), x) }
	x := num.Vector(0.5, 0.7, 0.3)
	for name, f := range map[string]endomorphism{
		"scan": func(x num.Array) num.Array {
			c, ys := flow.Scan(func(c, x num.Array) (num.Array, num.Array) {
				c = larger(c, x)
				return c, num.Where(num.Less(c, 0.6), num.Mul(c, x), x)
			}, num.Scalar(0.1), x)
			return num.Mul(c, ys)
		},
		"scan of scans": func(x num.Array) num.Array {
			_, ys := flow.Scan(func(c, y num.Array) (num.Array, num.Array) {
				c, _ = flow.Scan(func(c, x num.Array) (num.Array, num.Array) { return larger(num.Mul(c, y), x), x }, c, x)
				return c, num.Mul(c, y)
			}, num.Scalar(0.1), x)
			return ys
		},
		"scan with checkpoints": func(x num.Array) num.Array {
			c, _ := flow.Scan(func(c, x num.Array) (num.Array, num.Array) { return larger(c, x), x }, num.Scalar(0.1), x, flow.CheckpointEvery(2))
			return num.Mul(c, x)
		},
		"while": func(x num.Array) num.Array {
			return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(c), 9) },
				func(c num.Array) num.Array { return num.Add(c, larger(c, x)) }, x)
		},
		"branch": func(x num.Array) num.Array {
			return flow.Cond(num.Less(num.Sum(x), 1), num.Sin, func(x num.Array) num.Array { return larger(x, num.Flip(x, 0)) }, x)
		},
		"branches of lanes": func(x num.Array) num.Array {
			return flow.Map(func(x num.Array) num.Array {
				return flow.Cond(num.Less(x, 0.6), num.Sin, func(x num.Array) num.Array { return larger(x, num.Scalar(0.65)) }, x)
			}, x)
		},
	} {
		_, want := transforms.JVP(f, x, num.Cos(x))
		ruled := byVJP(f)
		_, forward := transforms.JVP(ruled, x, num.Cos(x))
		agree.Equal(t, name+", forward by a rule", forward, want, 1e-14)
		compiled := transforms.JIT(func(x num.Array) num.Array { _, dy := transforms.JVP(ruled, x, num.Cos(x)); return dy })
		agree.Equal(t, name+", forward by a rule, compiled", compiled(x), want, 1e-14)
		y, pull := transforms.VJP(f, x)
		agree.Equal(t, name+", transposed", transforms.Transpose(pull, y)(num.Cos(x)), want, 1e-14)
	}
}
