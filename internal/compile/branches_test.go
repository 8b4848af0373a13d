package compile_test

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// TestConds has branches of scalar code, NaNs in those that are not taken, and derivatives, which pass holes.
func TestConds(t *testing.T) {
	f := func(x num.Array) num.Array {
		return flow.Cond(num.Greater(num.Sum(x), 0),
			func(x num.Array) num.Array { return num.Log(num.Sum(num.Square(x))) },
			func(x num.Array) num.Array { return num.Sqrt(num.Neg(num.Sum(x))) }, x)
	}
	partly := func(x num.Array) num.Array { // one branch keeps residuals that the other lacks
		y := num.Exp(x)
		return num.Sum(flow.Switch(num.Convert(num.Sum(x), trace.I64), []func(num.Array) num.Array{
			func(a num.Array) num.Array { return num.Mul(a, y) },
			func(a num.Array) num.Array { return num.Sin(num.Exp(a)) },
			func(a num.Array) num.Array { return num.Ones(a.Shape()...) },
		}, x))
	}
	for _, n := range []int{1, 3, 16, 40} {
		for _, at := range []float64{-3, -0.5, 0.05, 0.5, 2, 1e9} {
			x := num.Full(at/float64(n), n)
			for _, f := range []func(num.Array) num.Array{f, partly} {
				agree(t, one(f), x)
				agree(t, one(transforms.Grad(f)), x)
				agree(t, one(transforms.Grad(func(x num.Array) num.Array { return num.Sum(num.Sin(transforms.Grad(f)(x))) })), x)
				agree(t, one(transforms.Vmap(transforms.Grad(f))), num.Stack(0, x, num.Neg(x)))
			}
		}
	}
}

// TestHoles gives holes to those that may be given such, and as results.
func TestHoles(t *testing.T) {
	f := func(x []num.Array) []num.Array {
		h := trace.Hole(x[0].Type())
		y := flow.Cond(num.Greater(num.Sum(x[0]), 0),
			func(x num.Array) num.Array { return num.Mul(x, 2) },
			func(num.Array) num.Array { return h }, x[0])
		z := flow.Cond(num.Greater(num.Sum(x[0]), 0),
			func(y num.Array) num.Array { return num.Add(y, 1) },
			func(num.Array) num.Array { return x[0] }, y)
		return []num.Array{z}
	}
	type state struct{ X, Y num.Array }
	operand := func(x []num.Array) []num.Array {
		w := flow.Cond(num.Greater(num.Sum(x[0]), 0),
			func(s state) num.Array { return num.Mul(s.X, 3) },
			func(s state) num.Array { return num.Add(s.X, s.Y) }, state{x[0], trace.Hole(x[0].Type())})
		return []num.Array{w}
	}
	for _, n := range []int{1, 3, 40} {
		agree(t, f, num.Ones(n))
		agree(t, f, num.Full(-1, n))
		agree(t, operand, num.Ones(n))
	}
}

// TestEffects runs taps once each, in order.
func TestEffects(t *testing.T) {
	for _, n := range []int{1, 30} {
		var got []string
		tap := func(name string, x num.Array) num.Array {
			return num.Tap(x, func(v num.Array) { got = append(got, fmt.Sprint(name, v.Float64s()[0])) })
		}
		fn := trace.Build([]trace.Type{trace.TypeOf(trace.F64, n)}, one(func(x num.Array) num.Array {
			a := tap("a", num.Mul(x, 2))
			b := tap("b", num.Add(a, 1))
			tap("c", num.Sub(x, 1))
			return num.Add(tap("d", num.Mul(b, 2)), a)
		}))
		for _, on := range compile.Backends() {
			got = nil
			run(compile.Compile(pass.Simplify(fn), on), []num.Array{num.Ones(n)})
			if want := []string{"a2", "b3", "c0", "d6"}; !slices.Equal(got, want) {
				t.Errorf("%s, %d elements: %v, want %v", on.Name, n, got, want)
			}
		}
	}
}

// mixed compiles to scalar code, loops, reductions and a scan.
func mixed(x num.Array) []num.Array {
	y := num.Exp(num.Sin(x))
	c, ys := flow.Scan(func(c, r num.Array) (num.Array, num.Array) { return num.Add(num.Mul(c, 0.5), r), c }, num.Sum(y, 0), num.Mul(y, num.Amax(x)))
	return []num.Array{c, num.Sub(ys, num.Flip(x, 0)), num.Mul(num.Square(num.Mean(x)), 3)}
}

// programs compiles mixed on every backend.
func programs(shape ...int) map[string]*compile.Program {
	all := map[string]*compile.Program{}
	fn := pass.Simplify(trace.Build([]trace.Type{trace.TypeOf(trace.F64, shape...)}, func(x []num.Array) []num.Array { return mixed(x[0]) }))
	for _, on := range compile.Backends() {
		all[on.Name] = compile.Compile(fn, on)
	}
	return all
}

// TestGoroutines uses a program from many at once.
func TestGoroutines(t *testing.T) {
	agree(t, func(x []num.Array) []num.Array { return mixed(x[0]) }, floats(1, 70, 3))
	for name, p := range programs(70, 3) {
		var wg sync.WaitGroup
		for g := range 16 {
			wg.Go(func() {
				x := floats(uint64(g), 70, 3)
				want := mixed(x)
				for range 20 {
					if err := same(run(p, []num.Array{x}), want); err != nil {
						t.Errorf("%s: %v", name, err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
}

// TestRun fills slices, also such as overlap.
func TestRun(t *testing.T) {
	const n = 70
	x := floats(1, n, 3)
	want := mixed(x)
	for name, p := range programs(n, 3) {
		in, out := [][]float64{x.Float64s()}, [][]float64{make([]float64, 3), make([]float64, 3*n), make([]float64, 1)}
		p.Run(out, in)
		for i, w := range want {
			if differs(out[i], w.Float64s()) >= 0 {
				t.Errorf("%s: result %d is %v, want %v", name, i, out[i], w)
			}
		}
		for shift := range 5 { // the result is where the argument is, or a little behind
			memory := make([]float64, 3*n+8)
			in := [][]float64{memory[:3*n]}
			copy(in[0], x.Float64s())
			out := [][]float64{memory[3*n+5:], memory[shift:][:3*n], make([]float64, 1)}
			p.Run(out, in)
			if differs(out[1], want[1].Float64s()) >= 0 || differs(out[0], want[0].Float64s()) >= 0 {
				t.Errorf("%s, %d behind: got %v, want %v", name, shift, out[1], want[1])
			}
		}
	}
}

// TestRunSwaps gives arguments and views of them as results where the arguments are.
func TestRunSwaps(t *testing.T) {
	fn := trace.Build([]trace.Type{trace.TypeOf(trace.F64, 40), trace.TypeOf(trace.F64, 40)}, func(x []num.Array) []num.Array {
		return []num.Array{x[1], num.Flip(x[0]), num.Add(x[0], x[1])}
	})
	for _, on := range compile.Backends() {
		a, b := floats(1, 40), floats(2, 40)
		x, y, z := a.Float64s(), b.Float64s(), make([]float64, 40)
		compile.Compile(fn, on).Run([][]float64{x, y, z}, [][]float64{x, y})
		for i, got := range [][]float64{x, y, z} {
			want := []num.Array{b, num.Flip(a), num.Add(a, b)}[i]
			if differs(got, want.Float64s()) >= 0 {
				t.Errorf("%s: result %d is %v, want %v", on.Name, i, got, want)
			}
		}
	}
}

// TestRunsAfterPanics leaves nothing behind.
func TestRunsAfterPanics(t *testing.T) {
	fails := true
	fn := trace.Build([]trace.Type{trace.TypeOf(trace.F64, 40)}, one(func(x num.Array) num.Array {
		return num.Exp(num.Tap(num.Sin(x), func(num.Array) {
			if fails {
				panic("fails")
			}
		}))
	}))
	for _, on := range compile.Backends() {
		p := compile.Compile(fn, on)
		x := floats(1, 40)
		fails = true
		func() {
			defer func() { recover() }()
			run(p, []num.Array{x})
		}()
		fails = false
		if y := run(p, []num.Array{x})[0].Float64s(); differs(y, num.Exp(num.Sin(x)).Float64s()) >= 0 || math.IsNaN(y[0]) {
			t.Errorf("%s: %v", on.Name, y)
		}
	}
}
