package implicit_test

import (
	"testing"

	"github.com/gradus-ad/gradus/implicit"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
)

func square(p, x num.Array) num.Array { return num.Sub(num.Square(x), p) }

// cubic is x³ + p x - 1.
func cubic(p, x num.Array) num.Array { return num.Sub(num.Add(num.Mul(x, x, x), num.Mul(p, x)), 1) }

// cardano is the root of cubic for positive p.
func cardano(p num.Array) num.Array {
	s := num.Sqrt(num.Add(0.25, num.Div(num.Mul(p, p, p), 27)))
	return num.Add(num.Cbrt(num.Add(0.5, s)), num.Cbrt(num.Sub(0.5, s)))
}

// kepler is E - e sin E - M for the eccentric anomaly E = x, with p = (M, e).
func kepler(p, x num.Array) num.Array {
	return num.Sub(num.Sub(x, num.Mul(p.At(1), num.Sin(x))), p.At(0))
}

// circle is where a line with the slope p[1] meets a circle of radius sqrt(p[0]).
func circle(p, x num.Array) num.Array {
	return num.Stack(0, num.Sub(num.Dot(x, x), p.At(0)), num.Sub(x.At(0), num.Mul(p.At(1), x.At(1))))
}

func onCircle(p num.Array) num.Array {
	y := num.Sqrt(num.Div(p.At(0), num.Add(1, num.Square(p.At(1)))))
	return num.Stack(0, num.Mul(p.At(1), y), y)
}

// coupled has the root x = sinh(p): its Jacobian is not symmetric.
func coupled(p, x num.Array) num.Array {
	d := num.Sub(num.Asinh(x), p)
	return num.Add(d, num.Mul(0.3, num.Square(x), num.Roll(d, 1, 0)))
}

// ridge is the objective of ridge regression of targets p on fixed features, with a penalty that
// depends on p too.
func ridge(p, x num.Array) num.Array {
	return num.Add(num.Sum(num.Square(num.Sub(num.MatMul(features, x), p))), num.Mul(num.Exp(p.At(0)), num.Dot(x, x)))
}

var features = num.New([]float64{1, 0.5, -1, 2, 0.25, 1}, 3, 2)

func ridgeSolved(p num.Array) num.Array {
	a := num.Add(num.MatMul(num.Transpose(features), features), num.Mul(num.Exp(p.At(0)), num.Eye(2)))
	return linalg.Solve(a, num.MatMul(num.Transpose(features), p))
}

// contraction has one fixed point, of which a linear system is known.
func contraction(p, x num.Array) num.Array { return num.Add(num.MatMul(contracting(p), x), p) }

func contracting(p num.Array) num.Array {
	return num.Mul(0.2, num.New([]float64{1, -1, 0.5, 2}, 2, 2), num.Cos(p.At(0)))
}

func contracted(p num.Array) num.Array { return linalg.Solve(num.Sub(num.Eye(2), contracting(p)), p) }

// TestModes compares answers with closed forms, or with a solver that is differentiated as it is, in all
// mixtures of modes up to order 3, alone, compiled and in lanes.
func TestModes(t *testing.T) {
	one, two := num.Ones(1), num.Ones(2)
	from := func(solve func(p, x0 num.Array) num.Array, x0 num.Array) agree.Function {
		return func(p num.Array) num.Array { return solve(p, x0) }
	}
	gradient := func(p, x num.Array) num.Array { return num.Sub(ridgeSolved(p), x) } // its root is the minimum
	residual := func(p, x num.Array) num.Array { return num.Sub(contraction(p, x), x) }
	for _, c := range []struct {
		name string
		root func(opts ...implicit.Option) agree.Function
		want agree.Function
		at   num.Array
	}{
		{"square root", func(o ...implicit.Option) agree.Function {
			return from(implicit.Root(square, newton(square), o...), two)
		}, num.Sqrt, num.Vector(2, 5)},
		{"square root by bisection", func(o ...implicit.Option) agree.Function {
			return from(implicit.Root(square, bisection(square), o...), two)
		}, num.Sqrt, num.Vector(2, 5)},
		{"cubic", func(o ...implicit.Option) agree.Function {
			return from(implicit.Root(cubic, newton(cubic), o...), two)
		}, cardano, num.Vector(0.5, 2)},
		{"Kepler", func(o ...implicit.Option) agree.Function {
			return from(implicit.Root(kepler, newton(kepler), o...), one)
		}, from(unrolled(kepler, 8), one), num.Vector(1, 0.3)},
		{"circle and line", func(o ...implicit.Option) agree.Function {
			return from(implicit.Root(circle, newton(circle), o...), two)
		}, onCircle, num.Vector(2, 0.7)},
		{"coupled", func(o ...implicit.Option) agree.Function {
			return from(implicit.Root(coupled, newton(coupled), o...), num.Zeros(3))
		}, num.Sinh, num.Vector(0.5, -0.25, 0.8)},
		{"an answer that is known", func(o ...implicit.Option) agree.Function {
			return from(implicit.Root(coupled, func(p, _ num.Array) num.Array { return num.Sinh(p) }, o...), num.Zeros(3))
		}, num.Sinh, num.Vector(0.5, -0.25, 0.8)},
		{"ridge regression", func(o ...implicit.Option) agree.Function {
			return from(implicit.Minimum(ridge, newton(gradient), o...), two)
		}, ridgeSolved, num.Vector(0.5, -1, 2)},
		{"fixed point", func(o ...implicit.Option) agree.Function {
			return from(implicit.FixedPoint(contraction, newton(residual), o...), two)
		}, contracted, num.Vector(0.3, -1)},
	} {
		for way, opts := range ways {
			t.Run(c.name+"/"+way, func(t *testing.T) {
				t.Parallel()
				agree.Modes(t, c.root(opts...), c.want, c.at, 1e-11)
			})
		}
	}
}
