package trace_test

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/internal/debug"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// BenchmarkTrace records funcs of 1e2 to 1e5 equations: the time for each must not grow.
func BenchmarkTrace(b *testing.B) {
	debug.CheckFuncs.Store(false)
	defer debug.CheckFuncs.Store(true)
	for n := 100; n <= 100_000; n *= 10 {
		b.Run(fmt.Sprint("equations=", n), func(b *testing.B) {
			x := num.Vector(1, 2, 3)
			equations := 0
			b.ReportAllocs()
			for b.Loop() {
				f := trace.MustOf(func(x num.Array) num.Array { return mixed(x, n/5) }, x)
				equations = len(f.Equations())
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*equations), "ns/equation")
		})
	}
}

// mixed applies five equations n times: functions with and without parameters, and a literal.
func mixed(x num.Array, n int) num.Array {
	y := x
	for range n {
		y = num.Add(num.Sin(y), num.Mul(x, num.BroadcastTo(num.Sum(y), 3)))
	}
	return y
}
