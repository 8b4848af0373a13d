package main

import (
	"math"

	"gonum.org/v1/gonum/optimize"

	"github.com/gradus-ad/gradus/bridge"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/gradcheck"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/implicit"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

type array = num.Array

// derivative returns that of a scalar function, the order given by how often it is applied.
func derivative(f func(array) array) func(array) array { return transforms.Grad(f) }

func point() array { return num.Vector(at, 2) }

func mixed(x array) array { return num.Add(num.Mul(x.At(0), x.At(1)), num.Sin(x.At(0))) }

type pair struct{ X, Y array }

func tenfold(x array) array {
	return transforms.CustomVJP(num.Square,
		func(x array) (array, array) { return num.Square(x), x },
		func(x, cotangent array) array { return num.Mul(10, x, cotangent) })(x)
}

var gradus = &library{"Gradus", "github.com/gradus-ad/gradus", map[string]shown{
	"reverse": does(func() []float64 { return transforms.Grad(mixed)(point()).Float64s() }),
	"forward": does(func() []float64 {
		_, t := transforms.JVP(mixed, point(), num.Vector(1, 2))
		return t.Float64s()
	}),
	"vjp": does(func() []float64 {
		_, pull := transforms.VJP(func(x array) array { return num.Stack(0, num.Mul(x.At(0), x.At(1)), num.Sin(x.At(0))) }, point())
		return pull(num.Vector(3, 4)).Float64s()
	}),
	"second": does(func() []float64 {
		cube := func(x array) array { return num.Mul(x, x, x) }
		return derivative(derivative(cube))(num.Scalar(at)).Float64s()
	}),
	"third": does(func() []float64 {
		fourth := func(x array) array { return num.Mul(x, x, x, x) }
		return derivative(derivative(derivative(fourth)))(num.Scalar(at)).Float64s()
	}),
	"slices": does(func() []float64 {
		f := func(x array) array {
			return num.Sum(num.Square(num.Sub(num.Slice(x, 1, num.End), num.Square(num.Slice(x, 0, -1)))))
		}
		return hvp.Product(f)(num.Vector(1, 2, 3), num.Vector(1, 0, 0)).Float64s()
	}),
	"product": does(func() []float64 {
		f := func(x array) array { return num.Sum(num.Mul(x, x, x)) }
		return hvp.Product(f)(num.Vector(1, 2), num.Vector(3, 4)).Float64s()
	}),
	"jacobian": does(func() []float64 {
		f := func(x array) array {
			return num.Stack(0, num.Mul(x.At(0), x.At(1)), num.Sin(x.At(0)), num.Square(x.At(1)))
		}
		forward, reverse := jac.Fwd(f)(point()).Float64s(), jac.Rev(f)(point()).Float64s()
		if !near(forward, reverse) {
			return nil
		}
		return forward
	}),
	"vmap":    does(func() []float64 { return transforms.Vmap(derivative(num.Sin))(num.Vector(at, 1)).Float64s() }),
	"compile": does(func() []float64 { return transforms.JIT(transforms.Grad(mixed))(point()).Float64s() }),
	"loop": does(func() []float64 {
		return derivative(func(x array) array {
			return flow.For(0, 10, func(_, y array) array { return num.Add(num.Mul(x, y), 1) }, num.Scalar(1))
		})(num.Scalar(at)).Float64s()
	}),
	"while": does(func() []float64 {
		return derivative(func(x array) array {
			far := func(y array) array { return num.Greater(num.Abs(num.Sub(num.Square(y), x)), 1e-12) }
			return flow.While(far, func(y array) array { return num.Mul(0.5, num.Add(y, num.Div(x, y))) }, x)
		})(num.Scalar(2)).Float64s()
	}),
	"branch": does(func() []float64 {
		return transforms.Grad(func(x array) array { return num.Sum(num.Where(num.Greater(x, 0), num.Log(x), 0)) })(num.Vector(0, 2)).Float64s()
	}),
	"checkpoint": does(func() []float64 {
		return derivative(func(x array) array { return num.Sin(transforms.Checkpoint(num.Sin)(x)) })(num.Scalar(at)).Float64s()
	}),
	"custom": does(func() []float64 { return derivative(tenfold)(num.Scalar(3)).Float64s() }),
	"struct": does(func() []float64 {
		g := transforms.Grad(func(p pair) array { return num.Add(num.Mul(p.X, p.Y), num.Sin(p.X)) })(pair{num.Scalar(at), num.Scalar(2)})
		return []float64{g.X.Float64(), g.Y.Float64()}
	}),
	"solve": does(func() []float64 {
		return derivative(func(a array) array {
			m := num.Set(num.New([]float64{0, 1, 1, 3}, 2, 2), a, num.ScalarInt(0), num.ScalarInt(0))
			return num.Sum(linalg.Solve(m, num.Vector(1, 2)))
		})(num.Scalar(2)).Float64s()
	}),
	"implicit": does(func() []float64 {
		root := implicit.Root(func(p, x array) array { return num.Sub(num.Add(num.Mul(x, x, x), x), p) },
			implicit.Opaque(func(p, x array) array {
				v := x.Float64()
				for range 50 {
					v -= (v*v*v + v - p.Float64()) / (3*v*v + 1)
				}
				return num.Scalar(v)
			}))
		first := derivative(func(p array) array { return root(p, num.Scalar(0)) })
		return []float64{first(num.Scalar(2)).Float64(), derivative(first)(num.Scalar(2)).Float64()}
	}),
	"optimize": does(func() []float64 {
		problem := bridge.Problem(func(x array) array { return num.Sum(num.Square(num.Sub(x, 3))) })
		return minimize(optimize.Problem{Func: problem.Func, Grad: problem.Grad})
	}),
	"network": absent(`(?i)sgd|adam|momentum`),
	"check": does(func() []float64 {
		if gradcheck.Check(num.Square, num.Scalar(3)) == nil && gradcheck.Check(tenfold, num.Scalar(3)) != nil {
			return []float64{1}
		}
		return nil
	}),
	"float32": absent(`(?i)float32`),
	"complex": absent(`(?i)complex`),
	"sparse":  absent(`(?i)colou?r|sparse`),
}}

func minimize(p optimize.Problem) []float64 {
	result, err := optimize.Minimize(p, []float64{0}, nil, &optimize.BFGS{})
	if err != nil {
		panic(err)
	}
	return []float64{math.Round(result.X[0]*1e6) / 1e6}
}
