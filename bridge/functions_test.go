package bridge_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/functions"

	"github.com/gradus-ad/gradus/bridge"
	"github.com/gradus-ad/gradus/num"
)

// This file writes the functions of gonum's optimize/functions in num, from their values alone,
// and compares the derivatives with those that gonum writes out by hand.

// at returns the i-th elements of x.
func at(x num.Array, i ...int) []num.Array {
	out := make([]num.Array, len(i))
	for k, j := range i {
		out[k] = x.At(j)
	}
	return out
}

// table returns g(1), ..., g(n).
func table(n int, g func(i float64) float64) num.Array {
	v := make([]float64, n)
	for i := range v {
		v[i] = g(float64(i + 1))
	}
	return num.Vector(v...)
}

func squares(x num.Array) num.Array { return num.Sum(num.Square(x)) }

func beale(x num.Array) num.Array {
	f := func(c float64, k int) num.Array {
		return num.Sub(c, num.Mul(x.At(0), num.Sub(1, num.Pow(x.At(1), k))))
	}
	return squares(num.Stack(0, f(1.5, 1), f(2.25, 2), f(2.625, 3)))
}

// biggs is the exponential fit of Biggs with n points: the sum of a[k] exp(-r[k] z).
func biggs(n int, third float64, terms func(x num.Array) (a, r [3]num.Array)) func(num.Array) num.Array {
	z := table(n, func(i float64) float64 { return i / 10 })
	y := table(n, func(i float64) float64 {
		return math.Exp(-i/10) - 5*math.Exp(-i) + third*math.Exp(-.4*i)
	})
	return func(x num.Array) num.Array {
		a, r := terms(x)
		e := func(k int) num.Array { return num.Mul(a[k], num.Exp(num.Neg(num.Mul(r[k], z)))) }
		return squares(num.Sub(num.Add(num.Sub(e(0), e(1)), e(2)), y))
	}
}

func exp2(x num.Array) (a, r [3]num.Array) {
	return [3]num.Array{num.Scalar(1), num.Scalar(5)}, [3]num.Array{x.At(0), x.At(1)}
}

func exp3(x num.Array) (a, r [3]num.Array) {
	return [3]num.Array{num.Scalar(1), x.At(2)}, [3]num.Array{x.At(0), x.At(1)}
}

func exp4(x num.Array) (a, r [3]num.Array) {
	return [3]num.Array{x.At(2), x.At(3)}, [3]num.Array{x.At(0), x.At(1)}
}

func exp5(x num.Array) (a, r [3]num.Array) {
	return [3]num.Array{x.At(2), x.At(3), num.Scalar(3)}, [3]num.Array{x.At(0), x.At(1), x.At(4)}
}

func exp6(x num.Array) (a, r [3]num.Array) {
	return [3]num.Array{x.At(2), x.At(3), x.At(5)}, [3]num.Array{x.At(0), x.At(1), x.At(4)}
}

func box3D(x num.Array) num.Array {
	c := table(10, func(i float64) float64 { return -i / 10 })
	y := num.Sub(num.Exp(c), num.Exp(num.Mul(10, c)))
	e := func(k int) num.Array { return num.Exp(num.Mul(c, x.At(k))) }
	return squares(num.Sub(num.Sub(e(0), e(1)), num.Mul(x.At(2), y)))
}

func brownBadlyScaled(x num.Array) num.Array {
	a, b := x.At(0), x.At(1)
	return squares(num.Stack(0, num.Sub(a, 1e6), num.Sub(b, 2e-6), num.Sub(num.Mul(a, b), 2)))
}

func brownAndDennis(x num.Array) num.Array {
	c := table(20, func(i float64) float64 { return i / 5 })
	f1 := num.Sub(num.Add(x.At(0), num.Mul(c, x.At(1))), num.Exp(c))
	f2 := num.Sub(num.Add(x.At(2), num.Mul(num.Sin(c), x.At(3))), num.Cos(c))
	return squares(num.Add(num.Square(f1), num.Square(f2)))
}

func extendedPowellSingular(x num.Array) num.Array {
	c := num.Split(num.Reshape(x, x.Size()/4, 4), 4, 1)
	f1, f2 := num.Add(c[0], num.Mul(10, c[1])), num.Sub(c[2], c[3])
	f3, f4 := num.Square(num.Sub(c[1], num.Mul(2, c[2]))), num.Square(num.Sub(c[0], c[3]))
	return num.Add(squares(f1), num.Mul(5, squares(f2)), squares(f3), num.Mul(10, squares(f4)))
}

func gaussian(x num.Array) num.Array {
	y := num.Vector(.0009, .0044, .0175, .0540, .1295, .2420, .3521, .3989, .3521, .2420, .1295, .0540, .0175, .0044, .0009)
	c := table(15, func(i float64) float64 { return .5 * (8 - i) })
	e := num.Exp(num.Mul(-.5, x.At(1), num.Square(num.Sub(c, x.At(2)))))
	return squares(num.Sub(num.Mul(x.At(0), e), y))
}

func gulf(x num.Array) num.Array {
	arg := table(99, func(i float64) float64 { return i / 100 })
	r := num.Sub(num.Add(num.Pow(num.Mul(-50, num.Log(arg)), 2.0/3), 25), x.At(1))
	t := num.Div(num.Pow(num.Abs(r), x.At(2)), x.At(0))
	return squares(num.Sub(num.Exp(num.Neg(t)), arg))
}

func helicalValley(x num.Array) num.Array {
	a, b, c := x.At(0), x.At(1), x.At(2)
	theta := num.Div(num.Atan(num.Div(b, a)), 2*math.Pi)
	theta = num.Add(theta, num.Where(num.Less(a, 0), .5, 0))
	f1 := num.Mul(10, num.Sub(c, num.Mul(10, theta)))
	f2 := num.Mul(10, num.Sub(num.Hypot(a, b), 1))
	return squares(num.Stack(0, f1, f2, c))
}

func linear(x num.Array) num.Array { return num.Sum(x) }

func penaltyI(x num.Array) num.Array {
	return num.Add(num.Mul(1e-5, squares(num.Sub(x, 1))), num.Square(num.Sub(squares(x), .25)))
}

func penaltyII(x num.Array) num.Array {
	n := x.Size()
	y := table(n-1, func(i float64) float64 { return math.Exp((i+1)/10) + math.Exp(i/10) })
	weight := table(n, func(i float64) float64 { return float64(n) + 1 - i })
	e := num.Exp(num.Div(x, 10))
	hi, lo := num.Slice(e, 1, n), num.Slice(e, 0, n-1)
	small := num.Add(squares(num.Sub(num.Add(hi, lo), y)), squares(num.Sub(hi, math.Exp(-.1))))
	return num.Add(num.Mul(1e-5, small), num.Square(num.Sub(x.At(0), .2)),
		num.Square(num.Sub(num.Sum(num.Mul(weight, num.Square(x))), 1)))
}

func powellBadlyScaled(x num.Array) num.Array {
	f1 := num.Sub(num.Mul(1e4, x.At(0), x.At(1)), 1)
	f2 := num.Sub(num.Sum(num.Exp(num.Neg(x))), 1.0001)
	return num.Add(num.Square(f1), num.Square(f2))
}

func trigonometric(x num.Array) num.Array {
	i := table(x.Size(), func(i float64) float64 { return i })
	cos := num.Cos(x)
	f := num.Sub(num.Add(i, x.Size()), num.Add(num.Mul(i, cos), num.Sin(x), num.Sum(cos)))
	return squares(f)
}

func variablyDimensioned(x num.Array) num.Array {
	i := table(x.Size(), func(i float64) float64 { return i })
	d := num.Sub(x, 1)
	s := num.Square(num.Sum(num.Mul(i, d)))
	return num.Add(squares(d), s, num.Square(s))
}

func watson(x num.Array) num.Array {
	n := x.Size()
	t := num.Reshape(table(29, func(i float64) float64 { return i / 29 }), 29, 1)
	j := num.Arange(n)
	s2 := num.Sum(num.Mul(num.Pow(t, j), x), 1)
	rest := num.Arange(n - 1)
	s1 := num.Sum(num.Mul(num.Add(rest, 1), num.Pow(t, rest), num.Slice(x, 1, n)), 1)
	f := num.Sub(num.Sub(s1, num.Square(s2)), 1)
	last := num.Sub(num.Sub(x.At(1), num.Square(x.At(0))), 1)
	return num.Add(squares(f), num.Square(x.At(0)), num.Square(last))
}

func wood(x num.Array) num.Array {
	v := at(x, 0, 1, 2, 3)
	return num.Add(
		num.Mul(100, num.Square(num.Sub(v[1], num.Square(v[0])))), num.Square(num.Sub(1, v[0])),
		num.Mul(90, num.Square(num.Sub(v[3], num.Square(v[2])))), num.Square(num.Sub(1, v[2])),
		num.Mul(10, num.Square(num.Sub(num.Add(v[1], v[3]), 2))), num.Mul(.1, num.Square(num.Sub(v[1], v[3]))))
}

func concaveRight(x num.Array) num.Array {
	return num.Neg(num.Sum(num.Div(x, num.Add(num.Square(x), 2))))
}

func concaveLeft(x num.Array) num.Array {
	return num.Sum(num.Mul(num.Pow(num.Add(x, .004), 4), num.Sub(x, 1.996)))
}

func plassmann(l, b float64) func(num.Array) num.Array {
	return func(x num.Array) num.Array {
		a := x.At(0)
		d := num.Sub(a, 1)
		wave := num.Mul(2*(1-b)/l/math.Pi, num.Sin(num.Mul(l*math.Pi/2, a)))
		middle := num.Mul(.5, num.Add(num.Div(num.Square(d), b), b))
		hat := num.Where(num.LessEqual(a, 1-b), num.Neg(d), num.Where(num.LessEqual(a, 1+b), middle, d))
		return num.Add(wave, hat)
	}
}

func yanai(b1, b2 float64) func(num.Array) num.Array {
	g1, g2 := math.Sqrt(1+b1*b1)-b1, math.Sqrt(1+b2*b2)-b2
	return func(x num.Array) num.Array {
		a := x.At(0)
		return num.Add(num.Mul(g1, num.Sqrt(num.Add(num.Square(num.Sub(a, 1)), b2*b2))),
			num.Mul(g2, num.Sqrt(num.Add(num.Square(a), b1*b1))))
	}
}

// minimalSurface is the area of the surface over an n by n grid whose heights are known at the edge.
func minimalSurface(n int, ms *functions.MinimalSurface) func(num.Array) num.Array {
	h := 1 / float64(n-1)
	edge := make([]float64, n*n)
	for j := range n {
		for i := range n {
			if i == 0 || j == 0 || i == n-1 || j == n-1 {
				edge[j*n+i] = ms.ExactSolution(float64(i)*h-.5, float64(j)*h-.5)
			}
		}
	}
	return func(x num.Array) num.Array {
		v := num.Add(num.New(edge, n, n), num.Pad(num.Reshape(x, n-2, n-2), 1, 1, 1, 1))
		ll, lr := num.Slice(v, 0, n-1, 0, n-1), num.Slice(v, 0, n-1, 1, n)
		ul, ur := num.Slice(v, 1, n, 0, n-1), num.Slice(v, 1, n, 1, n)
		area := func(dx, dy num.Array) num.Array {
			return num.Sum(num.Sqrt(num.Add(1, num.Square(num.Div(dx, h)), num.Square(num.Div(dy, h)))))
		}
		return num.Mul(.5*h*h, num.Add(area(num.Sub(lr, ll), num.Sub(ul, ll)), area(num.Sub(ur, ul), num.Sub(ur, lr))))
	}
}

type valued interface{ Func(x []float64) float64 }

type graded interface{ Grad(grad, x []float64) }

// gradedSlice is a Grad that returns its destination.
type gradedSlice interface {
	Grad(grad, x []float64) []float64
}

type hessed interface {
	Hess(dst *mat.SymDense, x []float64)
}

// TestFunctions walks all functions of gonum's optimize/functions that have a gradient.
func TestFunctions(t *testing.T) {
	surface := functions.NewMinimalSurface(6, 6)
	tests := []struct {
		name   string
		theirs valued
		ours   func(num.Array) num.Array
		start  []float64
		spread float64 // of the random points round the start
	}{
		{"Beale", functions.Beale{}, beale, []float64{1, 1}, 1},
		{"BiggsEXP2", functions.BiggsEXP2{}, biggs(10, 0, exp2), []float64{1, 2}, 1},
		{"BiggsEXP3", functions.BiggsEXP3{}, biggs(10, 0, exp3), []float64{1, 2, 1}, 1},
		{"BiggsEXP4", functions.BiggsEXP4{}, biggs(10, 0, exp4), []float64{1, 2, 1, 1}, 1},
		{"BiggsEXP5", functions.BiggsEXP5{}, biggs(11, 3, exp5), []float64{1, 2, 1, 1, 1}, 1},
		{"BiggsEXP6", functions.BiggsEXP6{}, biggs(13, 3, exp6), []float64{1, 2, 1, 1, 1, 1}, 1},
		{"Box3D", functions.Box3D{}, box3D, []float64{0, 10, 20}, 2},
		{"BrownBadlyScaled", functions.BrownBadlyScaled{}, brownBadlyScaled, []float64{1, 1}, 1},
		{"BrownAndDennis", functions.BrownAndDennis{}, brownAndDennis, []float64{25, 5, -5, -1}, 5},
		{"ExtendedPowellSingular", functions.ExtendedPowellSingular{}, extendedPowellSingular, []float64{3, -1, 0, 3, 3, -1, 0, 3}, 1},
		{"ExtendedRosenbrock", functions.ExtendedRosenbrock{}, rosenbrock, []float64{-1.2, 1, -1.2, 1, 2}, 1},
		{"Gaussian", functions.Gaussian{}, gaussian, []float64{.4, 1, 0}, .3},
		{"GulfResearchAndDevelopment", functions.GulfResearchAndDevelopment{}, gulf, []float64{5, 2.5, .15}, .1},
		{"HelicalValley", functions.HelicalValley{}, helicalValley, []float64{-1, 0, 0}, .9},
		{"Linear", functions.Linear{}, linear, []float64{1, 2, 3}, 1},
		{"PenaltyI", functions.PenaltyI{}, penaltyI, []float64{1, 2, 3, 4}, 1},
		{"PenaltyII", functions.PenaltyII{}, penaltyII, []float64{.5, .5, .5, .5, .5}, 1},
		{"PowellBadlyScaled", functions.PowellBadlyScaled{}, powellBadlyScaled, []float64{0, 1}, 1},
		{"Sphere", functions.Sphere{}, squares, []float64{1, 0, -2}, 1},
		{"Trigonometric", functions.Trigonometric{}, trigonometric, []float64{.2, .2, .2, .2, .2}, 1},
		{"VariablyDimensioned", functions.VariablyDimensioned{}, variablyDimensioned, []float64{.75, .5, .25, 0}, 1},
		{"Watson", functions.Watson{}, watson, []float64{0, 0, 0, 0, 0, 0}, 1},
		{"Wood", functions.Wood{}, wood, []float64{-3, -1, -3, -1}, 2},
		{"ConcaveRight", functions.ConcaveRight{}, concaveRight, []float64{0}, 3},
		{"ConcaveLeft", functions.ConcaveLeft{}, concaveLeft, []float64{0}, 3},
		{"Plassmann", functions.Plassmann{L: 39, Beta: .01}, plassmann(39, .01), []float64{1}, .03},
		{"YanaiOzawaKaneko", functions.YanaiOzawaKaneko{Beta1: .01, Beta2: .001}, yanai(.01, .001), []float64{0}, 2},
		{"MinimalSurface", surface, minimalSurface(6, surface), surface.InitX(), .2},
	}
	hessians := 0
	for _, test := range tests {
		if _, ok := test.theirs.(hessed); ok {
			hessians++
		}
		t.Run(test.name, func(t *testing.T) {
			gradient, hessian, p := bridge.Gradient(test.ours), bridge.Hessian(test.ours), bridge.Problem(test.ours)
			rng := rand.New(rand.NewPCG(1, 2))
			for k := range 8 {
				x := append([]float64(nil), test.start...)
				for i := range x {
					x[i] += float64(min(k, 1)) * test.spread * (2*rng.Float64() - 1)
				}
				wantClose(t, "value", []float64{p.Func(x)}, []float64{test.theirs.Func(x)}, x)
				wantClose(t, "gradient", gradient(nil, x), gradientOf(test.theirs, x), x)
				if want := hessianOf(test.theirs, x); want != nil {
					var got mat.SymDense
					hessian(&got, x)
					wantClose(t, "Hessian", mat.DenseCopyOf(&got).RawMatrix().Data, mat.DenseCopyOf(want).RawMatrix().Data, x)
				}
			}
		})
	}
	if len(tests) != 28 || hessians != 6 {
		t.Errorf("%d functions, %d of them with a Hessian", len(tests), hessians)
	}
}

func gradientOf(f valued, x []float64) []float64 {
	g := make([]float64, len(x))
	if f, ok := f.(gradedSlice); ok {
		return f.Grad(g, x)
	}
	f.(graded).Grad(g, x)
	return g
}

// hessianOf returns gonum's Hessian, or nil if it has none. That of Beale's function is right only
// where x[0] = x[1]: it computes f1, f2 and f3 with the one for the other. Elsewhere the
// Hessian is the Jacobian of gonum's gradient, by differences that are exact for a polynomial.
func hessianOf(f valued, x []float64) *mat.SymDense {
	h, ok := f.(hessed)
	if !ok {
		return nil
	}
	n := len(x)
	dst := mat.NewSymDense(n, nil)
	if _, ok := f.(functions.Beale); ok && x[0] != x[1] {
		j := mat.NewDense(n, n, nil)
		formula := fd.Formula{Derivative: 1, Step: .5, Stencil: []fd.Point{
			{Loc: -3, Coeff: -1. / 60}, {Loc: -2, Coeff: 3. / 20}, {Loc: -1, Coeff: -3. / 4},
			{Loc: 1, Coeff: 3. / 4}, {Loc: 2, Coeff: -3. / 20}, {Loc: 3, Coeff: 1. / 60},
		}}
		fd.Jacobian(j, func(g, x []float64) { f.(graded).Grad(g, x) }, x, &fd.JacobianSettings{Formula: formula})
		for i := range n {
			for k := i; k < n; k++ {
				dst.SetSym(i, k, j.At(i, k))
			}
		}
		return dst
	}
	h.Hess(dst, x)
	return dst
}

// wantClose requires elements to agree to 1e-12 of the largest.
func wantClose(t *testing.T, what string, got, want, x []float64) {
	t.Helper()
	scale := 0.0
	for _, w := range want {
		scale = max(scale, math.Abs(w))
	}
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= 1e-12*scale) {
			t.Errorf("%s at %v: element %d is %v, want %v", what, x, i, got[i], w)
		}
	}
}
