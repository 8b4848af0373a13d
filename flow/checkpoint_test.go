package flow_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// work is the identity, and counts how often it is run.
type work struct{}

var worked atomic.Int64

func (work) Name() string                                              { return "work" }
func (work) Infer(in []trace.Type) ([]trace.Type, error)               { return in, nil }
func (work) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer     { worked.Add(1); return in }
func (work) JVP(_, _ []trace.Array, t []trace.Tangent) []trace.Tangent { return t }
func (work) Batch(in []trace.Array, mapped []bool, _ int) ([]trace.Array, []bool) {
	return trace.Apply(work{}, in...), mapped
}

func init() { trace.Register(work{}) }

// stepwise is a scan over n steps, with what it captures, its rows and its first carry all made of x.
func stepwise(n int, opts ...flow.Option) function {
	return func(x num.Array) num.Array {
		rows := num.Mul(num.Reshape(num.Linspace(0.2, 1, n), n, 1), x)
		c, ys := flow.Scan(func(c, r num.Array) (num.Array, num.Array) {
			c = num.Sin(num.Add(trace.Apply(work{}, num.Mul(c, r))[0], x))
			return c, num.Mul(c, r)
		}, x, rows, opts...)
		return num.Add(c, num.Sum(num.Square(ys), 0))
	}
}

// policies are ways to keep less of a scan.
var policies = map[string][]flow.Option{
	"every 1":             {flow.CheckpointEvery(1)},
	"every 2, a rest":     {flow.CheckpointEvery(2)},
	"every 3, reverse":    {flow.CheckpointEvery(3), flow.Reverse()},
	"one block":           {flow.CheckpointEvery(7)},
	"1 slot":              {flow.Binomial(1)},
	"2 slots":             {flow.Binomial(2)},
	"2 slots, reverse":    {flow.Binomial(2), flow.Reverse()},
	"more slots than use": {flow.Binomial(9)},
}

func TestScanCheckpoints(t *testing.T) {
	for name, opts := range policies {
		t.Run(name, func(t *testing.T) {
			var plain []flow.Option
			if strings.Contains(name, "reverse") {
				plain = append(plain, flow.Reverse())
			}
			agree.Modes(t, stepwise(7, opts...), stepwise(7, plain...), num.Vector(0.6, -0.8), 1e-13)
		})
	}
}

// TestScanCheckpointsBits demands that gradients by the first carry and the rows are those without
// checkpoints to the bit: of first order, pushed forward, in lanes, and inside of further checkpoints. In reverse
// over reverse the carry has two uses, in the step and in its derivative, and a checkpoint adds its own
// first; of compiled programs, some of one runs by Eval where that of the other does not.
func TestScanCheckpointsBits(t *testing.T) {
	const n = 29
	type args struct{ First, Rows num.Array }
	loss := func(opts ...flow.Option) func(args) num.Array {
		return func(o args) num.Array {
			c, ys := flow.Scan(func(c, r num.Array) (num.Array, num.Array) {
				c = num.Sin(num.Add(num.Mul(c, c, r), 0.3))
				return c, num.Exp(c)
			}, o.First, o.Rows, opts...)
			return num.Add(num.Sum(ys), num.Sum(c))
		}
	}
	at := args{num.Vector(0.6, -0.8), num.Reshape(num.Linspace(-1, 3, 2*n), n, 2)}
	lanes := args{num.Stack(0, at.First, num.Vector(0.1, 0.2)), num.Stack(0, at.Rows, num.Neg(at.Rows))}
	sum := func(o args) num.Array { return num.Add(num.Sum(num.Sin(o.First)), num.Sum(num.Sin(o.Rows))) }
	derivatives := map[string]func(f func(args) num.Array) args{
		"gradient": func(f func(args) num.Array) args { return transforms.Grad(f)(at) },
		"forward over reverse": func(f func(args) num.Array) args {
			_, d := transforms.JVP(transforms.Grad(f), at, at)
			return d
		},
		"reverse over reverse": func(f func(args) num.Array) args {
			return transforms.Grad(func(o args) num.Array { return sum(transforms.Grad(f)(o)) })(at)
		},
		"lanes":           func(f func(args) num.Array) args { return transforms.Vmap(transforms.Grad(f))(lanes) },
		"in a checkpoint": func(f func(args) num.Array) args { return transforms.Grad(transforms.Checkpoint(f))(at) },
		"compiled":        func(f func(args) num.Array) args { return transforms.JIT(transforms.Grad(f))(at) },
		"in a checkpoint, lanes": func(f func(args) num.Array) args {
			return transforms.Vmap(transforms.Grad(transforms.Checkpoint(f)))(lanes)
		},
	}
	for name, opts := range policies {
		var plain []flow.Option
		if strings.Contains(name, "reverse") {
			plain = []flow.Option{flow.Reverse()}
		}
		for what, d := range derivatives {
			got, want := d(loss(opts...)), d(loss(plain...))
			if what == "reverse over reverse" || what == "compiled" {
				agree.Equal(t, name+", "+what, got.First, want.First, 1e-13)
				agree.Equal(t, name+", "+what, got.Rows, want.Rows, 1e-13)
				continue
			}
			nearly(t, name+", "+what, operands{got.First, got.Rows}, operands{want.First, want.Rows}, 0)
		}
	}
}

// choose returns n over k.
func choose(n, k int) int {
	c := 1
	for i := range k {
		c = c * (n - i) / (i + 1)
	}
	return c
}

// again returns how many of choose(s+r, s) steps run again with s slots.
//
// Griewank and Walther: rβ(s,r) - β(s+1,r-1), β(s,r) = (s+r)!/(s! r!).
func again(s, r int) int { return r*choose(s+r, s) - choose(s+r, s+1) }

// TestAdvances counts how often steps run in a gradient: once, and again as often as theory says. That
// is so in either direction, in lanes, in JIT and where a tangent is pushed through the gradient.
func TestAdvances(t *testing.T) {
	x := num.Vector(0.6, -0.8)
	check := func(name string, f function, want int) {
		t.Helper()
		sum := func(x num.Array) num.Array { return num.Sum(f(x)) }
		for way, run := range map[string]func(){
			"gradient": func() { transforms.Grad(sum)(x) },
			"JIT":      func() { transforms.JIT(transforms.Grad(sum))(x) },
			"lanes":    func() { transforms.Vmap(transforms.Grad(sum))(num.Stack(0, x, x, x)) },
			"forward over reverse": func() {
				transforms.JIT(func(x num.Array) num.Array { _, d := transforms.JVP(transforms.Grad(sum), x, x); return d })(x)
			},
		} {
			worked.Store(0)
			run()
			if got := int(worked.Load()); got != want {
				t.Errorf("%s, %s: steps ran %d times in all, want %d", name, way, got, want)
			}
		}
	}
	for _, direction := range [][]flow.Option{nil, {flow.Reverse()}} {
		with := func(n int, opts ...flow.Option) function { return stepwise(n, append(opts, direction...)...) }
		check("no checkpoints", with(20), 20)
		check("every 4", with(20, flow.CheckpointEvery(4)), 20+20)
		check("every 6", with(20, flow.CheckpointEvery(6)), 20+18) // the rest of 2 steps runs once
		for s := 1; s <= 4; s++ {
			for r := 1; r <= 4; r++ {
				n := choose(s+r, s)
				check(fmt.Sprintf("%d steps, %d slots", n, s), with(n, flow.Binomial(s)), n+again(s, r))
			}
		}
	}
}

// TestFewestAdvances: numbers of steps that are not just what some slots and repetitions suffice for run
// as few again as can be too, and have not many more funcs.
func TestFewestAdvances(t *testing.T) {
	for s := 1; s <= 4; s++ {
		r := 0
		for _, n := range []int{2, 4, 5, 7, 8, 11, 16, 23} {
			for choose(s+r, s) < n {
				r++
			}
			f := func(x num.Array) num.Array { return num.Sum(stepwise(n, flow.Binomial(s))(x)) }
			worked.Store(0)
			transforms.Grad(f)(num.Vector(0.6, -0.8))
			want := n + r*n - choose(s+r, s+1)
			if got := int(worked.Load()); got != want {
				t.Errorf("%d steps, %d slots: steps ran %d times in all, want %d", n, s, got, want)
			}
			if n < 23 {
				continue
			}
			grad := trace.MustOf(transforms.Grad(f), num.Vector(0.6, -0.8)).String()
			if funcs := strings.Count(grad, "= func"); funcs > 2*(s+2)*(r+2) {
				t.Errorf("%d steps, %d slots: the gradient has %d funcs", n, s, funcs)
			}
		}
	}
}

// counting is a For of n steps that counts them.
func counting(n int, opts ...flow.Option) function {
	return func(x num.Array) num.Array {
		return flow.For(0, n, func(i, c num.Array) num.Array {
			return num.Sin(num.Add(trace.Apply(work{}, num.Mul(c, c))[0], num.Mul(0.1, i)))
		}, x, opts...)
	}
}

// TestNestedAdvances counts the steps of checkpoints round and inside of each other, and in For.
func TestNestedAdvances(t *testing.T) {
	const n = 10 // β(2,3)
	round := transforms.Checkpoint[num.Array, num.Array]
	for _, c := range []struct {
		name string
		f    function
		want int
	}{
		{"for", counting(n), n},
		{"for, every 5", counting(n, flow.CheckpointEvery(5)), 2 * n},
		{"for, 2 slots", counting(n, flow.Binomial(2)), n + again(2, 3)},
		{"a checkpoint round it", round(counting(n)), 2 * n},
		{"a checkpoint round every 5", round(counting(n, flow.CheckpointEvery(5))), 3 * n},
		{"a checkpoint round 2 slots", round(counting(n, flow.Binomial(2))), 2*n + again(2, 3)},
		{"2 checkpoints round it", round(round(counting(n))), 2 * n},
		{"every 2 of every 5", func(x num.Array) num.Array { // 4 rounds of n steps
			return flow.For(0, 4, func(_, c num.Array) num.Array { return counting(n, flow.CheckpointEvery(5))(c) }, x, flow.CheckpointEvery(2))
		}, 3 * 4 * n},
	} {
		worked.Store(0)
		transforms.Grad(func(x num.Array) num.Array { return num.Sum(c.f(x)) })(num.Vector(0.6, -0.8))
		if got := int(worked.Load()); got != c.want {
			t.Errorf("%s: steps ran %d times in all, want %d", c.name, got, c.want)
		}
	}
}

// TestBinomialFuncs demands that the funcs of binomial checkpoints are shared.
func TestBinomialFuncs(t *testing.T) {
	const s, r = 4, 5
	n := choose(s+r, s)
	grad := trace.MustOf(transforms.Grad(func(x num.Array) num.Array {
		return num.Sum(stepwise(n, flow.Binomial(s))(x))
	}), num.Vector(0.6, -0.8))
	// each func stands in the IR as itself or as its tape's transpose
	if funcs := strings.Count(grad.String(), "= func"); funcs > 2*(s+1)*(r+1) {
		t.Errorf("the gradient of %d steps has %d funcs", n, funcs)
	}
}

// TestScanResiduals compares what reverse mode keeps.
func TestScanResiduals(t *testing.T) {
	const n, size = 100, 50
	kept := func(opts ...flow.Option) int {
		total := 0
		for _, r := range transforms.Residuals(func(x num.Array) num.Array {
			return flow.For(0, n, func(_, c num.Array) num.Array { return num.Sin(num.Exp(c)) }, x, opts...)
		}, num.Zeros(size)) {
			total += r.Bytes
		}
		return total
	}
	row := 8 * size
	for _, c := range []struct {
		name      string
		got, most int
	}{
		{"every 10", kept(flow.CheckpointEvery(10)), 11*row + 8*n},
		{"3 slots", kept(flow.Binomial(3)), 5*row + 8*n},
	} {
		if plain := kept(); c.got > c.most || plain < n*row {
			t.Errorf("%s: %d bytes are kept, want at most %d; without checkpoints %d", c.name, c.got, c.most, plain)
		}
	}
}
