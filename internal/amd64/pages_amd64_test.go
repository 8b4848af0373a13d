package amd64

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/looptest"
)

// TestUnit runs the loops of one unit, which share pages, and lets go of them one by one: those that are left
// must still run, and when none is the memory is given back.
func TestUnit(t *testing.T) {
	for _, level := range levels(t) {
		before := settle(0)
		programs := make([]*looptest.Program, 20)
		codes := make([]*Code, len(programs))
		u := NewUnit(level)
		for k := range codes {
			programs[k] = looptest.New(rand.New(rand.NewPCG(uint64(k), 5)), looptest.Shape{Size: 10, Sequential: k%2 == 0})
			code, err := u.Compile(&programs[k].Loop)
			if err != nil {
				t.Fatal(err)
			}
			codes[k] = code
		}
		size := len(u.code)
		if err := u.Seal(); err != nil {
			t.Fatal(err)
		}
		if n, want := pages.Load()-before, int64(size+pageSize-1)/pageSize; n != want {
			t.Errorf("%v: %d pages for %d bytes of code, want %d", level, n, size, want)
		}
		for k, code := range codes {
			runLike(t, programs[k], code)
			codes[k] = nil
			runtime.GC()
		}
		if after := settle(before); after > before {
			t.Errorf("%v: %d pages are left, were %d", level, after, before)
		}
	}
}

// runLike compares code with what it was made of.
func runLike(t *testing.T, p *looptest.Program, code *Code) {
	const n = 37
	in := p.Inputs(n)
	make8 := func(size int) []byte { return make([]byte, size) }
	want, arrays := p.Pointers(in, make8)
	wantCarries := slices.Clone(in.Carries)
	p.Loop.Run(arrays, n, wantCarries)
	got, arrays := p.Pointers(in, make8)
	carries := slices.Clone(in.Carries)
	code.Run(arrays, n, carries, scratch(code))
	if err := p.Compare(want, got, wantCarries, carries); err != nil {
		t.Error(err)
	}
}

// TestNoExecutableMemory injects a system that gives no memory for code.
func TestNoExecutableMemory(t *testing.T) {
	levels(t)
	defer func() { newPages = pagesFor }()
	newPages = func(int) (mapping, error) { return nil, errors.New("injected") }
	if usable(Features()) {
		t.Error("usable without executable memory")
	}
	before := pages.Load()
	if c, err := Compile(&loop.Loop{}, Features()); c != nil || err == nil {
		t.Errorf("compiled without executable memory: %v, %v", c, err)
	}
	if n := pages.Load(); n > before {
		t.Errorf("%d pages, were %d", n, before)
	}
}

// TestPagesAreLeft has more programs leave their pages than are kept, and others take them.
func TestPagesAreLeft(t *testing.T) {
	levels(t)
	for range 2 {
		var all []mapping
		for k := range 3 * mostLeft {
			m, err := pagesFor((1 + k%(fewPages+1)) * pageSize)
			if err != nil {
				t.Fatal(err)
			}
			if m[0], m[len(m)-1] = 1, 1; len(m) != (1+k%(fewPages+1))*pageSize {
				t.Fatalf("%d bytes for %d pages", len(m), 1+k%(fewPages+1))
			}
			if err := m.protect(); err != nil {
				t.Fatal(err)
			}
			all = append(all, m)
		}
		for _, m := range all {
			m.leave()
		}
		left.Lock()
		n := 0
		for _, ms := range left.of {
			for _, m := range ms {
				n += len(m) / pageSize
			}
		}
		if n != left.pages || n > mostLeft || n <= mostLeft-fewPages {
			t.Errorf("%d pages are left, and %d counted", n, left.pages)
		}
		left.Unlock()
	}
}

// TestNoProcessor holds that a processor without AVX2 is not used.
func TestNoProcessor(t *testing.T) {
	if usable(None) {
		t.Error("usable at no level")
	}
	if c, err := Compile(&loop.Loop{}, None); c != nil || err == nil {
		t.Errorf("compiled for no level: %v, %v", c, err)
	}
}
