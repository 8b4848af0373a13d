package amd64

import (
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/looptest"
)

// grow runs f on a stack of some depth.
func grow(depth int, f func()) {
	var b [512]byte
	if depth == 0 {
		f()
	} else {
		grow(depth-1, f)
	}
	runtime.KeepAlive(&b)
}

// TestConcurrent runs codes on many goroutines, on arrays that are garbage soon, while the collector runs
// all the time and stacks move.
func TestConcurrent(t *testing.T) {
	all := levels(t)
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	stop := make(chan bool)
	var collector, workers sync.WaitGroup
	collector.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	})
	rounds := 300
	if testing.Short() {
		rounds = 50
	}
	for seed := range uint64(3) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		p := looptest.New(rnd, looptest.Shape{Size: 200, Sequential: seed == 1})
		code, err := Compile(&p.Loop, all[len(all)-1])
		if err != nil {
			t.Fatal(err)
		}
		n := 100 + rnd.IntN(3000)
		in := p.Inputs(n)
		make8 := func(size int) []byte { return make([]byte, size) }
		want, arrays := p.Pointers(in, make8)
		wantCarries := slices.Clone(in.Carries)
		p.Loop.Run(arrays, n, wantCarries)
		for range 2 {
			workers.Go(func() {
				for k := range rounds {
					got, arrays := p.Pointers(in, make8)
					carries := slices.Clone(in.Carries)
					done := make(chan bool)
					space := scratch(code)
					go func() { // on a new stack, which grows
						grow(k%60, func() { code.Run(arrays, n, carries, space) })
						done <- true
					}()
					<-done
					if err := p.Compare(want, got, wantCarries, carries); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	workers.Wait()
	close(stop)
	collector.Wait()
}

// TestOnStack runs code on arrays that live on the stack.
func TestOnStack(t *testing.T) {
	b := loop.NewBuilder()
	x, y := b.Array(loop.F64, 1), b.Array(loop.F64, 1)
	b.Store(y, 0, b.Mul(b.Load(x, 0), b.Float(3)))
	for _, level := range levels(t) {
		code, err := Compile(&b.Loop, level)
		if err != nil {
			t.Fatal(err)
		}
		grow(50, func() {
			in, out := [11]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, [11]float64{}
			code.Run([]unsafe.Pointer{unsafe.Pointer(&in), unsafe.Pointer(&out)}, 11, nil, scratch(code))
			if out != [11]float64{3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33} {
				t.Error(out)
			}
		})
	}
}

// settle collects garbage until no more than so many pages are mapped, or for a while, and returns how many are.
func settle(want int64) int64 {
	for range 1000 {
		runtime.GC()
		if pages.Load() <= want {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return pages.Load()
}

// TestPages checks that code that is garbage gives its memory back.
func TestPages(t *testing.T) {
	level := levels(t)[0]
	before := settle(0) // what other tests hold still
	codes := make([]*Code, 100)
	for k := range codes {
		code, err := Compile(&loop.Loop{}, level)
		if err != nil {
			t.Fatal(err)
		}
		codes[k] = code
	}
	if n := pages.Load(); n < 100 {
		t.Errorf("%d pages for 100 codes", n)
	}
	runtime.KeepAlive(codes)
	codes = nil
	if n := settle(before); n > before {
		t.Errorf("%d pages, were %d", n, before)
	}
}

// TestAllocations checks that runs allocate nothing, with spills and without.
func TestAllocations(t *testing.T) {
	for _, size := range []int{10, 500} {
		p := looptest.New(rand.New(rand.NewPCG(7, 7)), looptest.Shape{Size: size, Sequential: true})
		code, err := Compile(&p.Loop, levels(t)[0])
		if err != nil {
			t.Fatal(err)
		}
		in := p.Inputs(5)
		_, arrays := p.Pointers(in, func(size int) []byte { return make([]byte, size) })
		space := scratch(code)
		if n := testing.AllocsPerRun(100, func() { code.Run(arrays, 5, in.Carries, space) }); n >= 1 {
			t.Errorf("%d instructions: %v allocations", size, n)
		}
	}
}
