package bridge_test

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/floats/scalar"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"

	"github.com/gradus-ad/gradus/bridge"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// rosenbrock is Σ 100(x[i+1]-x[i]²)² + (1-x[i])².
func rosenbrock(x num.Array) num.Array {
	n := x.Size()
	a, b := num.Slice(x, 0, n-1), num.Slice(x, 1, n)
	return num.Sum(num.Add(num.Mul(100, num.Square(num.Sub(b, num.Square(a)))), num.Square(num.Sub(1, a))))
}

// spread maps n numbers to a matrix [2, n].
func spread(x num.Array) num.Array {
	return num.Stack(0, num.Mul(num.Sin(x), num.Sum(x)), num.Exp(num.Mul(.3, x)))
}

var start = []float64{-1.2, 1, .4}

func TestGradient(t *testing.T) {
	value := func(x []float64) float64 { return rosenbrock(num.Vector(x...)).Float64() }
	want := fd.Gradient(nil, value, start, &fd.Settings{Formula: fd.Central})
	gradient := bridge.Gradient(rosenbrock)
	if got := gradient(nil, start); !floats.EqualApprox(got, want, 1e-5) {
		t.Errorf("got %v, want %v", got, want)
	}
	dst := make([]float64, 3)
	if got := gradient(dst, start); &got[0] != &dst[0] || !floats.EqualApprox(dst, want, 1e-5) {
		t.Errorf("dst is %v, want %v", dst, want)
	}
	if got := gradient(nil, []float64{1, 1}); !slices.Equal(got, []float64{0, 0}) {
		t.Errorf("another length: %v", got)
	}
}

func TestJacobian(t *testing.T) {
	want := mat.NewDense(6, 3, nil)
	fd.Jacobian(want, func(y, x []float64) { copy(y, spread(num.Vector(x...)).Float64s()) }, start,
		&fd.JacobianSettings{Formula: fd.Central})
	jacobian := bridge.Jacobian(spread)
	var empty mat.Dense
	jacobian(&empty, start)
	full := mat.NewDense(6, 3, nil)
	jacobian(full, start)
	part := mat.NewDense(8, 5, nil).Slice(1, 7, 1, 4).(*mat.Dense)
	jacobian(part, start)
	for name, got := range map[string]*mat.Dense{"empty": &empty, "full": full, "part": part} {
		if !mat.EqualApprox(got, want, 1e-8) {
			t.Errorf("%s: got\n%v, want\n%v", name, mat.Formatted(got), mat.Formatted(want))
		}
	}
}

func TestHessian(t *testing.T) {
	var want, empty mat.SymDense
	value := func(x []float64) float64 { return rosenbrock(num.Vector(x...)).Float64() }
	fd.Hessian(&want, value, start, &fd.Settings{Formula: fd.Central, Step: 1e-4})
	hessian := bridge.Hessian(rosenbrock)
	hessian(&empty, start)
	full := mat.NewSymDense(3, nil)
	hessian(full, start)
	for name, got := range map[string]*mat.SymDense{"empty": &empty, "full": full} {
		if !mat.EqualApprox(got, &want, 1e-3) {
			t.Errorf("%s: got\n%v, want\n%v", name, mat.Formatted(got), mat.Formatted(&want))
		}
	}
	hessian(full, []float64{1, 1, 1})
	if want := mat.NewSymDense(3, []float64{802, -400, 0, -400, 1002, -400, 0, -400, 200}); !mat.Equal(full, want) {
		t.Errorf("at the minimum: %v", mat.Formatted(full))
	}
}

func TestOperators(t *testing.T) {
	var j mat.Dense
	var h mat.SymDense
	bridge.Jacobian(spread)(&j, start)
	bridge.Hessian(rosenbrock)(&h, start)
	tests := []struct {
		name string
		op   *bridge.Operator
		m    mat.Matrix
	}{
		{"Jacobian", bridge.JacobianOperator(spread, start), &j},
		{"Hessian", bridge.HessianOperator(rosenbrock, start), &h},
	}
	for _, test := range tests {
		r, c := test.m.Dims()
		if rows, cols := test.op.Dims(); rows != r || cols != c {
			t.Errorf("%s is %d by %d, want %d by %d", test.name, rows, cols, r, c)
		}
		for _, trans := range []bool{false, true} {
			m, n, k := test.m, r, c
			if trans {
				m, n, k = m.T(), c, r
			}
			x := []float64{1, -2, .5, 3, -.25, 2}[:k]
			var want mat.VecDense
			want.MulVec(m, mat.NewVecDense(k, x))
			dst := make([]float64, n)
			var empty mat.VecDense
			full := mat.NewVecDense(n, nil)
			for _, v := range []*mat.VecDense{&empty, full} {
				test.op.Vec().MulVecTo(v, trans, mat.NewVecDense(k, x))
				if !mat.EqualApprox(v, &want, 1e-12) {
					t.Errorf("%s, trans %v: got %v, want %v", test.name, trans, mat.Formatted(v), mat.Formatted(&want))
				}
			}
			for range 2 {
				test.op.MulVecTo(dst, trans, x)
				if !floats.EqualApprox(dst, want.RawVector().Data, 1e-12) {
					t.Errorf("%s, trans %v: got %v, want %v", test.name, trans, dst, want.RawVector().Data)
				}
			}
		}
	}
}

// TestNewton follows the iterates of Newton's method with full steps, which an independent
// program gave.
func TestNewton(t *testing.T) {
	want := []struct {
		x    [2]float64
		norm float64 // of the gradient
	}{
		{[2]float64{-1.175280898876404, 1.380674157303371}, 4.639426214066757},
		{[2]float64{0.763114871176473, -3.175033854748202}, 1370.789849446618},
		{[2]float64{0.763429678884077, 0.582824775497153}, 0.47311037910599685},
		{[2]float64{0.999995311085017, 0.944027323853389}, 25.027445596686427},
		{[2]float64{0.999995695653693, 0.999991391325765}, 8.60863341775635e-06},
		{[2]float64{1.000000000000000, 0.999999999981472}, 8.285705791275366e-09},
	}
	gradient, hessian := bridge.Gradient(rosenbrock), bridge.Hessian(rosenbrock)
	x := []float64{-1.2, 1}
	var h mat.SymDense
	for i, w := range want {
		hessian(&h, x)
		var s mat.VecDense
		if err := s.SolveVec(&h, mat.NewVecDense(2, gradient(nil, x))); err != nil {
			t.Fatal(err)
		}
		floats.Sub(x, s.RawVector().Data)
		norm := floats.Norm(gradient(nil, x), 2)
		if !floats.EqualApprox(x, w.x[:], 1e-12) || !scalar.EqualWithinAbsOrRel(norm, w.norm, 1e-10, 1e-6) {
			t.Errorf("iterate %d is %v with a gradient of %v, want %v with %v", i+1, x, norm, w.x, w.norm)
		}
	}
}

func TestMinimize(t *testing.T) {
	for name, method := range map[string]optimize.Method{
		"BFGS": &optimize.BFGS{}, "LBFGS": &optimize.LBFGS{}, "Newton": &optimize.Newton{}, "NelderMead": &optimize.NelderMead{},
	} {
		t.Run(name, func(t *testing.T) {
			settings := &optimize.Settings{GradientThreshold: 1e-7}
			if name == "NelderMead" {
				settings = &optimize.Settings{Converger: &optimize.FunctionConverge{Absolute: 1e-14, Iterations: 200}}
			}
			r, err := optimize.Minimize(bridge.Problem(rosenbrock), []float64{-1.2, 1}, settings, method)
			if err != nil {
				t.Fatal(err)
			}
			if !floats.EqualApprox(r.X, []float64{1, 1}, 1e-6) {
				t.Errorf("minimum at %v after %v", r.X, r.Stats)
			}
		})
	}
}

func TestProblemRemembers(t *testing.T) {
	traced := 0
	p := bridge.Problem(func(x num.Array) num.Array {
		traced++
		return rosenbrock(x)
	})
	x := []float64{2, 3}
	g := make([]float64, 2)
	if v := p.Func(x); v != 101 {
		t.Errorf("value %v, want 101", v)
	}
	p.Grad(g, x)
	if !slices.Equal(g, []float64{802, -200}) {
		t.Errorf("gradient %v", g)
	}
	x[0], x[1] = 1, 1 // the caller's slice changes, what is remembered does not
	if v := p.Func(x); v != 0 {
		t.Errorf("value %v, want 0", v)
	}
	p.Grad(g, x)
	if !slices.Equal(g, []float64{0, 0}) {
		t.Errorf("gradient %v", g)
	}
	g[0] = 7
	p.Grad(g, x)
	if g[0] != 0 {
		t.Errorf("gradient %v", g)
	}
	if traced > 2 {
		t.Errorf("traced %d times", traced)
	}
	if v := p.Func([]float64{math.NaN(), 1}); !math.IsNaN(v) {
		t.Errorf("value %v, want NaN", v)
	}
}

func TestProblemOf(t *testing.T) {
	type model struct {
		Name  string
		Rate  num.Array
		Count num.Array // integers
		Fixed num.Array `grad:"-"`
		Shift []num.Array
	}
	x0 := model{"m", num.Scalar(1), num.FromInts([]int{2}, 1), num.Vector(5, 6), []num.Array{num.Vector(0, 0)}}
	loss := func(m model) num.Array {
		miss := num.Sub(num.Mul(m.Shift[0], m.Count), m.Fixed)
		return num.Add(num.Sum(num.Square(miss)), num.Square(num.Sub(m.Rate, 3)))
	}
	p, x, unravel := bridge.ProblemOf(loss, x0)
	if !slices.Equal(x, []float64{1, 0, 0}) {
		t.Errorf("start %v", x)
	}
	r, err := optimize.Minimize(p, x, nil, &optimize.BFGS{})
	if err != nil {
		t.Fatal(err)
	}
	m := unravel(r.X)
	if !scalar.EqualWithinAbs(m.Rate.Float64(), 3, 1e-6) || !floats.EqualApprox(m.Shift[0].Float64s(), []float64{2.5, 3}, 1e-6) ||
		m.Name != "m" || m.Count.Ints()[0] != 2 || !slices.Equal(m.Fixed.Float64s(), []float64{5, 6}) {
		t.Errorf("solution %v", m)
	}
}

func TestManyGoroutines(t *testing.T) {
	gradient, p := bridge.Gradient(rosenbrock), bridge.Problem(rosenbrock)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			x := []float64{float64(i), 1}
			want := []float64{400*x[0]*(x[0]*x[0]-1) - 2*(1-x[0]), 200 * (1 - x[0]*x[0])}
			g := make([]float64, 2)
			for range 20 {
				p.Func(x)
				p.Grad(g, x)
				if h := gradient(nil, x); !floats.EqualApprox(g, want, 1e-9) || !floats.EqualApprox(h, want, 1e-9) {
					t.Errorf("at %v: %v and %v, want %v", x, g, h, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestErrors(t *testing.T) {
	vector := func(x num.Array) num.Array { return x }
	short, x := make([]float64, 1), []float64{1, 2}
	tests := []struct {
		name, want string
		do         func()
	}{
		{"Gradient", "bridge.Gradient: dst has length 1, but the result has length 2", func() { bridge.Gradient(rosenbrock)(short, x) }},
		{"Jacobian", "bridge.Jacobian: dst is 1 by 2, but the Jacobian is 2 by 2", func() {
			bridge.Jacobian(vector)(mat.NewDense(1, 2, nil), x)
		}},
		{"Hessian", "bridge.Hessian: dst is 3 by 3, but x has length 2", func() {
			bridge.Hessian(rosenbrock)(mat.NewSymDense(3, nil), x)
		}},
		{"Grad", "bridge.Problem: Grad: dst has length 1", func() { bridge.Problem(rosenbrock).Grad(short, x) }},
		{"Func of a vector", "bridge.Problem: needs a function with an f64 scalar as its result, not f64[2]", func() {
			bridge.Problem(vector).Func(x)
		}},
		{"gradient of a vector", "needs a function with an f64 scalar as its result, not f64[2]", func() { bridge.Gradient(vector)(nil, x) }},
		{"product", "bridge.MulVecTo: x has length 1, but the matrix has 2 columns", func() {
			bridge.HessianOperator(rosenbrock, x).MulVecTo(make([]float64, 2), false, short)
		}},
		{"product into a vector", "bridge.MulVecTo: dst has length 3, but the result has length 2", func() {
			bridge.HessianOperator(rosenbrock, x).Vec().MulVecTo(mat.NewVecDense(3, nil), false, mat.NewVecDense(2, x))
		}},
		{"product's result", "bridge.MulVecTo: dst has length 1, but the result has length 2", func() {
			bridge.HessianOperator(rosenbrock, x).MulVecTo(short, true, x)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := trace.Try(test.do)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "bridge_test.go") {
				t.Errorf("got %v, want %q with this file's name", err, test.want)
			}
		})
	}
}
