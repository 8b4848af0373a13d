package num_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/internal/rows"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// elementwise is an elementwise function as the tests see it.
type elementwise struct {
	f      function
	value  func(x []float64) float64 // a reference
	domain [][2]float64              // for each operand, an interval without kinks and singularities
}

func (e elementwise) operands() int { return len(e.domain) }

func fn1(f func(num.Array) num.Array, value func(float64) float64, lo, hi float64) elementwise {
	return elementwise{
		func(x []num.Array) num.Array { return f(x[0]) },
		func(x []float64) float64 { return value(x[0]) },
		[][2]float64{{lo, hi}},
	}
}

func fn2(f func(x, y num.Array) num.Array, value func(x, y float64) float64, x0, x1, y0, y1 float64) elementwise {
	return elementwise{
		func(x []num.Array) num.Array { return f(x[0], x[1]) },
		func(x []float64) float64 { return value(x[0], x[1]) },
		[][2]float64{{x0, x1}, {y0, y1}},
	}
}

func fn3(f func(x, y, z num.Array) num.Array, value func(x, y, z float64) float64, domain ...[2]float64) elementwise {
	return elementwise{
		func(x []num.Array) num.Array { return f(x[0], x[1], x[2]) },
		func(x []float64) float64 { return value(x[0], x[1], x[2]) },
		domain,
	}
}

func identity(x float64) float64 { return x }
func sigmoid(x float64) float64  { return 1 / (1 + math.Exp(-x)) }
func phi(x float64) float64      { return 0.5 * math.Erfc(-x/math.Sqrt2) }
func clip(x, lo, hi float64) float64 {
	return math.Min(math.Max(x, lo), hi)
}
func lgamma(x float64) float64 { y, _ := math.Lgamma(x); return y }

// digamma goes up by the recurrence and from there by the start of the asymptotic series.
func digamma(x float64) float64 {
	sum := 0.0
	for ; x < 50; x++ {
		sum += 1 / x
	}
	return math.Log(x) - 1/(2*x) - 1/(12*x*x) + 1/(120*math.Pow(x, 4)) - 1/(252*math.Pow(x, 6)) - sum
}

func fma(x, y, z num.Array) num.Array {
	t := x.Type().String()
	return rows.IR("func(a:" + t + ", b:" + t + ", c:" + t + ") { d:" + t + " = fma a b c return d }")([]num.Array{x, y, z})[0]
}

func floorMod(x, y float64) float64 {
	return x - y*math.Floor(x/y)
}

// functions holds every elementwise function, some of them on both sides of a kink.
var functions = map[string]elementwise{
	"neg":           fn1(num.Neg, func(x float64) float64 { return -x }, -3, 3),
	"square":        fn1(num.Square, func(x float64) float64 { return x * x }, -3, 3),
	"sqrt":          fn1(num.Sqrt, math.Sqrt, 0.2, 4),
	"cbrt":          fn1(num.Cbrt, math.Cbrt, 0.2, 4),
	"cbrt below 0":  fn1(num.Cbrt, math.Cbrt, -4, -0.2),
	"reciprocal":    fn1(num.Reciprocal, func(x float64) float64 { return 1 / x }, 0.3, 3),
	"exp":           fn1(num.Exp, math.Exp, -3, 3),
	"exp2":          fn1(num.Exp2, math.Exp2, -3, 3),
	"expm1":         fn1(num.Expm1, math.Expm1, -3, 3),
	"log":           fn1(num.Log, math.Log, 0.2, 4),
	"log2":          fn1(num.Log2, math.Log2, 0.2, 4),
	"log10":         fn1(num.Log10, math.Log10, 0.2, 4),
	"log1p":         fn1(num.Log1p, math.Log1p, -0.8, 4),
	"sin":           fn1(num.Sin, math.Sin, -3, 3),
	"cos":           fn1(num.Cos, math.Cos, -3, 3),
	"tan":           fn1(num.Tan, math.Tan, -1.2, 1.2),
	"asin":          fn1(num.Asin, math.Asin, -0.8, 0.8),
	"acos":          fn1(num.Acos, math.Acos, -0.8, 0.8),
	"atan":          fn1(num.Atan, math.Atan, -3, 3),
	"sinh":          fn1(num.Sinh, math.Sinh, -3, 3),
	"cosh":          fn1(num.Cosh, math.Cosh, -3, 3),
	"tanh":          fn1(num.Tanh, math.Tanh, -3, 3),
	"asinh":         fn1(num.Asinh, math.Asinh, -3, 3),
	"acosh":         fn1(num.Acosh, math.Acosh, 1.2, 4),
	"atanh":         fn1(num.Atanh, math.Atanh, -0.8, 0.8),
	"abs":           fn1(num.Abs, math.Abs, 0.1, 3),
	"abs below 0":   fn1(num.Abs, math.Abs, -3, -0.1),
	"sign":          fn1(num.Sign, func(x float64) float64 { return math.Copysign(1, x) }, -3, -0.1),
	"floor":         fn1(num.Floor, math.Floor, 1.1, 1.9),
	"ceil":          fn1(num.Ceil, math.Ceil, 1.1, 1.9),
	"round":         fn1(num.Round, math.Round, 0.6, 1.4),
	"erf":           fn1(num.Erf, math.Erf, -2, 2),
	"erfc":          fn1(num.Erfc, math.Erfc, -2, 2),
	"erfinv":        fn1(num.Erfinv, math.Erfinv, -0.8, 0.8),
	"lgamma":        fn1(num.Lgamma, lgamma, 0.3, 4),
	"lgamma < 0":    fn1(num.Lgamma, lgamma, -3.8, -3.2),
	"digamma":       fn1(num.Digamma, digamma, 0.3, 4),
	"digamma < 0":   fn1(num.Digamma, digamma, -3.7, -3.3),
	"sigmoid":       fn1(num.Sigmoid, sigmoid, -3, 3),
	"softplus":      fn1(num.Softplus, func(x float64) float64 { return math.Log(1 + math.Exp(x)) }, -3, 3),
	"relu":          fn1(num.Relu, identity, 0.1, 3),
	"relu < 0":      fn1(num.Relu, func(float64) float64 { return 0 }, -3, -0.1),
	"leakyrelu":     fn1(num.LeakyRelu, identity, 0.1, 3),
	"leakyrelu < 0": fn1(num.LeakyRelu, func(x float64) float64 { return 0.01 * x }, -3, -0.1),
	"elu":           fn1(num.Elu, identity, 0.1, 3),
	"elu < 0":       fn1(num.Elu, math.Expm1, -3, -0.1),
	"gelu":          fn1(num.Gelu, func(x float64) float64 { return x * phi(x) }, -3, 3),
	"silu":          fn1(num.Silu, func(x float64) float64 { return x * sigmoid(x) }, -3, 3),

	"pow0":   fn1(func(x num.Array) num.Array { return num.Pow(x, 0) }, func(float64) float64 { return 1 }, -3, 3),
	"pow1":   fn1(func(x num.Array) num.Array { return num.Pow(x, 1) }, identity, -3, 3),
	"pow2":   fn1(func(x num.Array) num.Array { return num.Pow(x, 2) }, func(x float64) float64 { return x * x }, -3, 3),
	"pow3":   fn1(func(x num.Array) num.Array { return num.Pow(x, 3) }, func(x float64) float64 { return math.Pow(x, 3) }, -3, 3),
	"pow7":   fn1(func(x num.Array) num.Array { return num.Pow(x, 7) }, func(x float64) float64 { return math.Pow(x, 7) }, -3, 3),
	"pow-1":  fn1(func(x num.Array) num.Array { return num.Pow(x, -1) }, func(x float64) float64 { return 1 / x }, 0.3, 3),
	"pow-2":  fn1(func(x num.Array) num.Array { return num.Pow(x, -2) }, func(x float64) float64 { return math.Pow(x, -2) }, -3, -0.3),
	"pow2.5": fn1(func(x num.Array) num.Array { return num.Pow(x, 2.5) }, func(x float64) float64 { return math.Pow(x, 2.5) }, 0.3, 3),
	"2.5pow": fn1(func(x num.Array) num.Array { return num.Pow(2.5, x) }, func(x float64) float64 { return math.Pow(2.5, x) }, -3, 3),

	"add":       fn2(func(x, y num.Array) num.Array { return num.Add(x, y) }, func(x, y float64) float64 { return x + y }, -3, 3, -3, 3),
	"sub":       fn2(num.Sub[num.Array, num.Array], func(x, y float64) float64 { return x - y }, -3, 3, -3, 3),
	"mul":       fn2(func(x, y num.Array) num.Array { return num.Mul(x, y) }, func(x, y float64) float64 { return x * y }, -3, 3, -3, 3),
	"div":       fn2(num.Div[num.Array, num.Array], func(x, y float64) float64 { return x / y }, -3, 3, 0.3, 3),
	"pow":       fn2(num.Pow[num.Array, num.Array], math.Pow, 0.3, 3, -3, 3),
	"atan2":     fn2(num.Atan2[num.Array, num.Array], math.Atan2, 0.3, 3, -3, 3),
	"hypot":     fn2(num.Hypot[num.Array, num.Array], math.Hypot, 0.3, 3, -3, 3),
	"mod":       fn2(num.Mod[num.Array, num.Array], floorMod, 7.2, 8, 3, 3.4),
	"mod < 0":   fn2(num.Mod[num.Array, num.Array], floorMod, -8, -7.2, 3, 3.4),
	"maximum":   fn2(num.Maximum[num.Array, num.Array], math.Max, 1, 2, -1, 0.8),
	"minimum":   fn2(num.Minimum[num.Array, num.Array], math.Min, 1, 2, -1, 0.8),
	"logaddexp": fn2(num.LogAddExp[num.Array, num.Array], func(x, y float64) float64 { return math.Log(math.Exp(x) + math.Exp(y)) }, -3, 3, -3, 3),
	"xlogy":     fn2(num.Xlogy[num.Array, num.Array], func(x, y float64) float64 { return x * math.Log(y) }, -3, 3, 0.3, 3),

	"where":      fn3(func(x, y, z num.Array) num.Array { return num.Where(num.Less(x, 1), y, z) }, func(_, y, _ float64) float64 { return y }, [2]float64{-1, 0.9}, [2]float64{-3, 3}, [2]float64{-3, 3}),
	"fma":        fn3(fma, math.FMA, [2]float64{-3, 3}, [2]float64{-3, 3}, [2]float64{-3, 3}),
	"clip":       fn3(num.Clip[num.Array, num.Array, num.Array], clip, [2]float64{0.1, 0.9}, [2]float64{-3, 0}, [2]float64{1, 3}),
	"clip below": fn3(num.Clip[num.Array, num.Array, num.Array], clip, [2]float64{-1, -0.1}, [2]float64{0, 0.8}, [2]float64{1, 3}),
	"clip above": fn3(num.Clip[num.Array, num.Array, num.Array], clip, [2]float64{4, 5}, [2]float64{0, 0.8}, [2]float64{1, 3}),
}

// eachFunction runs a test for every function at random points of its domain.
func eachFunction(t *testing.T, n int, test func(t *testing.T, e elementwise, x []num.Array)) {
	for name, e := range functions {
		t.Run(name, func(t *testing.T) {
			test(t, e, e.points(n))
		})
	}
}

// TestEveryPointwise checks that the functions and their derivatives reach every elementwise
// primitive but those of logic_test.go, so that a new one is not left untested.
func TestEveryPointwise(t *testing.T) {
	seen := map[string]bool{"stop_gradient": true, "convert": true, "and": true, "or": true, "ne": true}
	for _, e := range functions {
		for _, f := range []function{e.f, pushed(e.f, 0), pushed(pushed(e.f, 0), 0)} {
			for _, eq := range trace.MustOf(f, e.points(1)).Equations() {
				seen[eq.Primitive.Name()] = true
			}
		}
	}
	for name, p := range trace.Registered() {
		if _, ok := p.(trace.Pointwise); ok && !seen[name] {
			t.Errorf("no test of %s: add a row to functions", name)
		}
	}
}

// points returns n random points of the domain as a vector for each operand.
func (e elementwise) points(n int) []num.Array {
	r := rand.New(rand.NewPCG(1, 2))
	var x []num.Array
	for _, d := range e.domain {
		v := make([]float64, n)
		for i := range v {
			v[i] = d[0] + (d[1]-d[0])*r.Float64()
		}
		x = append(x, num.Vector(v...))
	}
	return x
}

func TestValues(t *testing.T) {
	eachFunction(t, 8, func(t *testing.T, e elementwise, x []num.Array) {
		for i, got := range e.f(x).Float64s() {
			var at []float64
			for _, a := range x {
				at = append(at, a.Float64s()[i])
			}
			if want := e.value(at); math.Abs(got-want) > 1e-14*(1+math.Abs(want)) {
				t.Errorf("at %v: got %v, want %v", at, got, want)
			}
		}
	})
}

// TestDifferences compares derivatives of order 1, 2 and 3 in a random direction with central
// differences of the order below.
func TestDifferences(t *testing.T) {
	eachFunction(t, 8, func(t *testing.T, e elementwise, x []num.Array) {
		r := rand.New(rand.NewPCG(3, 4))
		v := make([]num.Array, len(x))
		for i := range v {
			v[i] = num.Add(num.ZerosLike(x[i]), 0.5+r.Float64())
		}
		g := e.f
		for order := 1; order <= 3; order++ {
			d := func(x []num.Array) num.Array {
				_, dy := transforms.JVP(g, x, v)
				return dy
			}
			got, want := d(x).Float64s(), difference(g, x, v)
			for i := range got {
				if math.Abs(got[i]-want[i]) > 1e-9*(1+math.Abs(want[i])) {
					t.Errorf("order %d: got %v, want %v", order, got[i], want[i])
				}
			}
			g = func(f function) function {
				return func(x []num.Array) num.Array {
					_, dy := transforms.JVP(f, x, v)
					return dy
				}
			}(g)
		}
	})
}

// difference returns the derivative of f at x in direction v by a difference of order 6.
func difference(f function, x, v []num.Array) []float64 {
	const h = 4e-3
	sum := make([]float64, x[0].Size())
	for k, c := range []float64{3. / 4, -3. / 20, 1. / 60} {
		for _, s := range []float64{1, -1} {
			at := make([]num.Array, len(x))
			for i := range x {
				at[i] = num.Add(x[i], num.Mul(s*h*float64(k+1), v[i]))
			}
			for i, y := range f(at).Float64s() {
				sum[i] += s * c / h * y
			}
		}
	}
	return sum
}

// TestForwardReverse compares all derivatives of order 1 and 2 between the modes.
func TestForwardReverse(t *testing.T) {
	eachFunction(t, 8, func(t *testing.T, e elementwise, x []num.Array) {
		for i := range x {
			equalTo(t, pushed(e.f, i)(x), pulled(e.f, i)(x), 2e-14)
			for j := range x {
				want := pushed(pushed(e.f, i), j)(x)
				equalTo(t, pulled(pulled(e.f, i), j)(x), want, 2e-14)
				equalTo(t, pushed(pulled(e.f, i), j)(x), want, 2e-14)
				equalTo(t, pulled(pushed(e.f, i), j)(x), want, 2e-14)
			}
		}
	})
}

// TestVmapIsLoop compares batches with loops, and functions on vectors with both, to the bit.
func TestVmapIsLoop(t *testing.T) {
	eachFunction(t, 8, func(t *testing.T, e elementwise, x []num.Array) {
		fs := []function{e.f}
		for i := range x {
			fs = append(fs, pulled(e.f, i), pushed(e.f, i))
		}
		for _, f := range fs {
			var loop []float64
			for i := range 8 {
				var at []float64
				for _, a := range x {
					at = append(at, a.Float64s()[i])
				}
				loop = append(loop, f(scalars(at)).Float64())
			}
			equalTo(t, transforms.Vmap(f)(x), num.Vector(loop...), 0)
			equalTo(t, f(x), num.Vector(loop...), 0)
		}
	})
}

// TestLarge compares large arrays, which have code of their own, with parts of them that do not.
func TestLarge(t *testing.T) {
	eachFunction(t, 1300, func(t *testing.T, e elementwise, x []num.Array) {
		var parts []num.Array
		for at := 0; at < 1300; at += 50 {
			var part []num.Array
			for _, a := range x {
				part = append(part, num.Slice(a, at, at+50))
			}
			parts = append(parts, e.f(part))
		}
		want := num.Concat(0, parts...).Float64s()
		for i, got := range e.f(x).Float64s() {
			if d := math.Abs(got - want[i]); d > 1e-15*max(1, math.Abs(want[i])) { // terms of logaddexp cancel
				t.Fatalf("element %d: got %v, want %v", i, got, want[i])
			}
		}
	})
}

// TestJIT compares compiled functions and gradients with the same run at once.
func TestJIT(t *testing.T) {
	eachFunction(t, 8, func(t *testing.T, e elementwise, x []num.Array) {
		equalTo(t, transforms.JIT(e.f)(x), e.f(x), 1e-14)
		for i := range x {
			equalTo(t, transforms.JIT(pulled(e.f, i))(x), pulled(e.f, i)(x), 1e-14)
		}
	})
}

// equalTo checks that two arrays of one type differ by a relative error of no more than tol.
func equalTo(t *testing.T, got, want num.Array, tol float64) {
	t.Helper()
	if !got.Type().Equal(want.Type()) {
		t.Fatalf("got %v, want %v", got.Type(), want.Type())
	}
	g, w := got.Float64s(), want.Float64s()
	if !slices.EqualFunc(g, w, func(a, b float64) bool { return relative(a, b) <= tol }) {
		t.Errorf("got %v, want %v", g, w)
	}
}

// squeezed and threefold are rules as a user may get them wrong, and right.
type squeezed struct{}

func (squeezed) Name() string                        { return "squeezed" }
func (squeezed) Eval(x float64) float64              { return 3 * x }
func (squeezed) Derivative(x, y num.Array) num.Array { return num.Scalar(3) }

type threefold struct{ squeezed }

func (threefold) Name() string                        { return "threefold" }
func (threefold) Derivative(x, y num.Array) num.Array { return num.Mul(3, num.OnesLike(x)) }

// remembering is a rule that cannot be compared.
type remembering struct{ _ []float64 }

func (remembering) Name() string                        { return "remembering" }
func (remembering) Eval(x float64) float64              { return 3 * x }
func (remembering) Derivative(x, y num.Array) num.Array { return num.Mul(3, num.OnesLike(x)) }

func TestRuleOfUsersOnLargeArray(t *testing.T) {
	x := num.Linspace(0, 1, 100)
	equalTo(t, num.Apply1[remembering](x), num.Mul(3, x), 0)
}

func TestDerivativeOfWrongShape(t *testing.T) {
	at := num.Vector(1, 2)
	gradient := func(f func(num.Array) num.Array) num.Array {
		return transforms.Grad(func(x num.Array) num.Array { return num.Sum(f(x)) })(at)
	}
	var mistake *trace.Error
	if err := trace.Try(func() { gradient(num.Apply1[squeezed]) }); !errors.As(err, &mistake) {
		t.Fatalf("got %v, want a *trace.Error", err)
	}
	if want := "the rule gives f64[] as the derivative of f64[2]"; mistake.Primitive != "squeezed" || !strings.Contains(mistake.Msg, want) {
		t.Errorf("got %v, want squeezed: %s", mistake, want)
	}
	if got := gradient(num.Apply1[threefold]).Float64s(); got[0] != 3 || got[1] != 3 {
		t.Errorf("got %v, want [3 3]", got)
	}
}

// TestAccurateAngles compares with 17 digits where package math has lost some: near multiples of pi/2, and where it overflows too early.
func TestAccurateAngles(t *testing.T) {
	for _, c := range []struct {
		name    string
		f       func(num.Array) num.Array
		x, want float64
	}{
		{"sin", num.Sin, math.Pi, 1.2246467991473532e-16},
		{"cos", num.Cos, math.Pi / 2, 6.123233995736766e-17},
		{"tan", num.Tan, math.Pi, -1.2246467991473532e-16},
		{"sin", num.Sin, 603185789.4892403, -1.3050391494433414e-08},
		{"cos", num.Cos, 1811959.1160513903, 8.491014428435186e-13},
		{"sin", num.Sin, 1e22, -0.8522008497671888},
		{"exp", num.Exp, 709.45, 1.2889028567280574e308},
		{"exp", num.Exp, 709.79, math.Inf(1)},
	} {
		for how, x := range map[string]num.Array{"alone": num.Scalar(c.x), "of many": num.Full(c.x, 200)} {
			got := num.Mul(1, c.f(x))
			for way, y := range map[string]float64{"at once": num.Ravel(got).At(0).Float64(), "compiled": num.Ravel(transforms.JIT(c.f)(x)).At(0).Float64()} {
				if relative(y, c.want) > 3e-16 && y != c.want {
					t.Errorf("%s of %v, %s, %s: got %v, want %v", c.name, c.x, how, way, y, c.want)
				}
			}
		}
	}
}

// TestEndsOfNumbers compares with values that package math gets wrong on some platforms.
func TestEndsOfNumbers(t *testing.T) {
	const least = 0x1p-1074
	for _, c := range []struct {
		name      string
		got       num.Array
		want, tol float64
	}{
		{"Log", num.Log(num.Scalar(least)), -1074 * math.Ln2, 1e-15},
		{"Log of half the least normal number", num.Log(num.Scalar(0x1p-1023)), -1023 * math.Ln2, 1e-15},
		{"Log2", num.Log2(num.Scalar(least)), -1074, 0},
		{"Log10", num.Log10(num.Scalar(least)), -1074 * math.Ln2 / math.Ln10, 1e-15},
		{"Xlogy", num.Xlogy(2.0, num.Scalar(least)), -2148 * math.Ln2, 1e-15},
		{"Atan2", num.Atan2(num.Scalar(-least), -2.0), -math.Pi, 0},
		{"Cosh where exp overflows", num.Cosh(num.Scalar(-710)), 1.1169973830808555e+308, 1e-15},
		{"Sinh where exp overflows", num.Sinh(num.Scalar(-710)), -1.1169973830808555e+308, 1e-15},
		{"Sinh just below", num.Sinh(num.Scalar(709)), math.Sinh(709), 0},
		{"Cosh at its end", num.Cosh(num.Scalar(710.4758600739439)), math.MaxFloat64, 3e-13}, // its condition is 710
		{"Cosh beyond", num.Cosh(num.Scalar(710.4758600739441)), math.Inf(1), 0},
		{"Atan2 above", num.Atan2(num.Scalar(least), -2.0), math.Pi, 0},
	} {
		if got := c.got.Float64(); got != c.want && !(math.Abs(got-c.want) <= c.tol*math.Abs(c.want)) {
			t.Errorf("%s is %v, want %v", c.name, got, c.want)
		}
	}
}
