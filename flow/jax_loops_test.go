package flow_test

import (
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// What follows has the literal values, or the programs, of JAX's tests/lax_control_flow_test.py.

func below(limit num.Array) function {
	return func(c num.Array) num.Array { return num.Less(c, limit) }
}

// TestBatchedWhileFacts maps the carry, what the condition captures, what the body captures, and nothing.
func TestBatchedWhileFacts(t *testing.T) {
	plus := func(by num.Array) function { return func(c num.Array) num.Array { return num.Add(c, by) } }
	two, three, zero := num.Scalar(2), num.Scalar(3), num.Scalar(0)
	for name, c := range map[string]struct {
		f             function
		in, out, grad num.Array
	}{
		"carry":     {func(x num.Array) num.Array { return flow.While(below(three), plus(two), x) }, num.Vector(0, 1, 2, 3), num.Vector(4, 3, 4, 3), num.Vector(1, 1, 1, 1)},
		"condition": {func(y num.Array) num.Array { return flow.While(below(y), plus(two), zero) }, num.Vector(2, 3), num.Vector(2, 4), num.Vector(0, 0)},
		"body":      {func(y num.Array) num.Array { return flow.While(below(three), plus(y), zero) }, num.Vector(2, 3), num.Vector(4, 3), num.Vector(2, 1)},
		"never": {func(x num.Array) num.Array {
			return flow.While(func(num.Array) num.Array { return num.FromBools([]bool{false}) }, func(num.Array) num.Array { return zero }, x)
		}, num.Vector(0, 1, 2), num.Vector(0, 1, 2), num.Vector(1, 1, 1)},
		"pair": {func(y num.Array) num.Array {
			s := flow.While(func(s state) num.Array { return num.Less(num.Add(s.A, s.B), 5) },
				func(s state) state { return state{num.Add(s.A, 1), s.B} }, state{zero, y})
			return num.Mul(s.A, s.B)
		}, num.Vector(1, 2), num.Vector(4, 6), num.Vector(4, 3)},
		"condition and constants of both": { // the carry comes to vary by way of the condition alone
			func(y num.Array) num.Array {
				s := flow.While(func(s state) num.Array { return num.Less(s.A, y) }, func(s state) state { return state{num.Add(s.A, 1), num.Add(s.A, s.B)} }, state{zero, zero})
				return num.Add(s.B, num.Mul(0.5, y))
			}, num.Vector(2, 3), num.Vector(2, 4.5), num.Vector(0.5, 0.5)},
	} {
		agree.Equal(t, name, transforms.Vmap(c.f)(c.in), c.out, 0)
		agree.Equal(t, name+", gradient", transforms.Vmap(transforms.Grad(c.f))(c.in), c.grad, 0)
	}
}

// TestNestedWhileFacts counts in two loops, and copies the lower triangle of a matrix by them.
func TestNestedWhileFacts(t *testing.T) {
	type outer struct{ I, Count num.Array }
	type inner struct{ J, Count num.Array }
	loop := func(n num.Array) num.Array {
		s := flow.While(func(s outer) num.Array { return num.Less(s.I, n) }, func(s outer) outer {
			in := flow.While(func(d inner) num.Array { return num.LessEqual(d.J, s.I) },
				func(d inner) inner { return inner{num.Add(d.J, 1), num.Add(d.Count, 1)} }, inner{num.ScalarInt(0), s.Count})
			return outer{num.Add(s.I, 1), in.Count}
		}, outer{num.ScalarInt(0), num.ScalarInt(0)})
		return s.Count
	}
	for n, want := range map[int]int{2: 3, 3: 6, 4: 10} {
		if got, jit := loop(num.ScalarInt(n)).Int(), transforms.JIT(loop)(num.ScalarInt(n)).Int(); got != want || jit != want {
			t.Errorf("%d rows: %d, %d in JIT, want %d", n, got, jit, want)
		}
	}
	type copying struct{ J, Out num.Array }
	lower := func(a num.Array) num.Array {
		s := flow.While(func(s copying) num.Array { return num.Less(s.J, 3) }, func(s copying) copying {
			in := flow.While(func(d copying) num.Array { return num.LessEqual(d.J, s.J) }, func(d copying) copying {
				return copying{num.Add(d.J, 1), num.Set(d.Out, num.Index(a, s.J, d.J), s.J, d.J)}
			}, copying{num.ScalarInt(0), s.Out})
			return copying{num.Add(s.J, 1), in.Out}
		}, copying{num.ScalarInt(0), num.Zeros(3, 3)})
		return s.Out
	}
	agree.Modes(t, lower, func(a num.Array) num.Array { return num.Tril(a) }, num.Reshape(num.Linspace(0.5, 2, 9), 3, 3), 1e-14)
}

// TestSumOfTheFirst has a condition of two parts.
func TestSumOfTheFirst(t *testing.T) {
	type summing struct{ I, Total num.Array }
	x := num.Linspace(1, 2, 4)
	for n, want := range map[int]num.Array{0: num.Zeros(4), 2: num.Vector(1, 1, 0, 0), 4: num.Ones(4), 9: num.Ones(4)} {
		f := func(x num.Array) num.Array {
			return flow.While(func(s summing) num.Array { return num.And(num.Less(s.I, n), num.Less(s.I, x.Size())) },
				func(s summing) summing { return summing{num.Add(s.I, 1), num.Add(s.Total, num.Take(x, s.I, 0))} },
				summing{num.ScalarInt(0), num.Scalar(0)}).Total
		}
		agree.Equal(t, "gradient", transforms.Grad(f)(x), want, 0)
	}
}

// TestGuardedBranchInLanes: the branch that a lane does not take is infinitely steep there.
func TestGuardedBranchInLanes(t *testing.T) {
	const eps = 1e-5
	f := func(x num.Array) num.Array {
		return flow.Cond(num.Less(x, eps), func(num.Array) num.Array { return num.Scalar(eps) }, num.Sqrt, x)
	}
	x := num.Vector(0, 4, -1)
	agree.Equal(t, "values", transforms.Vmap(f)(x), num.Vector(eps, 2, eps), 0)
	agree.Equal(t, "gradient of lanes", transforms.Grad(func(x num.Array) num.Array { return num.Sum(transforms.Vmap(f)(x)) })(x), num.Vector(0, 0.25, 0), 0)
	agree.Equal(t, "lanes of gradients", transforms.Vmap(transforms.Grad(f))(x), num.Vector(0, 0.25, 0), 0)
	agree.Equal(t, "second", transforms.Vmap(transforms.Grad(transforms.Grad(f)))(x), num.Vector(0, -1.0/32, 0), 0)
}

// TestGrowingTangents: carries of a While come to vary one step after the other.
func TestGrowingTangents(t *testing.T) {
	type carries struct{ I, A, B, C num.Array }
	agree.Modes(t, func(x num.Array) num.Array {
		s := flow.While(func(s carries) num.Array { return num.Less(s.I, 5) },
			func(s carries) carries {
				return carries{num.Add(s.I, 1), num.Add(s.A, s.B), num.Add(s.B, num.Mul(s.C, s.C)), num.Mul(s.C, x)}
			}, carries{num.ScalarInt(0), num.Ones(2), num.Ones(2), num.Ones(2)})
		return s.A
	}, func(x num.Array) num.Array {
		a, b, c := num.Ones(2), num.Ones(2), num.Ones(2)
		for range 5 {
			a, b, c = num.Add(a, b), num.Add(b, num.Mul(c, c)), num.Mul(c, x)
		}
		return a
	}, num.Vector(0.6, -0.8), 1e-13)
}

// TestRecurrentNetwork compares both Jacobians of a network that scans its inputs, by its weights, alone
// and in lanes of inputs, and its second derivatives, with the network unrolled.
func TestRecurrentNetwork(t *testing.T) {
	type network struct{ W, U, Inputs num.Array }
	cell := func(n network, h, x num.Array) num.Array {
		return num.Tanh(num.Add(num.MatMul(n.W, h), num.MatMul(n.U, x)))
	}
	scanned := func(n network) num.Array {
		_, ys := flow.Scan(func(h, x num.Array) (num.Array, num.Array) { h = cell(n, h, x); return h, h }, num.Zeros(3), n.Inputs)
		return num.Sum(num.Square(ys), 0)
	}
	unrolled := func(n network) num.Array {
		h, sum := num.Zeros(3), num.Zeros(3)
		for i := range 4 {
			h = cell(n, h, n.Inputs.At(i))
			sum = num.Add(sum, num.Square(h))
		}
		return sum
	}
	at := network{num.Reshape(num.Linspace(-0.5, 0.7, 9), 3, 3), num.Reshape(num.Linspace(0.9, -0.3, 6), 3, 2), num.Reshape(num.Linspace(-1, 1, 8), 4, 2)}
	want := jac.Rev(unrolled)(at)
	for what, got := range map[string]network{"forward": jac.Fwd(scanned)(at), "reverse": jac.Rev(scanned)(at)} {
		agree.Equal(t, what+" by W", got.W, want.W, 1e-14)
		agree.Equal(t, what+" by U", got.U, want.U, 1e-14)
		agree.Equal(t, what+" by the inputs", got.Inputs, want.Inputs, 1e-14)
	}
	second := func(f func(network) num.Array) network {
		sum := func(n network) num.Array { return num.Sum(f(n)) }
		return transforms.Grad(func(n network) num.Array { return num.Sum(num.Sin(transforms.Grad(sum)(n).W)) })(at)
	}
	agree.Equal(t, "second by the inputs", second(scanned).Inputs, second(unrolled).Inputs, 1e-13)
	batch := num.Stack(0, at.Inputs, num.Mul(-2, at.Inputs))
	over := func(f func(network) num.Array) num.Array { // the weights are the same in all lanes
		return transforms.Grad(func(w num.Array) num.Array {
			return num.Sum(transforms.Vmap(func(x num.Array) num.Array { return f(network{w, at.U, x}) })(batch))
		})(at.W)
	}
	agree.Equal(t, "lanes", over(scanned), over(unrolled), 1e-14)
}

// TestTransposedLoops transposes control flow that is linear.
func TestTransposedLoops(t *testing.T) {
	sums := func(x num.Array) num.Array {
		_, ys := flow.Scan(func(c, r num.Array) (num.Array, num.Array) { c = num.Add(c, r); return c, c }, num.Scalar(0), x)
		return ys
	}
	ct := num.Vector(1, 10, 100)
	agree.Equal(t, "running sums", transforms.Transpose(sums, ct)(ct), num.Vector(111, 110, 100), 0)
	choose := func(x num.Array) num.Array {
		return flow.For(0, 2, func(i, c num.Array) num.Array {
			return flow.Cond(num.Equal(i, 0), func(c num.Array) num.Array { return num.Mul(3, c) }, func(c num.Array) num.Array { return num.Flip(c, 0) }, c)
		}, x)
	}
	agree.Equal(t, "branches", transforms.Transpose(choose, ct)(ct), num.Vector(300, 30, 3), 0)
}

// TestBranchNotTaken counts the numbers that a cond keeps: those of the branch that runs.
func TestBranchNotTaken(t *testing.T) {
	f := trace.MustOf(func(x num.Array) num.Array {
		return flow.Cond(num.Greater(x, 0), func(x num.Array) num.Array {
			return num.Sum(num.Exp(num.Sin(num.Mul(x, num.Linspace(0, 1, 1000)))))
		}, func(x num.Array) num.Array { return num.Mul(x, x) }, x)
	}, num.Scalar(1))
	primal, _ := tape.Linearize(f, []bool{true})
	kept := func(x float64) (n int) {
		for _, y := range primal.Eval(num.Scalar(x)) {
			if !trace.IsHole(y) {
				n += y.Size()
			}
		}
		return n
	}
	if big, small := kept(1), kept(-1); big < 2000 || small > 10 {
		t.Errorf("the large branch keeps %d numbers, the small one %d", big, small)
	}
}
