package main

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

func init() { libraries["GoMLX"] = tensorLibrary(gomlx{}) }

// gomlx runs a compiled graph.
type gomlx struct{}

func (gomlx) gradient(f function[*graph.Node], arguments []matrix, by int) func() [][]float64 {
	return gomlxRun(arguments, func(x []*graph.Node) []*graph.Node {
		return graph.Gradient(f(gomlxArrays{x[0].Graph()})(x), x[:by]...)
	})
}

func (gomlx) product(f function[*graph.Node], arguments, direction []matrix) func() [][]float64 {
	n := len(arguments)
	return gomlxRun(append(arguments[:n:n], direction...), func(xv []*graph.Node) []*graph.Node {
		x, v := xv[:n], xv[n:]
		along := graph.ScalarZero(x[0].Graph(), dtypes.Float64)
		for i, g := range graph.Gradient(f(gomlxArrays{x[0].Graph()})(x), x...) {
			along = graph.Add(along, graph.ReduceAllSum(graph.Mul(g, v[i])))
		}
		return graph.Gradient(along, x...)
	})
}

func gomlxRun(arguments []matrix, f func([]*graph.Node) []*graph.Node) func() [][]float64 {
	exec := graph.MustNewExec(gobackend.GetBackend(), f)
	in := make([]any, len(arguments))
	var out [][]float64
	return func() [][]float64 {
		for i, a := range arguments {
			in[i] = tensors.FromFlatDataAndDimensions(a.Values, a.Rows, a.Columns)
		}
		out = out[:0]
		for _, t := range exec.MustCall(in...) {
			out = append(out, tensors.MustCopyFlatData[float64](t))
			t.MustFinalizeAll()
		}
		return out
	}
}

type gomlxArrays struct{ g *graph.Graph }

func (l gomlxArrays) constant(m matrix) *graph.Node {
	return graph.ConstTensor(l.g, tensors.FromFlatDataAndDimensions(m.Values, m.Rows, m.Columns))
}
func (gomlxArrays) add(a, b *graph.Node) *graph.Node            { return graph.Add(a, b) }
func (gomlxArrays) sub(a, b *graph.Node) *graph.Node            { return graph.Sub(a, b) }
func (gomlxArrays) mul(a, b *graph.Node) *graph.Node            { return graph.Mul(a, b) }
func (gomlxArrays) product(a, b *graph.Node) *graph.Node        { return graph.MatMul(a, b) }
func (gomlxArrays) addRow(a, row *graph.Node) *graph.Node       { return graph.Add(a, row) }
func (gomlxArrays) scale(a *graph.Node, by float64) *graph.Node { return graph.MulScalar(a, by) }
func (gomlxArrays) shift(a *graph.Node, by float64) *graph.Node { return graph.AddScalar(a, by) }
func (gomlxArrays) square(a *graph.Node) *graph.Node            { return graph.Square(a) }
func (gomlxArrays) inverseSqrt(a *graph.Node) *graph.Node       { return graph.Reciprocal(graph.Sqrt(a)) }
func (gomlxArrays) exp(a *graph.Node) *graph.Node               { return graph.Exp(a) }
func (gomlxArrays) cos(a *graph.Node) *graph.Node               { return graph.Cos(a) }
func (gomlxArrays) tanh(a *graph.Node) *graph.Node              { return graph.Tanh(a) }
func (gomlxArrays) sum(a *graph.Node) *graph.Node               { return graph.ReduceAllSum(a) }

// rows are gathered, and not sliced, since slices have no second derivative.
func (gomlxArrays) rows(a *graph.Node, from, to int) *graph.Node {
	at := make([][]int32, to-from)
	for i := range at {
		at[i] = []int32{int32(from + i)}
	}
	return graph.Gather(a, graph.Const(a.Graph(), at))
}
