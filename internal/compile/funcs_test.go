package compile_test

import (
	"math"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// TestResults gives arguments, constants, views, and things twice.
func TestResults(t *testing.T) {
	for _, n := range []int{0, 1, 3, 100} {
		x, i, m := floats(1, n), ints(2, n), mask(3, n)
		agree(t, func(x []num.Array) []num.Array { return x }, x, i, m)
		agree(t, func(x []num.Array) []num.Array { return []num.Array{x[2], x[0], x[0], x[1], x[2]} }, x, i, m)
		agree(t, func(x []num.Array) []num.Array {
			y, j, b := num.Add(x[0], 1), num.Mul(x[1], x[1]), num.Not(x[2])
			c := num.Add(num.Zeros(n), num.Linspace(0, 1, n))
			return []num.Array{y, y, num.Flip(y), j, num.Flip(j), num.Flip(j), b, b, num.Flip(b), num.Flip(x[0]), c, c, num.Full(2, 3), num.Flip(c), num.Mul(y, 2)}
		}, x, i, m)
	}
	agree(t, func([]num.Array) []num.Array { return []num.Array{num.Scalar(1), num.Linspace(0, 1, 50)} })
	agree(t, func(x []num.Array) []num.Array { return nil }, floats(1, 3))
}

// TestDTypes mixes them among scalars and in loops.
func TestDTypes(t *testing.T) {
	for _, n := range []int{0, 1, 4, 16, 17, 200} {
		for _, nans := range []bool{false, true} {
			agree(t, func(x []num.Array) []num.Array {
				a, i, m := x[0], x[1], x[2]
				return []num.Array{
					num.Convert(m, trace.F64), num.Convert(m, trace.I64), num.Convert(i, trace.Bool), num.Convert(a, trace.Bool),
					num.Convert(i, trace.F64), num.Sign(i), num.Abs(i), num.Maximum(i, num.Neg(i)), num.Minimum(i, 2),
					num.Where(m, i, num.Mul(i, i)), num.Where(num.Less(a, 0), m, num.Not(m)), num.And(m, num.Greater(i, 0)),
					num.Sum(i), num.Prod(i), num.Any(m), num.All(m), num.Clip(i, -1, 1), num.Clip(a, -1, 1),
					num.Maximum(a, num.Flip(a)), num.Minimum(a, num.Flip(a)), num.Sign(a), num.Abs(a), num.Round(a),
					num.Equal(a, num.Flip(a)), num.LessEqual(i, num.Flip(i)), num.NotEqual(i, 2), num.Sum(num.Convert(m, trace.I64)),
				}
			}, wild(1, nans, n), ints(2, n), mask(3, n))
		}
	}
}

// TestGuards asks for what the instructions cannot do, in scalar code, loops, reductions and scans.
func TestGuards(t *testing.T) {
	for _, huge := range []float64{1e300, math.Inf(1), math.NaN(), 1} {
		for _, n := range []int{1, 3, 70, 5000} {
			x := floats(1, n).Float64s()
			x[n/2] = huge
			agree(t, func(x []num.Array) []num.Array {
				a := x[0]
				s := num.Sin(a)
				late := num.Mul(num.Sum(num.Cos(a)), a)
				c, ys := flow.Scan(func(c, x num.Array) (num.Array, num.Array) {
					c = num.Sin(num.Add(c, x))
					return c, num.Mod(num.Add(c, x), 0.1)
				}, num.Scalar(0.5), a)
				return []num.Array{s, num.Mod(a, 0.1), num.Sum(s), num.Amax(num.Mod(a, 0.25)), late, num.Flip(num.Tan(num.Flip(a))), c, ys}
			}, num.Vector(x...))
		}
	}
}

// TestScans runs loops in both directions, with all dtypes, consts and rows, and no steps.
func TestScans(t *testing.T) {
	type state struct{ X, I, M num.Array }
	for _, n := range []int{0, 1, 2, 50} {
		for _, reverse := range []bool{false, true} {
			var opts []flow.Option
			if reverse {
				opts = append(opts, flow.Reverse())
			}
			agree(t, func(x []num.Array) []num.Array {
				c, ys := flow.Scan(func(s, r state) (state, state) {
					m := num.Or(num.Less(s.X, r.X), num.And(r.M, num.Any(x[3])))
					y := state{num.Add(num.Mul(0.5, s.X), num.MatMul(x[4], num.Add(r.X, 1))), num.Add(num.Mul(s.I, 3), r.I, x[5]), m}
					z := state{num.Where(m, y.X, num.Neg(num.Index(x[4], num.ScalarInt(1)))), num.Sub(s.I, r.I), num.Not(s.M)}
					return y, z
				}, state{num.Vector(0.5, 0.25), num.ScalarInt(1), num.Less(num.Vector(1, 0), 0.5)}, state{x[0], x[1], x[2]}, opts...)
				return []num.Array{c.X, c.I, c.M, ys.X, ys.I, ys.M, num.Sum(ys.X), num.Flip(ys.I), num.Add(ys.X, x[0])}
			}, floats(1, n, 2), ints(2, n), mask(3, n, 2), mask(4, 3), floats(5, 2, 2), num.ScalarInt(2))
		}
	}
}
