package amd64

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/fence"
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/looptest"
)

// alike makes loops that do the same to several values.
type alike struct {
	*loop.Builder
	rnd     *rand.Rand
	x, y    int // arrays of floats
	results []loop.Value
	fails   []loop.Value
	carries int
	n       int // elements
}

const alikeElements = 48 // of each array

// newAlike returns a random one. Values that it is done to may be made of results.
func newAlike(rnd *rand.Rand) *alike {
	a := &alike{Builder: loop.NewBuilder(), rnd: rnd, n: 1}
	step := 0
	if rnd.IntN(3) == 0 {
		a.n, a.carries, step = 5, rnd.IntN(5), rnd.IntN(3)
	}
	a.Sequential = true
	a.x, a.y = a.Array(loop.F64, step), a.Array(loop.F64, 0)
	for range 1 + rnd.IntN(3) {
		body := rnd.Uint64()
		start, same := rnd.IntN(8), rnd.IntN(4) == 0
		other := a.argument(start + 20)
		for k := range 1 + rnd.IntN(10) {
			if !same {
				other = a.argument(start + 20 + 2*k)
			}
			a.function(rand.New(rand.NewPCG(body, 0)), a.argument(start+k), other)
		}
	}
	at := rnd.IntN(8)
	for k, v := range a.results {
		if rnd.IntN(8) == 0 {
			at += rnd.IntN(3)
		}
		a.Store(a.y, (at+k)%alikeElements, v)
	}
	for k := range a.carries {
		a.Carry(k)
		a.Next[k] = a.results[rnd.IntN(len(a.results))]
	}
	if len(a.fails) > 0 {
		any := a.Carry(a.carries)
		for _, m := range a.fails {
			any = a.Or(any, m)
		}
		a.Next[a.carries] = any
	}
	if rnd.IntN(3) == 0 {
		a.EndUnless(a.Less(a.results[rnd.IntN(len(a.results))], a.Float(3)))
	}
	return a
}

func (a *alike) argument(k int) loop.Value {
	result := func() loop.Value {
		if n := len(a.results); n > 0 {
			return a.results[a.rnd.IntN(n)]
		}
		return a.Load(a.x, 3)
	}
	switch a.rnd.IntN(6) {
	case 0:
		if a.carries > 0 {
			return a.Carry(a.rnd.IntN(a.carries))
		}
		return result()
	case 1:
		return a.Add(a.Load(a.x, a.rnd.IntN(alikeElements)), result())
	case 2:
		return a.Load(a.x, a.rnd.IntN(alikeElements))
	}
	return a.Load(a.x, k)
}

// function makes what is the same for the same rnd, but for a few constants, and may end early.
func (a *alike) function(rnd *rand.Rand, x, z loop.Value) {
	floats, masks := []loop.Value{x}, []loop.Value{a.Less(x, a.Float(0.5))}
	ints := []loop.Value{a.Shr(a.Select(a.Equal(x, x), x, a.Float(2)), 3)} // no NaN
	one := func(vs []loop.Value) loop.Value {
		if rnd.IntN(2) == 0 {
			return vs[len(vs)-1]
		}
		return vs[rnd.IntN(len(vs))]
	}
	constant := func() loop.Value {
		c := rnd.NormFloat64()
		if a.rnd.IntN(20) == 0 {
			c = a.rnd.NormFloat64()
		}
		return a.Float(c)
	}
	for range 5 + rnd.IntN(40) {
		switch rnd.IntN(10) {
		case 0, 1, 2:
			floats = append(floats, a.FMA(one(floats), one(floats), constant()))
		case 3:
			o := []loop.Op{loop.Add, loop.Sub, loop.Mul, loop.Div, loop.Min, loop.Max}[rnd.IntN(6)]
			floats = append(floats, a.Emit(loop.Instr{Op: o, A: constant(), B: one(floats)}))
		case 4:
			o := []loop.Op{loop.Sqrt, loop.Floor, loop.Nearest}[rnd.IntN(3)]
			floats = append(floats, a.Emit(loop.Instr{Op: o, A: one(floats)}))
		case 5:
			o := loop.Less + loop.Op(rnd.IntN(4))
			masks = append(masks, a.Emit(loop.Instr{Op: o, A: one(floats), B: one(floats)}))
		case 6:
			floats = append(floats, a.Select(one(masks), one(floats), constant()))
		case 7:
			masks = append(masks, a.ILess(one(ints), a.Int(int64(rnd.Uint64()>>3))))
			ints = append(ints, a.Select(one(masks), a.IAdd(one(ints), a.Int(5)), a.Xor(one(ints), a.Shl(one(ints), 7))))
		case 8:
			floats = append(floats, a.FMA(a.Neg(one(floats)), one(floats), one(floats)))
		case 9:
			if rnd.IntN(2) == 0 {
				floats = append(floats, a.FMA(one(floats), z, one(floats)))
			}
		}
		if a.rnd.IntN(150) == 0 {
			break
		}
	}
	a.results = append(a.results, one(floats))
	if rnd.IntN(3) == 0 {
		a.results = append(a.results, a.Select(one(masks), a.Float(1), a.Float(2)), a.And(one(ints), a.Int(1<<52-1)))
	}
	if rnd.IntN(2) == 0 {
		a.fails = append(a.fails, one(masks))
	}
}

// compare runs a loop for n elements on every level, at the end of memory, and compares with the interpreter. One element may be stored
// to what is read.
func compare(t *testing.T, rnd *rand.Rand, l *loop.Loop, n int, x []float64) {
	t.Helper()
	for _, level := range levels(t) {
		code, err := Compile(l, level)
		if err != nil {
			t.Fatal(err)
		}
		floats := func() []float64 {
			return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(fence.Bytes(t, 8*len(x), rnd.IntN(2) == 0)))), len(x))
		}
		in := floats()
		copy(in, x)
		want, got := slices.Clone(x), floats()
		copy(got, x)
		arrays := []unsafe.Pointer{unsafe.Pointer(&in[0]), unsafe.Pointer(&want[0])}
		wantCarries, gotCarries := make([]uint64, len(l.Next)), make([]uint64, len(l.Next))
		if onto := rnd.IntN(4) == 0 && n == 1; onto {
			arrays[0] = arrays[1]
			l.Run(arrays, n, wantCarries)
			arrays = []unsafe.Pointer{unsafe.Pointer(&got[0]), unsafe.Pointer(&got[0])}
		} else {
			l.Run(arrays, n, wantCarries)
			arrays[1] = unsafe.Pointer(&got[0])
		}
		code.Run(arrays, n, gotCarries, guardedWords(t, code.Scratch(), true))
		for k := range want {
			if !looptest.Same(true, math.Float64bits(want[k]), math.Float64bits(got[k])) {
				t.Fatalf("%v: element %d is %v, want %v\n%v", level, k, got[k], want[k], l)
			}
		}
		for k := range wantCarries {
			if !looptest.Same(true, wantCarries[k], gotCarries[k]) {
				t.Fatalf("%v: carry %d is %#x, want %#x\n%v", level, k, gotCarries[k], wantCarries[k], l)
			}
		}
	}
}

func randomAlike(t *testing.T, seed uint64) (bundled bool) {
	rnd := rand.New(rand.NewPCG(seed, 3))
	a := newAlike(rnd)
	l := a.Live()
	x := make([]float64, alikeElements+2*(a.n-1))
	for k := range x {
		if x[k] = rnd.NormFloat64(); rnd.IntN(10) == 0 {
			x[k] = looptest.Specials[rnd.IntN(len(looptest.Specials))]
		}
	}
	compare(t, rnd, l, a.n, x)
	return bundles(l) > 0
}

// bundles returns how many values of a loop are vectors.
func bundles(l *loop.Loop) (n int) {
	for _, lanes := range lanesOf(bundled(negated(l, newRoom(0)), Features(), newRoom(0))) {
		if lanes > 1 {
			n++
		}
	}
	return n
}

func TestAlike(t *testing.T) {
	count, some := 2000, 0
	if testing.Short() {
		count = 400
	}
	for seed := range uint64(count) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			if randomAlike(t, seed) {
				some++
			}
		})
	}
	if some < count/2 {
		t.Errorf("%d of %d loops have bundles", some, count)
	}
}

func FuzzAlike(f *testing.F) {
	f.Add(uint64(1 << 32))
	f.Fuzz(func(t *testing.T, seed uint64) { randomAlike(t, seed) })
}

// TestBundledFunctions has what is hard for a function in each lane, next to what is not.
func TestBundledFunctions(t *testing.T) {
	hard := append(slices.Clone(looptest.Specials), 1e300, -1e9, 1e-310, 709.9, -745.2, 0x1p-1074)
	for name, f := range map[string]func(b *loop.Builder, x loop.Value) loop.Value{
		"sin":   (*loop.Builder).Sin,
		"cos":   (*loop.Builder).Cos,
		"both":  func(b *loop.Builder, x loop.Value) loop.Value { return b.FMA(b.Sin(x), b.Float(2), b.Cos(x)) },
		"tan":   (*loop.Builder).Tan,
		"exp":   (*loop.Builder).Exp,
		"expm1": (*loop.Builder).Expm1,
		"log":   (*loop.Builder).Log,
		"tanh":  (*loop.Builder).Tanh,
	} {
		for n := 2; n <= 9; n++ {
			b := loop.NewBuilder()
			b.Sequential = true
			x, y := b.Array(loop.F64, 0), b.Array(loop.F64, 0)
			any := b.Carry(0)
			for k := range n {
				v := b.Load(x, k*(1+n%2))
				b.Store(y, k, f(b, v))
				any = b.Or(any, b.ReductionFails(v))
			}
			b.Next[0] = any
			if bundles(b.Live()) == 0 {
				t.Errorf("%s of %d arguments: no bundle", name, n)
			}
			in := make([]float64, 2*n)
			for shift := range len(hard) {
				for k := range in {
					in[k] = 0.3 * float64(k)
					if k%(1+shift%5) == 0 {
						in[k] = hard[(shift+k)%len(hard)]
					}
				}
				compare(t, rand.New(rand.NewPCG(uint64(shift), 4)), b.Live(), 1, in)
			}
		}
	}
}

// TestBundlesThatWait has functions of results of each other, which cannot all be bundled.
func TestBundlesThatWait(t *testing.T) {
	b := loop.NewBuilder()
	b.Sequential = true
	x, y := b.Array(loop.F64, 0), b.Array(loop.F64, 0)
	s, e := b.Sin(b.Load(x, 0)), b.Exp(b.Load(x, 1))
	b.Store(y, 0, b.Exp(s))
	b.Store(y, 1, b.Sin(e))
	l := b.Live()
	if bundles(l) == 0 {
		t.Error("no bundle")
	}
	compare(t, rand.New(rand.NewPCG(1, 5)), l, 1, []float64{0.4, 0.5})
}

// TestLanesOverwrite stores lanes over elements that are still to be stored elsewhere.
func TestLanesOverwrite(t *testing.T) {
	b := loop.NewBuilder()
	b.Sequential = true
	x, y := b.Array(loop.F64, 0), b.Array(loop.F64, 0)
	for k := range 4 {
		b.Store(y, k, b.Exp(b.Load(x, k)))
	}
	for k := range 4 {
		b.Store(y, 7-k, b.Load(x, k))
	}
	for seed := range uint64(20) {
		compare(t, rand.New(rand.NewPCG(seed, 6)), b.Live(), 1, []float64{1, 2, 3, 4, 5, 6, 7, 8})
	}
}
