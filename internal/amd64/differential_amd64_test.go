package amd64

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
)

// levels returns the levels of this processor, and skips the test where there is none.
func levels(t testing.TB) []Level {
	if !Available() {
		t.Skip("no AVX2 or no executable memory")
	}
	return []Level{AVX2, AVX512}[:Features()]
}

// inputs are the arrays and carries that a program runs on.
type inputs struct {
	data    [][]byte // of an array, or nil if it is another one
	start   []int    // in data
	carries []uint64
}

// inputs returns random ones for n elements.
func (p *program) inputs(n int) *inputs {
	in := &inputs{data: make([][]byte, len(p.Arrays)), start: make([]int, len(p.Arrays))}
	low, high := slices.Clone(p.low), slices.Clone(p.high)
	for k, a := range p.alias {
		low[a], high[a] = min(low[a], low[k]), max(high[a], high[k])
	}
	for k, a := range p.Arrays {
		if p.alias[k] != k {
			continue
		}
		far := a.Step * max(n-1, 0)
		l, h := low[k]+min(far, 0), high[k]+max(far, 0)
		d := make([]byte, 0, (h-l+1)*a.Kind.Size())
		for range h - l + 1 {
			switch a.Kind {
			case loop.Bool:
				d = append(d, byte(p.rnd.IntN(2)))
			case loop.I64:
				d = binary.LittleEndian.AppendUint64(d, randomInt(p.rnd))
			default:
				d = binary.LittleEndian.AppendUint64(d, randomFloat(p.rnd))
			}
		}
		in.data[k], in.start[k] = d, -l*a.Kind.Size()
	}
	for _, c := range p.carries {
		for range p.Width() {
			in.carries = append(in.carries, p.constant(c))
		}
	}
	return in
}

// pointers returns copies of the arrays and where each one starts.
func (p *program) pointers(in *inputs, alloc func(size int) []byte) (data [][]byte, arrays []unsafe.Pointer) {
	data = make([][]byte, len(in.data))
	arrays = make([]unsafe.Pointer, len(in.data))
	for k, d := range in.data {
		if d != nil {
			data[k] = alloc(len(d))
			copy(data[k], d)
			arrays[k] = unsafe.Add(unsafe.Pointer(unsafe.SliceData(data[k])), in.start[k])
		}
	}
	for k, a := range p.alias {
		arrays[k] = arrays[a]
	}
	return data, arrays
}

// same reports whether two values agree, NaN being NaN.
func same(float bool, x, y uint64) bool {
	return x == y || float && math.IsNaN(math.Float64frombits(x)) && math.IsNaN(math.Float64frombits(y))
}

// compare returns an error if two runs of a program differ.
func (p *program) compare(want, got [][]byte, wantCarries, gotCarries []uint64) error {
	for k := range want {
		size := p.Arrays[k].Kind.Size()
		for at := 0; at < len(want[k]); at += size {
			w, g := uint64(want[k][at]), uint64(got[k][at])
			if size == 8 {
				w, g = binary.LittleEndian.Uint64(want[k][at:]), binary.LittleEndian.Uint64(got[k][at:])
			}
			if !same(p.Arrays[k].Kind == loop.F64, w, g) {
				return fmt.Errorf("array %d at %d: %#x, want %#x", k, at/size, g, w)
			}
		}
	}
	for k := range wantCarries {
		c := p.carries[k/p.Width()]
		if !same(c == float, wantCarries[k], gotCarries[k]) {
			return fmt.Errorf("carry %d: %#x, want %#x", k, gotCarries[k], wantCarries[k])
		}
	}
	return nil
}

// check runs a program on every level and compares with the interpreter.
func (p *program) check(t *testing.T, lengths ...int) {
	t.Helper()
	for _, level := range levels(t) {
		code, err := Compile(&p.Loop, level)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range lengths {
			in := p.inputs(n)
			want, arrays := p.pointers(in, func(size int) []byte { return make([]byte, size) })
			wantCarries := slices.Clone(in.carries)
			p.Loop.Run(arrays, n, wantCarries)

			got, arrays := p.pointers(in, func(size int) []byte { return guarded(t, size, p.rnd.IntN(2) == 0) })
			carries := guarded(t, 8*len(in.carries), p.rnd.IntN(2) == 0)
			gotCarries := unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(carries))), len(in.carries))
			copy(gotCarries, in.carries)
			code.Run(arrays, n, gotCarries)
			if err := p.compare(want, got, wantCarries, gotCarries); err != nil {
				t.Fatalf("%v, %d elements: %v\n%v", level, n, err, &p.Loop)
			}
		}
	}
}

// random checks the random program of a seed.
func random(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 0))
	sizes := []int{8, 15, 30, 30, 60, 60, 120, 300, 2000}
	s := shape{
		size:       sizes[rnd.IntN(len(sizes))],
		sequential: rnd.IntN(3) == 0,
		near:       rnd.IntN(2) == 0,
		entangled:  rnd.IntN(4) == 0,
	}
	p := newProgram(rnd, s)
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	p.check(t, rnd.IntN(4), rnd.IntN(41), 8*rnd.IntN(6)+rnd.IntN(3), 40+rnd.IntN(100))
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
		p := newProgram(rnd, shape{size: 10 + int(seed), sequential: seed%3 == 0, near: true})
		p.check(t, 2<<14+rnd.IntN(10))
	}
}

func FuzzRandom(f *testing.F) {
	f.Add(uint64(1 << 32))
	f.Fuzz(random)
}
