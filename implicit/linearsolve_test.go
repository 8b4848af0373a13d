package implicit_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/gradcheck"
	"github.com/gradus-ad/gradus/implicit"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

type vectors struct{ Side, Diagonal, Mix num.Array }

// parted takes a vector apart: a right-hand side of 3, and what a matrix is made of.
func parted(p num.Array) vectors {
	return vectors{num.Slice(p, 0, 3), num.Slice(p, 3, 6), num.Slice(p, 6, 9)}
}

// general is a matrix that is not symmetric, definite one that is positive definite.
func (v vectors) general() num.Array {
	return num.Add(num.Mul(num.Eye(3), num.Add(2, num.Square(v.Diagonal))), num.Mul(0.5, num.Outer(num.Sin(v.Mix), v.Diagonal)))
}

func (v vectors) definite() num.Array {
	a := v.general()
	return num.MatMul(num.Transpose(a), a)
}

// flat is a matrix of rank 2.
func (v vectors) flat() num.Array {
	x := num.New([]float64{1, 0.5, -1, 0.25, 2, 1}, 2, 3)
	return num.MatMul(v.general(), num.MatMul(num.New([]float64{1, 0, 0.5, 1, 0, -1}, 3, 2), num.Mul(x, num.Cos(v.Mix))))
}

func (v vectors) flatSymmetric() num.Array {
	a := num.Slice(num.Transpose(v.general()), 0, 2)
	return num.MatMul(num.Transpose(a), a)
}

func by(a num.Array) func(x num.Array) num.Array {
	return func(x num.Array) num.Array { return num.MatMul(a, x) }
}

var point = num.Vector(1, -2, 0.5, 0.3, -0.7, 1.1, 0.4, 1.2, -0.6)

// TestLinearSolve compares with linalg.Solve in all mixtures of modes, with respect to the right-hand side
// and to what the function captures.
func TestLinearSolve(t *testing.T) {
	tight := implicit.Tolerance(1e-14)
	for _, c := range []struct {
		name      string
		got, want agree.Function
	}{
		{"gmres", func(p num.Array) num.Array {
			v := parted(p)
			return implicit.LinearSolve(by(v.general()), v.Side, tight)
		}, func(p num.Array) num.Array { v := parted(p); return linalg.Solve(v.general(), v.Side) }},
		{"gmres, restarted", func(p num.Array) num.Array {
			v := parted(p)
			return implicit.LinearSolve(by(v.general()), v.Side, tight, implicit.Restart(2), implicit.MaxIterations(500))
		}, func(p num.Array) num.Array { v := parted(p); return linalg.Solve(v.general(), v.Side) }},
		{"conjugate gradients", func(p num.Array) num.Array {
			v := parted(p)
			return implicit.LinearSolve(by(v.definite()), v.Side, tight, implicit.Symmetric())
		}, func(p num.Array) num.Array { v := parted(p); return linalg.Solve(v.definite(), v.Side) }},
		{"least squares", func(p num.Array) num.Array {
			v := parted(p)
			return implicit.LinearSolve(by(v.general()), v.Side, tight, implicit.LeastSquares())
		}, func(p num.Array) num.Array { v := parted(p); return linalg.Solve(v.general(), v.Side) }},
		{"least squares of rank 2", func(p num.Array) num.Array {
			v := parted(p)
			return implicit.LinearSolve(by(v.flat()), v.Side, tight, implicit.LeastSquares())
		}, func(p num.Array) num.Array { v := parted(p); return linalg.Lstsq(v.flat(), v.Side, 1e-10) }},
		{"least squares of rank 2, symmetric", func(p num.Array) num.Array {
			v := parted(p)
			return implicit.LinearSolve(by(v.flatSymmetric()), v.Side, implicit.Tolerance(1e-13), implicit.LeastSquares(), implicit.Symmetric())
		}, func(p num.Array) num.Array { v := parted(p); return linalg.Lstsq(v.flatSymmetric(), v.Side, 1e-10) }},
		{"only b", func(p num.Array) num.Array {
			return implicit.LinearSolve(by(parted(point).general()), num.Sin(p), tight)
		}, func(p num.Array) num.Array { return linalg.Solve(parted(point).general(), num.Sin(p)) }},
		{"only a", func(p num.Array) num.Array {
			return implicit.LinearSolve(by(parted(p).general()), num.Vector(1, 2, 3), tight)
		}, func(p num.Array) num.Array { return linalg.Solve(parted(p).general(), num.Vector(1, 2, 3)) }},
		{"in a loop", func(p num.Array) num.Array {
			v := parted(p)
			return flow.For(0, 3, func(_, x num.Array) num.Array { return implicit.LinearSolve(by(v.general()), x, tight) }, v.Side)
		}, func(p num.Array) num.Array {
			v := parted(p)
			a := v.general()
			return linalg.Solve(a, linalg.Solve(a, linalg.Solve(a, v.Side)))
		}},
		{"of a loop", func(p num.Array) num.Array {
			v := parted(p)
			cube := func(x num.Array) num.Array {
				return flow.For(0, 3, func(_, x num.Array) num.Array { return num.MatMul(v.general(), x) }, x)
			}
			return implicit.LinearSolve(cube, v.Side, tight)
		}, func(p num.Array) num.Array {
			v := parted(p)
			a := v.general()
			return linalg.Solve(num.MatMul(a, num.MatMul(a, a)), v.Side)
		}},
		{"of a solution", func(p num.Array) num.Array {
			v := parted(p)
			inverse := func(x num.Array) num.Array { return implicit.LinearSolve(by(v.general()), x, tight) }
			return implicit.LinearSolve(inverse, v.Side, tight)
		}, func(p num.Array) num.Array { v := parted(p); return num.MatMul(v.general(), v.Side) }},
		{"in a checkpoint", func(p num.Array) num.Array {
			return transforms.Checkpoint(func(p num.Array) num.Array {
				v := parted(p)
				return implicit.LinearSolve(by(v.general()), v.Side, tight)
			})(p)
		}, func(p num.Array) num.Array { v := parted(p); return linalg.Solve(v.general(), v.Side) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := point
			if c.name == "only b" {
				x = num.Slice(point, 0, 3)
			}
			agree.Modes(t, c.got, c.want, x, 1e-11)
		})
	}
}

// field is a tree of unknowns on a grid and its edge.
type field struct {
	Grid num.Array
	Edge []num.Array
}

// laplace is a discrete Laplace operator of a grid that hangs on two values.
func laplace(stiffness num.Array) func(f field) field {
	return func(f field) field {
		g := f.Grid
		left, right := num.Roll(g, 1, 0), num.Roll(g, -1, 0)
		y := num.Mul(stiffness, num.Sub(num.Mul(3, g), num.Add(left, right)))
		y = num.Sub(y, num.Add(f.Edge[0], f.Edge[1]))
		return field{y, []num.Array{num.Sub(num.Mul(8, f.Edge[0]), num.Sum(g)), num.Sub(num.Mul(9, f.Edge[1]), num.Sum(g))}}
	}
}

func TestLinearSolveOfTrees(t *testing.T) {
	b := field{num.Reshape(num.Linspace(0, 5, 6), 3, 2), []num.Array{num.Scalar(1), num.Scalar(-2)}}
	for name, opts := range map[string][]implicit.Option{"gmres": nil, "cg": {implicit.Symmetric()}, "cgls": {implicit.LeastSquares()}} {
		opts := append(opts, implicit.Tolerance(1e-14))
		f := func(stiffness num.Array) field { return implicit.LinearSolve(laplace(stiffness), b, opts...) }
		x := f(num.Scalar(2))
		back := laplace(num.Scalar(2))(x)
		for i, got := range []num.Array{back.Grid, back.Edge[0], back.Edge[1]} {
			agree.Equal(t, name, got, []num.Array{b.Grid, b.Edge[0], b.Edge[1]}[i], 1e-13)
		}
		energy := func(stiffness num.Array) num.Array {
			x := f(stiffness)
			return num.Add(num.Sum(num.Square(x.Grid)), x.Edge[0])
		}
		if err := gradcheck.Check(energy, num.Scalar(2), gradcheck.Order(2)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The text of a program with a linear_solve can be read again, and tapes are linear.
func TestLinearSolveTapes(t *testing.T) {
	for _, opts := range [][]implicit.Option{nil, {implicit.Symmetric()}, {implicit.LeastSquares()}} {
		f := func(p num.Array) num.Array {
			v := parted(p)
			return implicit.LinearSolve(by(v.definite()), v.Side, opts...)
		}
		for _, fn := range []*trace.Func{trace.MustOf(f, point), trace.MustOf(transforms.Grad(summed(f)), point)} {
			for _, masks := range []bool{false, true} {
				_, tp := tape.Record(fn, []num.Array{point}, []bool{true}, masks, nil)
				if err := tape.CheckLinear(tp.Func); err != nil {
					t.Errorf("%v\n%v", err, tp.Func)
				}
				if err := tape.Transpose(tp.Func).Check(); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// Systems of several sizes and conditions, against linalg.Solve; the default tolerance is met.
func TestLinearSolveValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 10, 60, 130} {
		a := num.Add(num.Eye(n), num.Mul(0.4/math.Sqrt(float64(n)), num.Normal(r, n, n)))
		s := num.MatMul(num.Transpose(a), a)
		b := num.Normal(r, n)
		for name, c := range map[string]struct {
			a    num.Array
			opts []implicit.Option
		}{
			"gmres":           {a, nil},
			"gmres symmetric": {s, nil},
			"restart":         {a, []implicit.Option{implicit.Restart(7)}},
			"cg":              {s, []implicit.Option{implicit.Symmetric()}},
			"cgls":            {a, []implicit.Option{implicit.LeastSquares()}},
			"cg negative":     {num.Neg(s), []implicit.Option{implicit.Symmetric()}},
		} {
			for _, scale := range []float64{1, 1e-200, 1e200} {
				x := implicit.LinearSolve(by(c.a), num.Mul(scale, b), c.opts...)
				agree.Equal(t, name, num.Div(x, scale), linalg.Solve(c.a, b), 1e-9)
				x = implicit.LinearSolve(by(c.a), num.Mul(scale, b), append(c.opts, implicit.Tolerance(1e-14))...)
				agree.Equal(t, name+", tight", num.Div(x, scale), linalg.Solve(c.a, b), 1e-12)
			}
		}
	}
}

// What cannot be solved is NaN, and a side of zeros has the solution 0.
func TestLinearSolveSpecial(t *testing.T) {
	nan := math.NaN()
	free := num.New([]float64{1, -1, 0, -1, 2, -1, 0, -1, 1}, 3, 3) // a chain that hangs on nothing
	turn := num.New([]float64{0, 1, -1, 0}, 2, 2)
	symmetric, least := implicit.Symmetric(), implicit.LeastSquares()
	for _, c := range []struct {
		name string
		a, b num.Array
		opts []implicit.Option
		want num.Array
	}{
		{"no side", turn, num.Zeros(2), nil, num.Zeros(2)},
		{"no side, symmetric", free, num.Zeros(3), []implicit.Option{symmetric}, num.Zeros(3)},
		{"no matrix", num.Zeros(2, 2), num.Vector(1, 0), nil, num.Vector(nan, nan)},
		{"no matrix, symmetric", num.Zeros(2, 2), num.Vector(1, 0), []implicit.Option{symmetric}, num.Vector(nan, nan)},
		{"a turn", turn, num.Vector(1, 2), nil, num.Vector(-2, 1)},
		{"a turn, one product at a time", turn, num.Vector(1, 2), []implicit.Option{implicit.Restart(1)}, num.Vector(nan, nan)},
		{"singular, with a solution", free, num.Vector(1, 1, -2), nil, num.Vector(4./3, 1./3, -5./3)},
		{"singular, with a solution, symmetric", free, num.Vector(1, 1, -2), []implicit.Option{symmetric}, num.Vector(4./3, 1./3, -5./3)},
		{"singular, without a solution", free, num.Vector(1, 1, 1), nil, num.Full(nan, 3)},
		{"singular, without a solution, symmetric", free, num.Vector(1, 1, 1), []implicit.Option{symmetric}, num.Full(nan, 3)},
		{"singular, with a solution, least squares", free, num.Vector(1, 1, -2), []implicit.Option{least}, num.Vector(4./3, 1./3, -5./3)},
		{"singular, without a solution, least squares", free, num.Vector(1, 2, 1), []implicit.Option{least}, num.Vector(-1./9, 2./9, -1./9)},
		{"out of reach", free, num.Vector(1, 1, 1), []implicit.Option{least}, num.Zeros(3)},
		{"out of reach but for rounding", free, num.Vector(1, 1, 1+4e-16), []implicit.Option{least}, num.Zeros(3)},
		{"no matrix, least squares", num.Zeros(2, 2), num.Vector(1, 0), []implicit.Option{least}, num.Zeros(2)},
		{"a turn, least squares", turn, num.Vector(1, 2), []implicit.Option{least}, num.Vector(-2, 1)},
		{"NaN in a, least squares", num.Full(nan, 2, 2), num.Vector(1, 1), []implicit.Option{least}, num.Vector(nan, nan)},
		{"too few products", free, num.Vector(1, 1, -2), []implicit.Option{implicit.MaxIterations(1)}, num.Full(nan, 3)},
		{"NaN in b", turn, num.Vector(1, nan), nil, num.Vector(nan, nan)},
		{"NaN in a", num.Full(nan, 2, 2), num.Vector(1, 1), nil, num.Vector(nan, nan)},
		{"NaN in a, symmetric", num.Full(nan, 2, 2), num.Vector(1, 1), []implicit.Option{symmetric}, num.Vector(nan, nan)},
		{"infinity in b", turn, num.Vector(1, math.Inf(-1)), nil, num.Vector(nan, nan)},
		{"nothing", num.Zeros(0, 0), num.Zeros(0), nil, num.Zeros(0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			agree.Equal(t, c.name, implicit.LinearSolve(by(c.a), c.b, c.opts...), c.want, 1e-15)
		})
	}
	lanes := transforms.Vmap(func(b num.Array) num.Array { return implicit.LinearSolve(by(free), b) })(num.New([]float64{1, 1, 1, 1, 1, -2}, 2, 3))
	agree.Equal(t, "one lane of two", lanes, num.New([]float64{nan, nan, nan, 4. / 3, 1. / 3, -5. / 3}, 2, 3), 1e-14)
}

// What nothing touches stays 0 where the function is NaN.
// A side that is nearly in the range of a singular matrix leaves a residual which the tolerance makes smaller than roundings of it are.
func TestLinearSolveEndsAtRoundings(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	half := num.Normal(r, 21, 15)
	a := num.MatMul(half, num.Transpose(half))
	within := num.MatMul(a, num.Normal(r, 21))
	beside := num.Normal(r, 21)
	beside = num.Sub(beside, num.MatMul(a, linalg.Lstsq(a, beside, 1e-10)))
	for _, size := range []float64{1e-6, 1e-7, 1e-8, 1e-9} {
		b := num.Add(within, num.Mul(size, beside))
		x := implicit.LinearSolve(func(x num.Array) num.Array { return num.MatMul(a, x) }, b, implicit.LeastSquares(), implicit.Symmetric())
		agree.Equal(t, "answer", x, linalg.Lstsq(a, b, 1e-10), 1e-9)
	}
}

func TestLinearSolveMasks(t *testing.T) {
	bad := func(b num.Array) num.Array { return implicit.LinearSolve(by(num.Full(math.NaN(), 2, 2)), b) }
	f := func(x num.Array) num.Array {
		return num.Concat(0, num.Slice(x, 0, 1), bad(num.Slice(x, 1, 3)))
	}
	nan := math.NaN()
	want := num.New([]float64{1, 0, 0, 0, nan, nan, 0, nan, nan}, 3, 3)
	agree.Equal(t, "forward", jac.Fwd(f)(num.Ones(3)), want, 0)
	agree.Equal(t, "reverse", jac.Rev(f)(num.Ones(3)), want, 0)
}

// Text that does not fit is refused by Parse, never run; so is a solver, which is no text.
func TestParseRefuses(t *testing.T) {
	const double = "@f1 = func(a:f64[], b:f64[2]) { c:f64[2] = add b b return c }\n"
	const rest = " symmetric=false least_squares=false tolerance=1e-10 products=0 restart=50]"
	good := double + "func(a:f64[], b:f64[2]) { c:f64[2] = linear_solve[a=@f1 consts=1" + rest + " a b return c }"
	if _, err := trace.Parse(good); err != nil {
		t.Errorf("refused: %v", err)
	}
	for _, text := range []string{
		double + "func(b:f64[2]) { c:f64[2] = linear_solve[a=@f1 consts=1" + rest + " b b return c }",
		double + "func(a:f64[], b:f64[2]) { c:f64[2] = linear_solve[a=@f1 consts=2" + rest + " a b return c }",
		double + "func(a:f64[], b:f64[2]) { c:f64[2] = linear_solve[a=@f1 consts=0" + rest + " a b return c }",
		double + "func(a:f64[], b:f64[2]) { c:f64[2] = linear_solve[a=@f1 consts=1 symmetric=false least_squares=false tolerance=0.0 products=0 restart=50] a b return c }",
		double + "func(a:f64[], b:f64[2]) { c:f64[2] = linear_solve[a=@f1 consts=1 symmetric=false least_squares=false tolerance=0.1 products=-1 restart=50] a b return c }",
		double + "func(a:f64[], b:f64[2]) { c:f64[2] = linear_solve[a=@f1 consts=1 symmetric=false least_squares=false tolerance=0.1 products=0 restart=0] a b return c }",
		"@f1 = func(b:i64[2]) { c:i64[2] = add b b return c }\nfunc(b:i64[2]) { c:i64[2] = linear_solve[a=@f1 consts=0" + rest + " b return c }",
		`func(a:f64[2], b:f64[2]) { c:f64[2] = opaque[solver="1" params=1] a b return c }`,
	} {
		if f, err := trace.Parse(text); err == nil {
			t.Errorf("accepted:\n%v", f)
		}
	}
}
