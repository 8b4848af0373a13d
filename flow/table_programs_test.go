package flow_test

import (
	"math"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// each applies f to the elements of vectors of one length; a scalar stands for a vector.
func each(f func(x ...float64) float64, xs ...[]float64) []float64 {
	n := 1
	for _, x := range xs {
		n = max(n, len(x))
	}
	ys := make([]float64, n)
	for i := range ys {
		args := make([]float64, len(xs))
		for k, x := range xs {
			args[k] = x[min(i, len(x)-1)]
		}
		ys[i] = f(args...)
	}
	return ys
}

// rowsOf returns the rows of a matrix of two columns.
func rowsOf(x []float64) [][]float64 {
	var rows [][]float64
	for ; len(x) > 0; x = x[2:] {
		rows = append(rows, x[:2])
	}
	return rows
}

func total(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s
}

var (
	pair  = num.Vector(0.7, -0.4)
	other = num.Vector(0.3, 1.1)
	three = num.New([]float64{0.5, -1.2, 0.8, 0.4, -0.6, 0.9}, 3, 2)
)

// swing scans rows with what it captures, its rows and its first carry all operands.
func swing(opts ...flow.Option) func(x []num.Array) num.Array {
	return func(x []num.Array) num.Array {
		c, ys := flow.Scan(func(c, r num.Array) (num.Array, num.Array) {
			c = num.Sin(num.Add(num.Mul(x[0], c), r))
			return c, num.Mul(c, r)
		}, x[1], x[2], opts...)
		return num.Add(c, num.Sum(ys, 0))
	}
}

func swung(reverse bool) func(x [][]float64) []float64 {
	return func(x [][]float64) []float64 {
		c, sum := x[1], []float64{0, 0}
		rows := rowsOf(x[2])
		for i := range rows {
			r := rows[i]
			if reverse {
				r = rows[len(rows)-1-i]
			}
			c = each(func(v ...float64) float64 { return math.Sin(v[0]*v[1] + v[2]) }, x[0], c, r)
			sum = each(func(v ...float64) float64 { return v[0] + v[1]*v[2] }, sum, c, r)
		}
		return each(func(v ...float64) float64 { return v[0] + v[1] }, c, sum)
	}
}

// trips returns the i64 that is the floor of a scalar.
func trips(n num.Array) num.Array { return num.Convert(num.Floor(n), trace.I64) }

func countedFor(x []num.Array) num.Array {
	return flow.For(trips(x[0]), trips(x[1]), func(i, c num.Array) num.Array {
		return num.Add(num.Cos(num.Mul(c, x[2])), num.Mul(i, 0.25))
	}, x[2])
}

func countedPlain(x [][]float64) []float64 {
	c := x[2]
	for i := math.Floor(x[0][0]); i < math.Floor(x[1][0]); i++ {
		c = each(func(v ...float64) float64 { return math.Cos(v[0]*v[1]) + i*0.25 }, c, x[2])
	}
	return c
}

// growing steps until the sum of the squares is large, or no number.
func growing(opts ...flow.Option) func(x []num.Array) num.Array {
	return func(x []num.Array) num.Array {
		return flow.While(func(c num.Array) num.Array { return num.Less(num.Sum(num.Square(c)), 9) },
			func(c num.Array) num.Array { return num.Add(num.Mul(1.5, c), num.Square(x[0])) }, x[1], opts...)
	}
}

func grown(x [][]float64) []float64 {
	c := x[1]
	for total(each(func(v ...float64) float64 { return v[0] * v[0] }, c)) < 9 {
		c = each(func(v ...float64) float64 { return 1.5*v[0] + v[1]*v[1] }, c, x[0])
	}
	return c
}

// logOfOnePlusExp is the textbook's example of a rule: log(1+exp x), whose derived derivative is
// NaN where exp overflows.
var logOfOnePlusExp = transforms.CustomJVP(softplus, func(x, dx num.Array) (num.Array, num.Array) {
	return softplus(x), num.Mul(num.Sigmoid(x), dx)
})

var logOfOnePlusExpInReverse = transforms.CustomVJP(softplus,
	func(x num.Array) (num.Array, num.Array) { return softplus(x), num.Sigmoid(x) },
	func(slope, ct num.Array) num.Array { return num.Mul(slope, ct) })

func softplus(x num.Array) num.Array { return num.Log(num.Add(1, num.Exp(x))) }

func onePlusExp(x [][]float64) []float64 {
	c := x[1]
	for range 2 {
		c = each(func(v ...float64) float64 { return math.Log(1 + math.Exp(v[0]*v[1])) }, c, x[0])
	}
	return c
}
