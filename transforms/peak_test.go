package transforms_test

import (
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// TestPeak counts arrays of one size that are alive at once.
func TestPeak(t *testing.T) {
	const n, size = 1000, 8 * 1000
	chain := func(x num.Array) num.Array {
		for range 10 {
			x = num.Sin(x)
		}
		return x
	}
	const steps = 40
	loop := func(opts ...flow.Option) func(num.Array) num.Array {
		return transforms.Grad(func(x num.Array) num.Array {
			return num.Sum(flow.For(0, steps, func(_, c num.Array) num.Array { return num.Sin(c) }, x, opts...))
		})
	}
	for _, c := range []struct {
		name   string
		f      func(num.Array) num.Array
		arrays float64
	}{
		{"nothing", func(x num.Array) num.Array { return x }, 1},
		{"chain", chain, 2},
		{"kept", func(x num.Array) num.Array { return num.Add(chain(x), x) }, 3},
		{"gradient", transforms.Grad(func(x num.Array) num.Array { return num.Sum(chain(x)) }), 11}, // 10 cosines, and the product so far
		{"loop", loop(), steps + 3},
		{"loop with checkpoints", loop(flow.CheckpointEvery(5)), steps/5 + 5 + 5},
	} {
		p, err := transforms.Compile(c.f, num.Zeros(n))
		if err != nil {
			t.Fatal(err)
		}
		if got := float64(p.Stats().Peak) / size; got < c.arrays || got > c.arrays+2 {
			t.Errorf("%s: %.2f arrays are alive at once, want %v:\n%v", c.name, got, c.arrays, p)
		}
	}
}
