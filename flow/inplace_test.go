package flow_test

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// updates are loops of n steps, each of which reads and writes a few elements of a vector x of n.
var updates = map[string]func(x num.Array) num.Array{
	// each element is made of the one before it
	"set": func(x num.Array) num.Array {
		y := flow.For(1, x.Size(), func(i, c num.Array) num.Array {
			before, here := num.Take(c, num.Sub(i, 1), 0), num.Take(c, i, 0)
			return num.Set(c, num.Sin(num.Add(num.Mul(before, here), 0.3)), i)
		}, x)
		return num.Sum(y)
	},
	// elements of an outer array are read, and their cotangents meet there
	"read": func(x num.Array) num.Array {
		return flow.For(0, x.Size(), func(i, c num.Array) num.Array {
			return num.Sin(num.Add(c, num.Mul(num.Take(x, i, 0), num.Take(x, num.Sub(i, 1), 0))))
		}, num.Scalar(0.2))
	},
	// sums are scattered, in a branch
	"add in a branch": func(x num.Array) num.Array {
		type pair struct{ at, sums num.Array }
		sums := flow.For(0, x.Size(), func(i, c num.Array) num.Array {
			return flow.Cond(num.Less(num.Mod(i, 3), 1),
				func(p pair) num.Array {
					return num.AddAt(p.sums, num.Square(num.Take(x, p.at, 0)), num.Sub(p.at, 1))
				},
				func(p pair) num.Array { return p.sums }, pair{i, c})
		}, num.ZerosLike(x))
		return num.Sum(num.Sin(sums))
	},
	"in a loop in a loop": func(x num.Array) num.Array {
		const inner = 16
		return flow.For(0, x.Size()/inner, func(i, c num.Array) num.Array {
			return flow.For(0, inner, func(j, c num.Array) num.Array {
				return num.Sin(num.Add(c, num.Take(x, num.Add(num.Mul(i, inner), j), 0)))
			}, c)
		}, num.Scalar(0.2))
	},
	"of checkpoints": func(x num.Array) num.Array {
		return flow.For(0, x.Size(), func(i, c num.Array) num.Array {
			return num.Sin(num.Add(c, num.Take(x, i, 0)))
		}, num.Scalar(0.2), flow.CheckpointEvery(16))
	},
	"while": func(x num.Array) num.Array {
		type state struct{ i, sum num.Array }
		return flow.While(func(s state) num.Array { return num.Less(s.i, x.Size()) }, func(s state) state {
			return state{num.Add(s.i, 1), num.Sin(num.Add(s.sum, num.Take(x, s.i, 0)))}
		}, state{num.ScalarInt(0), num.Scalar(0.2)}).sum
	},
}

// updateModes are what is made of the loops.
var updateModes = []struct {
	name string
	of   func(f func(num.Array) num.Array) func(num.Array) num.Array
}{
	{"value", func(f func(num.Array) num.Array) func(num.Array) num.Array { return f }},
	{"grad", transforms.Grad[num.Array]},
	{"hvp", func(f func(num.Array) num.Array) func(num.Array) num.Array {
		return func(x num.Array) num.Array {
			_, dy := transforms.JVP(transforms.Grad(f), x, num.OnesLike(x))
			return dy
		}
	}},
	{"grad of grad", func(f func(num.Array) num.Array) func(num.Array) num.Array {
		return transforms.Grad(func(x num.Array) num.Array { return num.Sum(num.Square(transforms.Grad(f)(x))) })
	}},
}

func vectorOf(n int) num.Array { return num.Linspace(-1, 1.3, n) }

// TestUpdatesAreLinear holds that loops of n updates of a vector of n elements, and their derivatives, need
// memory in proportion to n: what a step touches is updated in place.
func TestUpdatesAreLinear(t *testing.T) {
	const n = 1 << 9
	for name, f := range updates {
		for _, mode := range updateModes {
			d := transforms.JIT(mode.of(f))
			small, large := allocated(func() { d(vectorOf(n)) }), allocated(func() { d(vectorOf(4 * n)) })
			if ratio := float64(large) / float64(small); ratio > 4.5 {
				t.Errorf("%s, %s: four times the elements take %.1f times the memory", name, mode.name, ratio)
			}
		}
	}
}

// allocated returns the bytes that f allocates when it has run before: the least of some runs, while the collector does not empty pools.
func allocated(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	f()
	least := uint64(math.MaxUint64)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}

// TestTakingApartIsLinear is the same for a function that takes a vector apart by a loop in Go.
func TestTakingApartIsLinear(t *testing.T) {
	f := func(x num.Array) num.Array {
		y := num.Scalar(0)
		for i := range x.Size() {
			y = num.Add(y, num.Mul(x.At(i), x.At(-1-i)))
		}
		return y
	}
	const n = 1 << 9
	check := func(what string, run func(num.Array) num.Array) {
		small, large := allocated(func() { run(vectorOf(n)) }), allocated(func() { run(vectorOf(4 * n)) })
		if ratio := float64(large) / float64(small); ratio > 4.5 {
			t.Errorf("%s: four times the elements take %.1f times the memory", what, ratio)
		}
	}
	check("grad, at once", transforms.Grad(f))
	for _, mode := range updateModes[1:] {
		check(mode.name+", by JIT", transforms.JIT(mode.of(f)))
	}
}

// TestArraysNeverChange holds that what is updated in place is nobody else's.
func TestArraysNeverChange(t *testing.T) {
	x := num.Vector(1, 2, 3, 4)
	type kept struct{ first, last, each num.Array }
	f := transforms.JIT(func(x num.Array) kept {
		type state struct{ now, before num.Array }
		s, each := flow.Scan(func(s state, i num.Array) (state, num.Array) {
			now := num.Set(s.now, 9, i)
			return state{now, s.now}, num.Reshape(now, 2, 2)
		}, state{x, x}, num.Arange(3))
		return kept{x, num.Sub(s.now, s.before), each}
	})
	y := f(x)
	for what, c := range map[string]struct {
		got  num.Array
		want []float64
	}{
		"the argument": {x, []float64{1, 2, 3, 4}}, "what is passed on": {y.first, []float64{1, 2, 3, 4}},
		"two states": {y.last, []float64{0, 0, 6, 0}},
		"the rows":   {num.Ravel(y.each), []float64{9, 2, 3, 4, 9, 9, 3, 4, 9, 9, 9, 4}},
	} {
		if !slices.Equal(c.got.Float64s(), c.want) {
			t.Errorf("%s: %v, want %v", what, c.got, c.want)
		}
	}
	// cotangents that meet in one array and are used in two places
	g := func(x num.Array) num.Array {
		p := num.Mul(x, 2)
		return num.Add(num.Mul(x.At(0), p.At(1)), num.Mul(x.At(1), p.At(0)), num.Dot(p, x))
	}
	if got, want := transforms.Grad(g)(x).Float64s(), []float64{12, 12, 12, 16}; !slices.Equal(got, want) {
		t.Errorf("the gradient is %v, want %v", got, want)
	}
}

// BenchmarkUpdates prints how many times longer loops of updates take for twice the elements: about
// 2 if they are linear.
func BenchmarkUpdates(b *testing.B) {
	const n = 1 << 13
	for name, f := range updates {
		for _, mode := range updateModes {
			b.Run(fmt.Sprintf("%s/%s", name, mode.name), func(b *testing.B) {
				d := transforms.JIT(mode.of(f))
				small, large := vectorOf(n), vectorOf(2*n)
				d(small)
				d(large)
				var ratios []float64
				for b.Loop() {
					one := timed(func() { d(small) })
					ratios = append(ratios, float64(timed(func() { d(large) }))/float64(one))
				}
				slices.Sort(ratios)
				b.ReportMetric(ratios[len(ratios)/2], "times-for-2n")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

func timed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}
