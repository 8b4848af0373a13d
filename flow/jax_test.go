package flow_test

import (
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// compared are functions written with flow and without: what JAX's tests of control flow try, and
// bodies that use transforms.
var compared = map[string]struct{ flow, unrolled function }{
	"tangents that grow": { // the carries come to vary one after the other
		func(x num.Array) num.Array {
			type three struct{ A, B, C num.Array }
			s := flow.For(0, 4, func(_ num.Array, s three) three {
				return three{num.Add(s.A, s.B), num.Add(s.B, num.Mul(s.C, s.C)), num.Mul(s.C, x)}
			}, three{num.Ones(2), num.Ones(2), num.Ones(2)})
			return s.A
		},
		func(x num.Array) num.Array {
			a, b, c := num.Ones(2), num.Ones(2), num.Ones(2)
			for range 4 {
				a, b, c = num.Add(a, b), num.Add(b, num.Mul(c, c)), num.Mul(c, x)
			}
			return a
		},
	},
	"closures at several depths": {
		func(x num.Array) num.Array {
			y := num.Sin(x)
			return flow.For(0, 2, func(i, c num.Array) num.Array {
				z := num.Mul(c, y)
				return flow.Cond(num.Equal(i, 0), func(c num.Array) num.Array {
					w := num.Add(c, x)
					return flow.For(0, 2, func(j, d num.Array) num.Array {
						return num.Add(num.Mul(d, z, num.Add(i, j)), num.Mul(w, y), x)
					}, c)
				}, func(c num.Array) num.Array { return num.Mul(c, z, x) }, c)
			}, x)
		},
		func(x num.Array) num.Array {
			y, c := num.Sin(x), x
			for i := range 2 {
				z := num.Mul(c, y)
				if i > 0 {
					c = num.Mul(c, z, x)
					continue
				}
				w, d := num.Add(c, x), c
				for j := range 2 {
					d = num.Add(num.Mul(float64(i+j), d, z), num.Mul(w, y), x)
				}
				c = d
			}
			return c
		},
	},
	"scan over trees, in reverse": {
		func(x num.Array) num.Array {
			type row struct {
				Factor num.Array
				More   map[string]num.Array
			}
			rows := row{num.New([]float64{1, 2, 3, 4, 5, 6}, 3, 2), map[string]num.Array{"on": num.FromBools([]bool{true, false, true}, 3), "i": num.Arange(3)}}
			c, ys := flow.Scan(func(c state, r row) (state, []num.Array) {
				y := num.Where(r.More["on"], num.Mul(c.A, r.Factor), num.Sin(c.B))
				return state{y, num.Add(c.A, r.More["i"])}, []num.Array{num.Mul(y, y), r.More["on"]}
			}, state{x, num.Exp(x)}, rows, flow.Reverse())
			return num.Add(num.Mul(c.A, c.B), num.Sum(num.Mul(ys[0], num.ExpandDims(ys[1], 1)), 0))
		},
		func(x num.Array) num.Array {
			factor := [][]float64{{1, 2}, {3, 4}, {5, 6}}
			a, b, total := x, num.Exp(x), num.Zeros(2)
			for i := 2; i >= 0; i-- {
				y := num.Sin(b)
				if i != 1 {
					y = num.Mul(a, num.Vector(factor[i]...))
					total = num.Add(total, num.Mul(y, y))
				}
				a, b = y, num.Add(a, float64(i))
			}
			return num.Add(num.Mul(a, b), total)
		},
	},
	"integer carries, captured integers and bools": {
		func(x num.Array) num.Array {
			type mixed struct{ N, On, X num.Array }
			last, on := num.Argmax(x), num.Less(x, 0)
			s := flow.For(0, 5, func(i num.Array, s mixed) mixed {
				return mixed{num.Add(num.Mul(3, s.N), last), num.Not(s.On), num.Where(num.And(s.On, on), num.Mul(s.X, s.N), num.Add(s.X, num.Mul(i, x)))}
			}, mixed{num.ScalarInt(1), num.FromBools([]bool{true}), x})
			return num.Mul(s.X, s.N)
		},
		func(x num.Array) num.Array {
			n, alive, c := num.ScalarInt(1), true, x
			last, on := num.Argmax(x), num.Less(x, 0)
			for i := range 5 {
				moved := num.Add(c, num.Mul(float64(i), x))
				if alive {
					moved = num.Where(on, num.Mul(c, n), moved)
				}
				n, alive, c = num.Add(num.Mul(3, n), last), !alive, moved
			}
			return num.Mul(c, n)
		},
	},
	"gradient inside a scan": {
		func(x num.Array) num.Array {
			energy := func(q num.Array) num.Array { return num.Sum(num.Mul(x, num.Cos(q), num.Square(q))) }
			return flow.For(0, 3, func(_, c num.Array) num.Array {
				return num.Sub(c, num.Mul(0.1, transforms.Grad(energy)(c)))
			}, x)
		},
		func(x num.Array) num.Array {
			c := x
			for range 3 {
				slope := num.Mul(x, num.Sub(num.Mul(2.0, c, num.Cos(c)), num.Mul(num.Square(c), num.Sin(c))))
				c = num.Sub(c, num.Mul(0.1, slope))
			}
			return c
		},
	},
	"scan inside a gradient inside a scan": {
		func(x num.Array) num.Array {
			power := func(q num.Array) num.Array {
				return num.Sum(flow.For(0, 3, func(_, c num.Array) num.Array { return num.Mul(c, q, x) }, num.Ones(2)))
			}
			return flow.For(0, 2, func(_, c num.Array) num.Array { return transforms.Grad(power)(num.Sin(c)) }, x)
		},
		func(x num.Array) num.Array {
			c := x
			for range 2 {
				c = num.Mul(3.0, x, num.Square(num.Mul(num.Sin(c), x)))
			}
			return c
		},
	},
	"while inside a gradient inside a while": {
		func(x num.Array) num.Array {
			grown := func(q num.Array) num.Array {
				return num.Sum(flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(num.Abs(c)), 9) },
					func(c num.Array) num.Array { return num.Mul(c, num.Add(1.5, num.Square(q))) }, q))
			}
			return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(num.Abs(c)), 100) },
				func(c num.Array) num.Array {
					return num.Add(c, transforms.Grad(grown)(num.Add(num.Sin(num.Mul(0.1, c)), x)))
				}, x)
		},
		func(x num.Array) num.Array {
			grown := func(q num.Array) num.Array {
				c := q
				for num.Less(num.Sum(num.Abs(c)), 9).Bool() {
					c = num.Mul(c, num.Add(1.5, num.Square(q)))
				}
				return num.Sum(c)
			}
			c := x
			for num.Less(num.Sum(num.Abs(c)), 100).Bool() {
				c = num.Add(c, transforms.Grad(grown)(num.Add(num.Sin(num.Mul(0.1, c)), x)))
			}
			return c
		},
	},
	"vmap in a scan": {
		func(x num.Array) num.Array {
			return flow.For(0, 3, func(i, c num.Array) num.Array {
				return transforms.Vmap(func(e num.Array) num.Array { return num.Mul(num.Sin(e), num.Sum(x), num.Add(i, 1)) })(c)
			}, x)
		},
		func(x num.Array) num.Array {
			c := x
			for i := range 3 {
				c = num.Mul(float64(i+1), num.Sin(c), num.Sum(x))
			}
			return c
		},
	},
	"jacobian in a branch in a scan": {
		func(x num.Array) num.Array {
			return flow.For(0, 3, func(i, c num.Array) num.Array {
				return flow.Cond(num.Equal(i, 1), func(c num.Array) num.Array {
					return num.MatMul(jac.Fwd(func(q num.Array) num.Array { return num.Mul(q, num.Sum(num.Sin(q)), x) })(c), c)
				}, num.Cos, c)
			}, x)
		},
		func(x num.Array) num.Array {
			c := num.Cos(x)
			c = num.Add(num.Mul(c, num.Sum(num.Sin(c)), x), num.Mul(c, x, num.Sum(num.Mul(num.Cos(c), c))))
			return num.Cos(c)
		},
	},
	"jit in a body": {
		func(x num.Array) num.Array {
			return flow.For(0, 3, func(_, c num.Array) num.Array {
				return transforms.JIT(func(q num.Array) num.Array { return num.Mul(num.Sin(q), x) })(c)
			}, x)
		},
		func(x num.Array) num.Array {
			c := x
			for range 3 {
				c = num.Mul(num.Sin(c), x)
			}
			return c
		},
	},
	"pullback out of a scan's body": {
		func(x num.Array) num.Array {
			return flow.For(0, 3, func(_, c num.Array) num.Array {
				y, pull := transforms.VJP(func(q num.Array) num.Array { return num.Mul(q, num.Sin(x)) }, c)
				return pull(num.Mul(y, c))
			}, x)
		},
		func(x num.Array) num.Array {
			c := x
			for range 3 {
				c = num.Square(num.Mul(num.Sin(x), c))
			}
			return c
		},
	},
}

func TestCompared(t *testing.T) {
	for name, c := range compared {
		t.Run(name, func(t *testing.T) { agree.Modes(t, c.flow, c.unrolled, num.Vector(0.6, -0.8), 1e-9) })
	}
}

// TestPartlyMapped maps consts only, rows only, or the initial carry only, with derivatives inside and
// outside.
func TestPartlyMapped(t *testing.T) {
	consts, rows, init := num.Vector(0.3, 0.8), num.New([]float64{1, -2, 0.5, 0.2, 0.7, 0.1}, 3, 2), num.Vector(0.9, -0.4)
	lanes := num.Linspace(0.5, 2, 4)
	f := func(a, xs, c num.Array) num.Array {
		c, ys := flow.Scan(func(c, r num.Array) (num.Array, num.Array) {
			c = num.Sin(num.Add(num.Mul(a, c), r))
			return c, num.Mul(c, r)
		}, c, xs)
		return num.Add(num.Sum(c), num.Sum(ys))
	}
	w := func(a, _, c num.Array) num.Array {
		return num.Sum(flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(num.Square(c)), 50) },
			func(c num.Array) num.Array { return num.Add(num.Mul(c, 1.7), num.Exp(a)) }, c))
	}
	for what, f := range map[string]func(a, xs, c num.Array) num.Array{"scan": f, "while": w} {
		for part, g := range map[string]function{
			"consts": func(s num.Array) num.Array { return f(num.Mul(consts, s), rows, init) },
			"rows":   func(s num.Array) num.Array { return f(consts, num.Mul(rows, s), init) },
			"init":   func(s num.Array) num.Array { return f(consts, rows, num.Mul(init, s)) },
			"all":    func(s num.Array) num.Array { return f(num.Mul(consts, s), num.Mul(rows, s), num.Mul(init, s)) },
		} {
			t.Run(what+"/"+part, func(t *testing.T) {
				dg := transforms.Grad(g)
				ddg := transforms.Grad(dg)
				agree.Equal(t, "value", transforms.Vmap(g)(lanes), agree.Loop(g, lanes), 1e-13)
				agree.Equal(t, "slope", transforms.Vmap(dg)(lanes), agree.Loop(dg, lanes), 1e-12)
				agree.Equal(t, "second", transforms.Vmap(ddg)(lanes), agree.Loop(ddg, lanes), 1e-11)
				outside := transforms.Grad(func(s num.Array) num.Array { return num.Sum(transforms.Vmap(g)(s)) })
				agree.Equal(t, "outside", outside(lanes), agree.Loop(dg, lanes), 1e-12)
			})
		}
	}
}

// TestNestedLanes maps twice: a while and a branch whose predicates depend on one axis, on the other, and on both.
func TestNestedLanes(t *testing.T) {
	xs, ys := num.Vector(0.5, 1.1, 2), num.Vector(1.5, 3, 7, 20)
	for name, f := range map[string]func(x, y num.Array) num.Array{
		"while by both": func(x, y num.Array) num.Array {
			return flow.While(func(c num.Array) num.Array { return num.Less(c, y) }, func(c num.Array) num.Array { return num.Add(num.Mul(c, 1.5), x) }, x)
		},
		"while by the inner": func(x, y num.Array) num.Array {
			s := flow.While(func(s state) num.Array { return num.Less(s.A, y) },
				func(s state) state { return state{num.Mul(s.A, 1.5), num.Add(num.Sin(s.B), x)} }, state{num.Scalar(1), x})
			return num.Mul(s.A, s.B)
		},
		"while by the outer": func(x, y num.Array) num.Array {
			s := flow.While(func(s state) num.Array { return num.Less(s.A, 9) },
				func(s state) state { return state{num.Add(num.Mul(1.2, s.A), x), num.Add(num.Sin(s.B), y)} }, state{num.Add(1, x), y})
			return num.Mul(s.A, s.B)
		},
		"branch by both": func(x, y num.Array) num.Array {
			return flow.Cond(num.Less(num.Mul(x, 4), y), func(x num.Array) num.Array { return num.Mul(num.Log(num.Sub(y, num.Mul(x, 3))), x) }, num.Sin, x)
		},
		"branch by the outer, while by both": func(x, y num.Array) num.Array {
			return flow.Cond(num.Less(x, 1), func(x num.Array) num.Array {
				return flow.While(func(c num.Array) num.Array { return num.Less(c, y) }, func(c num.Array) num.Array { return num.Add(0.5, num.Mul(c, c), x) }, x)
			}, func(x num.Array) num.Array { return num.Mul(x, y) }, x)
		},
	} {
		t.Run(name, func(t *testing.T) {
			slope := func(y num.Array) function {
				return transforms.Grad(func(x num.Array) num.Array { return f(x, y) })
			}
			for what, g := range map[string]func(x, y num.Array) num.Array{"value": f, "slope": func(x, y num.Array) num.Array { return slope(y)(x) }} {
				got := transforms.Vmap(func(x num.Array) num.Array {
					return transforms.Vmap(func(y num.Array) num.Array { return g(x, y) })(ys)
				})(xs)
				for i := range xs.Size() {
					for j := range ys.Size() {
						agree.Equal(t, what, got.At(i, j), g(xs.At(i), ys.At(j)), 1e-13)
					}
				}
			}
			outside := transforms.Grad(func(xs num.Array) num.Array {
				return num.Sum(transforms.Vmap(func(x num.Array) num.Array {
					return num.Sum(transforms.Vmap(func(y num.Array) num.Array { return f(x, y) })(ys))
				})(xs))
			})(xs)
			for i := range xs.Size() {
				want := num.Scalar(0)
				for j := range ys.Size() {
					want = num.Add(want, slope(ys.At(j))(xs.At(i)))
				}
				agree.Equal(t, "outside", outside.At(i), want, 1e-12)
			}
		})
	}
}

// Loops without arrays in the carry, the rows or both.
func TestNothingCarried(t *testing.T) {
	x := num.Vector(0.3, 0.7)
	_, ys := flow.Scan(func(c empty, r num.Array) (empty, num.Array) { return c, num.Sin(r) }, empty{}, x)
	agree.Equal(t, "rows only", ys, num.Sin(x), 0)
	flow.Scan(func(c empty, r num.Array) (empty, empty) { return c, c }, empty{}, x)
	f := trace.MustOf(func(x num.Array) num.Array {
		flow.Scan(func(c empty, r num.Array) (empty, empty) { return c, c }, empty{}, x)
		_, ys := flow.Scan(func(c empty, r num.Array) (empty, num.Array) { return c, num.Mul(r, x) }, empty{}, x)
		return ys
	}, x)
	agree.Equal(t, "traced", f.Eval(x)[0], num.Outer(x, x), 0)
	transforms.JIT(func(x num.Array) empty {
		return flow.Cond(num.Less(x, 0), func(num.Array) empty { return empty{} }, func(num.Array) empty { return empty{} }, x)
	})(scalar)
}
