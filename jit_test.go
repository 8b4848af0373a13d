package gradus_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// pendulum is the energy of a double pendulum, of its angles and their velocities: scalar code.
func pendulum(x num.Array) num.Array {
	a, b, va, vb := x.At(0), x.At(1), x.At(2), x.At(3)
	kinetic := num.Add(num.Square(va), num.Mul(0.5, num.Square(vb)), num.Mul(va, vb, num.Cos(num.Sub(a, b))))
	return num.Sub(kinetic, num.Mul(9.8, num.Add(num.Mul(2, num.Cos(a)), num.Cos(b))))
}

// waves is elementwise.
func waves(x num.Array) num.Array {
	return num.Sum(num.Sub(num.Tanh(num.Add(num.Mul(1.3, x), 0.2)), num.Exp(num.Neg(num.Square(x)))))
}

// orbit runs a thousand steps of leapfrog round a centre.
func orbit(x num.Array) num.Array {
	pull := func(q num.Array) num.Array { return num.Neg(num.Div(q, num.Pow(num.Sum(num.Square(q)), 1.5))) }
	type state struct{ q, v num.Array }
	end := flow.For(0, 1000, func(_ num.Array, s state) state {
		v := num.Add(s.v, num.Mul(0.005, pull(s.q)))
		q := num.Add(s.q, num.Mul(0.01, v))
		return state{q, num.Add(v, num.Mul(0.005, pull(q)))}
	}, state{num.Slice(x, 0, 2), num.Slice(x, 2, 4)})
	return num.Sum(num.Square(end.q))
}

// BenchmarkJIT prints how many times as long the evaluator takes as the compiled program, for gradients:
// the median over rounds.
func BenchmarkJIT(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name string
		f    func(num.Array) num.Array
		x    num.Array
	}{
		{"pendulum", pendulum, num.Vector(0.3, -0.4, 1, 2)},
		{"waves/n=1000", waves, num.Normal(rng, 1000)},
		{"waves/n=100000", waves, num.Normal(rng, 100000)},
		{"orbit", orbit, num.Vector(1, 0, 0, 1)},
		{"rosenbrock", rosenbrock, num.Normal(rng, 1000)},
		{"lennard-jones", lennardJones, num.Normal(rng, 120)},
		{"perceptron", perceptron, num.Normal(rng, 64*65)},
	} {
		b.Run(c.name, func(b *testing.B) {
			g := transforms.Grad(c.f)
			f := pass.Simplify(trace.MustOf(g, c.x))
			p, err := transforms.Compile(g, c.x)
			if err != nil {
				b.Fatal(err)
			}
			x, dx := c.x.Float64s(), make([]float64, c.x.Size())
			var ratios []float64
			const runs = 20 // of the compiled program for each of the evaluator
			for b.Loop() {
				eval := clock(func() { f.Eval(c.x) })
				compiled := clock(func() {
					for range runs {
						p.Run([][]float64{dx}, [][]float64{x})
					}
				})
				ratios = append(ratios, runs*float64(eval)/float64(compiled))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "times-faster")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// bodies is the energy of gravity between bodies in space: scalar code with many quotients.
func bodies(x num.Array) num.Array {
	n := x.Size() / 3
	sum := num.Scalar(0)
	for i := range n {
		for j := range i {
			r2 := num.Scalar(0.01)
			for k := range 3 {
				r2 = num.Add(r2, num.Square(num.Sub(x.At(3*i+k), x.At(3*j+k))))
			}
			sum = num.Sub(sum, num.Div(1+0.1*float64(i), num.Sqrt(r2)))
		}
	}
	return sum
}

// BenchmarkPasses prints how much faster the passes that round elsewhere make gradients: the time without one
// over the time with it, both run in turn, medians over rounds.
func BenchmarkPasses(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name string
		f    func(num.Array) num.Array
		x    num.Array
	}{
		{"pendulum", pendulum, num.Vector(0.3, -0.4, 1, 2)},
		{"bodies/n=4", bodies, num.Normal(rng, 12)},
		{"bodies/n=10", bodies, num.Normal(rng, 30)},
		{"waves/n=1000", waves, num.Normal(rng, 1000)},
		{"lennard-jones", lennardJones, num.Normal(rng, 120)},
	} {
		f := pass.Simplify(trace.MustOf(transforms.Grad(c.f), c.x))
		for _, without := range []string{"reciprocals", "contract"} {
			b.Run(c.name+"/"+without, func(b *testing.B) {
				x, dx := c.x.Float64s(), make([]float64, c.x.Size())
				run := func(without string) func() {
					f := f
					for _, q := range pass.Pipeline {
						if q.Name != without {
							f = q.Run(f)
						}
					}
					p := compile.Compile(f, compile.Default())
					return func() {
						for range 300 {
							p.Run([][]float64{dx}, [][]float64{x})
						}
					}
				}
				slow, fast := run(without), run("")
				var ratios []float64
				for b.Loop() {
					one := clock(slow)
					ratios = append(ratios, float64(one)/float64(clock(fast)))
				}
				slices.Sort(ratios)
				b.ReportMetric(ratios[len(ratios)/2], "times-faster")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
