package harness

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// All contenders of a row run on the same processor.
func TestUseProcessors(t *testing.T) {
	used := func() (set unix.CPUSet) {
		if err := unix.SchedGetaffinity(0, &set); err != nil {
			t.Fatal(err)
		}
		return set
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	all, before := used(), UseProcessors(1)
	one := used()
	if one.Count() != 1 || one != *lastOf(&all, 1) {
		t.Errorf("%d processors are used for 1", one.Count())
	}
	if n := runtime.GOMAXPROCS(0); n != 1 {
		t.Errorf("GOMAXPROCS is %d", n)
	}
	if got := UseProcessors(all.Count()); got != 1 {
		t.Errorf("%d processors were used before, want 1", got)
	}
	if used() != all {
		t.Errorf("not all are used again")
	}
	UseProcessors(before)
}
