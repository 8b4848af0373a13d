package dual_test

import (
	"math"
	"testing"

	gonum "gonum.org/v1/gonum/num/dual"
	"gonum.org/v1/gonum/num/hyperdual"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// TestAgainstGonum compares values, first and second derivatives with gonum's dual and hyperdual
// numbers, for every function that they have.
func TestAgainstGonum(t *testing.T) {
	wide := []float64{-30, -3, -1.5, -.7, -1e-3, 1e-9, .2, 1, 2.5, 12}
	small := []float64{-3, -1.5, -.7, -1e-3, 1e-9, .2, 1, 2.5}
	positive := []float64{1e-6, .1, .5, 1, 2.5, 40}
	inside := []float64{-.99, -.5, -1e-4, 1e-9, .3, .9}
	tests := []struct {
		name   string
		ours   func(num.Array) num.Array
		dual   func(gonum.Number) gonum.Number
		hyper  func(hyperdual.Number) hyperdual.Number
		points []float64
	}{
		{"Add", func(x num.Array) num.Array { return num.Add(x, x) },
			func(x gonum.Number) gonum.Number { return gonum.Add(x, x) },
			func(x hyperdual.Number) hyperdual.Number { return hyperdual.Add(x, x) }, wide},
		{"Sub", func(x num.Array) num.Array { return num.Sub(num.Mul(x, x), x) },
			func(x gonum.Number) gonum.Number { return gonum.Sub(gonum.Mul(x, x), x) },
			func(x hyperdual.Number) hyperdual.Number { return hyperdual.Sub(hyperdual.Mul(x, x), x) }, wide},
		{"Mul", func(x num.Array) num.Array { return num.Mul(x, x, x) },
			func(x gonum.Number) gonum.Number { return gonum.Mul(x, gonum.Mul(x, x)) },
			func(x hyperdual.Number) hyperdual.Number { return hyperdual.Mul(x, hyperdual.Mul(x, x)) }, wide},
		{"Scale", func(x num.Array) num.Array { return num.Mul(2.5, num.Exp(x)) },
			func(x gonum.Number) gonum.Number { return gonum.Scale(2.5, gonum.Exp(x)) },
			func(x hyperdual.Number) hyperdual.Number { return hyperdual.Scale(2.5, hyperdual.Exp(x)) }, wide},
		{"Inv", num.Reciprocal, gonum.Inv, hyperdual.Inv, []float64{-30, -1.5, -1e-3, 1e-3, .2, 1, 12}},
		{"Abs", num.Abs, gonum.Abs, hyperdual.Abs, wide},
		{"PowReal 3", func(x num.Array) num.Array { return num.Pow(x, 3.0) },
			func(x gonum.Number) gonum.Number { return gonum.PowReal(x, 3) },
			func(x hyperdual.Number) hyperdual.Number { return hyperdual.PowReal(x, 3) }, wide},
		{"PowReal -1.7", func(x num.Array) num.Array { return num.Pow(x, -1.7) },
			func(x gonum.Number) gonum.Number { return gonum.PowReal(x, -1.7) },
			func(x hyperdual.Number) hyperdual.Number { return hyperdual.PowReal(x, -1.7) }, positive},
		{"Pow", func(x num.Array) num.Array { return num.Pow(x, num.Sin(x)) },
			func(x gonum.Number) gonum.Number { return gonum.Pow(x, gonum.Sin(x)) },
			func(x hyperdual.Number) hyperdual.Number { return hyperdual.Pow(x, hyperdual.Sin(x)) }, positive},
		{"Sqrt", num.Sqrt, gonum.Sqrt, hyperdual.Sqrt, positive},
		{"Exp", num.Exp, gonum.Exp, hyperdual.Exp, wide},
		{"Log", num.Log, gonum.Log, hyperdual.Log, positive},
		{"Sin", num.Sin, gonum.Sin, hyperdual.Sin, wide},
		{"Cos", num.Cos, gonum.Cos, hyperdual.Cos, wide},
		{"Tan", num.Tan, gonum.Tan, hyperdual.Tan, wide},
		{"Asin", num.Asin, gonum.Asin, hyperdual.Asin, inside},
		{"Acos", num.Acos, gonum.Acos, hyperdual.Acos, inside},
		{"Atan", num.Atan, gonum.Atan, hyperdual.Atan, wide},
		{"Sinh", num.Sinh, gonum.Sinh, hyperdual.Sinh, wide},
		{"Cosh", num.Cosh, gonum.Cosh, hyperdual.Cosh, wide},
		{"Tanh", num.Tanh, gonum.Tanh, hyperdual.Tanh, small}, // 1-y² cancels further out
		{"Asinh", num.Asinh, gonum.Asinh, hyperdual.Asinh, wide},
		{"Acosh", num.Acosh, gonum.Acosh, hyperdual.Acosh, []float64{1.001, 1.5, 2, 12, 1e5}},
		{"Atanh", num.Atanh, gonum.Atanh, hyperdual.Atanh, inside},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			first := func(x num.Array) num.Array {
				_, dy := transforms.JVP(test.ours, x, num.Scalar(1))
				return dy
			}
			for _, x := range test.points {
				at := num.Scalar(x)
				y, dy := transforms.JVP(test.ours, at, num.Scalar(1))
				_, ddy := transforms.JVP(first, at, num.Scalar(1))
				d := test.dual(gonum.Number{Real: x, Emag: 1})
				h := test.hyper(hyperdual.Number{Real: x, E1mag: 1, E2mag: 1})
				for _, c := range []struct {
					what      string
					got, want float64
				}{
					{"value", y.Float64(), d.Real}, {"derivative", dy.Float64(), d.Emag},
					{"value of hyperdual", y.Float64(), h.Real}, {"derivative of hyperdual", dy.Float64(), h.E1mag},
					{"second derivative", ddy.Float64(), h.E1E2mag},
					{"reverse mode", transforms.Grad(test.ours)(at).Float64(), d.Emag},
					{"reverse over reverse", transforms.Grad(transforms.Grad(test.ours))(at).Float64(), h.E1E2mag},
				} {
					if !(math.Abs(c.got-c.want) <= 1e-12*math.Abs(c.want)) {
						t.Errorf("%s at %v is %v, gonum has %v", c.what, x, c.got, c.want)
					}
				}
			}
		})
	}
}
