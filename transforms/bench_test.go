package transforms_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/debug"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// chain returns a function of about n equations, none of them equal or constant.
func chain(n int) function {
	return func(x num.Array) num.Array {
		y := x
		for range n / 5 {
			y = num.Mul(num.Sin(num.Add(num.Mul(y, x), 0.1)), num.Exp(y))
		}
		return num.Sum(y)
	}
}

// BenchmarkTransform measures the time to trace and to transform per equation of the function
// that is given, which must not depend on their number.
func BenchmarkTransform(b *testing.B) {
	debug.CheckFuncs.Store(false)
	defer debug.CheckFuncs.Store(true)
	x := num.Scalar(0.1)
	active := []bool{true}
	for n := 100; n <= 100_000; n *= 10 {
		f := trace.MustOf(chain(n), x)
		for _, c := range []struct {
			name string
			run  func()
		}{
			{"trace", func() { trace.MustOf(chain(n), x) }},
			{"jvp", func() { dual.JVP(f, active) }},
			{"vjp", func() { pullback(f, active) }},
			{"linearize", func() { tape.Linearize(f, active) }},
			{"vmap", func() { batch.Vmap(f, active, 4) }},
			{"simplify", func() { pass.Simplify(f) }},
			{"eval", func() { f.Eval(x) }},
			{"grad", func() { transforms.Grad(chain(n))(x) }},
			{"hvp", func() { transforms.JVP(transforms.Grad(chain(n)), x, x) }},
		} {
			b.Run(fmt.Sprintf("%s/n=%d", c.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					c.run()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(f.Equations())), "ns/equation")
			})
		}
	}
}

// BenchmarkPasses measures each pass, in turn, on the gradient of a function of 1,000 equations.
func BenchmarkPasses(b *testing.B) {
	debug.CheckFuncs.Store(false)
	defer debug.CheckFuncs.Store(true)
	f := pass.Simplify(trace.MustOf(transforms.Grad(chain(1000)), num.Scalar(0.1)))
	for _, p := range pass.Pipeline {
		b.Run(p.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Run(f)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(f.Equations())), "ns/equation")
		})
		f = p.Run(f)
	}
}

// BenchmarkCompile measures what it takes to trace the gradient of a function of 1,000 equations and to compile it,
// the best of all rounds, and prints the share of each part.
func BenchmarkCompile(b *testing.B) {
	debug.CheckFuncs.Store(false)
	defer debug.CheckFuncs.Store(true)
	for _, x := range []num.Array{num.Scalar(0.1), num.Full(0.1, 100)} {
		b.Run(x.Type().String(), func(b *testing.B) {
			var best [4]time.Duration
			total := time.Duration(math.MaxInt64)
			for b.Loop() {
				at := []time.Time{time.Now()}
				part := func() { at = append(at, time.Now()) }
				trace.MustOf(chain(1000), x)
				part()
				g := trace.MustOf(transforms.Grad(chain(1000)), x)
				part()
				f := pass.Compile(pass.Simplify(g))
				part()
				compile.Compile(f, compile.Default())
				part()
				if all := at[4].Sub(at[1]); all < total {
					total = all
					for i := range best {
						best[i] = at[i+1].Sub(at[i])
					}
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(total.Microseconds()), "us")
			b.ReportMetric(100*float64(best[0])/float64(total), "%trace")
			b.ReportMetric(100*float64(best[1]-best[0])/float64(total), "%grad")
			b.ReportMetric(100*float64(best[2])/float64(total), "%passes")
			b.ReportMetric(100*float64(best[3])/float64(total), "%compile")
		})
	}
}
