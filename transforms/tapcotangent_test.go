package transforms_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/internal/blame"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

func cut(x num.Array) num.Array {
	return transforms.TapCotangent(x, func(ct num.Array) num.Array { return num.Clip(ct, -1, 1) })
}

// normed makes the cotangent one of norm at most 1.
func normed(x num.Array) num.Array {
	return transforms.TapCotangent(x, func(ct num.Array) num.Array { return num.Div(ct, num.Maximum(1, num.Norm(ct))) })
}

func TestTapCotangent(t *testing.T) {
	x := num.Vector(3, 4)
	through := func(tap endomorphism) endomorphism {
		return transforms.Grad(func(x num.Array) num.Array { return num.Mul(0.5, num.Sum(num.Square(tap(x)))) })
	}
	scaled := func(x num.Array) num.Array {
		return transforms.TapCotangent(x, func(ct num.Array) num.Array { return num.Mul(2, ct) })
	}
	for name, c := range map[string]struct {
		got  num.Array
		want num.Array
	}{
		"value":       {cut(x), x},
		"clip":        {through(cut)(x), num.Vector(1, 1)},
		"norm":        {through(normed)(x), num.Vector(0.6, 0.8)},
		"jit":         {transforms.JIT(through(normed))(x), num.Vector(0.6, 0.8)},
		"lanes":       {transforms.Vmap(through(normed))(num.Stack(0, x, num.Mul(0.01, x))), num.New([]float64{0.6, 0.8, 0.03, 0.04}, 2, 2)},
		"checkpoint":  {through(transforms.Checkpoint(normed))(x), num.Vector(0.6, 0.8)},
		"sum of uses": {transforms.Grad(func(x num.Array) num.Array { x = cut(x); return num.Sum(num.Add(x, x, x)) })(x), num.Vector(1, 1)},
		"order 2": {transforms.Grad(func(x num.Array) num.Array { // each order passes through the hook
			return num.Sum(through(scaled)(x))
		})(x), num.Vector(4, 4)},
		"forward, linear": {jac.Fwd(scaled)(x), num.Mul(2, num.Eye(2))},
		"unused":          {transforms.Grad(func(x num.Array) num.Array { cut(x); return num.Sum(x) })(x), num.Vector(1, 1)},
	} {
		agree.Equal(t, name, c.got, c.want, 1e-15)
	}
}

func TestTapCotangentOfTrees(t *testing.T) {
	type state struct {
		Q, V num.Array
		N    num.Array
		Kind string
	}
	tap := func(s state) state {
		return transforms.TapCotangent(s, func(ct state) state {
			return state{num.Mul(2, ct.Q), num.Neg(ct.V), ct.N, ct.Kind}
		})
	}
	s := state{num.Scalar(3), num.Scalar(5), num.ScalarInt(7), "kind"}
	d := transforms.Grad(func(s state) num.Array {
		s = tap(s)
		return num.Mul(s.Q, s.V, s.N)
	})(s)
	if d.Q.Float64() != 70 || d.V.Float64() != -21 || d.N.Int() != 0 || d.Kind != "kind" {
		t.Errorf("got %v", d)
	}
}

// A tap inside shows cotangents each time that they come back, and no tangents.
func TestCotangentsAreSeen(t *testing.T) {
	x := num.Vector(1, 2)
	ct := num.Vector(10, 20)
	var d diary
	f := func(x num.Array) num.Array {
		return num.Square(transforms.TapCotangent(x, func(ct num.Array) num.Array { return num.Tap(ct, d.see("ct")) }))
	}
	sum := func(x num.Array) num.Array { return num.Sum(f(x)) }
	for name, c := range map[string]struct {
		run  func()
		want diary
	}{
		"value": {func() { f(x) }, nil},
		"grad":  {func() { transforms.Grad(sum)(x) }, diary{"ct=[2. 4.]"}},
		"vjp": {func() {
			_, pull := transforms.VJP(f, x)
			pull(ct)
			pull(num.Neg(ct))
		}, diary{"ct=[20. 80.]", "ct=[-20. -80.]"}},
		"jit": {func() {
			g := transforms.JIT(transforms.Grad(sum))
			g(x)
			g(ct)
		}, diary{"ct=[2. 4.]", "ct=[20. 40.]"}},
		"lanes": {func() { transforms.Vmap(transforms.Grad(f))(x) }, diary{"ct=2.0", "ct=4.0"}},
		"rows":  {func() { jac.Rev(f)(x) }, diary{"ct=[2. 0.]", "ct=[0. 4.]"}},
		"jvp":   {func() { transforms.JVP(f, x, ct) }, nil},
		"masked": {func() {
			transforms.Grad(func(x num.Array) num.Array { return num.Sum(num.Where(num.Greater(x, 1), f(x), 0)) })(x)
		}, diary{"ct=[0. 4.]"}},
	} {
		d = nil
		if c.run(); !slices.Equal(d, c.want) {
			t.Errorf("%s: saw  %v\nwant %v", name, d, c.want)
		}
	}
}

// Looking at a cotangent changes no derivative, and what is not touched stays so.
func TestLookingAtCotangents(t *testing.T) {
	look := func(x num.Array) num.Array {
		return transforms.TapCotangent(x, func(ct num.Array) num.Array { return num.Tap(ct, func(num.Array) {}) })
	}
	f := func(look endomorphism) endomorphism {
		return func(x num.Array) num.Array { return num.Where(num.Greater(x, 0), num.Sqrt(look(x)), num.Sin(look(x))) }
	}
	agree.Modes(t, f(look), f(func(x num.Array) num.Array { return x }), num.Vector(0, 1.5, -0.3), 1e-14)
}

func TestTapCotangentMistakes(t *testing.T) {
	x := num.Vector(1, 2)
	for _, f := range []func(){
		func() {
			transforms.JVP(func(x num.Array) num.Array {
				return transforms.TapCotangent(x, func(ct num.Array) num.Array {
					return num.Clip(ct, -1, 1) // want `custom vjp: forward mode needs a bwd that is linear in the cotangent: clip is not linear in what depends on the argument: operand 0: give a CustomJVP$`
				})
			}, x, x)
		},
		func() {
			transforms.Grad(func(x num.Array) num.Array {
				return num.Sum(transforms.TapCotangent(x, func(ct num.Array) num.Array { return num.Sum(ct) })) // want `tap cotangent: the cotangent that bwd gives is f64\[\], but what it belongs to is f64\[2\]$`
			})(x)
		},
		func() {
			transforms.Grad(func(x num.Array) num.Array {
				y := transforms.TapCotangent(x, func(ct num.Array) num.Array {
					if num.Greater(num.Norm(ct), 1).Bool() { // want `Bool: the value of a traced bool\[\] is not known here: `
						return num.Mul(0.5, ct)
					}
					return ct
				})
				return num.Sum(y)
			})(x)
		},
	} {
		blame.Check(t, "tapcotangent_test.go", trace.Try(f))
	}
}

// Gradients that are cut inside of a function, and shown before.
func ExampleTapCotangent() {
	hook := func(ct num.Array) num.Array {
		num.Tap(ct, func(ct num.Array) { fmt.Println("cotangent", ct) })
		return num.Clip(ct, -1, 1)
	}
	f := func(x num.Array) num.Array { return num.Sum(num.Exp(transforms.TapCotangent(x, hook))) }
	fmt.Println(transforms.Grad(f)(num.Vector(-2, 3)))
	// Output:
	// cotangent [ 0.13533528 20.08553692]
	// [0.13533528 1.        ]
}
