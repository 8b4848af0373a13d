package transforms_test

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/internal/debug"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// BenchmarkTransform traces what transforms make of functions of 1e2 to 1e5 equations: the time for
// each equation of the function must not grow.
func BenchmarkTransform(b *testing.B) {
	debug.CheckFuncs.Store(false)
	defer debug.CheckFuncs.Store(true)
	x := num.Vector(1, 2, 3)
	for _, transform := range []struct {
		name string
		of   func(f func(num.Array) num.Array) *trace.Func
	}{
		{"grad", func(f func(num.Array) num.Array) *trace.Func { return trace.MustOf(transforms.Grad(f), x) }},
		{"vmap", func(f func(num.Array) num.Array) *trace.Func {
			return trace.MustOf(transforms.Vmap(f), num.Zeros(2, 3))
		}},
		{"hvp", func(f func(num.Array) num.Array) *trace.Func {
			return trace.MustOf(func(x num.Array) num.Array {
				_, d := transforms.JVP(transforms.Grad(f), x, x)
				return d
			}, x)
		}},
	} {
		for n := 100; n <= 100_000; n *= 10 {
			b.Run(fmt.Sprintf("%s/equations=%d", transform.name, n), func(b *testing.B) {
				f := func(x num.Array) num.Array {
					y := x
					for range n / 5 {
						y = num.Add(num.Sin(y), num.Mul(x, num.BroadcastTo(num.Sum(y), 3)))
					}
					return num.Sum(y)
				}
				equations := 0
				for b.Loop() {
					equations = len(transform.of(f).Equations())
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/equation")
				b.ReportMetric(float64(equations)/float64(n), "equations/equation")
			})
		}
	}
}
