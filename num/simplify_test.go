package num_test

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// every returns x[lo:hi:step].
func every(x num.Array, lo, hi, step int) num.Array {
	return num.Stride(num.Slice(x, lo, hi), 0, step)
}

// Slices of slices, of what was padded and of what was joined are what they say, and need no
// more equations than they must.
func TestSimplifySlice(t *testing.T) {
	x := num.Add(1, countTo(7))
	check := func(name string, f func(num.Array) num.Array, most int) {
		t.Helper()
		plain := trace.MustOf(f, x)
		short := trace.Build(plain.Types(plain.Inputs()), func(in []num.Array) []num.Array { return plain.Inline(in...) })
		wantEqual(t, name, short.Eval(x)[0], f(x), 0)
		if n := len(short.Equations()); n > most {
			t.Errorf("%s: %d equations, want %d at most:\n%v", name, n, most, short)
		}
	}
	for lo := range 8 {
		for hi := lo; hi <= 7; hi++ {
			for step := 1; step <= 3; step++ {
				n := (hi - lo + step - 1) / step
				for a := 0; a <= n; a++ {
					for b := a; b <= n; b++ {
						check(fmt.Sprintf("[%d:%d:%d][%d:%d:2]", lo, hi, step, a, b), func(x num.Array) num.Array {
							return every(every(x, lo, hi, step), a, b, 2)
						}, 1)
					}
				}
				check(fmt.Sprintf("concat[%d:%d:%d]", lo, hi, step), func(x num.Array) num.Array {
					return every(num.Concat(0, num.Slice(x, 0, 3), num.Slice(x, 3, 7)), lo, hi, step)
				}, 4)
			}
		}
	}
	check("pad undone", func(x num.Array) num.Array { return num.Slice(num.Pad(x, 2, 1), 2, 9) }, 0)
	check("pad cut", func(x num.Array) num.Array { return num.Slice(num.Pad(x, 2, 1), 1, 9) }, 2)
	check("other end", func(x num.Array) num.Array { return num.Slice(num.Pad(x, 2, 1), 2, 8) }, 2)
	check("spread", func(x num.Array) num.Array { return num.Stride(num.Pad(x, 0, 1), 0, 2) }, 2)
	check("a part of a join", func(x num.Array) num.Array { return num.Stack(0, num.Neg(x), x, x).At(1) }, 0)
	check("the end of a join", func(x num.Array) num.Array { return num.Slice(num.Concat(0, x, num.Neg(x)), 9, 11) }, 2)
	check("transposed columns", func(x num.Array) num.Array {
		return num.Slice(num.Concat(1, num.Reshape(x, 7, 1), num.Ones(7, 2)), 0, num.End, 0, 1)
	}, 1)
}
