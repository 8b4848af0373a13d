package transforms_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/blame"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

var nan, inf = math.NaN(), math.Inf(1)

func summed(f endomorphism) endomorphism {
	return func(x num.Array) num.Array { return num.Sum(f(x)) }
}

// steps divides by i - 7 in step i of 10.
func steps(x num.Array) num.Array {
	return flow.For(0, 10, func(i, c num.Array) num.Array {
		return num.Add(num.Mul(0.5, c), num.Div(num.Square(x), num.Sub(i, 7))) // want `div: (primal|cotangent of div) is \+Inf in step 7: operands (4|0.25), 0$`
	}, x)
}

// halves divides x by a carry that is halved, rounded down, in each of its steps, of which there are as
// many as it takes.
func halves(x num.Array) num.Array {
	type state struct{ N, X num.Array }
	return flow.While(func(s state) num.Array { return num.Any(num.Greater(s.N, 0)) }, func(s state) state {
		n := num.Floor(num.Div(s.N, 2))
		return state{n, num.Add(s.X, num.Div(1.0, n))} // want `div: primal is \+Inf at \[0\] in step 2: operands 1, 0$`
	}, state{num.Vector(4, 4), x}).X
}

// rooted takes the root of its argument three times.
func rooted(x num.Array) num.Array {
	type state struct{ I, X num.Array }
	return flow.While(func(s state) num.Array { return num.Less(s.I, 3) }, func(s state) state {
		return state{num.Add(s.I, 1), num.Sqrt(s.X)} // want `div: tangent of sqrt is \+Inf in step 0: operands 0.5, 0$`
	}, state{num.ScalarInt(0), x}).X
}

// mistaken are functions whose results are not finite: the line to blame says why.
var mistaken = map[string]struct {
	f endomorphism
	x num.Array
}{
	"log": {func(x num.Array) num.Array {
		return num.Exp(num.Log(num.Sub(x, 1))) // want `log: primal is NaN at \[1,0\]: operand -0.5$`
	}, num.New([]float64{2, 3, 0.5, 0}, 2, 2)},
	"scalar": {func(x num.Array) num.Array {
		return num.Sub(num.Div(x, x), 1) // want `div: primal is NaN: operands 0, 0$`
	}, num.Scalar(0)},
	"the side that is chosen": {func(x num.Array) num.Array {
		unused := num.Sqrt(num.Sub(x, 5))
		return num.Where(num.Greater(x, 1), num.Add(num.Log(num.Sub(x, 2)), 0), unused) // want `log: primal is -Inf at \[0\]: operand 0$`
	}, num.Vector(2, 6)},
	"one of two": {func(x num.Array) num.Array {
		bound := num.Div(1.0, num.Mul(0, num.Square(x)))
		return num.Minimum(bound, num.Log(x)) // want `log: primal is NaN at \[0\]: operand -1$`
	}, num.Vector(-1, 2)},
	"an element that is used": {func(x num.Array) num.Array {
		y := num.Log(x)
		z := num.Sqrt(num.Slice(y, 2, 4)) // want `sqrt: primal is NaN at \[1\]: operand -1.2039728043259361$`
		return num.Add(num.Sum(num.Flip(z, 0)), num.Slice(y, 0, 1))
	}, num.Vector(1, -1, 2, 0.3)},
	"a sum": {func(x num.Array) num.Array {
		return num.MatMul(x, num.Reshape(num.Repeat(num.Vector(1e200), 4, 0), 2, 2)) // want `dot: primal is \+Inf at \[0,0\]: operands f64\[2,2\] x f64\[2,2\]$`
	}, num.New([]float64{1e200, 0, 0, 1}, 2, 2)},
	"difference of infinities": {func(x num.Array) num.Array {
		y := num.Exp(x) // want `exp: primal is \+Inf at \[0\]: operand 1000$`
		return num.Sub(y, y)
	}, num.Vector(1000, 1)},
	"sum of logarithms": {func(x num.Array) num.Array {
		y := num.Log(x) // want `log: primal is -Inf at \[0\]: operand 0$`
		return num.LogAddExp(y, y)
	}, num.Vector(0, 1)},
	"a constant": {func(x num.Array) num.Array {
		return num.Mul(x, num.Vector(1, inf)) // want `a constant is \+Inf at \[1\]: it does not depend on an argument$`
	}, num.Vector(1, 2)},

	"gradient": {transforms.Grad(summed(func(x num.Array) num.Array {
		return num.Sqrt(x) // want `div: tangent of sqrt is \+Inf at \[1\]: operands 0.5, 0$`
	})), num.Vector(1, 0)},
	"push": {func(x num.Array) num.Array {
		_, dy := transforms.JVP(func(x num.Array) num.Array {
			return num.Cbrt(x) // want `div: tangent of cbrt is \+Inf: operands 1, 0$`
		}, x, num.Scalar(1))
		return dy
	}, num.Scalar(0)},
	"cotangent": {transforms.Grad(func(x num.Array) num.Array {
		y := num.Mul(1e-200, num.Sum(num.Mul(1e300, x)))
		return num.Mul(y, num.Scalar(1e10), num.Sum(num.Mul(x, 1e250))) // want `mul: cotangent of mul is \+Inf at \[0\]: operands 1e\+250, 3.0000000000000004e\+110$`
	}), num.Vector(1, 2)},
	"second derivative": {transforms.Grad(transforms.Grad(func(x num.Array) num.Array {
		return num.Pow(x, 1.5) // want `pow: tangent of pow is \+Inf: operands 0, -0.5$`
	})), num.Scalar(0)},
	"hook": {transforms.Grad(func(x num.Array) num.Array {
		return num.Sum(num.Square(transforms.TapCotangent(x, func(ct num.Array) num.Array {
			return num.Div(ct, num.Norm(ct)) // want `div: cotangent of transposed is NaN at \[0\]: operands 0, 0$`
		})))
	}), num.Zeros(2)},

	"step":                {steps, num.Scalar(2)},
	"gradient of steps":   {transforms.Grad(steps), num.Scalar(2)},
	"checkpointed":        {transforms.Grad(transforms.Checkpoint(steps)), num.Scalar(2)},
	"in lanes":            {transforms.Vmap(steps2), num.Vector(1, 2)},
	"steps of a while":    {halves, num.Vector(1, 2)},
	"gradient of a while": {transforms.Grad(rooted), num.Scalar(0)},
	"lanes of a while": {transforms.Vmap(func(x num.Array) num.Array {
		type state struct{ I, X num.Array }
		return flow.While(func(s state) num.Array { return num.Less(s.I, s.X) }, func(s state) state {
			return state{num.Add(s.I, 1), num.Sub(s.X, num.Log(num.Sub(1, s.I)))} // want `log: primal is -Inf at \[1\] in step 1: operand 0$`
		}, state{num.Scalar(0), x}).X
	}), num.Vector(1, 2)},
	"loops in loops": {func(x num.Array) num.Array {
		return flow.For(0, 4, func(i, c num.Array) num.Array {
			return flow.For(0, 3, func(j, c num.Array) num.Array {
				d := num.Sub(num.Add(num.Mul(10, i), j), 21)
				return num.Add(c, num.Div(x, d)) // want `div: primal is NaN at \[0\] in step 2, step 1: operands 0, 0$`
			}, c)
		}, x)
	}, num.Vector(0)},
	"rows": {func(x num.Array) num.Array {
		_, ys := flow.Scan(func(c, x num.Array) (num.Array, num.Array) {
			return num.Add(c, x), num.Log(x) // want `log: primal is -Inf in step 1: operand 0$`
		}, num.Scalar(0), x)
		return num.Slice(ys, 1, 3)
	}, num.Vector(-1, 0, 1)},
	"backwards": {func(x num.Array) num.Array {
		c, _ := flow.Scan(func(c, x num.Array) (num.Array, num.Array) {
			return num.Div(c, x), c // want `div: primal is -Inf in step 2: operands -1, 0$`
		}, num.Scalar(-1), x, flow.Reverse())
		return c
	}, num.Vector(1, 0, 0, 1)},
	"branch": {func(x num.Array) num.Array {
		return flow.Cond(num.Less(num.Sum(x), 0), func(x num.Array) num.Array {
			return num.Log(x) // want `log: primal is NaN at \[1\]: operand -2$`
		}, num.Log1p, x)
	}, num.Vector(1, -2)},
	"gradient of a branch": {transforms.Grad(func(x num.Array) num.Array {
		return flow.Cond(num.Less(x, 1), func(x num.Array) num.Array {
			return num.Sqrt(x) // want `div: tangent of sqrt is \+Inf: operands 0.5, 0$`
		}, num.Square, x)
	}), num.Scalar(0)},
	"lanes": {transforms.Vmap(func(x num.Array) num.Array {
		return num.Sum(num.Log(x)) // want `log: primal is NaN at \[1,0\]: operand -3$`
	}), num.New([]float64{1, 2, -3, 4}, 2, 2)},
	"checkpoint": {transforms.Checkpoint(func(x num.Array) num.Array {
		return num.Log(x) // want `log: primal is NaN at \[0\]: operand -1$`
	}), num.Vector(-1, 1)},
	"custom rule": {transforms.Grad(func(x num.Array) num.Array {
		f := transforms.CustomJVP(num.Square, func(x, dx num.Array) (num.Array, num.Array) {
			return num.Square(x), num.Div(dx, x) // want `div: cotangent of div is \+Inf: operands 1, 0$`
		})
		return f(x)
	}), num.Scalar(0)},
	"jacobian": {func(x num.Array) num.Array {
		return jac.Fwd(func(x num.Array) num.Array {
			return num.Sqrt(x) // want `div: tangent of sqrt is \+Inf at \[1\]: operands 0.5, 0$`
		})(x)
	}, num.Vector(1, 0)},
}

func steps2(x num.Array) num.Array {
	return flow.For(0, 10, func(i, c num.Array) num.Array {
		return num.Add(c, num.Div(1.0, num.Sub(i, num.Add(x, 5)))) // want `div: primal is \+Inf at \[0\] in step 6: operands 1, 0$`
	}, x)
}

func TestNonFinite(t *testing.T) {
	for name, m := range mistaken {
		t.Run(name, func(t *testing.T) {
			_, err := transforms.Try(m.f, m.x)
			blame.Check(t, "finite_test.go", err)
			p, cerr := transforms.Compile(m.f, m.x, transforms.CheckFinite())
			if cerr != nil {
				t.Fatal(cerr)
			}
			blame.Check(t, "finite_test.go", trace.Try(func() { p.Call(m.x) }))
		})
	}
}

// harmless are functions with values that are not finite and do not matter.
var harmless = map[string]struct {
	f endomorphism
	x num.Array
}{
	"guarded":          {func(x num.Array) num.Array { return num.Where(num.Greater(x, 0), num.Log(x), 0) }, num.Vector(1, 0, -1)},
	"guarded gradient": {transforms.Grad(summed(func(x num.Array) num.Array { return num.Where(num.Greater(x, 0), num.Log(x), 0) })), num.Vector(1, 0, -1)},
	"swallowed":        {func(x num.Array) num.Array { return num.Exp(num.Neg(num.Div(1.0, num.Square(x)))) }, num.Vector(1, 0)},
	"not used":         {func(x num.Array) num.Array { return num.Slice(num.Log(x), 0, 1) }, num.Vector(1, -1)},
	"bounded":          {func(x num.Array) num.Array { return num.Minimum(num.Div(1.0, x), 5) }, num.Vector(1, 0)},
	"compared":         {func(x num.Array) num.Array { return num.Where(num.Less(num.Log(x), 0), 1.0, 2.0) }, num.Vector(-1)},
	"branch not taken": {func(x num.Array) num.Array {
		return flow.Cond(num.Greater(num.Sum(x), 0), num.Square, num.Log, x)
	}, num.Vector(2, -1)},
	"while that guards": {transforms.Grad(func(x num.Array) num.Array {
		type state struct{ I, X num.Array }
		return flow.While(func(s state) num.Array { return num.Less(s.I, 3) }, func(s state) state {
			return state{num.Add(s.I, 1), num.Where(num.Greater(s.X, 0), num.Sqrt(s.X), s.X)}
		}, state{num.ScalarInt(0), x}).X
	}), num.Scalar(0)},
	"rows not used": {func(x num.Array) num.Array {
		c, _ := flow.Scan(func(c, x num.Array) (num.Array, num.Array) { return num.Add(c, x), num.Log(x) }, num.Scalar(0), x)
		return c
	}, num.Vector(-1, 0, 1)},
	"unused argument": {func(x num.Array) num.Array { return num.Slice(x, 1, 2) }, num.Vector(nan, 1)},
}

func TestFinite(t *testing.T) {
	for name, h := range harmless {
		y, err := transforms.Try(h.f, h.x)
		if err != nil || y.Size() == 0 {
			t.Errorf("%s: %v, %v", name, y, err)
		}
		p, err := transforms.Compile(h.f, h.x, transforms.CheckFinite())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Try(h.x); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		p.Call(h.x)
	}
}

// Arguments are blamed by their path, where they matter.
func TestNonFiniteArguments(t *testing.T) {
	type state struct {
		Q, V num.Array
		Next []num.Array
	}
	f := func(s state) num.Array { return num.Add(num.Log(s.V), num.Mul(s.Q, s.Next[1])) }
	x := state{num.Vector(1, nan), num.Vector(1, -1), []num.Array{num.Scalar(nan), num.Scalar(2)}}
	_, err := transforms.Try(f, x) // want `try: the argument state.Q is NaN at \[1\]$`
	blame.Check(t, "finite_test.go", err)
	x.Q = num.Vector(1, 2)
	x.Next[1] = num.Scalar(inf)
	_, err = transforms.Try(f, x) // want `try: the argument state.Next\[1\] is \+Inf$`
	blame.Check(t, "finite_test.go", err)
	p, err := transforms.Compile(f, x, transforms.CheckFinite())
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Try(x) // want `try: the argument state.Next\[1\] is \+Inf$`
	blame.Check(t, "finite_test.go", err)
	blame.Check(t, "finite_test.go", trace.Try(func() {
		p.Call(x) // want `call: the argument state.Next\[1\] is \+Inf$`
	}))
	y := make([]float64, 2)
	blame.Check(t, "finite_test.go", trace.Try(func() {
		p.Run([][]float64{y}, [][]float64{{1, 2}, {1, 1}, {0}, {-inf}}) // want `run: the argument state.Next\[1\] is -Inf$`
	}))
	if y[0] != -inf {
		t.Errorf("Run did not give its results: %v", y)
	}
	z := []float64{0}
	bound := p.Bind([][]float64{y}, [][]float64{{1, 2}, {1, 1}, {0}, z})
	bound()
	z[0] = inf
	blame.Check(t, "finite_test.go", trace.Try(func() {
		bound() // want `run: the argument state.Next\[1\] is \+Inf$`
	}))
}

// Try gives results with the error, runs effects once, and returns mistakes.
func TestTry(t *testing.T) {
	var d diary
	f := func(x num.Array) num.Array {
		y := num.Tap(num.Sub(x, 2), d.see("y"))
		if num.Greater(x, 100).Bool() {
			return num.Add(x, num.Vector(1, 2))
		}
		return num.Log(y)
	}
	y, err := transforms.Try(f, num.Scalar(2))
	if err == nil || y.Float64() != -inf || len(d) != 1 {
		t.Errorf("got %v, %v, saw %v", y, err, d)
	}
	y, err = transforms.Try(f, num.Scalar(3))
	if err != nil || y.Float64() != 0 || len(d) != 2 {
		t.Errorf("got %v, %v, saw %v", y, err, d)
	}
	_, err = transforms.Try(func(x num.Array) num.Array {
		return num.Add(x, num.Vector(1, 2, 3)) // want `add: shapes do not broadcast: f64\[2\] x f64\[3\]$`
	}, num.Vector(1, 2))
	blame.Check(t, "finite_test.go", err)
	p, err := transforms.Compile(num.Log, num.Scalar(0))
	if err != nil {
		t.Fatal(err)
	}
	if y := p.Call(num.Scalar(0)); y.Float64() != -inf { // nothing is checked without the option
		t.Errorf("got %v", y)
	}
	_, err = p.Try(num.Scalar(0)) // want `log: primal is -Inf: operand 0$`
	if e := err.(*trace.Error); e.Msg != "primal is -Inf: operand 0" || e.Primitive != "log" {
		t.Errorf("got %v", err)
	}
	_, err = p.Try(num.Vector(1)) // want `try: the argument is f64\[1\], but what it belongs to is f64\[\]$`
	blame.Check(t, "finite_test.go", err)
	transforms.JIT(func(x num.Array) num.Array {
		_, err = transforms.Try(num.Log, x) // want `try: the argument, or what the function captures, is being traced$`
		blame.Check(t, "finite_test.go", err)
		return x
	})(num.Scalar(0))
}

func ExampleTry() {
	norm := func(x num.Array) num.Array { return num.Sqrt(num.Sum(num.Square(x))) }
	g, err := transforms.Try(transforms.Grad(norm), num.Vector(0, 0))
	mistake := err.(*trace.Error) // at the line of Sqrt
	fmt.Println(g)
	fmt.Println(mistake.Primitive, mistake.Msg)
	// Output:
	// [NaN NaN]
	// div tangent of sqrt is +Inf: operands 0.5, 0
}

func ExampleCheckFinite() {
	f := func(x num.Array) num.Array { return num.Where(num.Greater(x, 0), num.Log(x), num.Log(num.Neg(x))) }
	p, err := transforms.Compile(f, num.Zeros(3), transforms.CheckFinite())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Call(num.Vector(1, -1, 2))) // logarithms of negative numbers, none of which is used
	_, err = p.Try(num.Vector(1, 0, 2))
	fmt.Println(err.(*trace.Error).Msg)
	// Output:
	// [0.         0.         0.69314718]
	// primal is -Inf at [1]: operand -0
}

// What owns funcs can be looked into.
func TestOwnersUnroll(t *testing.T) {
	for name, p := range trace.Registered() {
		_, owner := p.(trace.Splitter)
		if _, ok := p.(trace.Unroller); owner != ok {
			t.Errorf("%s carries tangents through funcs of its own: %v, unrolls them: %v", name, owner, ok)
		}
	}
}
