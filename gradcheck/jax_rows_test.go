package gradcheck_test

import (
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/gradcheck"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// jaxRows are primitives of JAX that its tests differentiate and that are compositions here: each of
// them, by every operand, in every mixture of modes to order 2.
var jaxRows = map[string]struct {
	f  func(x [2]num.Array) num.Array
	at [2]num.Array
}{
	"pad by a value": {func(x [2]num.Array) num.Array {
		return num.SetSlice(num.BroadcastTo(x[1], 5, 4), x[0], 1, 3, 0, 3)
	}, [2]num.Array{draw(2, 3), draw()}},
	"pad by negative widths": {func(x [2]num.Array) num.Array {
		return num.Mul(num.Pad(num.Slice(x[0], 1, num.End), 0, 2), x[1])
	}, [2]num.Array{draw(3), draw()}},
	"pad between the elements": {func(x [2]num.Array) num.Array {
		return num.Set(num.BroadcastTo(x[1], 7), x[0], num.Mul(num.Arange(3), 3))
	}, [2]num.Array{draw(3), draw()}},
	"dynamic slice": {func(x [2]num.Array) num.Array {
		start := num.Convert(num.Floor(num.Mul(0.0, x[1])), trace.I64)
		return num.Mul(num.Take(x[0], num.Add(num.Arange(2), num.Add(start, 1)), 0), x[1])
	}, [2]num.Array{draw(4, 2), draw()}},
	"dynamic update slice": {func(x [2]num.Array) num.Array {
		start := num.Convert(num.Floor(num.Mul(0.0, num.Sum(x[1]))), trace.I64)
		return num.Square(num.Set(x[0], x[1], num.Add(num.Arange(2), num.Add(start, 2))))
	}, [2]num.Array{draw(5), draw(2)}},
	"scatter max": {func(x [2]num.Array) num.Array {
		return num.Square(scatterBy(num.Amax, x[0], x[1], num.Vector(0, 2, 0)))
	}, [2]num.Array{num.Vector(0.5, 1, -2, 3), num.Vector(2, -1, 0.3)}},
	"scatter min": {func(x [2]num.Array) num.Array {
		return num.Square(scatterBy(num.Amin, x[0], x[1], num.Vector(0, 2, 0)))
	}, [2]num.Array{num.Vector(0.5, 1, -2, 3), num.Vector(2, -3, 0.3)}},
	"max pooling": {func(x [2]num.Array) num.Array {
		windows := num.Take(x[0], num.Add(num.ExpandDims(num.Arange(3), 1), num.Arange(3)), 0)
		return num.Mul(num.Square(num.Amax(windows, 1)), x[1])
	}, [2]num.Array{num.Vector(0.3, -1, 2, 0.7, 1.1), draw()}},
	"sum of what a mask selects": {func(x [2]num.Array) num.Array {
		return num.Sum(num.Where(num.Greater(x[0], 0), num.Mul(num.Log(num.Abs(x[0])), x[1]), 0))
	}, [2]num.Array{num.Vector(0.3, -1, 2), draw()}},
	"convolution": {func(x [2]num.Array) num.Array {
		windows := num.Take(x[0], num.Add(num.ExpandDims(num.Arange(4), 1), num.Arange(2)), 0)
		return num.MatMul(windows, x[1])
	}, [2]num.Array{draw(5), draw(2)}},
	"square plus, entropy, logaddexp2, xlog1py": {func(x [2]num.Array) num.Array {
		a, b := num.Exp(x[0]), x[1]
		return num.Sum(num.Stack(0,
			num.Mul(0.5, num.Add(b, num.Sqrt(num.Add(num.Square(b), 4)))),
			num.Neg(num.Xlogy(a, a)),
			num.Div(num.LogAddExp(num.Mul(0.7, a), num.Mul(0.7, b)), 0.7),
			num.Mul(a, num.Log1p(num.Square(b)))))
	}, [2]num.Array{draw(), draw()}},
}

var source = rand.New(rand.NewPCG(5, 6))

func draw(shape ...int) num.Array { return num.Normal(source, shape...) }

// scatterBy reduces what goes to each element of x, and the element itself, to one.
func scatterBy(reduce func(num.Array, ...int) num.Array, x, u, to num.Array) num.Array {
	hit := num.Equal(num.ExpandDims(num.Convert(num.Arange(x.Size()), trace.F64), 1), to)
	spread := num.Where(hit, num.BroadcastTo(u, x.Size(), u.Size()), num.ExpandDims(x, 1))
	return reduce(num.Concat(1, num.ExpandDims(x, 1), spread), 1)
}

func TestJAXRows(t *testing.T) {
	for name, row := range jaxRows {
		t.Run(name, func(t *testing.T) {
			if err := gradcheck.Check(row.f, row.at, gradcheck.Order(2)); err != nil {
				t.Error(err)
			}
		})
	}
}
