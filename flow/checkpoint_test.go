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
// checkpoints to the bit.
func TestScanCheckpointsBits(t *testing.T) {
	const n = 29
	type operands struct{ First, Rows num.Array }
	loss := func(opts ...flow.Option) func(operands) num.Array {
		return func(o operands) num.Array {
			c, ys := flow.Scan(func(c, r num.Array) (num.Array, num.Array) {
				c = num.Sin(num.Add(num.Mul(c, c, r), 0.3))
				return c, num.Exp(c)
			}, o.First, o.Rows, opts...)
			return num.Add(num.Sum(ys), num.Sum(c))
		}
	}
	at := operands{num.Vector(0.6, -0.8), num.Reshape(num.Linspace(-1, 3, 2*n), n, 2)}
	want := transforms.Grad(loss())(at)
	for name, opts := range policies {
		if strings.Contains(name, "reverse") {
			continue
		}
		got := transforms.Grad(loss(opts...))(at)
		if fmt.Sprint(got.First.Float64s(), got.Rows.Float64s()) != fmt.Sprint(want.First.Float64s(), want.Rows.Float64s()) {
			t.Errorf("%s: the gradient is\n%v\nwithout checkpoints it is\n%v", name, got, want)
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

// TestAdvances counts how often steps run in a gradient: once, and again as often as theory says.
func TestAdvances(t *testing.T) {
	check := func(name string, n, want int, opts ...flow.Option) {
		t.Helper()
		worked.Store(0)
		transforms.Grad(func(x num.Array) num.Array { return num.Sum(stepwise(n, opts...)(x)) })(num.Vector(0.6, -0.8))
		if got := int(worked.Load()); got != want {
			t.Errorf("%s: %d steps ran %d times in all, want %d", name, n, got, want)
		}
	}
	check("no checkpoints", 20, 20)
	check("every 4", 20, 20+20, flow.CheckpointEvery(4))
	check("every 6", 20, 20+18, flow.CheckpointEvery(6)) // the rest of 2 steps runs once
	for s := 1; s <= 4; s++ {
		for r := 1; r <= 4; r++ {
			// Griewank and Walther: rβ(s,r) - β(s+1,r-1) steps run again, β(s,r) = (s+r)!/(s! r!)
			n := choose(s+r, s)
			check(fmt.Sprintf("%d slots", s), n, n+r*n-choose(s+r, s+1), flow.Binomial(s))
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
