package num_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// normal returns a function that draws arrays from one seeded generator.
func normal(seed uint64) func(shape ...int) num.Array {
	rng := rand.New(rand.NewPCG(seed, 1))
	return func(shape ...int) num.Array { return num.Normal(rng, shape...) }
}

// inner is the sum of products of two arrays of one shape.
func inner(a, b num.Array) float64 {
	s := 0.0
	y := b.Float64s()
	for i, v := range a.Float64s() {
		s += v * y[i]
	}
	return s
}

func nearly(a, b, tol float64) bool {
	return a == b || math.Abs(a-b) <= tol*(1+max(math.Abs(a), math.Abs(b)))
}

// wantEqual compares two arrays, type included; f64 elements may differ by tol relatively.
func wantEqual(t *testing.T, what string, got, want num.Array, tol float64) {
	t.Helper()
	if !got.Type().Equal(want.Type()) {
		t.Fatalf("%s has type %v, want %v", what, got.Type(), want.Type())
	}
	switch want.DType() {
	case trace.F64:
		w := want.Float64s()
		for i, g := range got.Float64s() {
			if !nearly(g, w[i], tol) && !(math.IsNaN(g) && math.IsNaN(w[i])) {
				t.Fatalf("%s: element %d is %v, want %v", what, i, g, w[i])
			}
		}
	case trace.I64:
		w := want.Ints()
		for i, g := range got.Ints() {
			if g != w[i] {
				t.Fatalf("%s: element %d is %v, want %v", what, i, g, w[i])
			}
		}
	case trace.Bool:
		w := want.Bools()
		for i, g := range got.Bools() {
			if g != w[i] {
				t.Fatalf("%s: element %d is %v, want %v", what, i, g, w[i])
			}
		}
	}
}

// checkDerivatives compares, at x and in a random direction, forward mode with a central
// difference, reverse mode with forward mode, and each second derivative with the other three.
func checkDerivatives(t *testing.T, f func(num.Array) num.Array, x num.Array) {
	t.Helper()
	draw := normal(7)
	v := draw(x.Shape()...)
	y, dy := transforms.JVP(f, x, v)
	ct := draw(y.Shape()...)
	h := 1e-5
	ahead, behind := f(num.Add(x, num.Mul(h, v))), f(num.Sub(x, num.Mul(h, v)))
	wantEqual(t, "jvp (against a difference)", dy, num.Div(num.Sub(ahead, behind), 2*h), 1e-7)
	_, pull := transforms.VJP(f, x)
	if a, b := inner(ct, dy), inner(pull(ct), v); !nearly(a, b, 1e-12) {
		t.Fatalf("<ct, J v> = %v but <J^T ct, v> = %v", a, b)
	}

	// Second order of <ct, f(x) * f(x)>, so that linear functions have one.
	scalar := func(x num.Array) num.Array {
		y := f(x)
		return num.Sum(num.Mul(ct, num.Mul(y, y)))
	}
	forward := func(x num.Array) num.Array {
		_, d := transforms.JVP(scalar, x, v)
		return d
	}
	reverse := func(x num.Array) num.Array { return num.Sum(num.Mul(v, transforms.Grad(scalar)(x))) }
	_, ff := transforms.JVP(forward, x, v)
	_, fr := transforms.JVP(reverse, x, v)
	rf := inner(v, transforms.Grad(forward)(x))
	rr := inner(v, transforms.Grad(reverse)(x))
	second := (reverse(num.Add(x, num.Mul(h, v))).Float64() - reverse(num.Sub(x, num.Mul(h, v))).Float64()) / (2 * h)
	for what, d := range map[string]float64{"ff": ff.Float64(), "fr": fr.Float64(), "rf": rf, "rr": rr} {
		if !nearly(d, second, 1e-6) || !nearly(d, rr, 1e-12) {
			t.Fatalf("second derivative %s = %v, difference %v, rr %v", what, d, second, rr)
		}
	}
}

// checkLanes compares Vmap of f, and of its gradient, with a loop over the leading axis of xs.
func checkLanes(t *testing.T, f func([]num.Array) num.Array, xs ...num.Array) {
	t.Helper()
	got := transforms.Vmap(f)(xs)
	for lane := range xs[0].Shape()[0] {
		one := make([]num.Array, len(xs))
		for i, x := range xs {
			one[i] = x.At(lane)
		}
		wantEqual(t, "lane of vmap", got.At(lane), f(one), 1e-14)
	}
	if xs[0].DType() != trace.F64 {
		return
	}
	grad := transforms.Grad(func(x []num.Array) num.Array { y := f(x); return num.Sum(num.Mul(y, y)) })
	all := transforms.Vmap(grad)(xs)
	for lane := range xs[0].Shape()[0] {
		one := make([]num.Array, len(xs))
		for i, x := range xs {
			one[i] = x.At(lane)
		}
		for i, g := range grad(one) {
			wantEqual(t, "lane of vmap(grad)", all[i].At(lane), g, 1e-13)
		}
	}
}

// wantError checks the text of the *trace.Error that f panics with, without its position.
func wantError(t *testing.T, want string, f func()) {
	t.Helper()
	err, ok := trace.Try(f).(*trace.Error)
	if !ok {
		t.Fatalf("no error, want %q", want)
	}
	if got := err.Primitive + ": " + err.Msg; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if err.Pos.String() == "" {
		t.Errorf("%s: no position", want)
	}
}
