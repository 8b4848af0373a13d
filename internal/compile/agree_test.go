package compile_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// fn is a function to compile.
type fn = func(x []num.Array) []num.Array

// tolerance is relative to the largest element of a result: elementary functions and the order of sums
// differ from what Eval does.
const tolerance = 1e-13

// agree compiles f for arguments on every backend, as it is and simplified, and compares with what Eval gives.
func agree(t *testing.T, f fn, args ...num.Array) {
	t.Helper()
	agreeUnless(t, func(_, _ []num.Array) bool { return false }, f, args...)
}

// agreeUnless is agree for a function that tells when a difference means nothing.
func agreeUnless(t *testing.T, excused func(got, want []num.Array) bool, f fn, args ...num.Array) {
	t.Helper()
	types := make([]trace.Type, len(args))
	for i, a := range args {
		types[i] = a.Type()
	}
	fn := trace.Build(types, f)
	want := fn.Eval(args...)
	for _, fn := range []*trace.Func{fn, pass.Simplify(fn)} {
		for _, on := range compile.Backends() {
			p := compile.Compile(fn, on)
			for range 2 {
				got := run(p, args)
				if err := same(got, want); err != nil && !excused(got, want) {
					t.Fatalf("%s: %v\n%v%v", on.Name, err, fn, p)
				}
			}
		}
	}
}

func run(p *compile.Program, args []num.Array) []num.Array { return p.Call(args) }

// same returns an error if results differ by more than the tolerance, or in NaNs, infinities or the
// signs of zeros.
func same(got, want []num.Array) error {
	for i, w := range want {
		g := got[i]
		if !g.Type().Equal(w.Type()) {
			return fmt.Errorf("result %d is %v, want %v", i, g.Type(), w.Type())
		}
		switch w.DType() {
		case trace.F64:
			if k := differs(g.Float64s(), w.Float64s()); k >= 0 {
				return fmt.Errorf("result %d at %d: got %v, want %v", i, k, g.Float64s()[k], w.Float64s()[k])
			}
		case trace.I64:
			if !slices.Equal(g.Ints(), w.Ints()) {
				return fmt.Errorf("result %d: got %v, want %v", i, g, w)
			}
		case trace.Bool:
			if !slices.Equal(g.Bools(), w.Bools()) {
				return fmt.Errorf("result %d: got %v, want %v", i, g, w)
			}
		}
	}
	return nil
}

// differs returns where two arrays differ, or -1.
func differs(got, want []float64) int {
	largest := 0.0
	for _, w := range want {
		if w-w == 0 {
			largest = max(largest, math.Abs(w))
		}
	}
	for k, w := range want {
		g := got[k]
		switch {
		case math.IsNaN(w) && math.IsNaN(g):
		case g == w && math.Signbit(g) == math.Signbit(w):
		case w != 0 && math.Abs(g-w) <= tolerance*largest:
		default:
			return k
		}
	}
	return -1
}

// floats returns an array of random elements.
func floats(seed uint64, shape ...int) num.Array {
	return num.Normal(rand.New(rand.NewPCG(seed, 1)), shape...)
}

// wild returns one that has zeros of both signs, infinities and ties, and, if asked for, NaNs.
func wild(seed uint64, nans bool, shape ...int) num.Array {
	r := rand.New(rand.NewPCG(seed, 2))
	from := []float64{0, math.Copysign(0, -1), 1, -1, 2, -2.5, math.Inf(1), math.Inf(-1), math.NaN()}
	if !nans {
		from = from[:6]
	}
	x := make([]float64, trace.Type{Shape: shape}.Size())
	for i := range x {
		x[i] = from[r.IntN(len(from))]
	}
	return num.New(x, shape...)
}

// ints returns an array of small ints.
func ints(seed uint64, shape ...int) num.Array {
	return num.Convert(num.Round(num.Mul(5, floats(seed, shape...))), trace.I64)
}

func mask(seed uint64, shape ...int) num.Array { return num.Greater(floats(seed, shape...), 0) }

func one(f func(x num.Array) num.Array) fn {
	return func(x []num.Array) []num.Array { return []num.Array{f(x[0])} }
}
