package linalg_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/gradcheck"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// gaussian is the negative log likelihood of samples, less a constant.
type gaussian struct{ Mean, Covariance num.Array }

func (g gaussian) loss(samples num.Array) num.Array {
	l := linalg.Cholesky(g.Covariance)
	z := linalg.SolveTriangular(l, num.Transpose(num.Sub(samples, g.Mean)), linalg.Lower)
	logs := num.Sum(num.Log(num.Diag(l)))
	return num.Add(num.Mul(0.5, num.Sum(num.Square(z))), num.Mul(float64(samples.Shape()[0]), logs))
}

// The gradient of a Gaussian's log likelihood is known: see Petersen and Pedersen, The Matrix Cookbook, section 8.
func TestGaussian(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	samples := num.Normal(r, 6, 4)
	g := gaussian{num.Normal(r, 4), num.Add(num.Eye(4), num.Mul(0.3, num.Ones(4, 4)))}
	loss := func(g gaussian) num.Array { return g.loss(samples) }
	got := transforms.Grad(loss)(g)

	inverse := linalg.Inv(g.Covariance)
	d := num.Sub(samples, g.Mean)
	scatter := num.MatMul(num.Transpose(d), d)
	byCovariance := num.Mul(0.5, num.Sub(num.Mul(6, inverse), num.MatMul(num.MatMul(inverse, scatter), inverse)))
	compare(t, "by the mean", []num.Array{got.Mean}, []num.Array{num.Neg(num.MatMul(inverse, num.Sum(d, 0)))}, 1e-13)
	compare(t, "by the covariance", []num.Array{got.Covariance}, []num.Array{byCovariance}, 1e-13)

	want := num.Add(num.Mul(3, linalg.LogDet(g.Covariance)), num.Mul(0.5, num.Sum(num.Mul(inverse, scatter))))
	compare(t, "value", []num.Array{loss(g)}, []num.Array{want}, 1e-13)
	if err := gradcheck.Check(loss, g, gradcheck.Order(3)); err != nil {
		t.Error(err)
	}
}

// ridge is the validation loss of ridge regression as a function of the logarithm of its penalty.
func ridge(x, y, xv, yv num.Array) func(logPenalty num.Array) num.Array {
	return func(logPenalty num.Array) num.Array {
		xt := num.Transpose(x)
		a := num.Add(num.MatMul(xt, x), num.Mul(num.Exp(logPenalty), num.Eye(x.Shape()[1])))
		w := linalg.Solve(a, num.MatMul(xt, y))
		return num.Mean(num.Square(num.Sub(num.MatMul(xv, w), yv)))
	}
}

func TestRidge(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	f := ridge(num.Normal(r, 8, 5), num.Normal(r, 8), num.Normal(r, 6, 5), num.Normal(r, 6))
	if err := gradcheck.Check(f, num.Scalar(0.3), gradcheck.Order(4)); err != nil {
		t.Error(err)
	}
	penalties := num.Linspace(-2, 2, 5)
	got := transforms.Vmap(transforms.Grad(f))(penalties)
	for i := range 5 {
		compare(t, "a lane", []num.Array{got.At(i)}, []num.Array{transforms.Grad(f)(penalties.At(i))}, 1e-13)
	}
}

// The gradient of log|det A| is the transposed inverse, its Hessian along V is -A⁻ᵀ Vᵀ A⁻ᵀ.
func TestLogDetDerivatives(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	a, v := num.Normal(r, 4, 4), num.Normal(r, 4, 4)
	it := num.Transpose(linalg.Inv(a))
	compare(t, "gradient", []num.Array{transforms.Grad(linalg.LogDet)(a)}, []num.Array{it}, 1e-13)
	want := num.Neg(num.MatMul(num.MatMul(it, num.Transpose(v)), it))
	compare(t, "second", []num.Array{hvp.Product(linalg.LogDet)(a, v)}, []num.Array{want}, 1e-12)
}

// The derivative of order n of the determinant along n matrices is the sum of the determinants made of a row
// of each; the one of order n+1 is 0.
func TestDetHighOrder(t *testing.T) {
	along := func(f func(num.Array) num.Array, v num.Array) func(num.Array) num.Array {
		return func(x num.Array) num.Array {
			_, dy := transforms.JVP(f, x, v)
			return dy
		}
	}
	for n := 1; n <= 5; n++ {
		f := linalg.Det
		factorial := 1.0
		for k := 1; k <= n; k++ {
			f = along(f, num.Eye(n))
			factorial *= float64(k)
		}
		for what, x := range map[string]num.Array{"0": num.Zeros(n, n), "1": num.Ones(n, n)} {
			compare(t, fmt.Sprintf("order %d at %s", n, what), []num.Array{f(x)}, []num.Array{num.Scalar(factorial)}, 1e-13)
			compare(t, fmt.Sprintf("order %d at %s", n+1, what), []num.Array{along(f, num.Eye(n))(x)}, []num.Array{num.Scalar(0)}, 0)
		}
	}
}

// A matrix is factored once, whatever the order of the derivative.
func TestFactoredOnce(t *testing.T) {
	quadratic := func(a num.Array) num.Array {
		b := num.Ones(4)
		return num.Add(num.Dot(b, linalg.Solve(a, b)), linalg.LogDet(a), linalg.Det(a), num.Sum(linalg.Inv(a)))
	}
	f := quadratic
	for order := range 4 {
		count := map[string]int{}
		for _, e := range trace.MustOf(f, num.Eye(4)).Equations() {
			count[e.Primitive.Name()]++
		}
		if count["lu"] != 1 || count["signed_svd"] != min(order, 1) {
			t.Errorf("order %d factors %d times by lu, %d times by signed_svd", order, count["lu"], count["signed_svd"])
		}
		g := transforms.Grad(f)
		f = func(a num.Array) num.Array { return num.Sum(num.Sin(g(a))) }
	}
}

// What a system costs is told to jac, which picks the mode by it.
func TestWork(t *testing.T) {
	n := 12
	eye := num.Eye(n)
	for name, c := range map[string]struct {
		f    func(num.Array) num.Array
		x    num.Array
		want float64
	}{
		"solve":      {func(b num.Array) num.Array { return linalg.Solve(eye, b) }, num.Ones(n, 2), float64(n * n * 2)},
		"triangular": {func(b num.Array) num.Array { return linalg.SolveTriangular(eye, b, linalg.Lower) }, num.Ones(n, 2), float64(n * n)},
		"cholesky":   {linalg.Cholesky, eye, float64(n * n * n / 6)},
		"logdet":     {linalg.LogDet, eye, float64(n*n*n/3 + n*n)},
	} {
		if got := jac.Passes(c.f, c.x).Primal; got != c.want {
			t.Errorf("%s takes %v products, want %v", name, got, c.want)
		}
	}
}

// Newton's iteration on a gradient by Solve, itself differentiated by where it started.
func TestNewton(t *testing.T) {
	f := func(x num.Array) num.Array {
		return num.Add(num.Sum(num.Exp(x)), num.Sum(num.Square(x)), num.Prod(x))
	}
	step := func(x num.Array) num.Array {
		return num.Sub(x, linalg.Solve(hvp.Hessian(f)(x), transforms.Grad(f)(x)))
	}
	if err := gradcheck.Check(func(x num.Array) num.Array { return step(step(x)) }, num.Vector(0.3, -0.2, 0.1), gradcheck.Order(2)); err != nil {
		t.Error(err)
	}
	x := num.Vector(0.3, -0.2, 0.1)
	for range 8 {
		x = step(x)
	}
	if g := num.Norm(transforms.Grad(f)(x)).Float64(); !(math.Abs(g) < 1e-14) {
		t.Errorf("the gradient at the minimum is %v", g)
	}
}
