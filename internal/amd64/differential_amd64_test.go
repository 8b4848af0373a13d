package amd64

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/fence"
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/looptest"
)

// levels returns the levels of this processor, and skips the test where there is none.
func levels(t testing.TB) []Level {
	if !Available() {
		t.Skip("no AVX2 or no executable memory")
	}
	return []Level{AVX2, AVX512}[:Features()]
}

// scratch returns scratch memory for a code.
func scratch(code *Code) []uint64 { return make([]uint64, code.Scratch()) }

// guardedWords is fence.Bytes for words that a code must stay inside of.
func guardedWords(t testing.TB, n int, atEnd bool) []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(fence.Bytes(t, 8*n, atEnd)))), n)
}

// check runs a program on every level and compares with the interpreter.
func check(t *testing.T, rnd *rand.Rand, p *looptest.Program, lengths ...int) {
	t.Helper()
	for _, level := range levels(t) {
		code, err := Compile(&p.Loop, level)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range lengths {
			if p.Few > 0 {
				n = p.Few
			}
			rows := 1
			if p.Nested {
				rows = rnd.IntN(5)
			}
			in := p.InputsOf(n, rows)
			want, arrays := p.Pointers(in, func(size int) []byte { return make([]byte, size) })
			wantCarries := slices.Clone(in.Carries)
			p.Loop.RunRows(arrays, n, rows, wantCarries)

			got, arrays := p.Pointers(in, func(size int) []byte { return fence.Bytes(t, size, rnd.IntN(2) == 0) })
			gotCarries := guardedWords(t, len(in.Carries), rnd.IntN(2) == 0)
			copy(gotCarries, in.Carries)
			space := guardedWords(t, code.Scratch(), true)
			if p.Nested {
				code.RunRows(arrays, n, rows, gotCarries, space)
			} else {
				code.Run(arrays, n, gotCarries, space)
			}
			if err := p.Compare(want, got, wantCarries, gotCarries); err != nil {
				t.Fatalf("%v, %d rows of %d elements: %v\n%v", level, rows, n, err, &p.Loop)
			}
		}
	}
}

// random checks the random program of a seed.
func random(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 0))
	sizes := []int{8, 15, 30, 30, 60, 60, 120, 300, 2000}
	s := looptest.Shape{
		Size:       sizes[rnd.IntN(len(sizes))],
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
	check(t, rnd, p, rnd.IntN(4), rnd.IntN(41), 8*rnd.IntN(6)+rnd.IntN(3), 40+rnd.IntN(100))
}

func TestRandom(t *testing.T) {
	count := 1500
	if testing.Short() {
		count = 300
	}
	for seed := range uint64(count) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { random(t, seed) })
	}
}

// TestLong has runs that are split.
func TestLong(t *testing.T) {
	count := uint64(30)
	if testing.Short() {
		count = 6
	}
	for seed := range count {
		rnd := rand.New(rand.NewPCG(seed, 1))
		p := looptest.New(rnd, looptest.Shape{Size: 10 + int(seed), Sequential: seed%3 == 0, Near: true})
		check(t, rnd, p, 2<<14+rnd.IntN(10))
	}
}

func FuzzRandom(f *testing.F) {
	f.Add(uint64(1 << 32))
	f.Fuzz(random)
}
