package compile_test

import (
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// large are programs of loops over so many elements that threads share them: elements of a row, rows, blocks of a
// sum, and products.
func large(x, m num.Array) map[string]*trace.Func {
	build := func(f func(x, m num.Array) []num.Array) *trace.Func {
		return trace.Build([]trace.Type{x.Type(), m.Type()}, func(in []num.Array) []num.Array { return f(in[0], in[1]) })
	}
	return map[string]*trace.Func{
		"elements": build(func(x, _ num.Array) []num.Array {
			return []num.Array{num.Mul(num.Sin(x), num.Exp(num.Neg(num.Square(x)))), num.Greater(x, 0)}
		}),
		"sums": build(func(x, _ num.Array) []num.Array {
			return []num.Array{num.Sum(num.Sin(x)), num.Mean(num.Square(x)), num.Amax(num.Tanh(x))}
		}),
		"rows": build(func(_, m num.Array) []num.Array {
			return []num.Array{num.Sum(num.Cos(m), 1), num.Sub(m, num.KeepDims(num.Mean, m, 1))}
		}),
		"columns": build(func(_, m num.Array) []num.Array {
			return []num.Array{num.Sum(num.Cos(m), 0), num.Add(m, num.Transpose(m))}
		}),
		"product": build(func(_, m num.Array) []num.Array { return []num.Array{num.MatMul(m, num.Transpose(m))} }),
		"slices": build(func(x, _ num.Array) []num.Array {
			a, b := num.Slice(x, 1, num.End), num.Slice(x, 0, -1)
			return []num.Array{num.Add(num.Pad(num.Mul(num.Cos(a), b), 1, 0), num.Pad(num.Square(b), 0, 1))}
		}),
	}
}

// Results are the same to the bit for any number of threads, and where a part fails and Eval must do it.
func TestThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	x, m := floats(1, 100_003), floats(2, 300, 300)
	wild := slices.Clone(x.Float64s())
	wild[77_777] = 1e300
	backends, threads := compile.Backends(), []int{2, 3, 8}
	if testing.Short() {
		backends, threads = backends[:1], threads[:1]
	}
	for name, f := range large(x, m) {
		for _, on := range backends {
			p := compile.Compile(f, on)
			for kind, in := range map[string][]num.Array{"": {x, m}, ", huge": {num.New(wild, len(wild)), m}} {
				runtime.GOMAXPROCS(1)
				want := p.Call(in)
				for _, procs := range threads {
					runtime.GOMAXPROCS(procs)
					for range 3 {
						for i, y := range p.Call(in) {
							if !sameBits(y, want[i]) {
								t.Fatalf("%s%s on %s: result %d differs with %d threads\n%v", name, kind, on.Name, i, procs, p)
							}
						}
					}
				}
			}
		}
	}
}

func sameBits(a, b num.Array) bool {
	x, y := trace.Read(a), trace.Read(b)
	return slices.EqualFunc(x.F64, y.F64, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) }) &&
		slices.Equal(x.I64, y.I64) && slices.Equal(x.Bool, y.Bool)
}

// BenchmarkThreads prints how many times as fast a program is with all threads as with one.
func BenchmarkThreads(b *testing.B) {
	x, m := floats(1, 1_000_000), floats(2, 700, 700)
	for name, f := range large(x, m) {
		b.Run(name, func(b *testing.B) {
			p := compile.Compile(f, compile.Default())
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
			all := runtime.GOMAXPROCS(0)
			in := []num.Array{x, m}
			p.Call(in)
			var ratios []float64
			for b.Loop() {
				runtime.GOMAXPROCS(1)
				one := least(func() { p.Call(in) })
				runtime.GOMAXPROCS(all)
				ratios = append(ratios, float64(one)/float64(least(func() { p.Call(in) })))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "times-faster")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func least(f func()) time.Duration {
	best := time.Duration(math.MaxInt64)
	for range 5 {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	return best
}
