package transforms_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// TestJITWaitsForAnother traces a function that waits for a goroutine that calls the same function, which has no
// program yet.
func TestJITWaitsForAnother(t *testing.T) {
	defer transforms.SetPatience(transforms.SetPatience(20 * time.Millisecond))
	var runs atomic.Int64
	var g func(num.Array) num.Array
	g = transforms.JIT(func(x num.Array) num.Array {
		if runs.Add(1) == 1 {
			var others sync.WaitGroup
			for i := range 5 {
				others.Go(func() {
					if y := g(num.Scalar(float64(i))).Float64(); y != 2*float64(i) {
						t.Errorf("got %v for %d", y, i)
					}
				})
			}
			others.Wait()
		}
		return num.Mul(2, x)
	})
	if y := g(num.Scalar(4)).Float64(); y != 8 {
		t.Errorf("got %v, want 8", y)
	}
	n := runs.Load()
	if n < 2 {
		t.Errorf("f ran %d times", n)
	}
	if g(num.Scalar(1)); runs.Load() != n {
		t.Error("no program was kept")
	}
}

// TestJITOfInterfaces calls one function on arguments of several Go types with the same leaves and statics.
func TestJITOfInterfaces(t *testing.T) {
	type double struct{ X num.Array }
	type square struct{ X num.Array }
	var runs int
	g := transforms.JIT(func(v any) num.Array {
		runs++
		switch v := v.(type) {
		case double:
			return num.Mul(2, v.X)
		case square:
			return num.Mul(v.X, v.X)
		}
		return v.(num.Array)
	})
	x := num.Scalar(3)
	for range 2 {
		if a, b, c := g(double{x}).Float64(), g(square{x}).Float64(), g(x).Float64(); a != 6 || b != 9 || c != 3 {
			t.Errorf("got %v, %v and %v", a, b, c)
		}
	}
	if runs != 3 {
		t.Errorf("f ran %d times for three types", runs)
	}
}

// TestRetraceOnAnotherGoroutine demands of GRADUS_CHECK=retrace that it notices a capture that has become traced,
// on a goroutine that knows nothing of that trace. Without it, the array that was captured first stays in use.
func TestRetraceOnAnotherGoroutine(t *testing.T) {
	for _, check := range []string{"", "retrace"} {
		t.Setenv("GRADUS_CHECK", check)
		w := num.Scalar(2)
		g := transforms.JIT(func(x num.Array) num.Array { return num.Mul(w, x) })
		g(num.Scalar(3))
		elsewhere := func() (y num.Array, err error) {
			done := make(chan bool)
			go func() {
				defer close(done)
				err = trace.Try(func() { y = g(num.Scalar(3)) })
			}()
			<-done
			return y, err
		}
		transforms.Grad(func(v num.Array) num.Array {
			w = v
			y, err := elsewhere()
			var e *trace.Error
			switch {
			case check == "" && (err != nil || y.Float64() != 6):
				t.Errorf("without the check: got %v, %v, want 6", y, err)
			case check != "" && (!errors.As(err, &e) || !strings.Contains(e.Error(), "goroutine") || !strings.HasPrefix(e.Error(), "jitcold_test.go:")):
				t.Errorf("with the check: %v", err)
			}
			return v
		})(num.Scalar(5))
		if _, err := elsewhere(); check != "" && err == nil {
			t.Error("a capture that is a leftover of a trace was not noticed")
		}
	}
}

// TestJITCallsItself calls a compiled function from within itself, by way of a tap: each call has memory of its
// own.
func TestJITCallsItself(t *testing.T) {
	var g func(num.Array) num.Array
	var seen []float64
	g = transforms.JIT(func(x num.Array) num.Array {
		y := num.Tap(num.Sin(x), func(y num.Array) {
			if len(seen) < 5 {
				seen = append(seen, y.At(0).Float64())
				g(num.Add(x0, float64(len(seen))))
			}
		})
		return num.Mul(y, num.Cos(x))
	})
	got := g(x0)
	if len(seen) != 5 {
		t.Fatalf("the tap saw %v", seen)
	}
	want := num.Mul(num.Sin(x0), num.Cos(x0)).Float64s()
	closeTo(t, got.Float64s(), want)
}

var x0 = num.Linspace(0, 1, 40)
