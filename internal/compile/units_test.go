package compile_test

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// unitUses are what can be done with unit vectors, f64 and bool of one shape [n, n], and with an array of that shape.
var unitUses = map[string]func(u, m, x num.Array) num.Array{
	"sum":         func(u, m, x num.Array) num.Array { return num.Add(x, u) },
	"select":      func(u, m, x num.Array) num.Array { return num.Where(m, x, u) },
	"themselves":  func(u, m, x num.Array) num.Array { return u },
	"transposed":  func(u, m, x num.Array) num.Array { return num.Mul(x, num.Transpose(num.Slice(u, 0, num.End))) },
	"slices":      func(u, m, x num.Array) num.Array { return num.Mul(num.Slice(x, 1, num.End), num.Slice(u, 0, -1)) },
	"every third": func(u, m, x num.Array) num.Array { return num.Add(num.Stride(u, 0, 3), num.Stride(x, 0, 3)) },
	"flipped":     func(u, m, x num.Array) num.Array { return num.Sub(num.Flip(u, 0), num.Flip(num.Mul(x, u), 1)) },
	"reshaped":    func(u, m, x num.Array) num.Array { return num.Mul(num.Reshape(u, -1, 4), num.Reshape(x, -1, 4)) },
	"broadcast": func(u, m, x num.Array) num.Array {
		return num.Sub(num.ExpandDims(u, 1), num.ExpandDims(num.Slice(x, 0, 3), 0))
	},
	"sums along each axis": func(u, m, x num.Array) num.Array {
		return num.Add(num.Sum(num.Add(x, u), 0), num.Sum(num.Mul(x, u), 1))
	},
	"any":                func(u, m, x num.Array) num.Array { return num.Any(num.And(m, num.Greater(x, 0)), 0) },
	"largest":            func(u, m, x num.Array) num.Array { return num.Amax(num.Sub(u, x), 1) },
	"padded":             func(u, m, x num.Array) num.Array { return num.Add(num.Pad(u, 1, 2), num.Pad(num.Mul(x, u), 1, 2)) },
	"joined":             func(u, m, x num.Array) num.Array { return num.Concat(0, u, x, num.Mul(2, u)) },
	"product":            func(u, m, x num.Array) num.Array { return num.MatMul(u, x) },
	"product from right": func(u, m, x num.Array) num.Array { return num.MatMul(x, num.Transpose(u)) },
	"gathered":           func(u, m, x num.Array) num.Array { return num.Take(u, num.Argsort(x.At(0), 0), 1) },
	"updated":            func(u, m, x num.Array) num.Array { return num.Set(u, num.Slice(x, 0, 2), num.FromInts([]int{4, 2}, 2)) },
	"running":            func(u, m, x num.Array) num.Array { return num.CumSum(num.Add(u, x), 1) },
	"sorted":             func(u, m, x num.Array) num.Array { return num.Sort(num.Add(u, x), 0) },
	"carried": func(u, m, x num.Array) num.Array {
		return flow.For(0, 3, func(_, c num.Array) num.Array { return num.Where(m, num.Add(c, x), num.Sin(c)) }, u)
	},
	"rows of a scan": func(u, m, x num.Array) num.Array {
		c, ys := flow.Scan(func(c, r num.Array) (num.Array, num.Array) { return num.Add(c, r), num.Mul(c, r) }, num.Slice(x, 0, 1), num.ExpandDims(u, 1))
		return num.Concat(0, num.ExpandDims(c, 0), ys)
	},
}

// Unit vectors are where Eval has them, whatever is done with them, in every place of a row and without
// memory of their own.
func TestUnitVectors(t *testing.T) {
	for name, use := range unitUses {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{8, 60} {
				for _, first := range []int{0, 1, -3, 7 - n, 2 * n} {
					agree(t, one(func(x num.Array) num.Array {
						of := trace.TypeOf(trace.F64, n, n)
						return use(trace.Units(of, first), trace.Units(of.With(trace.Bool), first), x)
					}), floats(uint64(n+first), n, n))
				}
			}
		})
	}
}

// A step reads unit vectors from as many elements as there are in a row and a column, and goes along their ones alone if it can.
func TestUnitVectorsAreSmall(t *testing.T) {
	const n = 1000
	of := trace.TypeOf(trace.F64, n, n)
	first, next := trace.Units(of.With(trace.Bool), 0), trace.Units(of, -1)
	for kind, f := range map[string]func(x num.Array) num.Array{
		"loop":      func(x num.Array) num.Array { return num.Where(first, num.Mul(2, next), x) },
		"diagonals": func(x num.Array) num.Array { return num.Where(first, x, num.Mul(2, next)) },
	} {
		f := trace.Build([]trace.Type{trace.TypeOf(trace.F64, n)}, one(f))
		x := floats(1, n)
		for _, on := range compile.Backends() {
			p := compile.Compile(f, on)
			if err := same(p.Call([]num.Array{x}), f.Eval(x)); err != nil {
				t.Error(err)
			}
			if got := fmt.Sprint(p.Kinds()); got != "map["+kind+":1]" || p.Arena() > 8*n {
				t.Errorf("%s: %d bytes of memory, %v", on.Name, p.Arena(), p)
			}
		}
	}
}
