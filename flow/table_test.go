package flow_test

import (
	"math"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// entry is a function made of control flow, the same in plain Go, and where to try it.
type entry struct {
	kinds []string // of primitives that must occur, in it or in its derivatives: see kindOf
	f     func(x []num.Array) num.Array
	plain func(x [][]float64) []float64
	at    []num.Array
	// points are further places, and the gradient of the sum of the results there, operand by
	// operand: kinks, bounds between branches, loops of no steps.
	points []place
	// tame leaves out NaN and infinities, for which a loop might not end.
	tame bool
}

type place struct {
	at   []num.Array
	grad [][]float64
}

// table holds entries for each primitive of control flow.
var table = map[string]entry{
	"scan": {
		kinds: []string{"scan", "scan in reverse"},
		f:     swing(), plain: swung(false), at: []num.Array{pair, other, three},
		points: []place{{[]num.Array{pair, other, num.Zeros(0, 2)}, [][]float64{{0, 0}, {1, 1}, {}}}},
	},
	"scan in reverse": {
		kinds: []string{"scan", "scan in reverse"},
		f:     swing(flow.Reverse()), plain: swung(true), at: []num.Array{pair, other, three},
	},
	"scan over a kink": { // the running maximum of no number and more
		kinds: []string{"scan"},
		f: func(x []num.Array) num.Array {
			c, _ := flow.Scan(func(c, r num.Array) (num.Array, empty) { return num.Maximum(c, r), empty{} }, x[0], x[1])
			return c
		},
		plain: func(x [][]float64) []float64 {
			c := x[0]
			for _, r := range rowsOf(x[1]) {
				c = each(func(v ...float64) float64 { return math.Max(v[0], v[1]) }, c, r)
			}
			return c
		},
		at: []num.Array{pair, three},
		points: []place{{ // each tie halves what came before it
			[]num.Array{num.Vector(1, 2), num.New([]float64{1, 2, 1, 1, 0, 2}, 3, 2)},
			[][]float64{{0.25, 0.25}, {0.25, 0.25, 0.5, 0, 0, 0.5}},
		}},
	},
	"scan of rows without a carry": {
		kinds: []string{"scan"},
		f: func(x []num.Array) num.Array {
			_, ys := flow.Scan(func(c empty, r num.Array) (empty, num.Array) { return c, num.Mul(num.Exp(r), x[0]) }, empty{}, x[1])
			return num.Sum(ys, 0)
		},
		plain: func(x [][]float64) []float64 {
			sum := []float64{0, 0}
			for _, r := range rowsOf(x[1]) {
				sum = each(func(v ...float64) float64 { return v[0] + math.Exp(v[1])*v[2] }, sum, r, x[0])
			}
			return sum
		},
		at: []num.Array{pair, three},
	},
	"for of computed length": {
		kinds: []string{"scan of computed length", "scan of computed length in reverse"},
		f:     countedFor, plain: countedPlain, at: []num.Array{num.Scalar(1.5), num.Scalar(4.5), pair},
		points: []place{
			{[]num.Array{num.Scalar(4), num.Scalar(4), pair}, [][]float64{{0}, {0}, {1, 1}}},
			{[]num.Array{num.Scalar(4), num.Scalar(-2.5), pair}, [][]float64{{0}, {0}, {1, 1}}},
		},
		tame: true, // infinitely many steps
	},
	"for in for of computed length": {
		kinds: []string{"scan of computed length"},
		f: func(x []num.Array) num.Array {
			return flow.For(0, trips(x[0]), func(i, c num.Array) num.Array {
				return flow.For(0, i, func(j, d num.Array) num.Array { return num.Add(num.Sin(num.Mul(d, c)), num.Mul(j, x[1])) }, c)
			}, x[1])
		},
		plain: func(x [][]float64) []float64 {
			c := x[1]
			for i := 0.0; i < math.Floor(x[0][0]); i++ {
				d := c
				for j := 0.0; j < i; j++ {
					d = each(func(v ...float64) float64 { return math.Sin(v[0]*v[1]) + j*v[2] }, d, c, x[1])
				}
				c = d
			}
			return c
		},
		at: []num.Array{num.Scalar(3.5), pair}, tame: true,
	},
	"while": {
		kinds: []string{"while", "scan of computed length", "scan of computed length in reverse"},
		f:     growing(), plain: grown, at: []num.Array{pair, other},
		points: []place{{[]num.Array{pair, num.Vector(3, 4)}, [][]float64{{0, 0}, {1, 1}}}},
		tame:   true, // at 0, which never grows
	},
	"while with a limit": {
		kinds: []string{"while with a limit"},
		f:     growing(flow.MaxTrips(10)), plain: grown, at: []num.Array{pair, other}, tame: true,
	},
	"while over a kink": {
		kinds: []string{"while"},
		f: func(x []num.Array) num.Array {
			return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(num.Abs(c)), 2) },
				func(c num.Array) num.Array { return num.Add(0.125, num.Mul(2, num.Abs(c)), num.Relu(x[0])) }, x[0])
		},
		plain: func(x [][]float64) []float64 {
			c := x[0]
			for total(each(func(v ...float64) float64 { return math.Abs(v[0]) }, c)) < 2 {
				c = each(func(v ...float64) float64 { return 0.125 + 2*math.Abs(v[0]) + max(v[1], 0) }, c, x[0])
			}
			return c
		},
		at:     []num.Array{pair},
		points: []place{{[]num.Array{num.Vector(0, 0.25)}, [][]float64{{0, 7}}}, {[]num.Array{num.Vector(0, 0)}, [][]float64{{0, 0}}}},
	},
	"while in while": {
		kinds: []string{"while", "scan of computed length"},
		f: func(x []num.Array) num.Array {
			type counted struct{ N, C num.Array }
			return flow.While(func(s counted) num.Array { return num.Less(s.N, 3) }, func(s counted) counted {
				inner := flow.While(func(d num.Array) num.Array { return num.Less(num.Sum(num.Square(d)), num.Add(s.N, 1)) },
					func(d num.Array) num.Array { return num.Add(num.Mul(1.5, d), num.Square(x[0])) }, num.Sin(s.C))
				return counted{num.Add(s.N, 1), num.Add(num.Mul(0.5, s.C), inner)}
			}, counted{num.ScalarInt(0), x[1]}).C
		},
		plain: func(x [][]float64) []float64 {
			c := x[1]
			for n := 0.0; n < 3; n++ {
				d := each(func(v ...float64) float64 { return math.Sin(v[0]) }, c)
				for total(each(func(v ...float64) float64 { return v[0] * v[0] }, d)) < n+1 {
					d = each(func(v ...float64) float64 { return 1.5*v[0] + v[1]*v[1] }, d, x[0])
				}
				c = each(func(v ...float64) float64 { return 0.5*v[0] + v[1] }, c, d)
			}
			return c
		},
		at: []num.Array{pair, other}, tame: true,
	},
	"cond": {
		kinds: []string{"cond"},
		f: func(x []num.Array) num.Array {
			return flow.Cond(num.GreaterEqual(x[0], 0), func(y num.Array) num.Array { return num.Mul(num.Sqrt(x[0]), y) },
				func(y num.Array) num.Array { return num.Sub(y, num.Log(num.Neg(x[0]))) }, x[1])
		},
		plain: func(x [][]float64) []float64 {
			if x[0][0] >= 0 {
				return each(func(v ...float64) float64 { return math.Sqrt(v[0]) * v[1] }, x[0], x[1])
			}
			return each(func(v ...float64) float64 { return v[1] - math.Log(-v[0]) }, x[0], x[1])
		},
		at: []num.Array{num.Scalar(0.6), pair},
		points: []place{ // at the bound the branch that is taken counts
			{[]num.Array{num.Scalar(0), num.Vector(1, 2)}, [][]float64{{math.Inf(1)}, {0, 0}}},
			{[]num.Array{num.Scalar(-2), pair}, [][]float64{{1}, {1, 1}}},
		},
	},
	"cond in cond, a branch that is constant": {
		kinds: []string{"cond"},
		f: func(x []num.Array) num.Array {
			return flow.Cond(num.Less(x[0], 1), func(y num.Array) num.Array {
				return flow.Cond(num.Less(x[0], 0), func(num.Array) num.Array { return num.Vector(1, 2) },
					func(y num.Array) num.Array { return num.Mul(num.Exp(y), x[0]) }, num.Mul(y, y))
			}, func(y num.Array) num.Array { return num.Mul(y, x[0], x[0]) }, x[1])
		},
		plain: func(x [][]float64) []float64 {
			return each(func(v ...float64) float64 {
				switch {
				case !(v[0] < 1):
					return v[1] * v[0] * v[0]
				case v[0] < 0:
					return v[2]
				}
				return math.Exp(v[1]*v[1]) * v[0]
			}, x[0], x[1], []float64{1, 2})
		},
		at: []num.Array{num.Scalar(0.6), pair},
		points: []place{
			{[]num.Array{num.Scalar(-1), pair}, [][]float64{{0}, {0, 0}}},
			{[]num.Array{num.Scalar(1), num.Vector(2, 3)}, [][]float64{{10}, {1, 1}}},
		},
	},
	"switch in scan": {
		kinds: []string{"cond of three", "scan", "hole"},
		f: func(x []num.Array) num.Array {
			branches := []func(num.Array) num.Array{
				func(c num.Array) num.Array { return num.Sin(num.Mul(c, x[0])) },
				func(c num.Array) num.Array { return num.Add(c, x[0]) },
				func(c num.Array) num.Array { return num.Mul(num.Exp(num.Sin(c)), x[0], x[0]) },
			}
			return flow.For(0, 4, func(i, c num.Array) num.Array { return flow.Switch(num.Mod(num.Add(i, 2), 4), branches, c) }, x[1])
		},
		plain: func(x [][]float64) []float64 {
			c := x[1]
			for i := range 4 {
				c = each(func(v ...float64) float64 {
					switch (i + 2) % 4 {
					case 0:
						return math.Sin(v[0] * v[1])
					case 1:
						return v[0] + v[1]
					}
					return math.Exp(math.Sin(v[0])) * v[1] * v[1]
				}, c, x[0])
			}
			return c
		},
		at: []num.Array{pair, other},
	},
	"gradients of branches with whiles, in lanes": {
		kinds: []string{"while", "cond", "select_lanes", "scan of computed length"},
		f: func(x []num.Array) num.Array {
			grow := func(by float64) func(num.Array) num.Array {
				return func(c num.Array) num.Array {
					return flow.While(func(c num.Array) num.Array { return num.Less(num.Abs(c), 3) },
						func(c num.Array) num.Array { return num.Add(num.Mul(by, c), num.Mul(0.1, num.Square(c))) }, c)
				}
			}
			return transforms.Vmap(transforms.Grad(func(c num.Array) num.Array {
				return flow.Cond(num.Greater(c, 0.5), grow(1.5), grow(-2), num.Mul(c, x[0]))
			}))(x[1])
		},
		plain: func(x [][]float64) []float64 {
			return each(func(v ...float64) float64 {
				by := -2.0
				if v[1] > 0.5 {
					by = 1.5
				}
				c, dc := v[1]*v[0], v[0]
				for math.Abs(c) < 3 {
					c, dc = by*c+0.1*(c*c), (by+0.2*c)*dc
				}
				return dc
			}, x[0], x[1])
		},
		at: []num.Array{num.Scalar(0.7), num.Vector(0.9, 0.2, 1.4)}, tame: true,
	},
	"map in chunks": {
		kinds: []string{"scan"},
		f: func(x []num.Array) num.Array {
			return flow.Map(func(e num.Array) num.Array { return num.Mul(num.Tanh(e), x[0]) }, x[1], flow.BatchSize(2))
		},
		plain: func(x [][]float64) []float64 {
			return each(func(v ...float64) float64 { return math.Tanh(v[1]) * v[0] }, x[0], x[1])
		},
		at: []num.Array{num.Scalar(0.7), num.Vector(0.9, -0.2, 1.4)},
	},
	"associative scan": {
		f: func(x []num.Array) num.Array {
			return flow.AssociativeScan(func(a, b num.Array) num.Array { return num.Maximum(num.Add(a, 0), b) }, x[0])
		},
		plain: func(x [][]float64) []float64 {
			var ys []float64
			c := math.Inf(-1)
			for _, v := range x[0] {
				c = math.Max(c, v)
				ys = append(ys, c)
			}
			return ys
		},
		at: []num.Array{num.Vector(0.9, -0.2, 1.4, 1.1, 2)},
	},
	"checkpoint": {
		kinds: []string{"checkpoint"},
		f: func(x []num.Array) num.Array {
			return transforms.Checkpoint(func(y num.Array) num.Array { return num.Mul(num.Sin(y), num.Exp(x[1])) })(num.Square(x[0]))
		},
		plain: func(x [][]float64) []float64 {
			return each(func(v ...float64) float64 { return math.Sin(v[0]*v[0]) * math.Exp(v[1]) }, x[0], x[1])
		},
		at: []num.Array{pair, other},
	},
	"scan with a checkpoint every 2": {
		kinds: []string{"checkpoint", "scan"},
		f:     swing(flow.CheckpointEvery(2)), plain: swung(false), at: []num.Array{pair, other, three},
	},
	"scan with 2 slots, in reverse": {
		kinds: []string{"checkpoint"},
		f:     swing(flow.Binomial(2), flow.Reverse()), plain: swung(true), at: []num.Array{pair, other, three},
	},
	"custom jvp": {
		kinds: []string{"custom_jvp"},
		f: func(x []num.Array) num.Array {
			return flow.For(0, 2, func(_, c num.Array) num.Array { return logOfOnePlusExp(num.Mul(c, x[0])) }, x[1])
		},
		plain: onePlusExp, at: []num.Array{pair, other},
	},
	"custom vjp": {
		kinds: []string{"custom_vjp", "transposed"},
		f: func(x []num.Array) num.Array {
			return flow.For(0, 2, func(_, c num.Array) num.Array { return logOfOnePlusExpInReverse(num.Mul(c, x[0])) }, x[1])
		},
		plain: onePlusExp, at: []num.Array{pair, other},
	},
}
