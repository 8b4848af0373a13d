package workers

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// tally counts how often each part ran.
type tally []atomic.Int32

func (t tally) Part(i int) { t[i].Add(1) }

func (t tally) check(tb testing.TB) {
	tb.Helper()
	for i := range t {
		if n := t[i].Load(); n != 1 {
			tb.Errorf("part %d of %d ran %d times", i, len(t), n)
		}
	}
}

func withProcs(t *testing.T, n int) {
	before := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

func TestEachPartRunsOnce(t *testing.T) {
	for _, procs := range []int{1, 2, 4} {
		withProcs(t, procs)
		for round := range 2000 {
			parts := make(tally, round%17)
			Do(len(parts), parts)
			parts.check(t)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	withProcs(t, 4)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for round := range 500 {
				parts := make(tally, round%9)
				Do(len(parts), parts)
				parts.check(t)
			}
		})
	}
	all.Wait()
}

// nested has parts that have work of their own.
type nested struct{ inner []tally }

func (n nested) Part(i int) { Do(len(n.inner[i]), n.inner[i]) }

func TestWorkOfAPart(t *testing.T) {
	withProcs(t, 3)
	for range 200 {
		n := nested{make([]tally, 5)}
		for i := range n.inner {
			n.inner[i] = make(tally, 4)
		}
		Do(len(n.inner), n)
		for _, parts := range n.inner {
			parts.check(t)
		}
	}
}

// meeting has parts that wait for each other: they end only on as many threads.
type meeting struct {
	parts int32
	here  atomic.Int32
}

func (m *meeting) Part(int) {
	m.here.Add(1)
	for m.here.Load() < m.parts {
		runtime.Gosched()
	}
}

func TestPartsRunAtTheSameTime(t *testing.T) {
	withProcs(t, 3)
	for range 100 {
		Do(3, &meeting{parts: 3})
	}
}

func TestWorkersEnd(t *testing.T) {
	withProcs(t, 4)
	before := runtime.NumGoroutine()
	for range 100 {
		parts := make(tally, 8)
		Do(len(parts), parts)
	}
	for deadline := time.Now().Add(10 * time.Second); awake.Load() > 0 || runtime.NumGoroutine() > before; {
		if time.Now().After(deadline) {
			t.Fatalf("%d workers and %d goroutines more than before", awake.Load(), runtime.NumGoroutine()-before)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestOneProcessorHasNoWorkers(t *testing.T) {
	withProcs(t, 1)
	for awake.Load() > 0 {
		time.Sleep(time.Millisecond)
	}
	parts := make(tally, 8)
	Do(len(parts), parts)
	parts.check(t)
	if n := awake.Load(); n != 0 {
		t.Errorf("%d workers", n)
	}
}
