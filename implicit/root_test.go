package implicit_test

import (
	"math"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/implicit"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// solvers find the square root, each in another way: in the IR, by a Go loop that branches on values, by
// plain numbers that are read where they are known, and by plain numbers wherever.
var solvers = map[string]function{
	"while":  newton(square),
	"loop":   looped(square),
	"floats": numeric(squareOf),
	"opaque": implicit.Opaque(numeric(squareOf)),
}

func squareOf(p []float64, x float64) float64 { return x*x - p[0] }

// derivatives are those of the square root at 2 up to order 3, each in several ways.
var derivatives = map[string]func(f agree.Function) num.Array{
	"value":       func(f agree.Function) num.Array { return f(two) },
	"grad":        func(f agree.Function) num.Array { return transforms.Grad(f)(two) },
	"jvp":         func(f agree.Function) num.Array { return along(f)(two) },
	"linearize":   func(f agree.Function) num.Array { _, push := transforms.Linearize(f, two); return push(num.Scalar(1)) },
	"grad grad":   func(f agree.Function) num.Array { return transforms.Grad(transforms.Grad(f))(two) },
	"jvp of grad": func(f agree.Function) num.Array { return along(transforms.Grad(f))(two) },
	"grad of jvp": func(f agree.Function) num.Array { return transforms.Grad(along(f))(two) },
	"fwd of rev":  func(f agree.Function) num.Array { return jac.Fwd(jac.Rev(f))(two) },
	"rev of fwd":  func(f agree.Function) num.Array { return jac.Rev(jac.Fwd(f))(two) },
	"rev of rev":  func(f agree.Function) num.Array { return jac.Rev(jac.Rev(f))(two) },
	"grad^3":      func(f agree.Function) num.Array { return transforms.Grad(transforms.Grad(transforms.Grad(f)))(two) },
	"in checkpoint": func(f agree.Function) num.Array {
		return transforms.Grad(transforms.Grad(transforms.Checkpoint(f)))(two)
	},
}

// compiled are contexts in which values are not known while f is traced.
var compiled = map[string]func(f agree.Function) num.Array{
	"jit":          func(f agree.Function) num.Array { return transforms.JIT(transforms.Grad(f))(two) },
	"grad of jit":  func(f agree.Function) num.Array { return transforms.Grad(transforms.Grad(transforms.JIT(f)))(two) },
	"vmap of grad": func(f agree.Function) num.Array { return transforms.Vmap(transforms.Grad(f))(num.Full(2, 3)).At(2) },
	"vmap of vmap": func(f agree.Function) num.Array {
		return transforms.Vmap(transforms.Vmap(f))(num.Full(2, 3, 2)).At(2, 1)
	},
	"grad of vmap": func(f agree.Function) num.Array {
		return transforms.Grad(summed(transforms.Vmap(f)))(num.Full(2, 3)).At(1)
	},
	"vmap grad grad": func(f agree.Function) num.Array {
		return transforms.Vmap(transforms.Grad(transforms.Grad(f)))(num.Full(2, 3)).At(0)
	},
	"jit vmap of jvp": func(f agree.Function) num.Array {
		return transforms.JIT(transforms.Vmap(along(f)))(num.Full(2, 3)).At(0)
	},
	"in a scan": func(f agree.Function) num.Array {
		return transforms.Grad(func(p num.Array) num.Array {
			return flow.For(0, 3, func(_, c num.Array) num.Array { return num.Add(c, num.Div(f(p), 3)) }, num.Scalar(0))
		})(two)
	},
	"in a while": func(f agree.Function) num.Array {
		return transforms.Grad(transforms.Grad(func(p num.Array) num.Array {
			type state struct{ I, Sum num.Array }
			return flow.While(func(s state) num.Array { return num.Less(s.I, 3) },
				func(s state) state { return state{num.Add(s.I, 1), num.Add(s.Sum, num.Div(f(p), 3))} },
				state{num.ScalarInt(0), num.Scalar(0)}).Sum
		}))(two)
	},
	"in a branch": func(f agree.Function) num.Array {
		return transforms.Vmap(transforms.Grad(func(p num.Array) num.Array {
			return flow.Cond(num.Greater(p, 1), f, func(p num.Array) num.Array { return num.Mul(7, p) }, p)
		}))(num.Vector(2, 0.5)).At(0)
	},
	"map": func(f agree.Function) num.Array {
		return transforms.Grad(func(p num.Array) num.Array {
			return num.Mean(flow.Map(f, num.Mul(p, num.Ones(4)), flow.BatchSize(3)))
		})(two)
	},
}

var (
	two    = num.Scalar(2)
	orders = map[string]int{
		"value": 0, "vmap of vmap": 0, "grad grad": 2, "jvp of grad": 2, "grad of jvp": 2, "fwd of rev": 2, "rev of fwd": 2, "rev of rev": 2,
		"grad^3": 3, "in checkpoint": 2, "grad of jit": 2, "vmap grad grad": 2, "in a while": 2,
	}
)

func along(f agree.Function) agree.Function {
	return func(p num.Array) num.Array {
		_, dy := transforms.JVP(f, p, num.OnesLike(p))
		return dy
	}
}

func summed(f agree.Function) agree.Function {
	return func(p num.Array) num.Array { return num.Sum(f(p)) }
}

// TestSolvers runs all solvers in all contexts, with the parameter as such and captured by the condition.
func TestSolvers(t *testing.T) {
	root := math.Sqrt2
	want := []float64{root, 1 / (2 * root), -1 / (8 * root), 3 / (32 * root)}
	check := func(t *testing.T, name string, run func(agree.Function) num.Array, solve function) {
		order, ok := orders[name]
		if !ok {
			order = 1
		}
		for how, f := range map[string]agree.Function{
			"": func(p num.Array) num.Array {
				return implicit.Root(square, solve)(num.Reshape(p, 1), num.Ones(1)).At(0)
			},
			" captured": func(p num.Array) num.Array {
				p = num.Reshape(p, 1)
				f := func(_, x num.Array) num.Array { return square(p, x) }
				return implicit.Root(f, solve)(num.StopGradient(p), num.Ones(1)).At(0)
			},
			" free": func(p num.Array) num.Array {
				return implicit.Root(square, solve, ways["free"]...)(num.Reshape(p, 1), num.Ones(1)).At(0)
			},
		} {
			agree.Equal(t, name+how, run(f), num.Scalar(want[order]), 1e-13)
		}
	}
	for kind, solve := range solvers {
		t.Run(kind, func(t *testing.T) {
			for name, run := range derivatives {
				check(t, name, run, solve)
			}
			for name, run := range compiled {
				if kind == "while" || kind == "opaque" {
					check(t, name, run, solve)
				}
			}
		})
	}
}

// A solver runs once, whatever the order of the derivative, and once in each lane. A checkpoint runs again what
// it holds.
func TestSolverRunsOnce(t *testing.T) {
	runs := 0
	counted := func(p, x0 num.Array) num.Array { runs++; return numeric(squareOf)(p, x0) }
	for kind, solve := range map[string]function{"floats": counted, "opaque": implicit.Opaque(counted)} {
		f := func(p num.Array) num.Array {
			return implicit.Root(square, solve)(num.Reshape(p, 1), num.Ones(1)).At(0)
		}
		for name, run := range derivatives {
			runs = 0
			again := kind == "opaque" && name == "in checkpoint"
			if run(f); runs != 1 && !(again && runs == 2) {
				t.Errorf("%s, %s: %d runs", kind, name, runs)
			}
		}
	}
	runs = 0
	f := implicit.Root(square, implicit.Opaque(counted))
	transforms.Vmap(transforms.Grad(func(p num.Array) num.Array { return f(num.Reshape(p, 1), num.Ones(1)).At(0) }))(num.Vector(1, 2, 3))
	if runs != 3 {
		t.Errorf("%d runs in 3 lanes", runs)
	}
}

// A Go loop that reads values to the last leaves nothing of itself in the trace around it.
func TestLoopLeavesNoTrace(t *testing.T) {
	f := implicit.Root(square, looped(square))
	var inside *trace.Func
	g := transforms.Grad(func(p num.Array) num.Array {
		inner := trace.Record(nil, nil, true, func([]num.Array) []num.Array { return []num.Array{f(p, num.Ones(2))} })
		inside = inner.Func
		return num.Sum(inside.Inline(inner.Captures...)[0])
	})
	agree.Equal(t, "gradient", g(num.Vector(2, 3)), num.Div(0.5, num.Sqrt(num.Vector(2, 3))), 1e-14)
	if n := len(inside.Equations()); n > 3 {
		t.Errorf("%d equations:\n%v", n, inside)
	}
}

// What a solver captures and does has no derivative: not that of the iteration, and not a second time.
func TestSolverIsNotDifferentiated(t *testing.T) {
	steps := func(f agree.Function) int {
		n := 0
		for _, e := range trace.MustOf(f, num.Vector(2, 3)).Equations() {
			if e.Primitive.Name() == "while" || e.Primitive.Name() == "scan" {
				n++
			}
		}
		return n
	}
	f := func(p num.Array) num.Array {
		f := func(_, x num.Array) num.Array { return square(p, x) }
		solve := func(_, x0 num.Array) num.Array { return newton(square)(p, x0) }
		return num.Sum(implicit.Root(f, solve)(num.Scalar(0), num.Ones(2)))
	}
	if n := steps(transforms.Grad(f)); n != 1 {
		t.Errorf("the gradient has %d loops", n)
	}
	_, tp := tape.Linearize(trace.MustOf(f, num.Vector(2, 3)), []bool{true})
	if err := tape.CheckLinear(tp.Func); err != nil {
		t.Errorf("%v\n%v", err, tp.Func)
	}
	agree.Equal(t, "captured by both", transforms.Grad(f)(num.Vector(2, 3)), num.Div(0.5, num.Sqrt(num.Vector(2, 3))), 1e-14)
}

// An answer is NaN where a solver says so, and so are its derivatives.
func TestNoAnswer(t *testing.T) {
	f := func(p num.Array) num.Array {
		return implicit.Root(square, func(p, x0 num.Array) num.Array { return num.Where(num.Greater(p, 0), num.Sqrt(p), math.NaN()) })(p, num.Ones(1)).At(0)
	}
	nan := num.Vector(math.NaN())
	agree.Equal(t, "grad", transforms.Grad(f)(num.Vector(-1)), nan, 0)
	agree.Equal(t, "jvp", num.Reshape(along(f)(num.Vector(-1)), 1), nan, 0)
	guarded := func(p num.Array) num.Array {
		p = num.Reshape(p, 1)
		return num.Where(num.Greater(p.At(0), 0), f(p), num.Mul(3, p.At(0)))
	}
	agree.Equal(t, "not taken, grad", transforms.Grad(guarded)(num.Scalar(-1)), num.Scalar(3), 0)
	agree.Equal(t, "not taken, jvp", along(guarded)(num.Scalar(-1)), num.Scalar(3), 0)
}

// An infinite derivative by one parameter leaves the others alone, in both modes.
func TestElementsStayApart(t *testing.T) {
	f := func(p, x num.Array) num.Array {
		return num.Sub(x, num.Stack(0, num.Sqrt(p.At(0)), num.Square(p.At(1))))
	}
	solve := func(p, _ num.Array) num.Array { return num.Stack(0, num.Sqrt(p.At(0)), num.Square(p.At(1))) }
	for way, opts := range ways {
		root := implicit.Root(f, solve, opts...)
		at := func(p num.Array) num.Array { return root(num.Stack(0, num.Scalar(0), p), num.Zeros(2)) }
		for name, j := range map[string]agree.Function{"forward": jac.Fwd(at), "reverse": jac.Rev(at)} {
			agree.Equal(t, way+" "+name, j(num.Scalar(3)), num.Vector(0, 6), 1e-14)
		}
	}
}

// implicitEuler follows the pendulum by a step whose equation is solved.
func TestImplicitEuler(t *testing.T) {
	const h = 0.1
	// x = y + h f(x), where y is the state before and f has the parameter p[0].
	step := func(p, x num.Array) num.Array {
		angle, speed := x.At(0), x.At(1)
		force := num.Neg(num.Mul(p.At(0), num.Sin(angle)))
		return num.Sub(num.Sub(x, num.Slice(p, 1, 3)), num.Mul(h, num.Stack(0, speed, force)))
	}
	follow := func(solve function) agree.Function {
		return func(p num.Array) num.Array {
			return flow.For(0, 3, func(_, y num.Array) num.Array {
				return solve(num.Concat(0, num.Slice(p, 0, 1), y), y)
			}, num.Slice(p, 1, 3))
		}
	}
	for way, opts := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			got := follow(implicit.Root(step, newton(step), opts...))
			agree.Modes(t, got, follow(unrolled(step, 4)), num.Vector(9.8, 0.5, -0.3), 1e-11)
		})
	}
}

// Roots of roots: the parameter of one equation is the answer of another.
func TestNested(t *testing.T) {
	inner := implicit.Root(cubic, newton(cubic))
	outer := func(p, x num.Array) num.Array { return num.Sub(num.Mul(x, x), inner(num.Add(p, x), num.Ones(2))) }
	closed := func(p, x num.Array) num.Array { return num.Sub(num.Mul(x, x), cardano(num.Add(p, x))) }
	for way, opts := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			root := implicit.Root(outer, newton(closed), opts...)
			agree.Modes(t,
				func(p num.Array) num.Array { return root(p, num.Ones(2)) },
				func(p num.Array) num.Array { return unrolled(closed, 5)(p, num.Ones(2)) },
				num.Vector(0.5, 1), 1e-11)
		})
	}
}

// A condition may hold loops, whose linear parts are scans over stacks.
func TestLoopInCondition(t *testing.T) {
	// power is x to the power 2^n, by squaring it as long as that says.
	power := func(x num.Array) num.Array {
		type state struct{ X, N num.Array }
		return flow.While(func(s state) num.Array { return num.Greater(s.N, 0) },
			func(s state) state { return state{num.Square(s.X), num.Sub(s.N, 1)} }, state{x, num.ScalarInt(2)}).X
	}
	f := func(p, x num.Array) num.Array { return num.Sub(power(x), p) }
	for way, opts := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			root := implicit.Root(f, func(p, _ num.Array) num.Array { return num.Pow(p, 0.25) }, opts...)
			agree.Modes(t, func(p num.Array) num.Array { return root(p, num.Ones(2)) },
				func(p num.Array) num.Array { return num.Pow(p, 0.25) }, num.Vector(2, 5), 1e-11)
		})
	}
}

// A condition may hold branches, of which each fills its own residuals.
func TestBranchInCondition(t *testing.T) {
	f := func(p, x num.Array) num.Array {
		return flow.Cond(num.Greater(p.At(0), 1),
			func(x num.Array) num.Array { return num.Sub(num.Square(x), num.Exp(p)) },
			func(x num.Array) num.Array { return num.Sub(num.Log(x), num.Sin(p)) }, x)
	}
	closed := func(p, _ num.Array) num.Array {
		return num.Where(num.Greater(p.At(0), 1), num.Exp(num.Mul(0.5, p)), num.Exp(num.Sin(p)))
	}
	for way, opts := range ways {
		root := implicit.Root(f, closed, opts...)
		for side, at := range map[string]num.Array{" above": num.Vector(1.5, 0.3), " below": num.Vector(0.5, 0.3)} {
			t.Run(way+side, func(t *testing.T) {
				agree.Modes(t, func(p num.Array) num.Array { return root(p, num.Ones(2)) },
					func(p num.Array) num.Array { return closed(p, p) }, at, 1e-11)
			})
		}
		// lanes on both sides
		lanes := num.New([]float64{1.5, 0.3, 0.5, 0.3}, 2, 2)
		second := func(g function) num.Array {
			return transforms.Vmap(jac.Fwd(transforms.Grad(func(p num.Array) num.Array { return num.Sum(num.Sin(g(p, num.Ones(2)))) })))(lanes)
		}
		agree.Equal(t, way+" lanes", second(root), second(closed), 1e-11)
	}
}

// A condition may branch on values where they are known: those at the answer.
func TestConditionReadsValues(t *testing.T) {
	f := func(p, x num.Array) num.Array {
		if num.Greater(x, 1).Bool() {
			return square(p, x)
		}
		return num.Sub(x, num.Mul(3, p))
	}
	root := implicit.Root(f, func(p, x0 num.Array) num.Array {
		if num.Greater(p, 1).Bool() {
			return num.Sqrt(p)
		}
		return num.Mul(3, p)
	})
	slope := transforms.Grad(func(p num.Array) num.Array { return root(p, num.Scalar(0.5)) })
	agree.Equal(t, "above", slope(num.Scalar(4)), num.Scalar(0.25), 1e-15)
	agree.Equal(t, "below", slope(num.Scalar(0.25)), num.Scalar(3), 1e-15)
}

// A root of a matrix, and of one by another.
func TestMatrixRoot(t *testing.T) {
	f := func(p, x num.Array) num.Array { return num.Sub(num.MatMul(x, x), p) }
	denmanBeavers := func(p, x0 num.Array) num.Array {
		y, z := p, num.Eye(2)
		for range 12 {
			y, z = num.Mul(0.5, num.Add(y, linalg.Inv(z))), num.Mul(0.5, num.Add(z, linalg.Inv(y)))
		}
		return y
	}
	root := implicit.Root(f, denmanBeavers)
	a := num.New([]float64{3, 0.5, -0.25, 2}, 2, 2)
	agree.Modes(t, func(p num.Array) num.Array { return root(p, num.Eye(2)) },
		func(p num.Array) num.Array { return denmanBeavers(p, p) }, a, 1e-11)
}
