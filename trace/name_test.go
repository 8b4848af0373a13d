package trace_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/internal/blame"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

func namedLayers(x num.Array) num.Array {
	hidden := trace.Name(num.Tanh(num.Mul(2, x)), "hidden")
	return trace.Name(num.Mul(hidden, num.Sin(hidden)), "out")
}

func plainLayers(x num.Array) num.Array {
	hidden := num.Tanh(num.Mul(2, x))
	return num.Mul(hidden, num.Sin(hidden))
}

// Names change no value and no derivative, in any mixture of modes.
func TestNameIsTheIdentity(t *testing.T) {
	agree.Modes(t, namedLayers, plainLayers, num.Vector(-0.7, 0, 1.2), 1e-14)
}

// names lists the names in a func and in the funcs that it owns.
func names(f *trace.Func) (all []string) {
	for _, e := range f.Equations() {
		if name, ok := trace.NameOf(e.Primitive); ok {
			all = append(all, name)
		}
		for _, g := range trace.Funcs(e.Primitive) {
			all = append(all, names(g)...)
		}
	}
	return all
}

func TestNames(t *testing.T) {
	x, both := num.Vector(1, 2), []string{"hidden", "out"}
	sum := func(x num.Array) num.Array { return num.Sum(namedLayers(x)) }
	push := func(x num.Array) num.Array {
		_, dy := transforms.JVP(namedLayers, x, num.OnesLike(x))
		return dy
	}
	for what, c := range map[string]struct {
		f    func(num.Array) num.Array
		want []string
	}{
		"value":      {namedLayers, both},
		"jit":        {transforms.JIT(namedLayers), both},
		"vmap":       {transforms.Vmap(namedLayers), both},
		"grad":       {transforms.Grad(sum), both[:1]}, // nothing needs the value of out
		"jvp":        {push, both[:1]},
		"hessian":    {transforms.Grad(func(x num.Array) num.Array { return num.Sum(transforms.Grad(sum)(x)) }), both[:1]},
		"checkpoint": {transforms.Checkpoint(namedLayers), both},
		"unused":     {func(x num.Array) num.Array { trace.Name(num.Sin(x), "lost"); return x }, nil},
		"twice":      {func(x num.Array) num.Array { return num.Add(trace.Name(x, "a"), trace.Name(x, "a")) }, []string{"a"}},
		"two names":  {func(x num.Array) num.Array { return num.Add(trace.Name(x, "a"), trace.Name(x, "b")) }, []string{"a", "b"}},
		"integers": {func(x num.Array) num.Array {
			return num.Mul(x, trace.Name(num.Convert(x, trace.I64), "n"))
		}, []string{"n"}},
	} {
		if got := names(trace.MustOf(c.f, x)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
	if y := trace.Name(x, "x"); !trace.Same(x, y) {
		t.Error("a concrete array is not returned as it is")
	}
	if _, ok := trace.NameOf(trace.MustOf(num.Sin, x).Equations()[0].Primitive); ok {
		t.Error("sin has a name")
	}
}

// A named value may be read where it could be read without.
func TestNamedValuesCanBeRead(t *testing.T) {
	f := func(x num.Array) num.Array {
		if num.Greater(trace.Name(num.Square(x), "square"), 1).Bool() {
			return num.Mul(3, x)
		}
		return x
	}
	if d := transforms.Grad(f)(num.Scalar(2)); d.Float64() != 3 {
		t.Errorf("the derivative is %v, want 3", d)
	}
}

func TestNameIsNotEmpty(t *testing.T) {
	blame.Check(t, "name_test.go", trace.Try(func() {
		trace.Name(num.Vector(1, 2), "") // want `name: the name is empty: f64\[2\]$`
	}))
}

func ExampleName() {
	f := trace.MustOf(func(x num.Array) num.Array {
		return num.Sum(num.Square(trace.Name(num.Sin(x), "hidden")))
	}, num.Zeros(3))
	fmt.Println(f)
	for _, e := range f.Equations() {
		if name, ok := trace.NameOf(e.Primitive); ok {
			fmt.Println(name, "is", f.Type(e.Outs[0]))
		}
	}
	// Output:
	// func(a:f64[3]) {
	//   b:f64[3] = sin a
	//   c:f64[3] = name[label="hidden"] b
	//   d:f64[3] = square c
	//   e:f64[] = reduce_sum[axes=(0)] d
	//   return e
	// }
	// hidden is f64[3]
}
