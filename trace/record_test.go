package trace_test

import (
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// TestHashConsing counts the equations that a function of a scalar leaves.
func TestHashConsing(t *testing.T) {
	w := num.Vector(1, 2)
	for _, c := range []struct {
		name string
		f    func(x num.Array) []num.Array
		want int
	}{
		{"same", func(x num.Array) []num.Array { return []num.Array{num.Sin(x), num.Sin(x)} }, 1},
		{"same of same", func(x num.Array) []num.Array {
			return []num.Array{num.Mul(num.Sin(x), num.Cos(x)), num.Mul(num.Sin(x), num.Cos(x))}
		}, 3},
		{"order of operands", func(x num.Array) []num.Array { return []num.Array{num.Sub(x, 1.0), num.Sub(1.0, x)} }, 3},
		{"literals", func(x num.Array) []num.Array { return []num.Array{num.Add(x, 2.0), num.Mul(x, 2.0)} }, 3},
		{"signed zeros", func(x num.Array) []num.Array {
			return []num.Array{num.Mul(x, 0.0), num.Mul(x, math.Copysign(0, -1))}
		}, 4},
		{"NaNs", func(x num.Array) []num.Array { return []num.Array{num.Mul(x, math.NaN()), num.Mul(x, -math.NaN())} }, 2},
		{"dtypes of literals", func(x num.Array) []num.Array {
			return []num.Array{num.Scalar(1), num.Convert(num.Scalar(1), trace.I64), num.Less(num.Scalar(0), 1)}
		}, 3},
		{"one constant", func(x num.Array) []num.Array { return []num.Array{w, w} }, 1},
		{"parameters", func(x num.Array) []num.Array {
			return []num.Array{num.BroadcastTo(x, 2), num.BroadcastTo(x, 2), num.BroadcastTo(x, 3), num.BroadcastTo(x, 2, 1)}
		}, 3},
		{"parameters of rules", func(x num.Array) []num.Array {
			return []num.Array{num.Pow(x, 5), num.Pow(x, 5), num.Pow(x, 6)}
		}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := trace.MustOf(c.f, num.Scalar(1))
			if n := len(f.Equations()); n != c.want {
				t.Errorf("%d equations, want %d:\n%v", n, c.want, f)
			}
		})
	}
}

// TestInline runs each printed func three ways: by Eval, by Inline on concrete arrays, and by Eval
// of what Inline records.
func TestInline(t *testing.T) {
	for name, f := range printed() {
		t.Run(name, func(t *testing.T) {
			types := f.Types(f.Inputs())
			args := make([]num.Array, len(types))
			for i, typ := range types {
				args[i] = ramp(typ, float64(i))
			}
			want := f.Eval(args...)
			equalArrays(t, "Inline", f.Inline(args...), want)
			again := trace.Build(types, func(in []num.Array) []num.Array { return f.Inline(in...) })
			equalArrays(t, "Eval of Inline", again.Eval(args...), want)
		})
	}
}

// ramp returns an array of a type with different elements.
func ramp(t trace.Type, from float64) num.Array {
	v := make([]float64, t.Size())
	for i := range v {
		v[i] = from + float64(i)/3
	}
	return num.Convert(num.Reshape(num.Vector(v...), t.Shape...), t.DType)
}

func equalArrays(t *testing.T, what string, got, want []num.Array) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s gives %d results, want %d", what, len(got), len(want))
	}
	for i := range got {
		g, w := num.Convert(got[i], trace.F64).Float64s(), num.Convert(want[i], trace.F64).Float64s()
		if !got[i].Type().Equal(want[i].Type()) || len(g) != len(w) {
			t.Errorf("%s: result %d is %v, want %v", what, i, got[i].Type(), want[i].Type())
			continue
		}
		for j := range g {
			if math.Float64bits(g[j]) != math.Float64bits(w[j]) {
				t.Errorf("%s: element %d of result %d is %v, want %v", what, j, i, g[j], w[j])
			}
		}
	}
}

// record is trace.Record of a function of one array, all of whose arguments vary.
func record(x num.Array, byRun bool, f func(num.Array) num.Array) *trace.Traced {
	return trace.Record([]num.Array{x}, []bool{false}, byRun, func(in []num.Array) []num.Array {
		return []num.Array{f(in[0])}
	})
}

// TestCaptures uses the variable of the outermost of three traces in the innermost: it is captured
// by both inner funcs, once, and what the middle one made is captured by the innermost.
func TestCaptures(t *testing.T) {
	one := num.Scalar(1)
	var middle, inner *trace.Traced
	outer := record(one, false, func(x num.Array) num.Array {
		middle = record(one, false, func(y num.Array) num.Array {
			s := num.Sin(y)
			inner = record(one, false, func(z num.Array) num.Array {
				return num.Add(num.Mul(x, z), num.Mul(x, s), num.Cos(x))
			})
			return num.Add(s, inner.Func.Inline(append([]num.Array{y}, inner.Captures...)...)[0])
		})
		return middle.Func.Inline(append([]num.Array{x}, middle.Captures...)...)[0]
	})
	for _, c := range []struct {
		name string
		got  *trace.Traced
		want string
	}{
		{"inner", inner, "func(a:f64[]; b:f64[], c:f64[]) {\n  d:f64[] = mul b a\n  e:f64[] = mul b c\n  f:f64[] = cos b\n" +
			"  g:f64[] = add d e\n  h:f64[] = add g f\n  return h\n}"},
		{"middle", middle, "func(a:f64[]; b:f64[]) {\n  c:f64[] = sin a\n  d:f64[] = mul b a\n  e:f64[] = mul b c\n  f:f64[] = cos b\n" +
			"  g:f64[] = add d e\n  h:f64[] = add g f\n  i:f64[] = add c h\n  return i\n}"},
		{"outer", outer, "func(a:f64[]) {\n  b:f64[] = sin a\n  c:f64[] = mul a a\n  d:f64[] = mul a b\n  e:f64[] = cos a\n" +
			"  f:f64[] = add c d\n  g:f64[] = add f e\n  h:f64[] = add b g\n  return h\n}"},
	} {
		if got := c.got.Func.String(); got != c.want {
			t.Errorf("%s is\n%s\nwant\n%s", c.name, got, c.want)
		}
		if n := len(c.got.Func.Captures()); n != len(c.got.Captures) {
			t.Errorf("%s: %d captures stand for %d arrays", c.name, n, len(c.got.Captures))
		}
	}
	x := num.Scalar(0.7)
	s, c, v := math.Sin(0.7), math.Cos(0.7), 0.7
	if got, want := outer.Func.Eval(x)[0].Float64(), s+(v*v+v*s+c); math.Abs(got-want) > 1e-15 {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestUnusedCapture demands that what is captured and not used leaves no capture.
func TestUnusedCapture(t *testing.T) {
	record(num.Scalar(1), false, func(x num.Array) num.Array {
		inner := record(num.Scalar(1), false, func(y num.Array) num.Array {
			num.Sin(x)
			return num.Cos(y)
		})
		if len(inner.Captures) != 0 {
			t.Errorf("captures are left in\n%v", inner.Func)
		}
		return x
	})
}

// TestCapturedLiteral demands that a constant of the outer func is written into the inner one
// instead of being captured.
func TestCapturedLiteral(t *testing.T) {
	trace.Build([]trace.Type{trace.Scalar}, func(in []num.Array) []num.Array {
		_, operands, _ := trace.Producer(num.Mul(in[0], 2.0))
		f, captures := trace.Capture([]trace.Type{trace.Scalar}, func(inner []num.Array) []num.Array {
			return []num.Array{num.Mul(inner[0], operands[1])}
		})
		if len(captures) != 0 || !strings.Contains(f.String(), "mul a 2.0") {
			t.Errorf("got\n%v", f)
		}
		return in
	})
}

// TestDefineByRun reads values while a func is recorded.
func TestDefineByRun(t *testing.T) {
	steps := 0
	r := record(num.Scalar(10), true, func(x num.Array) num.Array {
		for num.Greater(x, 1).Bool() {
			x = num.Mul(0.5, x)
			steps++
		}
		return x
	})
	if steps != 4 || !r.Specialised {
		t.Errorf("%d steps, specialised is %v", steps, r.Specialised)
	}
	out, ok := r.Known(r.Func.Outputs()[0])
	if !ok || out.Float64() != 0.625 {
		t.Errorf("the result is known: %v, as %v", ok, out)
	}
	r = record(num.Scalar(10), true, func(x num.Array) num.Array { return num.Sin(x) })
	if _, ok := r.Known(r.Func.Outputs()[0]); ok || r.Specialised {
		t.Errorf("a value is known that nothing has read")
	}
}

// TestManyGoroutines differentiates on many goroutines at once, each its own function.
func TestManyGoroutines(t *testing.T) {
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			k := float64(i)
			f := func(x num.Array) num.Array { return num.Sum(num.Mul(k, x, x)) }
			for range 10 {
				got := transforms.Grad(f)(num.Vector(1, 2)).Float64s()
				if want := []float64{2 * k, 4 * k}; !reflect.DeepEqual(got, want) {
					t.Errorf("goroutine %d: got %v, want %v", i, got, want)
				}
			}
		})
	}
	all.Wait()
}

// TestEvalRefuses gives a func what it was not traced for.
func TestEvalRefuses(t *testing.T) {
	f := trace.MustOf(func(x num.Array) num.Array { return num.Sin(x) }, num.Vector(1, 2))
	for _, c := range []struct {
		args []num.Array
		want string
	}{
		{nil, "a func of 1 inputs and 0 captures was given 0 arrays"},
		{[]num.Array{num.Vector(1, 2, 3)}, "argument 0 is f64[3], but the func was traced for f64[2]"},
		{[]num.Array{num.Convert(num.Vector(1, 2), trace.I64)}, "argument 0 is i64[2], but the func was traced for f64[2]"},
	} {
		err := trace.Try(func() { f.Eval(c.args...) })
		if err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestTryPassesOtherPanics(t *testing.T) {
	defer func() {
		if r := recover(); r != "other" {
			t.Errorf("recovered %v", r)
		}
	}()
	_ = trace.Try(func() { panic("other") })
}

// double and triple are two users' primitives that happen to have one name.
type double struct{}

func (double) Name() string                            { return "times" }
func (double) Eval(x float64) float64                  { return 2 * x }
func (double) Derivative(x, _ trace.Array) trace.Array { return num.Full(2, x.Shape()...) }

type triple struct{}

func (triple) Name() string                            { return "times" }
func (triple) Eval(x float64) float64                  { return 3 * x }
func (triple) Derivative(x, _ trace.Array) trace.Array { return num.Full(3, x.Shape()...) }

func TestPrimitivesOfOneName(t *testing.T) {
	f := func(x trace.Array) trace.Array {
		return num.Add(num.Apply1[double](x), num.Apply1[triple](x))
	}
	x := num.Scalar(1)
	if y := trace.MustOf(f, x).Eval(x)[0].Float64(); y != 5 {
		t.Errorf("2x + 3x at 1 is %v", y)
	}
}
