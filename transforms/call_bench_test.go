package transforms_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

type pair struct{ X, Y num.Array }

// tenOps is ten operations on scalars.
func tenOps(p pair) num.Array {
	z := num.Add(p.X, p.Y)
	for range 3 {
		z = num.Sub(num.Mul(z, p.X), num.Mul(p.Y, 0.5))
	}
	return z
}

// plainTenOps is tenOps in plain Go.
var plainTenOps = func(x, y float64) float64 {
	z := x + y
	for range 3 {
		z = z*x - y*0.5
	}
	return z
}

// BenchmarkCall prints what a call of a compiled function of ten operations on scalars costs, as multiples of
// a plain Go call of the same through a func value: medians of rounds that run in turn.
func BenchmarkCall(b *testing.B) {
	arg := pair{num.Scalar(0.3), num.Scalar(0.7)}
	jit := transforms.JIT(tenOps)
	p, err := transforms.Compile(tenOps, arg)
	if err != nil {
		b.Fatal(err)
	}
	in, out := [][]float64{{0.3}, {0.7}}, [][]float64{{0}}
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"jit", func() { jit(arg) }},
		{"call", func() { p.Call(arg) }},
		{"run", func() { p.Run(out, in) }},
	} {
		b.Run(c.name, func(b *testing.B) { inTurn(b, "times-Go", c.run, func() { sink = plainTenOps(sink, 0.7) }, 100) })
	}
}

var sink float64

// BenchmarkHit prints what it costs to find the program for a struct of so many arrays, and to call it.
func BenchmarkHit(b *testing.B) {
	x := num.Scalar(0.5)
	benchmarkHit(b, 1, struct{ A num.Array }{x})
	benchmarkHit(b, 5, struct{ A, B, C, D, E num.Array }{x, x, x, x, x})
	benchmarkHit(b, 21, struct {
		A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T, U num.Array
	}{x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x})
}

func benchmarkHit[In any](b *testing.B, arrays int, arg In) {
	f := transforms.JIT(func(In) num.Array { return num.Scalar(1) })
	b.Run(fmt.Sprintf("arrays=%d", arrays), func(b *testing.B) {
		inTurn(b, "times-Go", func() { f(arg) }, func() { sink = plainTenOps(sink, 0.7) }, 100)
	})
}

// inTurn runs both functions in turn and reports the median of how many times as long the first takes.
func inTurn(b *testing.B, unit string, run, base func(), calls int) {
	clock := func(f func()) float64 {
		start := time.Now()
		for range calls {
			f()
		}
		return float64(time.Since(start))
	}
	var ratios, times []float64
	for b.Loop() {
		took := clock(run)
		times = append(times, took/float64(calls))
		ratios = append(ratios, took/clock(base))
	}
	slices.Sort(ratios)
	slices.Sort(times)
	b.ReportMetric(ratios[len(ratios)/2], unit)
	b.ReportMetric(times[0], "ns/call-at-best")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkParallel prints what a call takes while ten goroutines call one function, as a multiple of what it
// takes with one: the inverse of the number of processors if they do not wait for each other.
func BenchmarkParallel(b *testing.B) {
	arg := pair{num.Scalar(0.3), num.Scalar(0.7)}
	jit := transforms.JIT(tenOps)
	const goroutines = 10
	var wg sync.WaitGroup
	inTurn(b, "times-single", func() {
		for range goroutines {
			wg.Go(func() {
				for range 1000 / goroutines {
					jit(arg)
				}
			})
		}
		wg.Wait()
	}, func() {
		for range 1000 {
			jit(arg)
		}
	}, 10)
}
