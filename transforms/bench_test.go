package transforms_test

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/dual"
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
