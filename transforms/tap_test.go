package transforms_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// diary is what taps have seen, in order.
type diary []string

func (d *diary) see(what string) func(num.Array) {
	return func(x num.Array) { *d = append(*d, fmt.Sprintf("%s=%v", what, x)) }
}

// tapped returns 3 x² + x, and shows both terms on the way; nothing depends on the first tap.
func (d *diary) tapped(x num.Array) num.Array {
	y := num.Square(x)
	num.Tap(y, d.see("y"))
	return num.Add(num.Tap(num.Mul(3, y), d.see("z")), x)
}

// ways are ways to run a function at 2, and what its taps then see: how often all of them, in order.
var ways = map[string]struct {
	run   func(f endomorphism, x num.Array)
	times int
}{
	"value":    {func(f endomorphism, x num.Array) { f(x) }, 1},
	"trace":    {func(f endomorphism, x num.Array) { trace.MustOf(f, x) }, 0},
	"eval":     {func(f endomorphism, x num.Array) { trace.MustOf(f, x).Eval(x) }, 1},
	"simplify": {func(f endomorphism, x num.Array) { pass.Simplify(trace.MustOf(f, x)).Eval(x) }, 1},
	"grad":     {func(f endomorphism, x num.Array) { transforms.Grad(f)(x) }, 1},
	"value and grad": {func(f endomorphism, x num.Array) {
		transforms.ValueAndGrad(f)(x)
	}, 1},
	"jvp": {func(f endomorphism, x num.Array) { transforms.JVP(f, x, x) }, 1},
	"vjp": {func(f endomorphism, x num.Array) {
		_, pull := transforms.VJP(f, x)
		pull(x)
		pull(x)
	}, 1},
	"linearize": {func(f endomorphism, x num.Array) {
		_, push := transforms.Linearize(f, x)
		push(x)
		push(x)
	}, 1},
	"jit": {func(f endomorphism, x num.Array) {
		g := transforms.JIT(f)
		g(x)
		g(x)
	}, 2},
	"jit of grad": {func(f endomorphism, x num.Array) {
		g := transforms.JIT(transforms.Grad(f))
		g(x)
		g(x)
	}, 2},
	"grad of jit": {func(f endomorphism, x num.Array) { transforms.Grad(transforms.JIT(f))(x) }, 1},
	"compile": {func(f endomorphism, x num.Array) {
		p, err := transforms.Compile(f, x)
		if err != nil {
			panic(err)
		}
		p.Call(x)
		p.Run([][]float64{{0}}, [][]float64{{2}})
	}, 2},
	"grad of grad": {func(f endomorphism, x num.Array) { transforms.Grad(transforms.Grad(f))(x) }, 1},
	"third order": {func(f endomorphism, x num.Array) {
		transforms.Grad(func(x num.Array) num.Array {
			_, dy := transforms.JVP(transforms.Grad(f), x, num.Scalar(1))
			return dy
		})(x)
	}, 1},
	"hvp":       {func(f endomorphism, x num.Array) { hvp.Product(f)(x, x) }, 1},
	"jac fwd":   {func(f endomorphism, x num.Array) { jac.Fwd(f)(x) }, 1},
	"jac rev":   {func(f endomorphism, x num.Array) { jac.Rev(f)(x) }, 1},
	"residuals": {func(f endomorphism, x num.Array) { transforms.Residuals(f, x) }, 0},
	"checkpoint": {func(f endomorphism, x num.Array) {
		transforms.Checkpoint(f)(x)
	}, 1},
	"grad of checkpoint": {func(f endomorphism, x num.Array) {
		transforms.Grad(transforms.Checkpoint(f))(x)
	}, 2},
	"pulls of checkpoint": {func(f endomorphism, x num.Array) {
		_, pull := transforms.VJP(transforms.Checkpoint(f), x)
		pull(x)
		pull(x)
	}, 3},
	"jvp of checkpoint": {func(f endomorphism, x num.Array) {
		transforms.JVP(transforms.Checkpoint(f), x, x)
	}, 1},
	"captured": {func(f endomorphism, x num.Array) {
		transforms.Grad(func(a num.Array) num.Array {
			return transforms.Grad(func(b num.Array) num.Array { return num.Mul(a, f(b)) })(x)
		})(x)
	}, 1},
	"custom jvp": {func(f endomorphism, x num.Array) {
		transforms.Grad(transforms.CustomJVP(f, func(x, dx num.Array) (num.Array, num.Array) {
			return f(x), num.Mul(dx, x)
		}))(x)
	}, 1},
	"custom vjp": {func(f endomorphism, x num.Array) {
		transforms.Grad(transforms.CustomVJP(f,
			func(x num.Array) (num.Array, num.Array) { return f(x), x },
			func(x, ct num.Array) num.Array { return num.Mul(ct, x) }))(x)
	}, 1},
	"scan": {func(f endomorphism, x num.Array) {
		flow.For(0, 3, func(_ num.Array, c num.Array) num.Array { f(c); return c }, x)
	}, 3},
	"grad of scan": {func(f endomorphism, x num.Array) {
		transforms.Grad(func(x num.Array) num.Array {
			c, _ := flow.Iterate(3, func(c num.Array) num.Array { return num.Mul(c, f(x)) }, x)
			return c
		})(x)
	}, 3},
	"hessian of scan": {func(f endomorphism, x num.Array) {
		transforms.Grad(transforms.Grad(func(x num.Array) num.Array {
			c, _ := flow.Iterate(3, func(c num.Array) num.Array { return num.Mul(c, f(x)) }, x)
			return c
		}))(x)
	}, 3},
	"checkpoints in scan": {func(f endomorphism, x num.Array) {
		transforms.Grad(func(x num.Array) num.Array {
			return flow.For(0, 4, func(_ num.Array, c num.Array) num.Array { return num.Mul(c, f(x)) }, x, flow.CheckpointEvery(2))
		})(x)
	}, 8},
	"while": {func(f endomorphism, x num.Array) {
		transforms.Grad(func(x num.Array) num.Array {
			type state struct{ I, X num.Array }
			return flow.While(func(s state) num.Array { return num.Less(s.I, 3) },
				func(s state) state { return state{num.Add(s.I, 1), num.Mul(s.X, f(x))} }, state{num.ScalarInt(0), x}).X
		})(x)
	}, 3},
	"condition of a while": {func(f endomorphism, x num.Array) {
		transforms.Grad(func(x num.Array) num.Array {
			return flow.While(func(s num.Array) num.Array { return num.Less(s, num.Sub(f(x), 4)) }, // 14 - 4
				func(s num.Array) num.Array { return num.Mul(2, s) }, x)
		})(x)
	}, 4}, // at 2, 4, 8 and 16
	"branch": {func(f endomorphism, x num.Array) {
		transforms.Grad(func(x num.Array) num.Array {
			return flow.Cond(num.Greater(x, 1), f, func(x num.Array) num.Array { return f(f(x)) }, x)
		})(x)
	}, 1},
	"unused scan": {func(f endomorphism, x num.Array) {
		transforms.JIT(func(x num.Array) num.Array {
			flow.Iterate(3, func(c num.Array) num.Array { f(x); return c }, x)
			return x
		})(x)
	}, 3},
	"branch without results": {func(f endomorphism, x num.Array) {
		transforms.JIT(func(x num.Array) num.Array {
			report := func(x num.Array) struct{} { f(x); return struct{}{} }
			flow.Cond(num.Greater(x, 1), report, func(num.Array) struct{} { return struct{}{} }, x)
			flow.Cond(num.Less(x, 1), report, func(num.Array) struct{} { return struct{}{} }, x)
			return x
		})(x)
	}, 1},
	"scan without results": {func(f endomorphism, x num.Array) {
		transforms.JIT(func(x num.Array) num.Array {
			flow.Scan(func(_ struct{}, i num.Array) (struct{}, struct{}) { f(x); return struct{}{}, struct{}{} }, struct{}{}, num.Arange(3))
			return x
		})(x)
	}, 3},
	"checkpoint without results": {func(f endomorphism, x num.Array) {
		transforms.Grad(func(x num.Array) num.Array {
			transforms.Checkpoint(func(x num.Array) struct{} { f(x); return struct{}{} })(x)
			return x
		})(x)
	}, 1},
	"map": {func(f endomorphism, x num.Array) {
		flow.Map(f, num.Reshape(x, 1))
	}, 1},
	"map without results": {func(f endomorphism, x num.Array) {
		flow.Map(func(x num.Array) struct{} { f(x); return struct{}{} }, num.Vector(2, 2), flow.BatchSize(1))
	}, 2},
	"constant": {func(f endomorphism, x num.Array) {
		transforms.JIT(func(y num.Array) num.Array { f(x); return y })(x) // at once, while tracing
	}, 1},
	"made constant": {func(f endomorphism, x num.Array) { // and not when the program is simplified
		p, err := transforms.Compile(func(y num.Array) num.Array {
			f(num.Where(num.Equal(num.Scalar(1), 1), x, y))
			return y
		}, x)
		if err != nil {
			panic(err)
		}
		p.Call(x)
		p.Call(x)
	}, 2},
	"constant in lanes": {func(f endomorphism, x num.Array) {
		transforms.Vmap(func(y num.Array) num.Array { f(x); return y })(num.Vector(1, 2, 3))
	}, 1},
	"read": {func(f endomorphism, x num.Array) {
		transforms.Grad(func(x num.Array) num.Array {
			for range 3 {
				if num.Greater(f(x), 100).Bool() {
					return x
				}
			}
			return num.Square(x)
		})(x)
	}, 3},
	"read in a checkpoint": {func(f endomorphism, x num.Array) {
		transforms.Grad(transforms.Checkpoint(func(x num.Array) num.Array {
			if num.Greater(f(x), 1).Bool() {
				return num.Square(x)
			}
			return x
		}))(x)
	}, 2},
	"read in an inner gradient": {func(f endomorphism, x num.Array) {
		transforms.Grad(transforms.Grad(func(x num.Array) num.Array {
			if num.Greater(f(x), 1).Bool() {
				return num.Pow(x, 3)
			}
			return x
		}))(x)
	}, 1},
	"printed": {func(f endomorphism, x num.Array) {
		transforms.Grad(func(x num.Array) num.Array {
			y := f(x)
			_ = y.String()
			return y
		})(x)
	}, 1},
}

// A tap sees each value once whenever it is computed, and what is computed once is seen once.
func TestTapsAreCalledOnce(t *testing.T) {
	for name, w := range ways {
		t.Run(name, func(t *testing.T) {
			var d diary
			w.run(d.tapped, num.Scalar(2))
			if want := slices.Repeat([]string{"y=4.0", "z=12.0"}, w.times); !slices.Equal(d, want) {
				t.Errorf("saw  %v\nwant %v", d, want)
			}
		})
	}
}

func TestTapsSeeLanes(t *testing.T) {
	xs := num.Vector(1, 2)
	sum := func(f endomorphism) endomorphism {
		return func(x num.Array) num.Array { return num.Sum(f(x)) }
	}
	for name, c := range map[string]struct {
		run  func(f endomorphism)
		want diary
	}{
		"vmap":         {func(f endomorphism) { transforms.Vmap(f)(xs) }, diary{"y=1.0", "y=4.0", "z=3.0", "z=12.0"}},
		"vmap of grad": {func(f endomorphism) { transforms.Vmap(transforms.Grad(f))(xs) }, diary{"y=1.0", "y=4.0", "z=3.0", "z=12.0"}},
		"grad of vmap": {func(f endomorphism) { transforms.Grad(sum(transforms.Vmap(f)))(xs) }, diary{"y=1.0", "y=4.0", "z=3.0", "z=12.0"}},
		"jit of vmap":  {func(f endomorphism) { transforms.JIT(transforms.Vmap(f))(xs) }, diary{"y=1.0", "y=4.0", "z=3.0", "z=12.0"}},
		"whole":        {func(f endomorphism) { f(xs) }, diary{"y=[1. 4.]", "z=[ 3. 12.]"}},
		"lanes of lanes": {func(f endomorphism) { transforms.Vmap(transforms.Vmap(f))(num.Reshape(num.Arange(3), 1, 3)) },
			diary{"y=0", "y=1", "y=4", "z=0", "z=3", "z=12"}},
		"lanes of rows": {func(f endomorphism) { transforms.Vmap(f)(num.New([]float64{0, 1, 2, 3}, 2, 2)) },
			diary{"y=[0. 1.]", "y=[4. 9.]", "z=[0. 3.]", "z=[12. 27.]"}},
		"no lanes": {func(f endomorphism) { transforms.Vmap(f)(num.Zeros(0)) }, nil},
		"scan in lanes": {func(f endomorphism) {
			transforms.Vmap(func(x num.Array) num.Array {
				return flow.For(0, 2, func(i, c num.Array) num.Array { f(num.Add(i, x)); return c }, x)
			})(num.Vector(0, 1))
		}, diary{"y=0.0", "y=1.0", "z=0.0", "z=3.0", "y=1.0", "y=4.0", "z=3.0", "z=12.0"}},
		"lanes in a checkpoint": {func(f endomorphism) {
			transforms.Grad(sum(transforms.Checkpoint(transforms.Vmap(f))))(num.Vector(1))
		}, diary{"y=1.0", "z=3.0", "y=1.0", "z=3.0"}},
		// as it says in the documentation, lanes that differ in their branch take both
		"branches": {func(f endomorphism) {
			transforms.Vmap(func(x num.Array) num.Array {
				return flow.Cond(num.Greater(x, 1), f, num.Sin, x)
			})(xs)
		}, diary{"y=1.0", "y=4.0", "z=3.0", "z=12.0"}},
	} {
		var d diary
		if c.run(d.tapped); !slices.Equal(d, c.want) {
			t.Errorf("%s: saw  %v\nwant %v", name, d, c.want)
		}
	}
}

// Taps change no value and no derivative, in any mixture of modes.
func TestTapIsTheIdentity(t *testing.T) {
	see := func(num.Array) {}
	agree.Modes(t, func(x num.Array) num.Array {
		y := num.Tap(num.Sin(num.Tap(x, see)), see)
		return num.Where(num.Greater(x, 0), num.Sqrt(num.Tap(y, see)), y)
	}, func(x num.Array) num.Array {
		y := num.Sin(x)
		return num.Where(num.Greater(x, 0), num.Sqrt(y), y)
	}, num.Vector(-0.7, 0, 1.2), 1e-14)
}

// What is read back from text has no function to call.
func TestTapsInText(t *testing.T) {
	var d diary
	f := trace.MustOf(d.tapped, num.Scalar(0))
	const want = `func(a:f64[]) {
  b:f64[] = square a
  c:f64[] = tap[lanes=0] b
  d:f64[] = mul 3.0 b
  e:f64[] = tap[lanes=0] d
  f:f64[] = add e a
  return f
}`
	if f.String() != want {
		t.Errorf("got\n%v\nwant\n%v", f, want)
	}
	g, err := trace.Parse(want)
	if err != nil {
		t.Fatal(err)
	}
	if y := g.Eval(num.Scalar(2))[0].Float64(); y != 14 || len(d) > 0 {
		t.Errorf("the value is %v, want 14; saw %v", y, d)
	}
	if g.Quiet().HasEffects() || !g.HasEffects() || len(g.Quiet().Equations()) != len(g.Equations())-2 {
		t.Errorf("without effects:\n%v", g.Quiet())
	}
}
