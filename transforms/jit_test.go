package transforms_test

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// counted returns a function that computes x sin x and the number of times that it has run.
func counted() (func(num.Array) num.Array, *atomic.Int64) {
	var n atomic.Int64
	return func(x num.Array) num.Array {
		n.Add(1)
		return num.Mul(x, num.Sin(x))
	}, &n
}

func TestJITTracesOncePerType(t *testing.T) {
	f, n := counted()
	g := transforms.JIT(f)
	for i, x := range []num.Array{num.Scalar(1), num.Scalar(2), num.Vector(1, 2), num.Vector(3, 4), num.Scalar(3)} {
		agree.Equal(t, fmt.Sprint("call ", i), g(x), num.Mul(x, num.Sin(x)), 1e-15)
	}
	if n.Load() != 2 {
		t.Errorf("f ran %d times for two types", n.Load())
	}
}

func TestJITIsKeyedByStaticFields(t *testing.T) {
	type state struct {
		X    num.Array
		Name string
		Pow  int
	}
	var n int
	g := transforms.JIT(func(s state) state {
		n++
		y := num.Scalar(1)
		for range s.Pow {
			y = num.Mul(y, s.X)
		}
		return state{y, s.Name + "!", s.Pow}
	})
	for _, c := range []struct {
		pow   int
		name  string
		want  float64
		calls int
	}{{2, "a", 9, 1}, {3, "a", 27, 2}, {2, "a", 9, 2}, {2, "b", 9, 3}} {
		got := g(state{num.Scalar(3), c.name, c.pow})
		if got.X.Float64() != c.want || got.Name != c.name+"!" || n != c.calls {
			t.Errorf("%d %s: got %v %s after %d traces; want %v after %d", c.pow, c.name, got.X.Float64(), got.Name, n, c.want, c.calls)
		}
	}
}

// A nil slice is not an empty one, nor is a map.
func TestJITTellsNilFromEmpty(t *testing.T) {
	type lists struct {
		S []num.Array
		M map[string]num.Array
		X num.Array
	}
	f := func(l lists) num.Array {
		y := l.X
		if l.S == nil {
			y = num.Mul(2, y)
		}
		if l.M == nil {
			y = num.Mul(3, y)
		}
		return y
	}
	g, x := transforms.JIT(f), num.Scalar(1)
	for range 2 {
		for _, l := range []lists{{nil, nil, x}, {[]num.Array{}, nil, x}, {nil, map[string]num.Array{}, x}, {[]num.Array{}, map[string]num.Array{}, x}} {
			if got, want := g(l).Float64(), f(l).Float64(); got != want {
				t.Errorf("%#v: %v, want %v", l, got, want)
			}
		}
	}
}

func TestJITColdFromManyGoroutines(t *testing.T) {
	f, n := counted()
	g := transforms.JIT(f)
	x := num.Vector(1, 2, 3)
	want := num.Mul(x, num.Sin(x))
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { agree.Equal(t, "cold", g(x), want, 1e-15) })
	}
	wg.Wait()
	if n.Load() != 1 {
		t.Errorf("f ran %d times", n.Load())
	}
}

// A trace that panics leaves nothing behind, and those who waited for it try for themselves.
func TestJITOfAFunctionThatPanics(t *testing.T) {
	var n atomic.Int64
	g := transforms.JIT(func(x num.Array) num.Array {
		if n.Add(1) <= 3 {
			return num.Add(x, num.Vector(1, 2))
		}
		return x
	})
	var failed atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if trace.Try(func() { g(num.Vector(1, 2, 3)) }) != nil {
				failed.Add(1)
			}
		})
	}
	wg.Wait()
	if failed.Load() != 3 || n.Load() != 4 {
		t.Errorf("%d calls failed and f ran %d times; want 3 and 4", failed.Load(), n.Load())
	}
}

func TestJITFreezesCaptures(t *testing.T) {
	w := num.Scalar(2)
	f := func(x num.Array) num.Array { return num.Mul(w, x) }
	g := transforms.JIT(f)
	if got := g(num.Scalar(3)).Float64(); got != 6 {
		t.Fatalf("got %v, want 6", got)
	}
	w = num.Scalar(10)
	if got := g(num.Scalar(3)).Float64(); got != 6 {
		t.Errorf("got %v: the captured 2 is documented to be frozen", got)
	}

	t.Setenv("GRADUS_CHECK", "retrace")
	w = num.Scalar(2)
	g = transforms.JIT(f)
	g(num.Scalar(3))
	g(num.Scalar(4))
	w = num.Scalar(10)
	err := trace.Try(func() { g(num.Scalar(3)) })
	if err == nil || !strings.HasPrefix(err.Error(), "jit_test.go:") || !strings.Contains(err.Error(), "captured variable has changed") {
		t.Errorf("GRADUS_CHECK=retrace: %v", err)
	}
}

func TestRetraceOfConstants(t *testing.T) {
	t.Setenv("GRADUS_CHECK", "retrace")
	w := num.Vector(1, 2)
	g := transforms.JIT(func(x num.Array) num.Array { return num.Mul(num.Sin(num.Mul(w, x)), num.Vector(3, 4)) })
	x := num.Vector(5, 6)
	g(x)
	g(x) // the constant 3, 4 is another array with the same elements
	w = num.Vector(1, 3)
	if err := trace.Try(func() { g(x) }); err == nil {
		t.Error("a changed constant was not noticed")
	}
}

// A function returned by JIT outside of any trace that is called in two of them sees each one's
// captures, and neither the first one's arrays nor its program are kept.
func TestJITWithTracedCaptures(t *testing.T) {
	var w num.Array
	g := transforms.JIT(func(x num.Array) num.Array { return num.Mul(w, num.Mul(x, x)) })
	w = num.Scalar(7)
	if got := g(num.Scalar(2)).Float64(); got != 28 {
		t.Fatalf("got %v, want 28", got)
	}
	for _, at := range []float64{3, 5} {
		d := transforms.Grad(func(v num.Array) num.Array {
			w = v
			return num.Mul(v, g(num.Scalar(2)))
		})(num.Scalar(at))
		if got, want := d.Float64(), 8*at; got != want {
			t.Errorf("d/dv 4 v^2 at %v = %v, want %v", at, got, want)
		}
		_, d = transforms.JVP(func(v num.Array) num.Array {
			w = v
			return g(v)
		}, num.Scalar(at), num.Scalar(1))
		if got, want := d.Float64(), 3*at*at; got != want {
			t.Errorf("d/dv v^3 at %v = %v, want %v", at, got, want)
		}
	}
	if got := g(num.Scalar(2)).Float64(); got != 28 {
		t.Errorf("the program made outside gives %v, want 28", got)
	}
}

func TestJITRefusesStaticExplosion(t *testing.T) {
	type state struct {
		X    num.Array
		Step int
		Mode string
	}
	g := transforms.JIT(func(s state) num.Array { return num.Mul(s.X, s.Step) })
	for i := range 64 {
		g(state{num.Scalar(1), i, "a"})
	}
	err := trace.Try(func() { g(state{num.Scalar(1), 64, "a"}) })
	if err == nil || !strings.Contains(err.Error(), "state.Step had 64 values, and each was compiled for: make it a num.Array") {
		t.Errorf("the 65th value: %v", err)
	}
	if got := g(state{num.Scalar(3), 5, "a"}).Float64(); got != 15 {
		t.Errorf("a value seen before gives %v, want 15", got)
	}
	for i := range 100 { // no field alone causes these
		g(state{num.Zero(trace.TypeOf(trace.F64, i)), i, "b"})
	}
}

func TestJITIsBounded(t *testing.T) {
	var n int
	g := transforms.JIT(func(x num.Array) num.Array { n++; return num.Sum(x) })
	for i := range 1100 {
		g(num.Zero(trace.TypeOf(trace.F64, i)))
	}
	g(num.Zero(trace.TypeOf(trace.F64, 1099)))
	if n != 1100 {
		t.Errorf("%d traces; the newest should be kept", n)
	}
	g(num.Zero(trace.TypeOf(trace.F64, 0)))
	if n != 1101 {
		t.Errorf("%d traces; the oldest should have left", n)
	}
}

func TestJITRefusesToRead(t *testing.T) {
	g := transforms.JIT(func(x num.Array) num.Array {
		if num.Less(x, 0).Bool() {
			return num.Neg(x)
		}
		return x
	})
	err := trace.Try(func() { g(num.Scalar(1)) })
	if err == nil || !strings.Contains(err.Error(), "num.Where") {
		t.Errorf("got %v, want advice", err)
	}
	if err := trace.Try(func() { transforms.Grad(g)(num.Scalar(1)) }); err == nil {
		t.Error("JIT inside Grad let a value be read")
	}
}

func TestCompile(t *testing.T) {
	type in struct{ X, Y num.Array }
	w := num.Vector(1, 2, 3)
	p, err := transforms.Compile(func(a in) []num.Array {
		return []num.Array{num.Mul(a.X, a.Y, w), num.Sum(a.X)}
	}, in{num.Vector(0, 0, 0), num.Scalar(0)})
	if err != nil {
		t.Fatal(err)
	}
	ys := p.Call(in{num.Vector(1, 1, 2), num.Scalar(10)})
	if got := ys[0].Float64s(); got[0] != 10 || got[1] != 20 || got[2] != 60 || ys[1].Float64() != 4 {
		t.Errorf("Call: %v, %v", got, ys[1].Float64())
	}

	x := []float64{1, 1, 2}
	sum := make([]float64, 1)
	p.Run([][]float64{x, sum}, [][]float64{x, {10}})
	if x[0] != 10 || x[1] != 20 || x[2] != 60 || sum[0] != 4 {
		t.Errorf("Run onto its argument: %v %v", x, sum)
	}

	in0, out0 := [][]float64{{1, 1, 2}, {10}}, [][]float64{x, sum}
	bound := p.Bind(out0, in0)
	in0[0][0], in0[1], out0[1] = 2, nil, nil // the elements count, not which slices there are now
	if bound(); x[0] != 20 || x[1] != 20 || x[2] != 60 || sum[0] != 5 {
		t.Errorf("Bind: %v %v", x, sum)
	}

	ins, outs := p.Leaves()
	if len(ins) != 2 || ins[0].Path != "in.X" || ins[1].Type.String() != "f64[]" || len(outs) != 2 || outs[0].Type.String() != "f64[3]" {
		t.Errorf("Leaves: %v %v", ins, outs)
	}
	s := p.Stats()
	if len(s.Constants) != 1 || s.Constants[0].Bytes != 24 || !strings.HasPrefix(s.Constants[0].Pos.String(), "jit_test.go:") {
		t.Errorf("Stats: %+v", s)
	}
	if s.Backend != compile.Default().Name || s.Steps != strings.Count(p.String(), "\n")-strings.Count(p.Func().String(), "\n")-1 {
		t.Errorf("Stats: %+v\n%v", s, p)
	}
	if !strings.HasPrefix(p.String(), "func(a:f64[3], b:f64[])") || !strings.HasPrefix(p.String(), p.Func().String()) {
		t.Errorf("String: %v", p)
	}
	d := transforms.Grad(func(y num.Array) num.Array {
		return num.Sum(p.Call(in{num.Vector(1, 1, 2), y})[0])
	})(num.Scalar(10))
	if d.Float64() != 9 {
		t.Errorf("gradient through Call: %v, want 9", d.Float64())
	}
}

func TestCompileErrors(t *testing.T) {
	_, err := transforms.Compile(func(x num.Array) num.Array { return num.Add(x, num.Vector(1, 2)) }, num.Vector(1, 2, 3))
	if err == nil || !strings.HasPrefix(err.Error(), "jit_test.go:") {
		t.Errorf("shapes that do not fit: %v", err)
	}
	transforms.Grad(func(x num.Array) num.Array {
		_, err := transforms.Compile(func(y num.Array) num.Array { return num.Mul(x, y) }, num.Scalar(1))
		if err == nil || !strings.Contains(err.Error(), "captures") {
			t.Errorf("a traced capture: %v", err)
		}
		return x
	})(num.Scalar(1))

	p, err := transforms.Compile(func(x []num.Array) num.Array { return num.Add(x[0], x[1]) }, []num.Array{num.Vector(1, 2), num.Scalar(3)})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		run  func()
		want string
	}{
		"arguments": {func() { p.Run([][]float64{{0, 0}}, [][]float64{{1, 2}}) }, "the argument has 2 arrays, not 1"},
		"length":    {func() { p.Run([][]float64{{0}}, [][]float64{{1, 2}, {3}}) }, "the result is f64[2], but its slice has 1 elements"},
		"bound":     {func() { p.Bind([][]float64{{0, 0}}, [][]float64{{1, 2}, nil}) }, "bind: the argument [1] is f64[], but its slice has 0 elements"},
		"structure": {func() { p.Call([]num.Array{num.Vector(1, 2)}) }, "differs in structure"},
		"type":      {func() { p.Call([]num.Array{num.Vector(1, 2), num.Vector(3)}) }, "the argument [1] is f64[1], but"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := trace.Try(c.run); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// Compiled quotients by one divisor are products with its reciprocal, which must not overflow nor lose more than two bits: of one vector by a
// number, and of two columns by a column of divisors.
func TestDivisorsOfAllSizes(t *testing.T) {
	type operands [2]num.Array
	vector := transforms.JIT(func(x operands) num.Array { return num.Div(x[0], x[1]) })
	columns := transforms.JIT(func(x operands) num.Array { return num.Div(x[0], num.ExpandDims(x[1], 1)) })
	pair := transforms.JIT(func(x operands) num.Array {
		return num.Concat(0, num.Div(x[0], x[1]), num.Div(num.Flip(x[0]), x[1]))
	})
	numerators := []float64{0, math.Copysign(0, -1), 1, -3, 1e-310, -5e-324, 1e308, -1e-200, 1e200, 3, 7e-308, 1e307, 1e-17, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, d := range []float64{1, -3, 0, math.Copysign(0, -1), 5e-324, -1e-310, 1e-301, 1e301, -1.7e308, math.Inf(1), math.Inf(-1), math.NaN()} {
		x := num.Vector(numerators...)
		many := num.Full(d, len(numerators))
		check := func(way string, n, y float64) {
			t.Helper()
			want := n / d
			if math.Abs(y-want) > 5e-16*math.Abs(want)+5e-324 && y != want || math.IsNaN(y) != math.IsNaN(want) || y == 0 && math.Signbit(y) != math.Signbit(want) {
				t.Errorf("%s: %v / %v = %v, want %v", way, n, d, y, want)
			}
		}
		one := vector(operands{x, num.Scalar(d)}).Float64s()
		two := columns(operands{num.Stack(1, x, num.Flip(x)), many}).Float64s()
		both := pair(operands{x, many}).Float64s()
		for i, n := range numerators {
			check("a vector by a number", n, one[i])
			check("columns", n, two[2*i])
			check("columns", n, two[len(two)-1-2*i])
			check("two vectors", n, both[i])
			check("two vectors", n, both[len(both)-1-i])
		}
	}
}
