package gradus_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// costs are the functions whose derivatives the README prices.
var costs = []struct {
	name string
	f    func(num.Array) num.Array
	n    int
}{
	{"rosenbrock", rosenbrock, 1000},
	{"lennard-jones", lennardJones, 3 * 40},
	{"perceptron", perceptron, 64 * 65},
}

func rosenbrock(x num.Array) num.Array {
	head, tail := num.Slice(x, 0, -1), num.Slice(x, 1, num.End)
	return num.Sum(num.Add(num.Mul(100, num.Square(num.Sub(tail, num.Square(head)))), num.Square(num.Sub(1, head))))
}

// lennardJones is the energy of atoms at x, all pairs of them.
func lennardJones(x num.Array) num.Array {
	n := x.Size() / 3
	p := num.Reshape(x, n, 3)
	d := num.Sub(num.ExpandDims(p, 0), num.ExpandDims(p, 1))
	a := num.Pow(num.Add(num.Sum(num.Square(d), 2), num.Eye(n)), -3)
	return num.Mul(2, num.Sum(num.Sub(num.Square(a), a)))
}

// perceptron is the loss of a network of one hidden layer, by its weights, on 32 fixed samples.
func perceptron(w num.Array) num.Array {
	hidden := num.Tanh(num.MatMul(samples, num.Reshape(num.Slice(w, 0, 64*64), 64, 64)))
	return num.Mean(num.Square(num.MatMul(hidden, num.Slice(w, 64*64, num.End))))
}

var samples = num.Normal(rand.New(rand.NewPCG(1, 2)), 32, 64)

// BenchmarkCost prints what derivatives cost as multiples of the function itself, all compiled by
// JIT and run in turn: the median over rounds.
func BenchmarkCost(b *testing.B) {
	for _, c := range costs {
		x := num.Normal(rand.New(rand.NewPCG(3, 4)), c.n)
		f := transforms.JIT(c.f)
		for _, d := range []struct {
			name string
			run  func()
		}{
			{"jvp", thunk(func(x num.Array) num.Array { _, dy := transforms.JVP(c.f, x, x); return dy }, x)},
			{"grad", thunk(transforms.Grad(c.f), x)},
			{"hvp", thunk(func(x num.Array) num.Array { return hvp.Product(c.f)(x, x) }, x)},
		} {
			b.Run(c.name+"/"+d.name, func(b *testing.B) {
				var ratios []float64
				for b.Loop() {
					base := clock(func() { f(x) })
					ratios = append(ratios, float64(clock(d.run))/float64(base))
				}
				slices.Sort(ratios)
				b.ReportMetric(ratios[len(ratios)/2], "times-f")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

func thunk(f func(num.Array) num.Array, x num.Array) func() {
	compiled := transforms.JIT(f)
	return func() { compiled(x) }
}

func clock(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}
