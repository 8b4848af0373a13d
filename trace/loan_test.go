package trace_test

import (
	"math"
	"runtime"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// lent returns a loan for x*x+x at a vector, and what is made of it.
func lent(t *testing.T, x num.Array) (loan *trace.Loan, y num.Array) {
	t.Helper()
	f := trace.MustOf(func(x num.Array) num.Array { return num.Add(num.Mul(x, x), x) }, x)
	if loan = trace.NewLoan(f, []num.Array{x}); loan == nil {
		t.Fatal("there is no loan")
	}
	return loan, f.Inline(loan.Lend([]num.Array{x})...)[0]
}

// TestLoanEnds holds that results outlive a loan, as often as they are among results, and that nothing else can be read or computed with.
func TestLoanEnds(t *testing.T) {
	x := num.Vector(1, 2, 3)
	loan, y := lent(t, x)
	other := num.Mul(y, y)
	view := num.Reshape(y, 3, 1)
	kept := loan.Return([]num.Array{y, view, y, x})
	for range 3 { // who would have the storage, if it were free
		loan, y := lent(t, num.Vector(7, 8, 9))
		loan.Return([]num.Array{num.Neg(y)})
	}
	for i, want := range []float64{6, 6, 6, 2} {
		if got := kept[i].Float64s()[1]; got != want {
			t.Errorf("result %d is %v, want %v", i, got, want)
		}
	}
	for what, use := range map[string]func(){
		"reading":   func() { other.Float64s() },
		"computing": func() { num.Mul(other, x) },
		"a result":  func() { y.Float64s() },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is possible after a loan", what)
				}
			}()
			use()
		}()
	}
}

// TestLoanUsesStorageAgain holds that it does what it is for: of ten runs that make 20 arrays each, one makes no storage for a single one.
func TestLoanUsesStorageAgain(t *testing.T) {
	const n = 10000
	x := num.New(make([]float64, n), n)
	least := uint64(math.MaxUint64)
	for range 10 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		loan, y := lent(t, x)
		for range 20 {
			y = num.Mul(y, y)
		}
		loan.Return(nil)
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	if least >= 8*n {
		t.Errorf("a run makes %d bytes, and an array has %d", least, 8*n)
	}
}

// TestLoanIsLimited holds that a run may make more than is lent: each array has storage of its own.
func TestLoanIsLimited(t *testing.T) {
	loan, y := lent(t, num.Vector(1, 2, 3))
	var all []num.Array
	for i := range 600 {
		all = append(all, num.Add(y, num.Vector(float64(i), 0, 0)))
	}
	for i, y := range loan.Return(all) {
		if got, want := y.Float64s()[0], float64(2+i); got != want {
			t.Fatalf("array %d has %v, want %v", i, got, want)
		}
	}
}

// TestNoLoan holds that there is none where somebody could keep an array, and that none does no harm.
func TestNoLoan(t *testing.T) {
	x := num.Vector(1, 2, 3)
	tapped := trace.MustOf(func(x num.Array) num.Array { return num.Tap(x, func(num.Array) {}) }, x)
	if trace.NewLoan(tapped, []num.Array{x}) != nil {
		t.Error("a tap may keep what is on loan")
	}
	plain := trace.MustOf(func(x num.Array) num.Array { return num.Mul(x, x) }, x)
	trace.MustOf(func(x num.Array) num.Array {
		if trace.NewLoan(plain, []num.Array{x}) != nil {
			t.Error("there is a loan for what is traced")
		}
		return x
	}, x)
	var none *trace.Loan
	if got := none.Return(none.Lend([]num.Array{x}))[0].Float64s()[2]; got != 3 {
		t.Errorf("got %v, want 3", got)
	}
}
