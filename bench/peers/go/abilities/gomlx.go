package main

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

type node = *graph.Node

// ran returns what a graph gives at x, a vector.
func ran(f func(x node) node, x ...float64) []float64 {
	out := graph.MustExecOnce(gobackend.GetBackend(), f, x)
	return tensors.MustCopyFlatData[float64](out)
}

// gradOf is the gradient of the sum of f.
func gradOf(f func(node) node) func(node) node {
	return func(x node) node { return graph.Gradient(graph.ReduceAllSum(f(x)), x)[0] }
}

func element(x node, i int) node { return graph.Reshape(graph.Slice(x, graph.AxisElem(i))) }

func nodeMixed(x node) node {
	return graph.Add(graph.Mul(element(x, 0), element(x, 1)), graph.Sin(element(x, 0)))
}

func cube(x node) node { return graph.Mul(graph.Mul(x, x), x) }

func along(f func(node) node, v ...float64) func(node) node {
	return gradOf(func(x node) node { return graph.Mul(f(x), graph.Const(x.Graph(), v)) })
}

var gomlx = &library{"GoMLX", "github.com/gomlx/gomlx", map[string]shown{
	"reverse": does(func() []float64 { return ran(gradOf(nodeMixed), at, 2) }),
	"forward": absent(`(?i)jvp|forwardmode|jacobianvector`),
	"vjp": partly("Gradient refuses what is not a scalar; of the sum of the products with the cotangents", func() []float64 {
		return ran(gradOf(func(x node) node {
			return graph.Add(graph.MulScalar(graph.Mul(element(x, 0), element(x, 1)), 3), graph.MulScalar(graph.Sin(element(x, 0)), 4))
		}), at, 2)
	}),
	"second": does(func() []float64 { return ran(gradOf(gradOf(cube)), at) }),
	"third": does(func() []float64 {
		return ran(gradOf(gradOf(gradOf(func(x node) node { return graph.Mul(cube(x), x) }))), at)
	}),
	"slices": does(func() []float64 {
		f := func(x node) node {
			return graph.Square(graph.Sub(graph.Slice(x, graph.AxisRange(1, 3)), graph.Square(graph.Slice(x, graph.AxisRange(0, 2)))))
		}
		return ran(along(gradOf(f), 1, 0, 0), 1, 2, 3)
	}),
	"product":  does(func() []float64 { return ran(along(gradOf(cube), 3, 4), 1, 2) }),
	"jacobian": absent(`(?i)jacob`),
	"vmap":     absent(`(?i)vmap`),
	"compile":  does(func() []float64 { return ran(gradOf(nodeMixed), at, 2) }),
	"loop": does(func() []float64 {
		ran(func(x node) node { return whileOf(x, 10) }, at) // which works
		return ran(gradOf(func(x node) node { return whileOf(x, 10) }), at)
	}),
	"while": does(func() []float64 {
		return ran(gradOf(func(x node) node {
			g := x.Graph()
			parameters := func(g *graph.Graph) (y, x node) {
				return graph.Parameter(g, "y", shapes.Make(dtypes.Float64, 1)), graph.Parameter(g, "x", shapes.Make(dtypes.Float64, 1))
			}
			far := graph.NewClosure(g, func(g *graph.Graph) []node {
				y, x := parameters(g)
				return []node{graph.Reshape(graph.GreaterThan(graph.Abs(graph.Sub(graph.Square(y), x)), graph.ConstAs(y, 1e-12)))}
			})
			step := graph.NewClosure(g, func(g *graph.Graph) []node {
				y, x := parameters(g)
				return []node{graph.MulScalar(graph.Add(y, graph.Div(x, y)), 0.5), x}
			})
			return graph.While(far, step, x, x)[0]
		}), 2)
	}),
	"branch": does(func() []float64 {
		return ran(gradOf(func(x node) node {
			zero := graph.ZerosLike(x)
			return graph.Where(graph.GreaterThan(x, zero), graph.Log(x), zero)
		}), 0, 2)
	}),
	"checkpoint": does(func() []float64 {
		return ran(gradOf(func(x node) node { return graph.Sin(graph.Sin(x.Checkpoint()).StopCheckpoint()) }), at)
	}),
	"custom": does(func() []float64 {
		return ran(gradOf(func(x node) node {
			ruled := graph.IdentityWithCustomGradient(x, func(x, v node) node { return graph.MulScalar(v, 5) })
			return graph.Square(ruled)
		}), 3)
	}),
	"struct":   absent(`(?i)pytree|gradientstruct`),
	"solve":    absent(`(?i)solve|cholesky`),
	"implicit": absent(`(?i)implicit|fixedpoint|customroot`),
	"optimize": absent(`(?i)funcgrad|optimi[sz]eproblem`),
	"network": does(func() []float64 {
		store := model.NewStore()
		step := model.MustNewExec(gobackend.GetBackend(), store, func(scope *model.Scope, g *graph.Graph) node {
			x := scope.VariableWithValue("x", 1.0)
			optimizer.StochasticGradientDescent().WithDecay(false).UpdateGraph(scope, g, graph.Square(x.NodeValue(g)))
			return x.NodeValue(g)
		})
		return tensors.MustCopyFlatData[float64](step.MustCall()[0])
	}),
	"check": absent(`(?i)gradcheck|checkgrad|gradientcheck|testgradient`),
	"float32": does(func() []float64 {
		out := graph.MustExecOnce(gobackend.GetBackend(), gradOf(graph.Square), []float32{3})
		return []float64{float64(tensors.MustCopyFlatData[float32](out)[0])}
	}),
	"complex": does(func() []float64 {
		return ran(func(x node) node {
			z := graph.Complex(element(x, 0), element(x, 1))
			d := graph.Gradient(graph.Add(graph.Square(graph.Real(z)), graph.Square(graph.Imag(z))), z)[0]
			return graph.Sqrt(graph.Add(graph.Square(graph.Real(d)), graph.Square(graph.Imag(d))))
		}, 3, 4)
	}),
	"sparse": absent(`(?i)sparsejac|jacob|colou?ring`),
}}

// whileOf is Horner's rule as a loop.
func whileOf(x node, steps int) node {
	g := x.Graph()
	first := []node{graph.Const(g, int32(0)), graph.OnesLike(x), x} // before the closures, whose constants would be taken for them
	parameters := func(g *graph.Graph) (i, y, x node) {
		i = graph.Parameter(g, "i", shapes.Make(dtypes.Int32))
		return i, graph.Parameter(g, "y", shapes.Make(dtypes.Float64, 1)), graph.Parameter(g, "x", shapes.Make(dtypes.Float64, 1))
	}
	more := graph.NewClosure(g, func(g *graph.Graph) []node {
		i, _, _ := parameters(g)
		return []node{graph.LessThan(i, graph.Const(g, int32(steps)))}
	})
	step := graph.NewClosure(g, func(g *graph.Graph) []node {
		i, y, x := parameters(g)
		return []node{graph.AddScalar(i, 1), graph.AddScalar(graph.Mul(x, y), 1), x}
	})
	return graph.While(more, step, first...)[1]
}
