// Package workers runs the parts of one piece of work on several threads.
//
// Waking a goroutine takes longer than most pieces of work that compiled programs have. So a worker that has
// run out of work looks for more for a moment before it ends: a program that runs again and again finds
// its workers awake, and a process that runs none has none.
package workers

import (
	"runtime"
	"sync/atomic"
	"time"
)

// Work is cut into parts that may run at the same time, in any order.
type Work interface {
	Part(i int)
}

// patience is how long a worker without work looks for more. It is a few times what waking takes.
const patience = 50 * time.Microsecond

// There is one piece of work at a time. Who comes while it runs does its own work alone: the
// processors have enough to do then.
var (
	taken   atomic.Bool  // somebody's work is here, or being put here
	work    Work         // written while left is 0 or less, read by who took a part
	left    atomic.Int64 // parts that nobody has taken yet, if above 0
	pending atomic.Int64 // parts that are not done
	awake   atomic.Int32 // workers
)

// Do runs parts 0 to n-1 of w, and returns when all are done. It allocates nothing while workers are awake.
func Do(n int, w Work) {
	others := min(n, runtime.GOMAXPROCS(0)) - 1
	if others < 1 || !taken.CompareAndSwap(false, true) {
		for i := range n {
			w.Part(i)
		}
		return
	}
	work = w
	pending.Store(int64(n))
	left.Store(int64(n))
	for int(awake.Load()) < others {
		awake.Add(1)
		go look()
	}
	for takePart() {
	}
	for pending.Load() > 0 {
		runtime.Gosched()
	}
	work = nil
	taken.Store(false)
}

// takePart takes a part and runs it. It returns false if there is none.
func takePart() bool {
	if left.Load() <= 0 {
		return false
	}
	i := left.Add(-1)
	if i < 0 {
		return false
	}
	work.Part(int(i))
	pending.Add(-1)
	return true
}

// look is a worker.
func look() {
	for {
		for start := time.Now(); time.Since(start) < patience; {
			if takePart() {
				for takePart() {
				}
				start = time.Now()
				continue
			}
			runtime.Gosched()
		}
		awake.Add(-1)
		if left.Load() <= 0 {
			return
		}
		awake.Add(1) // somebody has counted on this worker in the meantime
	}
}
