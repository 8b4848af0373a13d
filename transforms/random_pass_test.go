package transforms_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
	"pgregory.net/rapid"
)

// Each pass by itself, on random funcs and their gradients, leaves what they do as it is: to the bit, or but
// for rounding. The whole pipeline leaves no more equations where it has run before.
func TestRandomPasses(t *testing.T) {
	changed := map[string]int{}
	check(t, 60, func(t *rapid.T) {
		p, _, _ := drawTame(t)
		shared := func(in []num.Array) num.Array { // a divisor of many elements
			return num.Div(num.Linspace(-1, 1, 9), num.Add(2, num.Square(num.Sin(p.scalar(in)))))
		}
		for _, f := range []*trace.Func{
			trace.MustOf(p.apply, p.in), trace.MustOf(transforms.Grad(p.scalar), p.in), trace.MustOf(shared, p.in),
		} {
			f = pass.Simplify(f)
			want := f.Eval(p.in...)
			for _, q := range pass.Pipeline {
				g := q.Run(f)
				if err := g.Check(); err != nil {
					exhibit(t, p, "%s: %v", q.Name, err)
				}
				if g.String() != f.String() {
					changed[q.Name]++
				}
				tol := 0.0
				if !q.Exact {
					tol = 1e-12
				}
				same(t, p, q.Name, g.Eval(p.in...), want, tol)
			}
			once := pass.Compile(f)
			if a, b := primitivesOf(pass.Compile(once)), primitivesOf(once); len(a) > len(b) {
				exhibit(t, p, "passes run twice leave %v, once %v", a, b)
			}
			same(t, p, "all", once.Eval(p.in...), want, 1e-12)
		}
	})
	// Which passes find something depends on the draw; package pass has an example of each.
	exact, others := 0, 0
	for _, q := range pass.Pipeline {
		if q.Exact {
			exact += changed[q.Name]
		} else {
			others += changed[q.Name]
		}
	}
	if !testing.Short() && (exact == 0 || others == 0) {
		t.Errorf("passes changed no funcs: %v", changed)
	}
}

// primitivesOf lists the primitives of a func and of those that it owns, in any order, without constants.
func primitivesOf(f *trace.Func) []string {
	var all []string
	for _, e := range f.Equations() {
		if len(e.Ins) > 0 {
			all = append(all, e.Primitive.Name())
		}
		for _, g := range trace.Funcs(e.Primitive) {
			all = append(all, primitivesOf(g)...)
		}
	}
	slices.Sort(all)
	return all
}

// What runs is what Func says, to the bit where it has no elementary functions.
func TestProgramIsItsFunc(t *testing.T) {
	f := func(x num.Array) num.Array {
		a, b, c := num.Slice(x, 0, 5), num.Slice(x, 5, 10), num.Slice(x, 10, 15)
		y := num.Add(num.Mul(a, b), c)
		z := num.Add(num.Div(y, num.Add(num.Square(c), 1)), num.Div(a, num.Add(num.Square(c), 1)))
		return num.Sub(z, num.Mul(num.Pow(b, 3.0), 0.1))
	}
	x := num.Linspace(-1.3, 2.1, 15)
	for _, g := range []function{f, transforms.Grad(func(x num.Array) num.Array { return num.Sum(f(x)) })} {
		p, err := transforms.Compile(g, x)
		if err != nil {
			t.Fatal(err)
		}
		got, want, eager := p.Call(x).Float64s(), p.Func().Eval(x)[0].Float64s(), g(x).Float64s()
		if !slices.Equal(got, want) {
			t.Errorf("compiled %v, evaluated %v\n%v", got, want, p)
		}
		for i, v := range eager {
			if math.Abs(got[i]-v) > 8*0x1p-52*(1+math.Abs(v)) {
				t.Errorf("compiled %v, eager %v", got[i], v)
			}
		}
	}
}
