package vm_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/looptest"
	"github.com/gradus-ad/gradus/internal/vm"
)

// check runs a random program and compares with the reference.
func check(t *testing.T, p *looptest.Program, lengths ...int) {
	t.Helper()
	code := vm.Compile(&p.Loop)
	scratch := make([]uint64, code.Scratch())
	bytes := func(size int) []byte { return make([]byte, size) }
	for _, n := range lengths {
		rows := 1
		if p.Nested {
			rows = n % 4
		}
		if p.Few > 0 {
			n = p.Few
		}
		in := p.InputsOf(n, rows)
		want, arrays := p.Pointers(in, bytes)
		wantCarries := slices.Clone(in.Carries)
		p.Loop.RunRows(arrays, n, rows, wantCarries)

		got, arrays := p.Pointers(in, bytes)
		gotCarries := slices.Clone(in.Carries)
		for i := range scratch {
			scratch[i] = 0xdead // whatever a run leaves
		}
		code.RunRows(arrays, n, rows, gotCarries, scratch)
		if err := p.Compare(want, got, wantCarries, gotCarries); err != nil {
			t.Fatalf("%d elements: %v\n%v", n, err, &p.Loop)
		}
	}
}

func TestRandom(t *testing.T) {
	count := 1500
	if testing.Short() {
		count = 300
	}
	for seed := range uint64(count) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 0))
			s := looptest.Shape{
				Size:       []int{8, 15, 30, 60, 120, 300}[rnd.IntN(6)],
				Sequential: rnd.IntN(3) == 0,
				Near:       rnd.IntN(2) == 0,
				Entangled:  rnd.IntN(4) == 0,
				Rows:       rnd.IntN(3) == 0,
			}
			if rnd.IntN(4) == 0 {
				s.Few, s.Sequential = 1+rnd.IntN([]int{8, loop.MostFew}[rnd.IntN(2)]), false
			}
			p := looptest.New(rnd, s)
			if err := p.Check(); err != nil {
				t.Fatal(err)
			}
			check(t, p, rnd.IntN(4), rnd.IntN(41), 511+rnd.IntN(3), 1000+rnd.IntN(100))
		})
	}
}

// TestNoGarbage holds that a run allocates nothing.
func TestNoGarbage(t *testing.T) {
	b := loop.NewBuilder()
	x, y := b.Array(loop.F64, 1), b.Array(loop.F64, 1)
	b.Store(y, 0, b.Exp(b.Load(x, 0)))
	code := vm.Compile(b.Live())
	data, scratch := make([]float64, 1000), make([]uint64, code.Scratch())
	arrays := []unsafe.Pointer{unsafe.Pointer(&data[0]), unsafe.Pointer(&data[0])}
	if n := testing.AllocsPerRun(10, func() { code.Run(arrays, len(data), nil, scratch) }); n != 0 {
		t.Errorf("Run allocates %v times", n)
	}
}
