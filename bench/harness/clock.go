package harness

import "time"

var epoch = time.Now()

// clock is what contenders in this process are timed by.
var clock = func() time.Duration { return time.Since(epoch) }

var onCPU bool

// TimeCPU makes times those that the processor has spent on this process, which are what to compare on a machine that
// does other work. It returns false, and changes nothing, where the system does not tell them.
func TimeCPU() bool {
	if cpuTime == nil {
		return false
	}
	clock, onCPU = cpuTime, true
	return true
}

// OnCPU reports whether TimeCPU has been called: a child should then do likewise.
func OnCPU() bool { return onCPU }

// cpuTime is nil where the system has none.
var cpuTime func() time.Duration
