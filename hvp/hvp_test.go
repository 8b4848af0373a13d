package hvp_test

import (
	"math"
	"testing"

	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// rosenbrock is Σ 100(x[i+1]-x[i]²)² + (1-x[i])².
func rosenbrock(x num.Array) num.Array {
	n := x.Size()
	a, b := num.Slice(x, 0, n-1), num.Slice(x, 1, n)
	u, v := num.Sub(b, num.Mul(a, a)), num.Sub(1, a)
	return num.Sum(num.Add(num.Mul(100, u, u), num.Mul(v, v)))
}

// rosenbrockHessian is its closed form.
func rosenbrockHessian(x []float64) []float64 {
	n := len(x)
	h := make([]float64, n*n)
	for i := range n - 1 {
		h[i*n+i] += 1200*x[i]*x[i] - 400*x[i+1] + 2
		h[(i+1)*n+i+1] += 200
		h[i*n+i+1] = -400 * x[i]
		h[(i+1)*n+i] = -400 * x[i]
	}
	return h
}

func wantClose(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", what, len(got), len(want))
	}
	for i, x := range got {
		if !(math.Abs(x-want[i]) <= tol*max(1, math.Abs(want[i]))) {
			t.Errorf("%s: element %d is %v, want %v", what, i, x, want[i])
		}
	}
}

func times(h, v []float64) []float64 {
	y := make([]float64, len(v))
	for i := range y {
		for j, x := range v {
			y[i] += h[i*len(v)+j] * x
		}
	}
	return y
}

func TestRosenbrock(t *testing.T) {
	x, v := []float64{-1.2, 1, .4, 2, -.3}, []float64{1, -2, .5, .25, 3}
	want := rosenbrockHessian(x)
	at := num.Vector(x...)
	gradient := transforms.Grad(rosenbrock)
	for name, h := range map[string]func(num.Array) num.Array{
		"Hessian":   hvp.Hessian(rosenbrock),
		"Fwd(Grad)": jac.Fwd(gradient),
		"Rev(Grad)": jac.Rev(gradient),
		"Rev(Rev)":  jac.Rev(jac.Rev(rosenbrock)),
		"Fwd(Fwd)":  jac.Fwd(jac.Fwd(rosenbrock)),
	} {
		wantClose(t, name, h(at).Float64s(), want, 1e-14)
	}
	wantClose(t, "Product", hvp.Product(rosenbrock)(at, num.Vector(v...)).Float64s(), times(want, v), 1e-14)
	_, product := transforms.Linearize(gradient, at)
	wantClose(t, "Linearize", product(num.Vector(v...)).Float64s(), times(want, v), 1e-14)
}

// state mixes what has a derivative with what has none.
type state struct {
	Q      num.Array
	Label  string
	Charge num.Array // integers
	Mass   num.Array `grad:"-"`
	P      [2]num.Array
}

func newState() state {
	return state{
		Q: num.New([]float64{.1, .2, .3, .4}, 2, 2), Label: "s",
		Charge: num.FromInts([]int{2}, 1), Mass: num.Scalar(3),
		P: [2]num.Array{num.Scalar(1.5), num.Vector(-1, .5)},
	}
}

// energy is Σ sin(Q)² P0 Charge Mass + Σ P1³.
func energy(s state) num.Array {
	sin := num.Sin(s.Q)
	return num.Add(num.Mul(num.Sum(num.Mul(sin, sin)), s.P[0], num.Mul(num.Sum(s.Charge), s.Mass)),
		num.Sum(num.Mul(s.P[1], s.P[1], s.P[1])))
}

func TestTree(t *testing.T) {
	s := newState()
	q := s.Q.Float64s()
	want := make([]float64, 49) // Q 4, P 1 and 2
	for i, x := range q {
		want[i*7+i] = 6 * 1.5 * 2 * math.Cos(2*x)
		want[i*7+4], want[4*7+i] = 6*math.Sin(2*x), 6*math.Sin(2*x)
	}
	want[5*7+5], want[6*7+6] = -6, 3
	wantClose(t, "Hessian", hvp.Hessian(energy)(s).Float64s(), want, 1e-14)

	v := newState()
	flat := []float64{.1, .2, .3, .4, 1.5, -1, .5}
	p := hvp.Product(energy)(s, v)
	hv := times(want, flat)
	wantClose(t, "Product Q", p.Q.Float64s(), hv[:4], 1e-14)
	wantClose(t, "Product P0", p.P[0].Float64s(), hv[4:5], 1e-14)
	wantClose(t, "Product P1", p.P[1].Float64s(), hv[5:], 1e-14)
	if p.Label != "s" || p.Charge.Ints()[0] != 0 || p.Mass.Float64() != 0 {
		t.Errorf("constant fields: %q %v %v", p.Label, p.Charge, p.Mass)
	}
}

// TestProductIsCheap: the product does not grow with a pass for each element.
func TestProductIsCheap(t *testing.T) {
	count := func(n int) int {
		x := num.Zeros(n)
		f := trace.MustOf(func(x [2]num.Array) num.Array { return hvp.Product(rosenbrock)(x[0], x[1]) }, [2]num.Array{x, x})
		return len(f.Equations())
	}
	value := len(trace.MustOf(rosenbrock, num.Zeros(10)).Equations())
	if small, large := count(10), count(10_000); small != large || large > 8*value {
		t.Errorf("%d equations for n=10, %d for n=10000, %d in the function", small, large, value)
	}
}

func TestGaussNewton(t *testing.T) {
	ts := num.Vector(0, 1, 2, 3)
	residual := func(p num.Array) num.Array { // p0 sin(p1 t) - t
		return num.Sub(num.Mul(p.At(0), num.Sin(num.Mul(p.At(1), ts))), ts)
	}
	half := func(r num.Array) num.Array { return num.Mul(.5, num.Sum(num.Mul(r, r))) }
	quartic := func(r num.Array) num.Array { return num.Sum(num.Mul(r, r, r, r)) }
	p, v := num.Vector(2, .7), num.Vector(.3, -1)
	j := jac.Rev(residual)(p).Float64s()
	r := residual(p).Float64s()
	for _, test := range []struct {
		name string
		loss func(num.Array) num.Array
		h    func(r float64) float64
	}{
		{"half of squares", half, func(float64) float64 { return 1 }},
		{"fourth powers", quartic, func(r float64) float64 { return 12 * r * r }},
	} {
		want := make([]float64, 2)
		for i := range r {
			jv := j[2*i]*.3 - j[2*i+1]
			want[0] += j[2*i] * test.h(r[i]) * jv
			want[1] += j[2*i+1] * test.h(r[i]) * jv
		}
		product := hvp.GaussNewton(residual, test.loss)
		wantClose(t, test.name, product(p, v).Float64s(), want, 1e-13)
		inside := trace.MustOf(func(x [2]num.Array) num.Array { return product(x[0], x[1]) }, [2]num.Array{p, v})
		wantClose(t, test.name+" in a trace", inside.Eval(p, v)[0].Float64s(), want, 1e-13)
	}
}

func TestInsideOthers(t *testing.T) {
	x := num.New([]float64{.1, .2, .3, 1, 2, 3}, 2, 3)
	hessians := transforms.Vmap(hvp.Hessian(rosenbrock))(x).Float64s()
	wantClose(t, "Vmap", hessians, append(rosenbrockHessian([]float64{.1, .2, .3}), rosenbrockHessian([]float64{1, 2, 3})...), 1e-14)

	at := num.Vector(1, 2, 3)
	wantClose(t, "JIT", transforms.JIT(hvp.Hessian(rosenbrock))(at).Float64s(), rosenbrockHessian([]float64{1, 2, 3}), 1e-14)
	compiled := transforms.JIT(rosenbrock)
	wantClose(t, "of JIT", hvp.Hessian(compiled)(at).Float64s(), rosenbrockHessian([]float64{1, 2, 3}), 1e-14)

	sum := func(x num.Array) num.Array { return num.Sum(hvp.Hessian(rosenbrock)(x)) }
	got := transforms.Grad(sum)(at).Float64s()
	wantClose(t, "Grad", got, []float64{2400*1 - 800, 2400*2 - 400 - 800, -400}, 1e-13)
}
