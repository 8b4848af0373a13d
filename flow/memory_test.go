package flow_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gradus-ad/gradus/flow"
	internal "github.com/gradus-ad/gradus/internal/debug"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// chain is a scan of n steps, which move the state so little that its gradient stays a number.
func chain(n int, opts ...flow.Option) func(num.Array) num.Array {
	return func(x num.Array) num.Array {
		c, _ := flow.Scan(func(c num.Array, _ empty) (num.Array, empty) {
			return num.Add(c, num.Mul(1e-5, num.Sin(num.Mul(3, c)))), empty{}
		}, x, empty{}, append(opts, flow.Length(n))...)
		return num.Sum(c)
	}
}

// keeping returns the options for the named way to keep less.
func keeping(policy string) []flow.Option {
	switch policy {
	case "every 1000":
		return []flow.Option{flow.CheckpointEvery(1000)}
	case "every 100":
		return []flow.Option{flow.CheckpointEvery(100)}
	case "every 30":
		return []flow.Option{flow.CheckpointEvery(30)}
	case "6 slots":
		return []flow.Option{flow.Binomial(6)}
	case "20 slots":
		return []flow.Option{flow.Binomial(20)}
	}
	return nil
}

// longRun is a gradient that runs in a process of its own, in which nothing else takes memory.
type longRun struct {
	policy      string
	steps, size int
}

// liveLimit is what a million steps may keep.
const liveLimit = 64 << 20

// longRunVariable tells the process that it is such a one.
const longRunVariable = "GRADUS_TEST_LONG_RUN"

// outcome is what the process says: the most bytes that were reachable at a time, the seconds it
// took, and the sum of the gradient.
type outcome struct {
	live     uint64
	seconds  float64
	gradient string
}

func (r longRun) start(t testing.TB, test string) outcome {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "-test.run=^"+test+"$")
	c.Env = append(os.Environ(), fmt.Sprintf("%s=%s,%d,%d", longRunVariable, r.policy, r.steps, r.size))
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", r, err, out)
	}
	var o outcome
	_, said, _ := strings.Cut(string(out), "outcome ")
	if _, err := fmt.Sscan(said, &o.live, &o.seconds, &o.gradient); err != nil {
		t.Fatalf("%v: %v in\n%s", r, err, out)
	}
	return o
}

// run is the other end of start. It samples what the collector, which runs often, has found alive.
func (r longRun) run() {
	internal.CheckFuncs.Store(false)
	debug.SetGCPercent(20)
	done, most := make(chan struct{}), make(chan uint64)
	go func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		peak := uint64(0)
		for {
			metrics.Read(live)
			peak = max(peak, live[0].Value.Uint64())
			select {
			case <-done:
				most <- peak
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	start := time.Now()
	gradient := transforms.Grad(chain(r.steps, keeping(r.policy)...))(num.Linspace(-1, 1, r.size))
	seconds := time.Since(start).Seconds()
	runtime.GC()
	close(done)
	fmt.Println("outcome", <-most, seconds, num.Sum(num.Abs(gradient)).Float64())
}

// asked returns the run that this process is for.
func asked() (longRun, bool) {
	words := strings.Split(os.Getenv(longRunVariable), ",")
	if len(words) != 3 {
		return longRun{}, false
	}
	r := longRun{policy: words[0]}
	fmt.Sscan(words[1], &r.steps)
	fmt.Sscan(words[2], &r.size)
	return r, true
}

// TestMemoryOfManySteps holds live memory against the limit, for steps that keep more than that
// without checkpoints. BenchmarkMillionSteps does it for a million.
func TestMemoryOfManySteps(t *testing.T) {
	if r, ok := asked(); ok {
		r.run()
		return
	}
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const steps, size = 4_000, 2_500 // 80 MB for one array that a step keeps
	plain := longRun{"plain", steps, size}.start(t, t.Name())
	if plain.live < liveLimit {
		t.Errorf("without checkpoints %d bytes are alive: the limit says nothing", plain.live)
	}
	for _, policy := range []string{"every 100", "20 slots"} {
		o := longRun{policy, steps, size}.start(t, t.Name())
		if o.live > liveLimit/4 {
			t.Errorf("%s: %d bytes are alive, the limit is %d", policy, o.live, liveLimit/4)
		}
		if o.gradient != plain.gradient {
			t.Errorf("%s: the gradient is %v, without checkpoints %v", policy, o.gradient, plain.gradient)
		}
	}
}

// BenchmarkMillionSteps fails if the gradient of a million steps of a state of ten numbers, which keeps
// more than 64 MB alive, does so with checkpoints. It prints how much, and the time as a multiple of that without checkpoints. It
// takes minutes.
func BenchmarkMillionSteps(b *testing.B) {
	const steps, size = 1_000_000, 10
	for _, policy := range []string{"every 1000", "20 slots"} {
		b.Run(policy, func(b *testing.B) {
			for b.Loop() {
				plain := longRun{"plain", steps, size}.start(b, "TestMemoryOfManySteps")
				o := longRun{policy, steps, size}.start(b, "TestMemoryOfManySteps")
				if o.live > liveLimit || plain.live < liveLimit {
					b.Errorf("%d bytes are alive, without checkpoints %d; the limit is %d", o.live, plain.live, liveLimit)
				}
				if o.gradient != plain.gradient {
					b.Errorf("the gradient is %v, without checkpoints %v", o.gradient, plain.gradient)
				}
				b.ReportMetric(float64(o.live)/(1<<20), "MB-live")
				b.ReportMetric(float64(plain.live)/(1<<20), "MB-live-plain")
				b.ReportMetric(o.seconds/plain.seconds, "times-plain")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkCheckpoints prints the time of a gradient with checkpoints as a multiple of that without,
// of 1,000 steps, both compiled by JIT and run in turn: the median over rounds.
func BenchmarkCheckpoints(b *testing.B) {
	internal.CheckFuncs.Store(false)
	defer internal.CheckFuncs.Store(true)
	x := num.Linspace(-1, 1, 100)
	plain := transforms.JIT(transforms.Grad(chain(1000)))
	for _, policy := range []string{"every 30", "every 100", "6 slots", "20 slots"} {
		checkpointed := transforms.JIT(transforms.Grad(chain(1000, keeping(policy)...)))
		b.Run(policy, func(b *testing.B) {
			var ratios []float64
			for b.Loop() {
				base := clock(func() { plain(x) })
				ratios = append(ratios, float64(clock(func() { checkpointed(x) }))/float64(base))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "times-plain")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func clock(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}
