package transforms_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// TestMoreFacts has rows of JAX's own tests and sources that are gradients of sums, or closed forms.
func TestMoreFacts(t *testing.T) {
	sum := func(f func(x num.Array) num.Array) func(x num.Array) num.Array {
		return func(x num.Array) num.Array { return num.Sum(f(x)) }
	}
	v := func(x ...float64) []float64 { return x }
	for name, c := range map[string]struct {
		f    func(x num.Array) num.Array
		x    []float64
		grad []float64
	}{
		"sort is stable": {func(x num.Array) num.Array { return num.Dot(num.Vector(1, 2, 3), num.Sort(x, 0)) }, v(2, 1, 1), v(3, 1, 2)},
		"top 2 of ties": {func(x num.Array) num.Array {
			values, _ := num.TopK(x, 2)
			return num.Sum(values)
		}, v(1, 1, 1), v(1, 1, 0)},
		"cumsum":             {func(x num.Array) num.Array { return num.Dot(num.Vector(1, 2, 4), num.CumSum(x, 0)) }, v(5, 6, 7), v(7, 6, 4)},
		"cumprod with a 0":   {sum(func(x num.Array) num.Array { return num.CumProd(x, 0) }), v(2, 0, 3), v(1, 8, 0)},
		"prod with a 0":      {func(x num.Array) num.Array { return num.Prod(x) }, v(2, 0, 3), v(0, 6, 0)},
		"prod with two 0":    {func(x num.Array) num.Array { return num.Prod(x) }, v(0, 0, 3), v(0, 0, 0)},
		"gather of repeated": {sum(func(x num.Array) num.Array { return num.Index(x, num.FromInts([]int{0, 0, 1}, 3)) }), v(1, 2, 3), v(2, 1, 0)},
		"set twice: the last wins": {func(u num.Array) num.Array {
			return num.Sum(num.Set(num.Vector(1, 2), u, num.FromInts([]int{0, 0}, 2)))
		}, v(5, 6), v(0, 1)},
		"set: what is overwritten": {sum(func(x num.Array) num.Array {
			return num.Set(x, num.Vector(5, 6), num.FromInts([]int{0, 0}, 2))
		}), v(1, 2), v(0, 1)},
		"add twice": {func(u num.Array) num.Array {
			return num.Sum(num.AddAt(num.Vector(1, 2), u, num.FromInts([]int{0, 0}, 2)))
		}, v(5, 6), v(1, 1)},
		"an unused element":        {func(x num.Array) num.Array { return num.Square(x.At(0)) }, v(3, 4), v(6, 0)},
		"a constant":               {func(num.Array) num.Array { return num.Scalar(1) }, v(3, 4), v(0, 0)},
		"stop gradient":            {sum(func(x num.Array) num.Array { return num.Mul(x, num.StopGradient(x)) }), v(3), v(3)},
		"float to int and back":    {sum(func(x num.Array) num.Array { return num.Convert(num.Convert(x, trace.I64), trace.F64) }), v(2.5), v(0)},
		"floor, at a jump":         {sum(num.Floor), v(1), v(0)},
		"powers 0 and 1, as z^n":   {sum(func(x num.Array) num.Array { return num.Add(num.Pow(x, 0), num.Pow(x, 1)) }), v(0), v(1)},
		"vector to a scalar power": {sum(func(x num.Array) num.Array { return num.Pow(x, num.Scalar(3)) }), v(1, 2), v(3, 12)},
		"beside the log of 0":      {sum(func(x num.Array) num.Array { return num.Log(num.Stack(0, x, num.Add(x, 1))).At(1) }), v(0), v(1)},
	} {
		t.Run(name, func(t *testing.T) {
			x := num.Vector(c.x...)
			got := transforms.Grad(c.f)(x).Float64s()
			forward := make([]float64, len(c.x))
			for i := range forward {
				e := make([]float64, len(c.x))
				e[i] = 1
				_, d := transforms.JVP(c.f, x, num.Vector(e...))
				forward[i] = d.Float64()
			}
			if !slices.EqualFunc(got, c.grad, alike) || !slices.EqualFunc(forward, c.grad, alike) {
				t.Errorf("reverse %v, forward %v, want %v", got, forward, c.grad)
			}
		})
	}
}

// TestHigherFacts has derivatives of higher order, each in every mixture of modes.
func TestHigherFacts(t *testing.T) {
	for _, c := range []struct {
		name  string
		f     func(x num.Array) num.Array
		at    float64
		order int
		want  float64
	}{
		{"1/x", num.Reciprocal, 4, 6, 720. / (4 * 4 * 4 * 4 * 4 * 4 * 4)},
		{"abs at its kink", num.Abs, 0, 2, 0},
		{"x stop_gradient(x)", func(x num.Array) num.Array { return num.Mul(x, num.StopGradient(x)) }, 3, 2, 0},
		{"sin x cos stop_gradient(x)", func(x num.Array) num.Array { return num.Mul(num.Sin(x), num.Cos(num.StopGradient(x))) },
			0.7, 3, -math.Cos(0.7) * math.Cos(0.7)},
		{"relu at its kink", num.Relu, 0, 3, 0},
		{"softplus", num.Softplus, 1e-8, 4, -0.125 + 0.25e-16},
		{"softplus at Inf", num.Softplus, math.Inf(1), 4, 0},
		{"elu at 10000", num.Elu, 1e4, 4, 0},
		{"log1p at 0", num.Log1p, 0, 4, -6},
		{"sinh at 0", num.Sinh, 0, 3, 1},
		{"tanh at 0", num.Tanh, 0, 3, -2},
		{"atan at 0", num.Atan, 0, 3, -2},
		{"tan at 0", num.Tan, 0, 3, 2},
		{"erf at 0", num.Erf, 0, 3, -4 / math.SqrtPi},
		{"asinh at 0", num.Asinh, 0, 3, -1},
		{"atan at 1000", num.Atan, 1000, 2, -2000 / math.Pow(1+1e6, 2)},
		{"tanh at 1000", num.Tanh, 1000, 2, 0},
		{"x^4 in x", func(x num.Array) num.Array { return num.Pow(x, num.ZerosLike(x)) }, 4, 2, 0},
		{"4^y at 0", func(y num.Array) num.Array { return num.Pow(4.0, y) }, 0, 2, math.Log(4) * math.Log(4)},
		{"xlogy in y, where x is 0", func(y num.Array) num.Array { return num.Xlogy(0.0, y) }, 3, 2, 0},
	} {
		for mixture := range 1 << min(c.order, 4) {
			f := c.f
			for k := range c.order {
				f = differentiated(f, mixture>>(k%4)&1 == 1)
			}
			if got := f(num.Scalar(c.at)).Float64(); math.Abs(got-c.want) > 1e-12*math.Max(1, math.Abs(c.want)) {
				t.Errorf("derivative %d of %s at %v in mixture %b: %v, want %v", c.order, c.name, c.at, mixture, got, c.want)
			}
		}
	}
}

// differentiated returns the derivative of a scalar function, forward or in reverse.
func differentiated(f func(num.Array) num.Array, forward bool) func(num.Array) num.Array {
	if !forward {
		return transforms.Grad(f)
	}
	return func(x num.Array) num.Array {
		_, d := transforms.JVP(f, x, num.Scalar(1))
		return d
	}
}

// TestSpecialValues has first and second derivatives at the points that JAX tests.
func TestSpecialValues(t *testing.T) {
	c := 2 / math.SqrtPi
	gauss := func(x float64) float64 { return c * math.Exp(-x*x) }
	big := 1 + 1e6
	for _, p := range []struct {
		name          string
		f             func(num.Array) num.Array
		at, d, second float64
	}{
		{"sinh", num.Sinh, 0, 1, 0},
		{"cosh", num.Cosh, 0, 0, 1},
		{"tanh", num.Tanh, 0, 1, 0},
		{"tanh", num.Tanh, 1000, 0, 0},
		{"sin", num.Sin, 0, 1, 0},
		{"sin", num.Sin, math.Pi, math.Cos(math.Pi), -math.Sin(math.Pi)},
		{"sin", num.Sin, math.Pi / 2, math.Cos(math.Pi / 2), -1},
		{"sin", num.Sin, math.Pi / 4, math.Cos(math.Pi / 4), -math.Sin(math.Pi / 4)},
		{"cos", num.Cos, 0, 0, -1},
		{"cos", num.Cos, math.Pi, -math.Sin(math.Pi), 1},
		{"cos", num.Cos, math.Pi / 2, -1, -math.Cos(math.Pi / 2)},
		{"cos", num.Cos, math.Pi / 4, -math.Sin(math.Pi / 4), -math.Cos(math.Pi / 4)},
		{"tan", num.Tan, 0, 1, 0},
		{"asin", num.Asin, 0, 1, 0},
		{"acos", num.Acos, 0, -1, 0},
		{"atan", num.Atan, 0, 1, 0},
		{"atan", num.Atan, 1000, 1 / big, -2000 / (big * big)},
		{"erf", num.Erf, 0, c, 0},
		{"erf", num.Erf, 10, gauss(10), -20 * gauss(10)},
		{"erfc", num.Erfc, 0, -c, 0},
		{"erfc", num.Erfc, 10, -gauss(10), 20 * gauss(10)},
		{"asinh", num.Asinh, 0, 1, 0},
		{"asinh", num.Asinh, 1000, 1 / math.Sqrt(big), -1000 / (big * math.Sqrt(big))},
		{"acosh", num.Acosh, 1000, 1 / math.Sqrt(1e6-1), -1000 / ((1e6 - 1) * math.Sqrt(1e6-1))},
		{"atanh", num.Atanh, 0, 1, 0},
		{"softplus", num.Softplus, 0, 0.5, 0.25},
		{"softplus", num.Softplus, math.Inf(-1), 0, 0},
		{"softplus", num.Softplus, math.NaN(), math.NaN(), math.NaN()},
		{"reciprocal of sqrt", func(x num.Array) num.Array { return num.Reciprocal(num.Sqrt(x)) }, 4, -1. / 16, 3. / 128},
		{"xlogy in both", func(x num.Array) num.Array { return num.Xlogy(x, num.Add(x, 2)) }, 0, math.Log(2), 1},
	} {
		for mixture := range 4 {
			first := differentiated(p.f, mixture&1 == 1)
			second := differentiated(first, mixture>>1 == 1)
			x := num.Scalar(p.at)
			if d, dd := first(x).Float64(), second(x).Float64(); !alike(d, p.d) || !alike(dd, p.second) {
				t.Errorf("%s at %v, mixture %b: %v and %v, want %v and %v", p.name, p.at, mixture, d, dd, p.d, p.second)
			}
		}
	}
}

// The second derivatives of x^y at (4, 0), where those by x vanish.
func TestPowSecondDerivatives(t *testing.T) {
	f := func(v num.Array) num.Array { return num.Pow(v.At(0), v.At(1)) }
	at := num.Vector(4, 0)
	want := []float64{0, 0.25, 0.25, math.Log(4) * math.Log(4)}
	for name, got := range map[string]num.Array{
		"reverse over reverse": jac.Rev(jac.Rev(f))(at),
		"forward over forward": jac.Fwd(jac.Fwd(f))(at),
		"forward over reverse": jac.Fwd(jac.Rev(f))(at),
	} {
		if !slices.EqualFunc(got.Float64s(), want, alike) {
			t.Errorf("%s: %v, want %v", name, got.Float64s(), want)
		}
	}
}

// Exponents in an array: z^0 does not vary at 0, z^1 does.
func TestPowersOfZero(t *testing.T) {
	for name, exponents := range map[string]num.Array{"i64": num.FromInts([]int{0, 1}, 2), "f64": num.Vector(0, 1)} {
		g := transforms.Grad(func(z num.Array) num.Array { return num.Sum(num.Pow(z, exponents)) })(num.Scalar(0))
		if g.Float64() != 1 {
			t.Errorf("%s exponents: %v, want 1", name, g.Float64())
		}
	}
}

// The linear part of a polynomial multiplies by numbers: its powers are in the primal part.
func TestLinearizeEliminatesPowers(t *testing.T) {
	f := func(x num.Array) num.Array {
		return num.Add(num.Mul(2, num.Pow(x, 0)), num.Mul(3, num.Pow(x, 1)), num.Mul(4, num.Pow(x, 5)))
	}
	_, push := transforms.Linearize(f, num.Scalar(2))
	for _, e := range trace.MustOf(push, num.Scalar(0)).Equations() {
		if name := e.Primitive.Name(); name != "mul" && name != "add" && name != "full" {
			t.Errorf("the linear part has %s", name)
		}
	}
	if got := push(num.Scalar(1)).Float64(); got != 3+20*16 {
		t.Errorf("%v, want %v", got, 3+20*16)
	}
}

// A traced index that is out of range is moved to the nearest end, and so is the gradient, under
// Vmap and JIT too.
func TestGradientAtClampedIndex(t *testing.T) {
	type in struct{ X, I num.Array }
	gradient := func(v in) num.Array {
		return transforms.Grad(func(x num.Array) num.Array { return num.Take(x, v.I, 0) })(v.X)
	}
	x := num.New([]float64{1, 2, 3, 1, 2, 3, 1, 2, 3}, 3, 3)
	want := []float64{0, 0, 1, 1, 0, 0, 0, 1, 0}
	lanes := transforms.Vmap(gradient)(in{x, num.FromInts([]int{7, -9, 1}, 3)})
	if !slices.Equal(lanes.Float64s(), want) {
		t.Errorf("Vmap: %v, want %v", lanes.Float64s(), want)
	}
	for k, i := range []int{7, -9, 1} {
		got := transforms.JIT(gradient)(in{num.Vector(1, 2, 3), num.ScalarInt(i)}).Float64s()
		if !slices.Equal(got, want[3*k:3*k+3]) {
			t.Errorf("JIT, index %d: %v, want %v", i, got, want[3*k:3*k+3])
		}
	}
}

// Values sorted by other keys carry the gradients of where they came from.
func TestSortByKeys(t *testing.T) {
	keys := num.Vector(3, 1, 2)
	f := func(v num.Array) num.Array {
		return num.Dot(num.Vector(1, 10, 100), num.TakeAlong(v, num.Argsort(keys, 0), 0))
	}
	if got := transforms.Grad(f)(num.Vector(5, 6, 7)).Float64s(); !slices.Equal(got, []float64{100, 1, 10}) {
		t.Errorf("%v", got)
	}
}
