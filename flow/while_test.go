package flow_test

import (
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// TestWhile compares loops of unknown length with define-by-run loops, which are unrolled.
func TestWhile(t *testing.T) {
	for name, c := range map[string]struct{ flow, unrolled function }{
		"newton": {
			func(a num.Array) num.Array {
				s := flow.While(func(s state) num.Array { return num.Greater(num.Amax(num.Abs(s.B)), 1e-9) },
					func(s state) state {
						next := num.Mul(0.5, num.Add(s.A, num.Div(a, s.A)))
						return state{next, num.Sub(next, s.A)}
					}, state{a, num.Ones(2)})
				return s.A
			},
			func(a num.Array) num.Array {
				x, step := a, num.Ones(2)
				for num.Greater(num.Amax(num.Abs(step)), 1e-9).Bool() {
					next := num.Mul(0.5, num.Add(x, num.Div(a, x)))
					x, step = next, num.Sub(next, x)
				}
				return x
			},
		},
		"growth": {
			func(x num.Array) num.Array {
				return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(c), 20) },
					func(c num.Array) num.Array { return num.Add(num.Mul(c, x), num.Sin(c), num.Ones(2)) }, x)
			},
			func(x num.Array) num.Array {
				c := x
				for num.Less(num.Sum(c), 20).Bool() {
					c = num.Add(num.Mul(c, x), num.Sin(c), num.Ones(2))
				}
				return c
			},
		},
		"no steps": {
			func(x num.Array) num.Array {
				return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(c), -9) },
					func(c num.Array) num.Array { return num.Mul(c, x) }, num.Sin(x))
			},
			num.Sin,
		},
		"while in while": {
			func(x num.Array) num.Array {
				return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(c), 20) },
					func(c num.Array) num.Array {
						inner := flow.While(func(d num.Array) num.Array { return num.Less(num.Sum(d), 3) },
							func(d num.Array) num.Array { return num.Add(num.Mul(d, d), x) }, num.Mul(0.5, x))
						return num.Add(num.Mul(c, 1.5), num.Mul(inner, x))
					}, x)
			},
			func(x num.Array) num.Array {
				c := x
				for num.Less(num.Sum(c), 20).Bool() {
					d := num.Mul(0.5, x)
					for num.Less(num.Sum(d), 3).Bool() {
						d = num.Add(num.Mul(d, d), x)
					}
					c = num.Add(num.Mul(c, 1.5), num.Mul(d, x))
				}
				return c
			},
		},
		"while that depends on the carry, in scan": {
			func(x num.Array) num.Array {
				return flow.For(0, 3, func(i, c num.Array) num.Array {
					return flow.While(func(d num.Array) num.Array { return num.Less(num.Sum(d), num.Add(num.Mul(4.0, i), 3)) },
						func(d num.Array) num.Array { return num.Add(num.Mul(d, x), c) }, c)
				}, x)
			},
			func(x num.Array) num.Array {
				c := x
				for i := range 3 {
					d := c
					for num.Less(num.Sum(d), 4*float64(i)+3).Bool() {
						d = num.Add(num.Mul(d, x), c)
					}
					c = d
				}
				return c
			},
		},
		"while in a branch": {
			func(x num.Array) num.Array {
				return flow.Cond(num.Greater(x.At(0), 1.25), func(y num.Array) num.Array {
					return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(c), 20) },
						func(c num.Array) num.Array { return num.Mul(c, c, x) }, y)
				}, func(y num.Array) num.Array { return num.Mul(y, num.Sin(x)) }, x)
			},
			func(x num.Array) num.Array {
				if !num.Greater(x.At(0), 1.25).Bool() {
					return num.Mul(x, num.Sin(x))
				}
				c := x
				for num.Less(num.Sum(c), 20).Bool() {
					c = num.Mul(c, c, x)
				}
				return c
			},
		},
		"for with traced bounds": {
			func(x num.Array) num.Array {
				n := num.Convert(num.Mul(3.0, x.At(0)), trace.I64)
				return flow.For(1, n, func(i, c num.Array) num.Array { return num.Add(num.Mul(c, x), num.Sin(num.Mul(i, c))) }, x)
			},
			func(x num.Array) num.Array {
				c := x
				for i := 1; num.Less(i, num.Convert(num.Mul(3.0, x.At(0)), trace.I64)).Bool(); i++ {
					c = num.Add(num.Mul(c, x), num.Sin(num.Mul(float64(i), c)))
				}
				return c
			},
		},
	} {
		t.Run(name, func(t *testing.T) { agree.Modes(t, c.flow, c.unrolled, num.Vector(1.3, 1.7), 1e-9) })
	}
}

// TestFrozenLane: a lane that has stopped cannot keep a loop inside alive, nor harm derivatives.
func TestFrozenLane(t *testing.T) {
	inner := func(x num.Array) num.Array { // the inner loop ends only from below 10
		return flow.While(func(c num.Array) num.Array { return num.Less(c, 9) },
			func(c num.Array) num.Array {
				d := flow.While(func(d num.Array) num.Array { return num.NotEqual(num.Floor(d), 9) },
					func(d num.Array) num.Array { return num.Add(d, 1) }, c)
				return num.Add(num.Mul(d, x), 0.5)
			}, num.Mul(x, x))
	}
	mixed := num.Vector(1.5, 4, 2)
	agree.Equal(t, "inner loop", transforms.Vmap(transforms.Grad(inner))(mixed), agree.Loop(transforms.Grad(inner), mixed), 1e-12)
	g := func(x num.Array) num.Array { // singular where it stops
		return flow.While(func(c num.Array) num.Array { return num.Greater(c, 0) },
			func(c num.Array) num.Array { return num.Sub(c, num.Mul(x, num.Sqrt(c))) }, x)
	}
	x := num.Vector(1, 0.5, 2)
	agree.Equal(t, "grad", transforms.Vmap(transforms.Grad(g))(x), agree.Loop(transforms.Grad(g), x), 1e-12)
	if _, err := trace.Of(func(x num.Array) num.Array {
		return flow.While(func(c num.Array) num.Array { return c }, num.Sin, x)
	}, num.Scalar(1)); err == nil {
		t.Error("a condition that is not bool is accepted")
	}
}
