package trace_test

import (
	"math"
	"testing"

	"github.com/gradus-ad/gradus/internal/golden"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// body is a tree with arrays of every dtype.
type body struct {
	Mass num.Array
	Path []num.Array
	ID   num.Array
	Free num.Array
}

// printed are funcs whose texts stand in testdata.
func printed() map[string]*trace.Func {
	x, v, m := num.Scalar(2), num.Vector(1, 2, 3), num.Zero(trace.TypeOf(trace.F64, 2, 3))
	return map[string]*trace.Func{
		"identity": trace.MustOf(func(x num.Array) num.Array { return x }, x),
		"nothing":  trace.MustOf(func(x num.Array) []num.Array { return nil }, x),
		"constants only": trace.MustOf(func(x num.Array) []num.Array {
			return []num.Array{num.Vector(1, math.NaN()), num.Scalar(math.Copysign(0, -1)), m}
		}, x),
		"long constant": trace.MustOf(func(x num.Array) num.Array {
			return num.Mul(x, num.Vector(make([]float64, 65)...))
		}, x),
		"dead code": trace.MustOf(func(x num.Array) num.Array { num.Sin(x); num.Mul(x, 3); return num.Cos(x) }, x),
		"example": trace.MustOf(func(in struct{ m, v num.Array }) num.Array {
			return num.Mul(0.5, in.m, num.Sum(num.Square(in.v)))
		}, struct{ m, v num.Array }{x, v}),
		"tree": trace.MustOf(func(b body) body {
			b.Path[1] = num.Where(b.Free, num.Add(b.Path[0], num.Mul(b.ID, b.Mass)), b.Path[1])
			return b
		}, body{x, []num.Array{v, v}, num.Convert(x, trace.I64), num.Less(x, 3)}),
		"more than 26": trace.MustOf(func(x num.Array) num.Array {
			for range 30 {
				x = num.Sin(x)
			}
			return x
		}, x),
		"gradient": trace.MustOf(transforms.Grad(func(x num.Array) num.Array {
			return num.Sum(num.Mul(num.Sin(x), x))
		}), v),
		"second derivative": trace.MustOf(transforms.Grad(transforms.Grad(func(x num.Array) num.Array {
			return num.Mul(x, x, x)
		})), x),
		"batch": trace.MustOf(transforms.Vmap(func(x num.Array) num.Array { return num.Sum(num.Mul(2, x)) }), m),
	}
}

func TestPrint(t *testing.T) {
	archive := golden.Open(t, "testdata/print.txt")
	for _, name := range sortedKeys(printed()) {
		f := printed()[name]
		archive.Check(t, name, f.String())
		text, _ := f.MarshalText()
		g, err := trace.Parse(string(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again, _ := g.MarshalText(); string(again) != string(text) {
			t.Errorf("%s: read and written again it is\n%s", name, again)
		}
		if len(g.Equations()) != len(f.Equations()) || g.NumVars() != f.NumVars() {
			t.Errorf("%s: read again it has %d equations and %d variables, not %d and %d",
				name, len(g.Equations()), g.NumVars(), len(f.Equations()), f.NumVars())
		}
	}
}

func TestDot(t *testing.T) {
	archive := golden.Open(t, "testdata/dot.txt")
	funcs := printed()
	for _, name := range []string{"identity", "example", "tree"} {
		archive.Check(t, name, funcs[name].Dot())
	}
	for name, text := range map[string]string{
		"captures": "func(a:f64[]; b:f64[]) { c:f64[] = sub a b  return c 1.0 c }",
		"escapes": `func() { a:f64[] = everything[array=f64[0]{} i=0 u=0 b=true f=0.0 s="\"\\N\n<b>" ints=() nested=() ` +
			`names=() d=i64 t=f64[] ts=() any=0 kind=0 slope=0.0] return a }`,
	} {
		f, err := trace.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		archive.Check(t, name, f.Dot())
	}
}
