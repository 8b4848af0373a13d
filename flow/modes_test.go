package flow_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

type function = func(num.Array) num.Array

// mixtures are the derivatives of a function from vectors to vectors that two spellings of it must
// agree in: as sums over the result, and in a fixed direction.
func mixtures(v num.Array) map[string]func(function) function {
	rev := func(f function) function {
		return transforms.Grad(func(x num.Array) num.Array {
			y := f(x)
			return num.Sum(num.Mul(y, weights(y)))
		})
	}
	fwd := func(f function) function {
		return func(x num.Array) num.Array {
			_, dy := transforms.JVP(f, x, v)
			return dy
		}
	}
	lin := func(f function) function {
		return func(x num.Array) num.Array {
			_, push := transforms.Linearize(f, x)
			return push(v)
		}
	}
	after := func(a, b func(function) function) func(function) function {
		return func(f function) function { return a(b(f)) }
	}
	return map[string]func(function) function{
		"value": func(f function) function { return f },
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

// agree checks that f, written with flow, and g, written without, have the same values and
// derivatives at x, alone, inside JIT, and in lanes.
func agree(t *testing.T, f, g function, x num.Array, tol float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	v := num.Normal(rng, x.Shape()...)
	lanes := num.Add(x, num.Mul(0.1, num.Normal(rng, append([]int{3}, x.Shape()...)...)))
	for name, d := range mixtures(v) {
		t.Run(name, func(t *testing.T) {
			want := d(g)(x)
			equal(t, "plain", d(f)(x), want, tol)
			equal(t, "jit", transforms.JIT(d(f))(x), want, tol)
			fn := trace.MustOf(d(f), x)
			if err := fn.Check(); err != nil {
				t.Error(err)
			}
			equal(t, "traced", fn.Eval(x)[0], want, tol)
			p, err := trace.Parse(marshal(t, fn))
			if err != nil {
				t.Fatalf("%v\n%v", err, fn)
			}
			if marshal(t, p) != marshal(t, fn) {
				t.Errorf("parsed and printed differ:\n%v\n%v", fn, p)
			}
			equal(t, "vmap", transforms.Vmap(d(f))(lanes), loop(d(g), lanes), tol)
		})
	}
}

// loop applies f lane by lane.
func loop(f function, lanes num.Array) num.Array {
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

func equal(t *testing.T, what string, got, want num.Array, tol float64) {
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
