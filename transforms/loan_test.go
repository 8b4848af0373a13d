package transforms_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/gradus-ad/gradus/internal/debug"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

type lentTo struct{ X, Y, B num.Array }

// losses give gradients, and values beside them, that share storage with each other, are views, repeat elements or are arguments.
var losses = []func(lentTo) (num.Array, []num.Array){
	func(p lentTo) (num.Array, []num.Array) {
		h := num.Tanh(num.Add(num.MatMul(p.X, p.Y), p.B))
		return num.Sum(num.Square(h)), []num.Array{h, p.X, num.Reshape(h, h.Size())}
	},
	func(p lentTo) (num.Array, []num.Array) { // both gradients are one array
		s := num.Add(p.X, p.Y)
		return num.Sum(num.Mul(s, s, s)), []num.Array{s, s}
	},
	func(p lentTo) (num.Array, []num.Array) {
		y := num.Transpose(num.Reshape(p.X, 5, 20))
		return num.Sum(num.Exp(y)), []num.Array{y, num.Mul(y, 2), num.Less(y, 0)}
	},
	func(p lentTo) (num.Array, []num.Array) {
		m := num.Amax(p.X, 1)
		return num.Add(num.Mean(p.X), num.Sum(num.Mul(m, p.B))), []num.Array{num.BroadcastTo(p.B, 10, 10)}
	},
}

func newLentTo(rng *rand.Rand) lentTo {
	return lentTo{num.Normal(rng, 10, 10), num.Normal(rng, 10, 10), num.Normal(rng, 10)}
}

// lentResults returns all that the gradients of losses give at p, in numbers.
func lentResults(p lentTo) (arrays []num.Array, numbers [][]float64) {
	for _, f := range losses {
		y, aux, d := transforms.ValueAndGradAux(f)(p)
		arrays = append(append(arrays, y, d.X, d.Y, d.B), aux...)
	}
	return arrays, numbersOf(arrays)
}

func numbersOf(arrays []num.Array) (numbers [][]float64) {
	for _, a := range arrays {
		numbers = append(numbers, num.Convert(a, trace.F64).Float64s())
	}
	return numbers
}

func sameBits(a, b [][]float64) error {
	for i := range a {
		for k := range a[i] {
			if math.Float64bits(a[i][k]) != math.Float64bits(b[i][k]) {
				return fmt.Errorf("element %d of array %d is %v, and was %v", k, i, b[i][k], a[i][k])
			}
		}
	}
	return nil
}

// TestResultsOutliveLoans holds that what gradients give stays as it is while others use the storage of those again, on several
// goroutines, with and without the eyes of the tests; and that it is what VJP gives, which has no loan.
func TestResultsOutliveLoans(t *testing.T) {
	for _, seen := range []bool{true, false} {
		debug.CheckFuncs.Store(seen)
		defer debug.CheckFuncs.Store(true)
		var all sync.WaitGroup
		for seed := range uint64(4) {
			all.Go(func() {
				rng := rand.New(rand.NewPCG(seed, 1))
				p := newLentTo(rng)
				arrays, first := lentResults(p)
				for range 5 {
					lentResults(newLentTo(rng))
				}
				_, again := lentResults(p)
				if err := sameBits(first, numbersOf(arrays)); err != nil {
					t.Error("kept:", err)
				}
				if err := sameBits(first, again); err != nil {
					t.Error("again:", err)
				}
			})
		}
		all.Wait()
	}
	p := newLentTo(rand.New(rand.NewPCG(9, 9)))
	for i, f := range losses {
		loss := func(p lentTo) num.Array { y, _ := f(p); return y }
		got := transforms.Grad(loss)(p)
		_, pull := transforms.VJP(loss, p)
		want := pull(num.Scalar(1))
		if err := sameBits(numbersOf([]num.Array{want.X, want.Y, want.B}), numbersOf([]num.Array{got.X, got.Y, got.B})); err != nil {
			t.Errorf("loss %d against VJP: %v", i, err)
		}
	}
}

// keeper is a rule of a user that keeps what it sees.
type keeper struct{}

var kept []num.Array

func (keeper) Name() string           { return "keeper" }
func (keeper) Eval(x float64) float64 { return x * x }
func (keeper) Derivative(x, y num.Array) num.Array {
	kept = append(kept, x, y)
	return num.Mul(2, x)
}

// TestRulesMayKeep holds that what a rule of a user has kept stays as it is.
func TestRulesMayKeep(t *testing.T) {
	kept = nil
	p := newLentTo(rand.New(rand.NewPCG(2, 2)))
	loss := func(p lentTo) num.Array { return num.Sum(num.Apply1[keeper](num.Tanh(p.X))) }
	transforms.Grad(loss)(p)
	before := numbersOf(kept)
	for range 3 {
		lentResults(p)
		transforms.Grad(func(p lentTo) num.Array { return num.Sum(num.Square(num.Tanh(p.X))) })(p)
	}
	if err := sameBits(before, numbersOf(kept)); err != nil || len(kept) != 2 {
		t.Errorf("%d arrays were kept: %v", len(kept), err)
	}
}
