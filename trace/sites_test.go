package trace

import (
	"runtime"
	"slices"
	"testing"
)

// TestReturns demands that returns finds what the runtime finds, where nothing is inlined, at any depth of the stack
// and after it has moved.
func TestReturns(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("there is no such code")
	}
	for _, n := range []int{0, 1, 5, depth, 3 * depth, 1000} {
		done := make(chan bool)
		go func() { // on a stack of its own, that begins here
			defer close(done)
			nested(n, func() {
				var c [depth]uintptr
				var want [depth + 2]uintptr
				returns(&c)
				found := runtime.Callers(1, want[:])
				for i, pc := range want[1:min(found, depth+1)] {
					if c[i] != pc {
						t.Errorf("%d calls: it returns to %x, not %x, at call %d", n, c[i], pc, i)
					}
				}
				if left := c[min(found-1, depth):]; slices.ContainsFunc(left, func(pc uintptr) bool { return pc != 0 }) {
					t.Errorf("%d calls: beyond the stack, it returns to %x", n, left)
				}
			})
		}()
		<-done
	}
}

//go:noinline
func nested(n int, do func()) int {
	var frame [100]int
	frame[n%100] = n
	if n == 0 {
		do()
	} else {
		frame[0] = nested(n-1, do)
	}
	return frame[n%100]
}

// TestSites demands the same lines of what is remembered as of what is looked for, through functions that are
// inlined too.
func TestSites(t *testing.T) {
	for range 3 {
		_, _, line, _ := runtime.Caller(0)
		all := []site{
			called(1),
			inlined(),
			called(1), inlined(),
			called(1),
		}
		for i, want := range []int{2, 3, 4, 4, 5} {
			if got := all[i].position().Line - line; got != want {
				t.Errorf("call %d is %d lines behind, not %d", i, got, want)
			}
		}
	}
}

// TestFarSites demands that a site is known from a chain if, and only if, the chain reaches it.
func TestFarSites(t *testing.T) {
	c := chain{10, 20, 99, 40} // 99 is in a wrapper, which the runtime leaves out; 30 and 50 are inlined
	pcs := []uintptr{1, 10, 20, 30, 40, 50, 60, 10}
	for s, want := range map[site]bool{1: true, 10: true, 20: true, 30: true, 40: true, 50: false, 60: false} {
		if got := c.covers(pcs, s); got != want {
			t.Errorf("it reaches %d: %v", s, got)
		}
	}
	if (&chain{}).covers(pcs, 1) {
		t.Error("no chain reaches a site")
	}
}

func inlined() site { return called(2) }

//go:noinline
func called(skip int) site { return callers(skip) }
