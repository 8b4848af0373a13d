// Package agree compares two spellings of a function in all mixtures of modes, for tests.
package agree

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// Function is what is compared.
type Function = func(num.Array) num.Array

// mixtures are the derivatives of a function from vectors to vectors that two spellings of it must
// agree in: as sums over the result, and in a fixed direction.
func mixtures(v num.Array) map[string]func(Function) Function {
	rev := func(f Function) Function {
		return transforms.Grad(func(x num.Array) num.Array {
			y := f(x)
			return num.Sum(num.Mul(y, weights(y)))
		})
	}
	fwd := func(f Function) Function {
		return func(x num.Array) num.Array {
			_, dy := transforms.JVP(f, x, v)
			return dy
		}
	}
	lin := func(f Function) Function {
		return func(x num.Array) num.Array {
			_, push := transforms.Linearize(f, x)
			return push(v)
		}
	}
	after := func(a, b func(Function) Function) func(Function) Function {
		return func(f Function) Function { return a(b(f)) }
	}
	return map[string]func(Function) Function{
		"value": func(f Function) Function { return f },
		"rev":   rev, "fwd": fwd, "lin": lin,
		"rr": after(rev, rev), "rf": after(rev, fwd), "fr": after(fwd, rev), "ff": after(fwd, fwd),
		"ll": after(lin, lin), "lr": after(lin, rev), "rl": after(rev, lin),
		"rrr": after(rev, after(rev, rev)), "frf": after(fwd, after(rev, fwd)),
	}
}

// weights makes a sum over results see each of them.
func weights(y num.Array) num.Array {
	return num.Reshape(num.Linspace(0.5, 1.5, y.Size()), y.Shape()...)
}

// Modes checks that f, written with what is under test, and g, written without, have the same values and
// derivatives at x, to a tolerance relative to the largest element, alone, inside JIT, and in lanes.
func Modes(t *testing.T, f, g Function, x num.Array, tol float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	v := num.Normal(rng, x.Shape()...)
	lanes := num.Add(x, num.Mul(0.1, num.Normal(rng, append([]int{3}, x.Shape()...)...)))
	for name, d := range mixtures(v) {
		t.Run(name, func(t *testing.T) {
			want := d(g)(x)
			Equal(t, "plain", d(f)(x), want, tol)
			Equal(t, "jit", transforms.JIT(d(f))(x), want, tol)
			fn := trace.MustOf(d(f), x)
			if err := fn.Check(); err != nil {
				t.Error(err)
			}
			Equal(t, "traced", fn.Eval(x)[0], want, tol)
			p, err := trace.Parse(marshal(t, fn))
			if err != nil {
				t.Fatalf("%v\n%v", err, fn)
			}
			if marshal(t, p) != marshal(t, fn) {
				t.Errorf("parsed and printed differ:\n%v\n%v", fn, p)
			}
			Equal(t, "vmap", transforms.Vmap(d(f))(lanes), Loop(d(g), lanes), tol)
		})
	}
}

// Loop applies f lane by lane.
func Loop(f Function, lanes num.Array) num.Array {
	var ys []num.Array
	for i := range lanes.Shape()[0] {
		ys = append(ys, f(lanes.At(i)))
	}
	return num.Stack(0, ys...)
}

func marshal(t *testing.T, f *trace.Func) string {
	t.Helper()
	text, err := f.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Equal compares two arrays, to a tolerance relative to the largest element. NaN equals NaN.
func Equal(t *testing.T, what string, got, want num.Array, tol float64) {
	t.Helper()
	if !got.Type().Equal(want.Type()) {
		t.Fatalf("%s: %v, want %v", what, got.Type(), want.Type())
	}
	w := want.Float64s()
	scale := 1.0
	for _, x := range w {
		if a := math.Abs(x); a > scale && !math.IsInf(x, 0) {
			scale = a
		}
	}
	for i, x := range got.Float64s() {
		if x != w[i] && !(math.Abs(x-w[i]) <= tol*scale) && !(math.IsNaN(x) && math.IsNaN(w[i])) {
			t.Errorf("%s: element %d is %v, want %v", what, i, x, w[i])
		}
	}
}
