package main

import (
	"strconv"

	_ "github.com/gradus-ad/gradus/bench/peers/go/movinggc"
	g "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func init() { libraries["Gorgonia"] = tensorLibrary(gorgonia{}) }

// gorgonia runs a graph that is compiled to the program of a machine with registers.
type gorgonia struct{}

func (gorgonia) gradient(f function[*g.Node], arguments []matrix, by int) func() [][]float64 {
	graph := g.NewGraph()
	x := gorgoniaInputs(graph, arguments)
	gradients := must(g.Grad(f(gorgoniaArrays{graph})(x), x[:by]...))
	return gorgoniaRun(graph, arguments, x, gradients)
}

func (gorgonia) product(f function[*g.Node], arguments, direction []matrix) func() [][]float64 {
	graph := g.NewGraph()
	x, v := gorgoniaInputs(graph, arguments), gorgoniaInputs(graph, direction)
	gradients := must(g.Grad(f(gorgoniaArrays{graph})(x), x...))
	var parts g.Nodes
	for i, gradient := range gradients {
		parts = append(parts, must(g.Sum(must(g.HadamardProd(gradient, v[i])))))
	}
	products := must(g.Grad(must(g.ReduceAdd(parts)), x...))
	return gorgoniaRun(graph, append(arguments[:len(arguments):len(arguments)], direction...), append(x, v...), products)
}

func gorgoniaInputs(graph *g.ExprGraph, ms []matrix) []*g.Node {
	var nodes []*g.Node
	for _, m := range ms {
		nodes = append(nodes, gorgoniaNode(graph, m))
	}
	return nodes
}

// gorgoniaNode gives each array a name: those of one shape and name would be one.
func gorgoniaNode(graph *g.ExprGraph, m matrix) *g.Node {
	return g.NodeFromAny(graph, gorgoniaValue(m), g.WithName(strconv.Itoa(len(graph.AllNodes()))))
}

func gorgoniaRun(graph *g.ExprGraph, arguments []matrix, inputs []*g.Node, results []*g.Node) func() [][]float64 {
	values := make([]g.Value, len(results)) // without Read the machine may write over them
	for i, r := range results {
		g.Read(r, &values[i])
	}
	machine := g.NewTapeMachine(graph)
	out := make([][]float64, len(results))
	return func() [][]float64 {
		for i, a := range arguments {
			check(g.Let(inputs[i], gorgoniaValue(a)))
		}
		machine.Reset()
		check(machine.RunAll())
		for i := range values {
			switch v := values[i].Data().(type) {
			case float64:
				out[i] = append(out[i][:0], v)
			case []float64:
				out[i] = append(out[i][:0], v...)
			}
		}
		return out
	}
}

// gorgoniaValue is a scalar, a vector or a matrix: an axis of one element is left out.
func gorgoniaValue(m matrix) any {
	switch {
	case m.Rows*m.Columns == 1:
		return m.Values[0]
	case m.Rows == 1 || m.Columns == 1:
		return tensor.New(tensor.WithShape(m.Rows*m.Columns), tensor.WithBacking(m.Values))
	}
	return tensor.New(tensor.WithShape(m.Rows, m.Columns), tensor.WithBacking(m.Values))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func must[T any](x T, err error) T {
	check(err)
	return x
}

type gorgoniaArrays struct{ graph *g.ExprGraph }

func (l gorgoniaArrays) constant(m matrix) *g.Node { return gorgoniaNode(l.graph, m) }
func (gorgoniaArrays) add(a, b *g.Node) *g.Node    { return must(g.Add(a, b)) }
func (gorgoniaArrays) sub(a, b *g.Node) *g.Node    { return must(g.Sub(a, b)) }
func (gorgoniaArrays) mul(a, b *g.Node) *g.Node    { return must(g.HadamardProd(a, b)) }
func (gorgoniaArrays) product(a, b *g.Node) *g.Node {
	return must(g.Mul(a, b))
}

func (gorgoniaArrays) addRow(a, row *g.Node) *g.Node {
	if row.IsScalar() {
		return must(g.Add(a, row))
	}
	return must(g.BroadcastAdd(a, row, nil, []byte{0}))
}

func (gorgoniaArrays) scale(a *g.Node, by float64) *g.Node { return must(g.Mul(a, g.NewConstant(by))) }
func (gorgoniaArrays) shift(a *g.Node, by float64) *g.Node { return must(g.Add(a, g.NewConstant(by))) }
func (gorgoniaArrays) rows(a *g.Node, from, to int) *g.Node {
	return must(g.Slice(a, g.S(from, to)))
}
func (gorgoniaArrays) square(a *g.Node) *g.Node      { return must(g.Square(a)) }
func (gorgoniaArrays) inverseSqrt(a *g.Node) *g.Node { return must(g.Inverse(must(g.Sqrt(a)))) }
func (gorgoniaArrays) exp(a *g.Node) *g.Node         { return must(g.Exp(a)) }
func (gorgoniaArrays) cos(a *g.Node) *g.Node         { return must(g.Cos(a)) }
func (gorgoniaArrays) tanh(a *g.Node) *g.Node        { return must(g.Tanh(a)) }

func (gorgoniaArrays) sum(a *g.Node) *g.Node {
	if a.IsScalar() {
		return a
	}
	return must(g.Sum(a))
}
