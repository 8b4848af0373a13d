package compile_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// counted is what a loop carries, with the number of its steps.
type counted struct{ N, X, M num.Array }

// until runs x = sin(x) + a while its norm is above a bound and there are steps left.
func until(x, a num.Array, most float64) counted {
	return flow.While(func(c counted) num.Array {
		return num.And(num.Less(c.N, most), num.Greater(num.Sum(num.Square(c.X)), 0.2))
	}, func(c counted) counted {
		y := num.Add(num.Sin(c.X), num.Mul(a, c.X))
		return counted{num.Add(c.N, 1), y, num.Or(num.Not(c.M), num.Less(y, 0))}
	}, counted{num.Zeros(), x, num.Greater(x, 0)})
}

// derivatives are those of a function of one array, to the second order.
func derivatives(f func(num.Array) num.Array) []fn {
	sum := func(x num.Array) num.Array { return num.Sum(f(x)) }
	g := transforms.Grad(sum)
	return []fn{one(f), one(g), one(func(x num.Array) num.Array {
		_, dy := transforms.JVP(f, x, num.OnesLike(x))
		return dy
	}), one(func(x num.Array) num.Array {
		_, dy := transforms.JVP(g, x, num.OnesLike(x))
		return dy
	}), one(transforms.Grad(func(x num.Array) num.Array { return num.Sum(num.Sin(g(x))) }))}
}

// TestWhiles holds that loops take as many steps compiled as by Eval: none, one, some, and more than their stacks
// have room for at first.
func TestWhiles(t *testing.T) {
	for _, n := range []int{1, 2, 20} {
		for _, most := range []float64{0, 1, 2, 255, 256, 257, 700} {
			f := func(x num.Array) counted { return until(x, num.Scalar(0.01), most) }
			agree(t, func(x []num.Array) []num.Array {
				c := f(x[0])
				return []num.Array{c.N, c.X, c.M}
			}, num.Linspace(0.5, 2, n))
			if most == 256 {
				continue
			}
			for _, d := range derivatives(func(x num.Array) num.Array { return f(x).X }) {
				agree(t, d, num.Linspace(0.5, 2, n))
			}
		}
	}
}

// nests are loops in loops, of bodies that become scalar code and of others.
var nests = map[string]func(x num.Array) num.Array{
	"while in scan": func(x num.Array) num.Array {
		return flow.For(0, 4, func(i, c num.Array) num.Array {
			return num.Add(c, num.Mul(0.1, until(num.Add(c, i), num.Scalar(0.02), 5).X))
		}, x)
	},
	"scan in while": func(x num.Array) num.Array {
		return flow.While(func(c num.Array) num.Array { return num.Less(num.Mean(c), 4) }, func(c num.Array) num.Array {
			_, ys := flow.Scan(func(s, r num.Array) (num.Array, num.Array) {
				s = num.Add(num.Mul(0.2, s), num.Tanh(r))
				return s, num.Mul(s, s)
			}, num.Zeros(), c)
			return num.Add(num.Add(c, 0.4), num.Mul(0.2, ys))
		}, x)
	},
	"of computed length": func(x num.Array) num.Array {
		n := num.Convert(num.Abs(num.Mul(3, num.Sum(x))), trace.I64)
		return flow.For(0, n, func(i, c num.Array) num.Array {
			m := num.Convert(num.Mod(num.Sum(c), 3), trace.I64)
			return flow.For(0, m, func(j, c num.Array) num.Array { return num.Mul(num.Sin(num.Add(c, j)), 1.1) }, num.Add(c, 0.2))
		}, x)
	},
	"carries that change places": func(x num.Array) num.Array {
		type three struct{ A, B, C num.Array }
		s := flow.For(0, 5, func(i num.Array, s three) three {
			return three{s.B, num.Add(num.Sin(s.C), s.A), s.A}
		}, three{x, num.Mul(x, 2), num.Cos(x)})
		return num.Sub(s.A, num.Mul(s.B, s.C))
	},
	"updates": func(x num.Array) num.Array {
		type two struct{ X, Before num.Array }
		s, rows := flow.Scan(func(s two, i num.Array) (two, num.Array) {
			// A tenth of the sum, so that what its order is rounded to does not grow.
			next := num.Set(s.X, num.Sin(num.Add(num.Take(s.X, i, 0), num.Mul(0.1, num.Sum(s.Before)))), i)
			return two{flow.Cond(num.Less(num.Mod(i, 2), 1),
				func(x num.Array) num.Array { return num.AddAt(x, num.Square(num.Take(x, i, 0)), num.ScalarInt(0)) },
				func(x num.Array) num.Array { return x }, next), s.X}, num.Sub(next, s.X)
		}, two{x, x}, num.Arange(x.Size()))
		return num.Add(s.X, num.Mul(0.5, s.Before), num.Sum(rows, 0))
	},
	"checkpoints": func(x num.Array) num.Array {
		c, ys := flow.Scan(func(c, r num.Array) (num.Array, num.Array) {
			c = num.Sin(num.Add(num.Mul(0.5, c), num.Mul(r, x)))
			return c, num.Mean(c)
		}, x, num.Linspace(0, 1, 11), flow.CheckpointEvery(3))
		d, _ := flow.Scan(func(d, r num.Array) (num.Array, num.Array) {
			return num.Cos(num.Mul(d, r)), r
		}, c, ys, flow.Binomial(2))
		return transforms.Checkpoint(func(x num.Array) num.Array { return num.Exp(num.Sin(x)) })(d)
	},
	"branches": func(x num.Array) num.Array {
		branches := []func(num.Array) num.Array{
			func(a num.Array) num.Array {
				return num.Mul(num.Flip(a), num.MatMul(num.ExpandDims(a, 0), num.ExpandDims(x, 1)).At(0, 0))
			},
			func(a num.Array) num.Array { return num.Tanh(num.Add(a, x)) },
			func(num.Array) num.Array { return num.Mul(0.9, x) },
		}
		return flow.For(-1, 5, func(i, c num.Array) num.Array {
			return flow.Switch(i, branches, num.Add(c, 0.1))
		}, x)
	},
	"map": func(x num.Array) num.Array {
		return flow.Map(func(r num.Array) num.Array {
			return flow.While(func(c num.Array) num.Array { return num.Less(c, 3) }, func(c num.Array) num.Array {
				return num.Add(num.Add(num.Mul(1.5, c), 0.3), num.Square(r))
			}, r)
		}, x, flow.BatchSize(2))
	},
	"no rows": func(x num.Array) num.Array {
		c, ys := flow.Scan(func(c, r num.Array) (num.Array, num.Array) { return num.Mul(c, num.Sum(r)), num.Sin(c) }, x, num.Zeros(0, 20))
		return num.Add(c, num.Sum(ys))
	},
}

func TestNests(t *testing.T) {
	for name, f := range nests {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{1, 3, 20} {
				for i, d := range derivatives(f) {
					if n == 20 && i == 4 && testing.Short() {
						continue
					}
					agree(t, d, num.Linspace(0.4, 1.7, n))
				}
				agree(t, one(transforms.Vmap(transforms.Grad(func(x num.Array) num.Array { return num.Sum(f(x)) }))),
					num.Stack(0, num.Linspace(0.4, 1.7, n), num.Linspace(0.1, 0.9, n)))
			}
		})
	}
}

// TestLoopsFail has arguments that the instructions cannot handle, in bodies and in conditions, in a step that is
// neither the first nor the last.
func TestLoopsFail(t *testing.T) {
	for _, n := range []int{1, 20} {
		for _, huge := range []float64{1e300, math.Inf(1), 10} {
			body := func(x num.Array) num.Array {
				return until(x, num.Scalar(0), 3).X
			}
			cond := func(x num.Array) num.Array {
				return flow.While(func(c counted) num.Array {
					return num.And(num.Less(c.N, 5), num.Less(num.Sum(num.Sin(c.X)), 1e3))
				}, func(c counted) counted {
					return counted{num.Add(c.N, 1), num.Where(num.Equal(c.N, 2), huge, num.Mul(0.5, c.X)), c.M}
				}, counted{num.Zeros(), x, num.Less(x, 0)}).X
			}
			for _, f := range []func(num.Array) num.Array{body, cond} {
				x := num.Full(0.5, n).Float64s()
				x[n/2] = huge
				agree(t, one(f), num.Vector(x...))
				agree(t, one(transforms.Grad(func(x num.Array) num.Array { return num.Sum(f(x)) })), num.Vector(x...))
			}
		}
	}
}

// TestTooManySteps names the line of the loop.
func TestTooManySteps(t *testing.T) {
	for _, n := range []int{1, 20} {
		for _, most := range []int{1, 3, 300} {
			f := func(limit int) *trace.Func {
				return trace.MustOf(func(x num.Array) num.Array {
					return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(c), n*most) },
						func(c num.Array) num.Array { return num.Add(c, 1) }, x, flow.MaxTrips(limit))
				}, num.Zeros(n))
			}
			for _, on := range compile.Backends() {
				run(compile.Compile(pass.Simplify(f(most)), on), []num.Array{num.Zeros(n)})
				err := trace.Try(func() { run(compile.Compile(pass.Simplify(f(most-1)), on), []num.Array{num.Zeros(n)}) })
				if most == 1 {
					continue // no limit at all
				}
				if want := fmt.Sprintf("while: has not ended after %d steps", most-1); err == nil ||
					!strings.HasPrefix(err.Error(), "loops_test.go:") || !strings.HasSuffix(err.Error(), want) {
					t.Errorf("%s, %d elements: %v, want %s", on.Name, n, err, want)
				}
			}
		}
	}
}

// TestManyCheckpoints has a loop whose checkpoints stand in each other: few funcs, which are not written out.
func TestManyCheckpoints(t *testing.T) {
	f := func(x num.Array) num.Array {
		return flow.For(0, 3000, func(i, c num.Array) num.Array { return num.Sin(num.Add(c, x)) }, x, flow.Binomial(4))
	}
	agree(t, one(f), num.Vector(0.3, 0.4))
	p := compile.Compile(pass.Simplify(trace.MustOf(f, num.Zeros(2))), compile.Portable)
	if s := p.String(); len(s) > 1<<15 || !strings.Contains(s, "call checkpoint") {
		t.Errorf("the program has %d bytes of text", len(s))
	}
}

// TestTapsInLoops are called in every step, in order.
func TestTapsInLoops(t *testing.T) {
	for _, n := range []int{1, 20} {
		var got []float64
		see := func(x num.Array) num.Array {
			return num.Tap(x, func(v num.Array) { got = append(got, v.Float64s()[0]) })
		}
		fn := trace.MustOf(func(x num.Array) num.Array {
			y := flow.For(0, 3, func(i, c num.Array) num.Array { return see(num.Add(c, i)) }, see(x))
			y = flow.While(func(c num.Array) num.Array { return num.Less(see(num.Amax(c)), 9) }, func(c num.Array) num.Array { return num.Add(c, 3) }, y)
			return flow.Cond(num.Greater(num.Sum(y), 0), func(y num.Array) num.Array { return see(num.Neg(y)) },
				func(y num.Array) num.Array { return see(y) }, y)
		}, num.Ones(n))
		for _, on := range compile.Backends() {
			got = nil
			run(compile.Compile(pass.Simplify(fn), on), []num.Array{num.Ones(n)})
			if want := []float64{1, 1, 2, 4, 4, 7, 10, -10}; !slices.Equal(got, want) {
				t.Errorf("%s, %d elements: %v, want %v", on.Name, n, got, want)
			}
		}
	}
}

// native are functions all of whose loops are compiled, and what their programs must not have.
var native = map[string]func(x num.Array) num.Array{
	"while": func(x num.Array) num.Array { return num.Sum(until(x, num.Scalar(0.01), 300).X) },
	"scan of arrays": func(x num.Array) num.Array {
		y := num.Tile(x, 20)
		c, ys := flow.Scan(func(c, r num.Array) (num.Array, num.Array) {
			c = num.Tanh(num.Add(c, num.Mul(r, y)))
			return c, num.Sum(c)
		}, y, num.Linspace(0, 1, 30))
		return num.Add(num.Sum(c), num.Sum(num.Square(ys)))
	},
	"loop in a loop": func(x num.Array) num.Array {
		return num.Sum(flow.For(0, 4, func(i, c num.Array) num.Array {
			return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(c), 9) },
				func(c num.Array) num.Array { return num.Add(num.Mul(c, 1.2), 0.5) }, num.Sin(num.Mul(0.1, c)))
		}, x))
	},
	"branches": func(x num.Array) num.Array {
		y := num.Tile(x, 20)
		return num.Sum(flow.Cond(num.Less(num.Sum(x), 1), func(y num.Array) num.Array { return num.Sin(y) },
			func(y num.Array) num.Array { return num.Exp(y) }, y))
	},
}

// gradients compiles the gradients of native functions on every backend, and demands that nothing runs by Eval.
func gradients(t *testing.T, use func(name string, p *compile.Program, want func(x num.Array) num.Array)) {
	for name, f := range native {
		g := transforms.Grad(f)
		fn := pass.Simplify(trace.MustOf(g, num.Vector(0.4, 0.9)))
		for _, on := range compile.Backends() {
			p := compile.Compile(fn, on)
			if strings.Contains(p.String(), "eval ") {
				t.Errorf("%s, %s runs by Eval:\n%v", name, on.Name, p)
			}
			use(name+", "+on.Name, p, func(x num.Array) num.Array { return fn.Eval(x)[0] })
		}
	}
}

// TestLoopsOnGoroutines uses programs with frames in frames from many at once.
func TestLoopsOnGoroutines(t *testing.T) {
	gradients(t, func(name string, p *compile.Program, want func(num.Array) num.Array) {
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				x := num.Vector(0.3+0.1*float64(g), 0.9)
				for range 20 {
					if err := same(run(p, []num.Array{x}), []num.Array{want(x)}); err != nil {
						t.Errorf("%s: %v", name, err)
						return
					}
				}
			})
		}
		wg.Wait()
	})
}
