package transforms_test

import (
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/amd64"
	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// TestStress calls compiled functions from many goroutines while programs are made and dropped, the collector
// runs all the time, stacks grow and the profiler sends signals. Every result must have the bits that it has
// when nothing else runs, and nothing may be left at the end. GRADUS_STRESS=1m says for how long.
func TestStress(t *testing.T) {
	length := time.Second
	if s := os.Getenv("GRADUS_STRESS"); s != "" {
		var err error
		if length, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
	}
	before := settled(counts{goroutines: 1000})
	stress(t, length)
	if after := settled(before); after.goroutines > before.goroutines || after.pages > before.pages || after.frames > before.frames {
		t.Errorf("left are %+v, there were %+v", after, before)
	}
}

// counts are what programs and their calls hold.
type counts struct{ goroutines, pages, frames int }

// settled collects garbage until there is no more than wanted, or for a while, and returns what there is.
func settled(want counts) (is counts) {
	for range 500 {
		runtime.GC()
		is = counts{runtime.NumGoroutine(), amd64.Pages(), compile.Frames()}
		if is.goroutines <= want.goroutines && is.pages <= want.pages && is.frames <= want.frames {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	return is
}

// stress does not return anything that it has made.
func stress(t *testing.T, length time.Duration) {
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	if pprof.StartCPUProfile(io.Discard) == nil { // unless the tests are being profiled
		defer pprof.StopCPUProfile()
	}
	s := &stresses{t: t, samples: samples(t), end: time.Now().Add(length)}
	var all sync.WaitGroup
	all.Go(func() {
		for s.on() {
			runtime.GC()
			time.Sleep(time.Millisecond) // let the others run where there is one processor
		}
	})
	for g := range 3 {
		for _, work := range []func(*rand.Rand){s.callOne, s.callMany, s.runSlices, s.makeAndDrop, s.meetCold} {
			rng := rand.New(rand.NewPCG(uint64(g), 1))
			all.Go(func() {
				for s.on() {
					work(rng)
					s.rounds.Add(1)
				}
			})
		}
	}
	all.Wait()
	if s.rounds.Load() < 15 {
		t.Errorf("%d rounds", s.rounds.Load())
	}
	t.Logf("%d rounds", s.rounds.Load())
}

type stresses struct {
	t       *testing.T
	samples []*sample
	end     time.Time
	rounds  atomic.Int64
}

func (s *stresses) on() bool { return time.Now().Before(s.end) && !s.t.Failed() }

// A sample is a function with what it gives for arguments, alone and compiled.
type sample struct {
	f    function
	jit  function
	p    *transforms.Program[num.Array, num.Array]
	args []num.Array
	want [][]float64
}

// samples cover scalar code, loops over elements with reductions, loops of flow, products and primitives of a
// user's.
func samples(t *testing.T) []*sample {
	energy := func(x num.Array) num.Array {
		return num.Sum(num.Sub(num.Tanh(num.Mul(1.3, x)), num.Exp(num.Neg(num.Square(x)))))
	}
	steps := func(x num.Array) num.Array {
		return flow.For(0, 50, func(_, s num.Array) num.Array { return num.Add(num.Sin(s), num.Mul(0.1, x)) }, x)
	}
	pairs := func(x num.Array) num.Array {
		return num.Sum(num.Square(num.Sub(num.ExpandDims(x, 0), num.ExpandDims(x, 1))), 0)
	}
	turned := func(x num.Array) num.Array { return num.Sin(trace.Apply(turn{0.3}, num.Mul(x, x))[0]) }
	var all []*sample
	for _, f := range []function{energy, steps, pairs, turned, transforms.Grad(energy),
		transforms.Grad(func(x num.Array) num.Array { return num.Sum(steps(x)) })} {
		for _, n := range []int{4, 300} {
			all = append(all, newSample(t, f, n))
		}
	}
	return all
}

func newSample(t *testing.T, f function, n int) *sample {
	s := &sample{f: f, jit: transforms.JIT(f)}
	rng := rand.New(rand.NewPCG(uint64(n), 7))
	for range 3 {
		x := num.Normal(rng, n)
		s.args = append(s.args, x)
		y := s.jit(x)
		s.want = append(s.want, y.Float64s())
		if d := num.Norm(num.Sub(y, f(x))).Float64(); !(d <= 1e-10) {
			t.Errorf("compiled differs by %v", d)
		}
	}
	p, err := transforms.Compile(f, s.args[0])
	if err != nil {
		t.Fatal(err)
	}
	s.p = p
	return s
}

func (s *stresses) check(what string, got, want []float64) {
	if !slices.Equal(got, want) {
		s.t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// callOne calls one function all the time, on a stack that is new and grows.
func (s *stresses) callOne(rng *rand.Rand) {
	x, depth := s.samples[0], rng.IntN(60)
	done := make(chan bool)
	go func() {
		defer close(done)
		onDeepStack(depth, func() {
			for k, arg := range x.args {
				s.check("one", x.jit(arg).Float64s(), x.want[k])
			}
		})
	}()
	<-done
}

func onDeepStack(depth int, f func()) {
	var room [512]byte
	if depth == 0 {
		f()
	} else {
		onDeepStack(depth-1, f)
	}
	runtime.KeepAlive(&room)
}

func (s *stresses) callMany(rng *rand.Rand) {
	for range 20 {
		x := s.samples[rng.IntN(len(s.samples))]
		k := rng.IntN(len(x.args))
		s.check("many", x.jit(x.args[k]).Float64s(), x.want[k])
		s.check("a program", x.p.Call(x.args[k]).Float64s(), x.want[k])
	}
}

// runSlices runs programs on slices that are garbage soon, and onto their own argument.
func (s *stresses) runSlices(rng *rand.Rand) {
	x := s.samples[rng.IntN(len(s.samples))]
	k := rng.IntN(len(x.args))
	in := x.args[k].Float64s()
	out := make([]float64, len(x.want[k]))
	x.p.Run([][]float64{out}, [][]float64{in})
	s.check("slices", out, x.want[k])
	bound := x.p.Bind([][]float64{out}, [][]float64{in})
	for range 3 {
		clear(out)
		bound()
		s.check("bound slices", out, x.want[k])
	}
	if len(out) == len(in) {
		x.p.Run([][]float64{in}, [][]float64{in})
		s.check("in place", in, x.want[k])
	}
}

// makeAndDrop makes programs that nobody keeps.
func (s *stresses) makeAndDrop(rng *rand.Rand) {
	x := s.samples[rng.IntN(len(s.samples))]
	k := rng.IntN(len(x.args))
	s.check("new", transforms.JIT(x.f)(x.args[k]).Float64s(), x.want[k])
}

// meetCold has some goroutines call a new function at once, with a static part that makes several programs.
func (s *stresses) meetCold(rng *rand.Rand) {
	type arg struct {
		X     num.Array
		Times int
		Names map[string]num.Array
	}
	g := transforms.JIT(func(a arg) arg {
		a.X = num.Add(num.Mul(a.X, a.Times), a.Names["b"])
		return a
	})
	var all sync.WaitGroup
	for i := range 6 {
		x, times := float64(rng.IntN(100)), i%3
		all.Go(func() {
			y := g(arg{num.Scalar(x), times, map[string]num.Array{"b": num.Scalar(0.5)}})
			if y.X.Float64() != x*float64(times)+0.5 || y.Times != times || y.Names["b"].Float64() != 0.5 {
				s.t.Errorf("cold: got %v for %v times %d", y, x, times)
			}
		})
	}
	all.Wait()
}
