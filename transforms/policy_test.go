package transforms_test

import (
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/internal/blame"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// layers is a network whose products, and two of whose values, a checkpoint may keep.
func layers(x num.Array) num.Array {
	w := num.Reshape(num.Linspace(-1, 1, 9), 3, 3)
	h := trace.Name(num.Tanh(num.MatMul(w, x)), "hidden")
	return num.Exp(num.Mul(0.3, num.Sin(trace.Name(num.MatMul(w, num.Cos(h)), "out"))))
}

// recurrent is the same in every step of a loop.
func recurrent(x num.Array) num.Array {
	return flow.For(0, 4, func(i, c num.Array) num.Array { return num.Add(layers(c), x) }, x)
}

var keeping = []struct {
	name string
	keep []transforms.Policy
	// how often what is behind the name runs in a value with its gradient, and the bytes that reverse mode
	// keeps beside the argument
	tanhs, cosines, dots int
	bytes                int
}{
	// 2 products and their 2 transposes; the cosine runs as such and as the derivative of the sine
	{"nothing", nil, 2, 2 + 1, 2 + 2 + 2, 0},
	{"everything", []transforms.Policy{transforms.KeepEverything()}, 1, 1 + 1, 2 + 2, 4 * 24},
	{"products", []transforms.Policy{transforms.KeepProducts()}, 2, 1 + 1, 2 + 2, 2 * 24},
	{"hidden", []transforms.Policy{transforms.KeepNamed("hidden")}, 1, 2 + 1, 2 + 1 + 2, 24},
	{"out", []transforms.Policy{transforms.KeepNamed("other", "out")}, 2, 1 + 1, 2 + 1 + 2, 24},
	{"both", []transforms.Policy{transforms.KeepNamed("hidden"), transforms.KeepNamed("out")}, 1, 1 + 1, 2 + 2, 2 * 24},
	{"unknown", []transforms.Policy{transforms.KeepNamed("nobody")}, 2, 2 + 1, 2 + 2 + 2, 0},
}

// TestPolicies counts what runs and what is kept.
func TestPolicies(t *testing.T) {
	x := num.Vector(0.3, -0.2, 0.5)
	for _, c := range keeping {
		f := func(x num.Array) num.Array { return num.Sum(checkpoint(c.keep...)(layers)(x)) }
		g := trace.MustOf(func(x num.Array) []num.Array {
			y, dx := transforms.ValueAndGrad(f)(x)
			return []num.Array{y, dx}
		}, x)
		for _, k := range []struct {
			primitive string
			want      int
		}{{"tanh", c.tanhs}, {"cos", c.cosines}, {"dot", c.dots}} {
			if n := count(g, k.primitive); n != k.want {
				t.Errorf("%s: the gradient has %d of %s, want %d:\n%v", c.name, n, k.primitive, k.want, g)
			}
		}
		kept := 0
		for _, r := range transforms.Residuals(f, x) {
			if r.Primitive != "" {
				kept += r.Bytes
			}
		}
		if kept != c.bytes {
			t.Errorf("%s: reverse mode keeps %d bytes, want %d: %v", c.name, kept, c.bytes, transforms.Residuals(f, x))
		}
		want := transforms.Grad(func(x num.Array) num.Array { return num.Sum(layers(x)) })(x)
		if got := transforms.Grad(f)(x); !slices.Equal(got.Float64s(), want.Float64s()) {
			t.Errorf("%s: the gradient is %v, want %v", c.name, got, want)
		}
	}
}

// untilLarge is a loop of unknown length.
func untilLarge(x num.Array) num.Array {
	return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(num.Square(c)), 40) },
		func(c num.Array) num.Array { return num.Add(layers(c), num.Square(x), c) }, x)
}

// TestPoliciesInLoops counts what is kept of the steps of a loop.
func TestPoliciesInLoops(t *testing.T) {
	x := num.Vector(0.3, -0.2, 0.5)
	for name, c := range map[string]struct {
		keep []transforms.Policy
		want []trace.Type
	}{
		"nothing":  {nil, nil},
		"products": {[]transforms.Policy{transforms.KeepProducts()}, []trace.Type{trace.TypeOf(trace.F64, 4, 3), trace.TypeOf(trace.F64, 4, 3)}},
		"hidden":   {[]transforms.Policy{transforms.KeepNamed("hidden")}, []trace.Type{trace.TypeOf(trace.F64, 4, 3)}},
	} {
		var kept []trace.Type
		for _, r := range transforms.Residuals(checkpoint(c.keep...)(recurrent), x) {
			if r.Primitive != "" {
				kept = append(kept, r.Type)
			}
		}
		if !slices.EqualFunc(kept, c.want, trace.Type.Equal) {
			t.Errorf("%s: reverse mode keeps %v, want %v", name, kept, c.want)
		}
	}
}

// TestPoliciesAgree compares functions with and without checkpoints, in all mixtures of modes.
func TestPoliciesAgree(t *testing.T) {
	for _, c := range keeping {
		t.Run(c.name, func(t *testing.T) {
			wrap := checkpoint(c.keep...)
			agree.Modes(t, wrap(layers), layers, num.Vector(0.3, -0.2, 0.5), 1e-13)
			if !testing.Short() && slices.Contains([]string{"nothing", "products", "hidden"}, c.name) {
				agree.Modes(t, wrap(recurrent), recurrent, num.Vector(0.3, -0.2, 0.5), 1e-12)
				agree.Modes(t, wrap(untilLarge), untilLarge, num.Vector(0.3, -0.2, 0.5), 1e-12)
				agree.Modes(t, wrap(func(x num.Array) num.Array { return num.Mul(x, wrap(layers)(num.Sin(x))) }),
					func(x num.Array) num.Array { return num.Mul(x, layers(num.Sin(x))) }, num.Vector(0.3, -0.2, 0.5), 1e-12)
			}
		})
	}
}

// A loop may have kept steps and a kept result.
func TestPolicyOfALoopAndItsResult(t *testing.T) {
	f := func(x num.Array) num.Array { return num.Sum(num.Sin(trace.Name(recurrent(x), "end"))) }
	x := num.Vector(0.3, -0.2, 0.5)
	kept := checkpoint(transforms.KeepProducts(), transforms.KeepNamed("end"))(f)
	bytes := 0
	for _, r := range transforms.Residuals(kept, x) {
		if r.Primitive != "" {
			bytes += r.Bytes
		}
	}
	if want := 2*4*24 + 24; bytes != want { // two products in four steps, and the end
		t.Errorf("reverse mode keeps %d bytes, want %d: %v", bytes, want, transforms.Residuals(kept, x))
	}
	if got, want := transforms.Grad(kept)(x), transforms.Grad(f)(x); !slices.Equal(got.Float64s(), want.Float64s()) {
		t.Errorf("the gradient is %v, want %v", got, want)
	}
}

func TestPolicyMistakes(t *testing.T) {
	blame.Check(t, "policy_test.go", trace.Try(func() {
		transforms.KeepNamed("a", "b,c") // want `checkpoint: cannot keep what is named "b,c"$`
	}))
}
