package trace

import (
	"runtime"
	"sync"
	"testing"
)

// TestGoroutine demands of both ways to number goroutines that a goroutine keeps its number, while
// it moves between threads and its stack grows, and shares it with no other that runs.
func TestGoroutine(t *testing.T) {
	const n = 200
	var all, done sync.WaitGroup
	type ids struct{ fast, portable uintptr }
	got := make([]ids, n)
	all.Add(n)
	for i := range n {
		done.Go(func() {
			id := ids{goroutine(), goroutineNumber()}
			all.Done()
			all.Wait()
			for range 20 {
				runtime.Gosched()
				deep(100)
				if again := (ids{goroutine(), goroutineNumber()}); again != id {
					t.Errorf("the number changed from %v to %v", id, again)
				}
			}
			got[i] = id
		})
	}
	done.Wait()
	fast, portable := map[uintptr]bool{}, map[uintptr]bool{}
	for _, id := range got {
		fast[id.fast], portable[id.portable] = true, true
	}
	if len(fast) != n || len(portable) != n {
		t.Errorf("%d goroutines have %d numbers, and %d in the portable way", n, len(fast), len(portable))
	}
}

// deep makes the stack grow.
func deep(n int) int {
	var frame [256]int
	frame[n%256] = n
	if n > 0 {
		return deep(n-1) + frame[n%256]
	}
	return 0
}

// TestRecordingsLeave demands that a recording leaves the registry however its function ends.
func TestRecordingsLeave(t *testing.T) {
	x := newSplat(scalarBuffer(1.0), Scalar)
	trace := func(f func([]Array) []Array) { Record([]Array{x}, []bool{false}, true, f) }
	for _, c := range []struct {
		name string
		end  func()
	}{
		{"return", func() {}},
		{"error", func() { panic(Errorf("", "on purpose")) }},
		{"panic", func() { panic("on purpose") }},
		{"goexit", runtime.Goexit},
	} {
		t.Run(c.name, func(t *testing.T) {
			var done sync.WaitGroup
			done.Go(func() {
				defer func() { _ = recover() }()
				trace(func(outer []Array) []Array {
					trace(func(in []Array) []Array {
						if !Tracing() {
							t.Error("no recording inside a trace")
						}
						c.end()
						return in
					})
					return outer
				})
			})
			done.Wait()
			for i := range recordings {
				if p := &recordings[i]; p.open.Load() != 0 || len(p.of) != 0 {
					t.Errorf("%d recordings are left, counted as %d", len(p.of), p.open.Load())
				}
			}
		})
	}
}

// TestRecordAfterPanic records on a goroutine whose inner trace has panicked, inside the outer one
// and after it.
func TestRecordAfterPanic(t *testing.T) {
	x := newSplat(scalarBuffer(1.0), Scalar)
	sum := func(in []Array) []Array { return Apply(pair{}, in[0], in[0])[:1] }
	outer := Record([]Array{x}, []bool{false}, false, func(in []Array) []Array {
		func() {
			defer func() { _ = recover() }()
			Record([]Array{x}, []bool{false}, false, func([]Array) []Array { panic("on purpose") })
		}()
		return sum(in)
	})
	after := Record([]Array{x}, []bool{false}, false, sum)
	want := "func(a:f64[]) {\n  b:f64[], c:f64[] = pair a a\n  return b\n}"
	for _, r := range []*Traced{outer, after} {
		if got := r.Func.String(); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	if Tracing() {
		t.Error("a recording is left")
	}
}
