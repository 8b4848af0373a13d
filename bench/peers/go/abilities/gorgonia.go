package main

import (
	"hash"
	"strconv"

	"github.com/chewxy/hm"
	g "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// machine returns what a graph gives at x, a scalar or a vector.
func machine(f func(x *g.Node) *g.Node, x ...float64) []float64 {
	graph := g.NewGraph()
	var value any = x[0]
	if len(x) > 1 {
		value = vector(x...)
	}
	result := f(g.NodeFromAny(graph, value, g.WithName("x")))
	var out g.Value
	g.Read(result, &out)
	if err := g.NewTapeMachine(graph).RunAll(); err != nil {
		panic(err)
	}
	if v, ok := out.Data().(float64); ok {
		return []float64{v}
	}
	return out.Data().([]float64)
}

func vector(x ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(len(x)), tensor.WithBacking(x))
}

func constant(x *g.Node, v ...float64) *g.Node {
	return g.NodeFromAny(x.Graph(), vector(v...), g.WithName("c"+strconv.Itoa(len(x.Graph().AllNodes()))))
}

func gradient1(f func(*g.Node) *g.Node) func(*g.Node) *g.Node {
	return func(x *g.Node) *g.Node {
		y := f(x)
		if !y.IsScalar() {
			y = must(g.Sum(y))
		}
		return must(g.Grad(y, x))[0]
	}
}

func item(x *g.Node, i int) *g.Node { return must(g.Slice(x, g.S(i))) }

func times(a, b *g.Node) *g.Node { return must(g.HadamardProd(a, b)) }

func gorgoniaCube(x *g.Node) *g.Node { return times(times(x, x), x) }

func gorgoniaMixed(x *g.Node) *g.Node {
	return must(g.Add(times(item(x, 0), item(x, 1)), must(g.Sin(item(x, 0)))))
}

func directed(f func(*g.Node) *g.Node, v ...float64) func(*g.Node) *g.Node {
	return gradient1(func(x *g.Node) *g.Node { return times(f(x), constant(x, v...)) })
}

// gorgoniaRuled is x² of a scalar with a rule.
type gorgoniaRuled struct{}

func (gorgoniaRuled) Arity() int    { return 1 }
func (gorgoniaRuled) Type() hm.Type { return hm.NewFnType(hm.TypeVariable('a'), hm.TypeVariable('a')) }
func (gorgoniaRuled) InferShape(s ...g.DimSizer) (tensor.Shape, error) {
	return s[0].(tensor.Shape), nil
}
func (gorgoniaRuled) Do(v ...g.Value) (g.Value, error) {
	x := v[0].Data().(float64)
	return g.NewF64(x * x), nil
}
func (gorgoniaRuled) ReturnsPtr() bool      { return false }
func (gorgoniaRuled) CallsExtern() bool     { return false }
func (gorgoniaRuled) OverwritesInput() int  { return -1 }
func (gorgoniaRuled) WriteHash(h hash.Hash) { h.Write([]byte("ruled")) }
func (gorgoniaRuled) Hashcode() uint32      { return 1 }
func (gorgoniaRuled) String() string        { return "ruled" }
func (gorgoniaRuled) DiffWRT(int) []bool    { return []bool{true} }
func (gorgoniaRuled) SymDiff(in g.Nodes, _, grad *g.Node) (g.Nodes, error) {
	return g.Nodes{times(grad, must(g.Mul(in[0], g.NewConstant(10.0))))}, nil
}

var gorgonia = &library{"Gorgonia", "gorgonia.org/gorgonia", map[string]shown{
	"reverse": does(func() []float64 { return machine(gradient1(gorgoniaMixed), at, 2) }),
	"forward": absent(`(?i)jvp|forwardmode|jacobianvector`),
	"vjp": does(func() []float64 {
		return machine(func(x *g.Node) *g.Node {
			y := g.Nodes{times(item(x, 0), item(x, 1)), must(g.Sin(item(x, 0)))}
			v := constant(x, 3, 4)
			return must(g.Backpropagate(y, g.Nodes{item(v, 0), item(v, 1)}, g.Nodes{x}))[0]
		}, at, 2)
	}),
	"second": does(func() []float64 { return machine(gradient1(gradient1(gorgoniaCube)), at) }),
	"third": does(func() []float64 {
		return machine(gradient1(gradient1(gradient1(func(x *g.Node) *g.Node { return times(gorgoniaCube(x), x) }))), at)
	}),
	"slices": does(func() []float64 {
		f := func(x *g.Node) *g.Node {
			return must(g.Square(must(g.Sub(must(g.Slice(x, g.S(1, 3))), must(g.Square(must(g.Slice(x, g.S(0, 2)))))))))
		}
		return machine(directed(gradient1(f), 1, 0, 0), 1, 2, 3)
	}),
	"product":    does(func() []float64 { return machine(directed(gradient1(gorgoniaCube), 3, 4), 1, 2) }),
	"jacobian":   absent(`(?i)jacob`),
	"vmap":       absent(`(?i)vmap`),
	"compile":    does(func() []float64 { return machine(gradient1(gorgoniaMixed), at, 2) }),
	"loop":       absent(`(?i)scan|while|foreach|forloop`),
	"while":      absent(`(?i)scan|while|forloop`),
	"branch":     absent(`(?i)where|select|cond`),
	"checkpoint": absent(`(?i)checkpoint|remat`),
	"custom": does(func() []float64 {
		return machine(gradient1(func(x *g.Node) *g.Node { return must(g.ApplyOp(gorgoniaRuled{}, x)) }), 3)
	}),
	"struct":   absent(`(?i)pytree|gradstruct`),
	"solve":    absent(`(?i)linsolve|solvelin|cholesky`),
	"implicit": absent(`(?i)implicit|fixedpoint`),
	"optimize": absent(`(?i)funcgrad|optimi[sz]eproblem`),
	"network": does(func() []float64 {
		graph := g.NewGraph()
		x := g.NodeFromAny(graph, 1.0, g.WithName("x"))
		must(g.Grad(must(g.Square(x)), x))
		if err := g.NewTapeMachine(graph, g.BindDualValues(x)).RunAll(); err != nil {
			panic(err)
		}
		if err := g.NewVanillaSolver(g.WithLearnRate(0.1)).Step([]g.ValueGrad{x}); err != nil {
			panic(err)
		}
		return []float64{x.Value().Data().(float64)}
	}),
	"check": absent(`(?i)gradcheck|checkgrad|numericgrad`),
	"float32": does(func() []float64 {
		graph := g.NewGraph()
		x := g.NodeFromAny(graph, float32(3), g.WithName("x"))
		var out g.Value
		g.Read(must(g.Grad(must(g.Square(x)), x))[0], &out)
		if err := g.NewTapeMachine(graph).RunAll(); err != nil {
			panic(err)
		}
		return []float64{float64(out.Data().(float32))}
	}),
	"complex": absent(`(?i)complex`),
	"sparse":  absent(`(?i)sparsejac|jacob|colou?ring`),
}}
