package flow_test

import (
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// TestLent runs loops whose operands nobody else needs, by the evaluator: what one step, or the condition, reads of them must still be there
// for the next.
func TestLent(t *testing.T) {
	for name, c := range map[string]struct {
		f    func(num.Array) num.Array
		want []float64
	}{
		"a constant of a scan": {func(x num.Array) num.Array {
			c := num.Mul(2, x)
			return flow.For(0, 3, func(_, y num.Array) num.Array { return num.Add(y, num.Neg(c)) }, num.Ones(2))
		}, []float64{-5, -11}},
		"a constant of a while": {func(x num.Array) num.Array {
			c := num.Mul(2, x)
			return flow.While(func(y num.Array) num.Array { return num.Less(num.Sum(num.Neg(y)), 10) },
				func(y num.Array) num.Array { return num.Add(y, num.Neg(c)) }, num.Ones(2))
		}, []float64{-3, -7}},
		"what a condition reads": {func(x num.Array) num.Array {
			return flow.While(func(y num.Array) num.Array { return num.Less(num.Sum(num.Add(y, 1)), 20) },
				func(y num.Array) num.Array { return num.Mul(y, 2) }, num.Add(x, 1))
		}, []float64{8, 12}},
		"rows that are read twice": {func(x num.Array) num.Array {
			_, rows := flow.Scan(func(y, _ num.Array) (num.Array, num.Array) {
				z := num.Add(y, 1)
				return z, num.Add(z, y)
			}, num.Mul(1, x), num.Zeros(3))
			sum := func(rows num.Array) num.Array {
				s, _ := flow.Scan(func(s, row num.Array) (num.Array, num.Array) { return num.Add(s, num.Neg(row)), num.Zeros(1) }, num.Zeros(2), rows)
				return s
			}
			return num.Sub(sum(rows), num.Mul(2, sum(rows)))
		}, []float64{15, 21}},
	} {
		fn := trace.MustOf(c.f, num.Vector(1, 2))
		for range 2 {
			if got := fn.Eval(num.Vector(1, 2))[0].Float64s(); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, not %v", name, got, c.want)
			}
		}
	}
}
