package amd64

import (
	"math"
	"slices"
	"testing"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/looptest"
)

// run runs a loop with the interpreter and on every level, on copies of words, and returns what each one
// leaves there. The arrays of the loop start one after the other, n elements each.
func run(t *testing.T, l *loop.Loop, words []uint64, n int) (want []uint64, got map[Level][]uint64) {
	t.Helper()
	do := func(run func([]unsafe.Pointer, int, []uint64)) []uint64 {
		w := slices.Clone(words)
		arrays := make([]unsafe.Pointer, len(l.Arrays))
		for k := range arrays {
			arrays[k] = unsafe.Pointer(&w[k*n])
		}
		run(arrays, n, make([]uint64, len(l.Next)*l.Width()))
		return w
	}
	got = make(map[Level][]uint64)
	for _, level := range levels(t) {
		code, err := Compile(l, level)
		if err != nil {
			t.Fatal(err)
		}
		got[level] = do(func(arrays []unsafe.Pointer, n int, carries []uint64) { code.Run(arrays, n, carries, scratch(code)) })
	}
	return do(l.Run), got
}

// TestSpecials has every instruction on all pairs of special values.
func TestSpecials(t *testing.T) {
	var words []uint64
	for _, x := range looptest.Specials {
		words = append(words, math.Float64bits(x))
	}
	for k := range 64 {
		words = append(words, 1<<k, 1<<k-1, -(uint64(1) << k), 1<<k+1, 1<<k|1<<(k/2))
	}
	for o := loop.Add; o <= loop.AndNot; o++ {
		floats := o <= loop.Nearest
		l := &loop.Loop{
			Arrays: []loop.Array{{Step: 1}, {Step: 1}, {Step: 1}},
			Body:   []loop.Instr{{Op: loop.Load}, {Op: loop.Load, A: 1}, {Op: o, B: 1, C: 1}},
			Stores: []loop.Store{{Array: 2, Value: 2}},
		}
		for shift := range len(words) {
			n := len(words)
			in := slices.Concat(words, words[shift:], words[:shift], words)
			want, got := run(t, l, in, n)
			for level, g := range got {
				for k := range want {
					if !looptest.Same(floats, want[k], g[k]) {
						t.Fatalf("%v: %v of %#x, %#x: %#x, want %#x", level, o, in[k-2*n], in[k-n], g[k], want[k])
					}
				}
			}
			if o.Operands() == 1 {
				break
			}
		}
	}
}

// TestThroughMemory has elements that hand on values by an array that does not move, under two names.
func TestThroughMemory(t *testing.T) {
	for _, sequential := range []bool{true, false} {
		l := &loop.Loop{
			Arrays:     []loop.Array{{}, {}},
			Body:       []loop.Instr{{Op: loop.Load, A: 1}, {Op: loop.Add}},
			Stores:     []loop.Store{{Array: 0, Value: 1}},
			Sequential: sequential,
		}
		for _, level := range levels(t) {
			code, err := Compile(l, level)
			if err != nil {
				t.Fatal(err)
			}
			x := 1.0
			code.Run([]unsafe.Pointer{unsafe.Pointer(&x), unsafe.Pointer(&x)}, 20, nil, scratch(code))
			if x != 1<<20 {
				t.Errorf("%v, sequential %v: %v", level, sequential, x)
			}
		}
	}
}

// TestSwap has stores and carries that change places.
func TestSwap(t *testing.T) {
	b := loop.NewBuilder()
	x := b.Array(loop.F64, 1)
	b.Store(x, 0, b.Load(x, 1))
	b.Store(x, 1, b.Load(x, 0))
	c, d, e := b.Carry(0), b.Carry(1), b.Carry(2)
	b.Next = []loop.Value{d, e, c}
	b.Sequential = true
	for _, level := range levels(t) {
		code, err := Compile(&b.Loop, level)
		if err != nil {
			t.Fatal(err)
		}
		words, carries := []uint64{1, 2, 3}, []uint64{1, 2, 3}
		code.Run([]unsafe.Pointer{unsafe.Pointer(&words[0])}, 2, carries, scratch(code))
		if !slices.Equal(words, []uint64{2, 3, 1}) || !slices.Equal(carries, []uint64{3, 1, 2}) {
			t.Errorf("%v: %v, %v", level, words, carries)
		}
	}
}

func TestErrors(t *testing.T) {
	for name, l := range map[string]*loop.Loop{
		"unsound":  {Body: []loop.Instr{{Op: loop.Add}}},
		"step":     {Arrays: []loop.Array{{Step: -1 << 23}}},
		"row":      {Arrays: []loop.Array{{Row: 1 << 28}}},
		"offset":   {Arrays: []loop.Array{{}}, Body: []loop.Instr{{Op: loop.Load, Imm: 1 << 27}}},
		"no store": {Arrays: []loop.Array{{}}, Body: []loop.Instr{{}}, Stores: []loop.Store{{Offset: -1 << 27}}},
	} {
		for _, level := range levels(t) {
			if _, err := Compile(l, level); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	}
	if _, err := Compile(&loop.Loop{}, None); err == nil {
		t.Error("no error for no level")
	}
}
