package native_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/amd64"
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/native"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

var f64 = trace.Type{DType: trace.F64}

// evalOf is what the evaluator makes of one number.
func evalOf(p trace.Primitive) func(float64) float64 {
	return func(x float64) float64 {
		return p.Eval([]trace.Buffer{{Type: f64, F64: []float64{x}}}, []trace.Type{f64})[0].F64[0]
	}
}

// operands returns how many f64 operands a primitive without parameters takes, if it gives one f64 for them, and 0 otherwise.
func operands(p trace.Primitive) int {
	if reflect.TypeOf(p).Size() > 0 {
		return 0
	}
	for n := 1; n <= 2; n++ {
		if out, err := p.Infer(slices.Repeat([]trace.Type{f64}, n)); err == nil && len(out) == 1 && out[0].Equal(f64) {
			return n
		}
	}
	return 0
}

// defined computes a primitive as the definition of loops has it, and where it fails by eval.
func defined(p native.Elementwise, in [][]float64, eval func(float64) float64) []float64 {
	b := loop.NewBuilder()
	var args []loop.Value
	var arrays []unsafe.Pointer
	for _, x := range in {
		args = append(args, b.Load(b.Array(loop.F64, 1), 0))
		arrays = append(arrays, unsafe.Pointer(&x[0]))
	}
	y, fails := make([]float64, len(in[0])), make([]bool, len(in[0]))
	v, _ := p.Lower(b, trace.F64, args)
	b.Store(b.Array(loop.F64, 1), 0, v)
	arrays = append(arrays, unsafe.Pointer(&y[0]))
	for _, f := range b.Fails {
		b.Store(b.Array(loop.Bool, 1), 0, f)
		arrays = append(arrays, unsafe.Pointer(&fails[0]))
	}
	b.Run(arrays, len(y), nil)
	for k, failed := range fails {
		if failed {
			y[k] = eval(in[0][k])
		}
	}
	return y
}

// points returns n numbers, special ones among them.
func points(rng *rand.Rand, n int) []float64 {
	special := []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), 1e22, -1e300, 5e-324, 710, -745}
	x := make([]float64, n)
	for i := range x {
		if x[i] = 3 * rng.NormFloat64(); i%7 == 3 {
			x[i] = special[rng.IntN(len(special))]
		}
	}
	return x
}

func same(x, y []float64) bool {
	return slices.EqualFunc(x, y, func(a, b float64) bool {
		return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
	})
}

// TestApply compares with the definition, to the bit, for lengths of all kinds, and in place.
func TestApply(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	tested := 0
	for name, p := range trace.Registered() {
		e, ok := p.(native.Elementwise)
		n := operands(p)
		if !ok || n == 0 {
			continue
		}
		f := native.Of(e, n)
		if f == nil {
			continue
		}
		tested++
		for _, length := range []int{native.Least, native.Least + 1, 1000, 1024, 2500} {
			in := [][]float64{points(rng, length), points(rng, length)}[:n]
			want := defined(e, in, evalOf(p))
			apply := func(y []float64, in [][]float64) {
				if n == 1 {
					f.Apply1(y, in[0], evalOf(p))
				} else {
					f.Apply2(y, in[0], in[1])
				}
			}
			got := make([]float64, length)
			apply(got, in)
			if !same(got, want) {
				t.Errorf("%s of %d: got %v, want %v", name, length, got, want)
			}
			for k := range in {
				taken := [][]float64{slices.Clone(in[0]), slices.Clone(in[n-1])}[:n]
				apply(taken[k], taken)
				if !same(taken[k], want) {
					t.Errorf("%s of %d in place of operand %d: got %v, want %v", name, length, k, taken[k], want)
				}
			}
		}
	}
	if want := 25; amd64.Wanted() != amd64.None && tested < want {
		t.Errorf("%d primitives were tested, want at least %d", tested, want)
	}
}

// TestMadeOnce has many goroutines ask for the code of a function that none has asked for.
func TestMadeOnce(t *testing.T) {
	x := num.New(points(rand.New(rand.NewPCG(1, 1)), 300), 300)
	want := num.Asinh(x).Float64s()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := num.Asinh(x).Float64s(); !same(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	all.Wait()
}
