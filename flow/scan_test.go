package flow_test

import (
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/num"
)

type state struct{ A, B num.Array }

// TestScan compares loops with the same loops unrolled in Go.
func TestScan(t *testing.T) {
	const n = 4
	rows := num.New([]float64{0.3, -0.2, 0.5, 0.1, 0.7, -0.4, 0.2, 0.6}, n, 2)
	for name, c := range map[string]struct{ flow, unrolled function }{
		"carry": {
			func(x num.Array) num.Array {
				return flow.For(0, n, func(_, c num.Array) num.Array { return num.Sin(num.Mul(c, x)) }, x)
			},
			func(x num.Array) num.Array {
				c := x
				for range n {
					c = num.Sin(num.Mul(c, x))
				}
				return c
			},
		},
		"rows in and out": {
			func(x num.Array) num.Array {
				c, ys := flow.Scan(func(c, r num.Array) (num.Array, num.Array) {
					c = num.Add(num.Tanh(c), num.Mul(r, x))
					return c, num.Mul(c, c, r)
				}, x, num.Mul(rows, x))
				return num.Add(c, num.Sum(ys, 0))
			},
			func(x num.Array) num.Array {
				c, total := x, num.Zeros(2)
				for i := range n {
					r := num.Mul(rows.At(i), x)
					c = num.Add(num.Tanh(c), num.Mul(r, x))
					total = num.Add(total, num.Mul(c, c, r))
				}
				return num.Add(c, total)
			},
		},
		"reverse, constant init, a carry that starts to vary late": {
			func(x num.Array) num.Array {
				s, _ := flow.Scan(func(s state, r num.Array) (state, struct{}) {
					return state{num.Add(s.A, num.Mul(x, r)), num.Add(num.Sin(s.A), s.B)}, struct{}{}
				}, state{num.Ones(2), num.Ones(2)}, rows, flow.Reverse())
				return num.Mul(s.A, s.B)
			},
			func(x num.Array) num.Array {
				a, b := num.Ones(2), num.Ones(2)
				for i := n - 1; i >= 0; i-- {
					a, b = num.Add(a, num.Mul(x, rows.At(i))), num.Add(num.Sin(a), b)
				}
				return num.Mul(a, b)
			},
		},
		"index, loop-invariant work": {
			func(x num.Array) num.Array {
				return flow.For(1, n+1, func(i, c num.Array) num.Array {
					return num.Add(num.Mul(c, num.Exp(num.Sin(x))), num.Mul(i, x, x))
				}, num.Zeros(2))
			},
			func(x num.Array) num.Array {
				c := num.Zeros(2)
				for i := 1; i <= n; i++ {
					c = num.Add(num.Mul(c, num.Exp(num.Sin(x))), num.Mul(float64(i), x, x))
				}
				return c
			},
		},
		"nested, with a branch": {
			func(x num.Array) num.Array {
				return flow.For(0, 3, func(i, c num.Array) num.Array {
					inner := flow.For(0, 2, func(_, d num.Array) num.Array { return num.Mul(num.Cos(d), c, x) }, c)
					return flow.Cond(num.Less(i, 1), func(d num.Array) num.Array { return num.Mul(d, c) },
						func(d num.Array) num.Array { return num.Add(num.Sin(d), x) }, inner)
				}, x)
			},
			func(x num.Array) num.Array {
				c := x
				for i := range 3 {
					d := c
					for range 2 {
						d = num.Mul(num.Cos(d), c, x)
					}
					if i < 1 {
						c = num.Mul(d, c)
					} else {
						c = num.Add(num.Sin(d), x)
					}
				}
				return c
			},
		},
		"iterate": {
			func(x num.Array) num.Array {
				last, all := flow.Iterate(3, func(c num.Array) num.Array { return num.Mul(num.Sqrt(num.Add(1, num.Square(c))), x) }, x)
				return num.Add(last, num.Prod(all, 0))
			},
			func(x num.Array) num.Array {
				c, p := x, num.Ones(2)
				for range 3 {
					c = num.Mul(num.Sqrt(num.Add(1, num.Square(c))), x)
					p = num.Mul(p, c)
				}
				return num.Add(c, p)
			},
		},
	} {
		t.Run(name, func(t *testing.T) { agree.Modes(t, c.flow, c.unrolled, num.Vector(0.6, -0.8), 1e-12) })
	}
}
