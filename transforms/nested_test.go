package transforms_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

type function = func(num.Array) num.Array

// mode is a way to differentiate a scalar function of an array in the direction w.
type mode struct {
	name  string
	along func(f function, x, w num.Array) num.Array
}

var (
	fwd = mode{"fwd", func(f function, x, w num.Array) num.Array {
		_, d := transforms.JVP(f, x, w)
		return d
	}}
	rev = mode{"rev", func(f function, x, w num.Array) num.Array {
		return num.Sum(num.Mul(w, transforms.Grad(f)(x)))
	}}
	vjp = mode{"vjp", func(f function, x, w num.Array) num.Array {
		_, pull := transforms.VJP(f, x)
		return num.Sum(num.Mul(w, pull(num.Scalar(1))))
	}}
	lin = mode{"lin", func(f function, x, w num.Array) num.Array {
		_, push := transforms.Linearize(f, x)
		return push(w)
	}}
)

// d returns the derivative of a scalar function of a scalar.
func (m mode) d(f function) function {
	return func(x num.Array) num.Array { return m.along(f, x, num.Scalar(1)) }
}

// sequences calls do with every sequence of n of the modes.
func sequences(n int, modes []mode, do func([]mode)) {
	var extend func([]mode)
	extend = func(s []mode) {
		if len(s) == n {
			do(s)
			return
		}
		for _, m := range modes {
			extend(append(s[:len(s):len(s)], m))
		}
	}
	extend(nil)
}

func nameOf(s []mode) string {
	words := make([]string, len(s))
	for i, m := range s {
		words[i] = m.name
	}
	return strings.Join(words, " ")
}

// wrappers put a function of a scalar to scalars inside another transform that does not change it.
var wrappers = map[string]func(function) function{
	"plain":       func(f function) function { return f },
	"jit":         func(f function) function { return transforms.JIT(f) },
	"vmap":        lanes,
	"jit of vmap": func(f function) function { return transforms.JIT(lanes(f)) },
	"vmap of jit": func(f function) function { return lanes(transforms.JIT(f)) },
}

// lanes returns f as the mean of two equal lanes of Vmap.
func lanes(f function) function {
	return func(x num.Array) num.Array {
		shape := append([]int{2}, x.Shape()...)
		return num.Div(num.Sum(transforms.Vmap(f)(num.BroadcastTo(x, shape...))), 2)
	}
}

func near(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*math.Max(1, math.Abs(want))
}

// power returns x^n as a product.
func power(n int) function {
	return func(x num.Array) num.Array {
		y := x
		for range n - 1 {
			y = num.Mul(y, x)
		}
		return y
	}
}

func falling(x float64, n, k int) float64 {
	c := 1.0
	for i := range k {
		c *= float64(n - i)
	}
	if k > n {
		return 0
	}
	return c * math.Pow(x, float64(n-k))
}

var scalarCases = []struct {
	name string
	f    function
	at   float64
	d    func(x float64, order int) float64
}{
	{"x sin x", func(x num.Array) num.Array { return num.Mul(x, num.Sin(x)) }, 0.7,
		func(x float64, n int) float64 { // by Leibniz
			shift := func(k int) float64 { return math.Sin(x + float64(k)*math.Pi/2) }
			return x*shift(n) + float64(n)*shift(n-1)
		}},
	{"exp", num.Exp, 0.3, func(x float64, n int) float64 { return math.Exp(x) }},
	{"x^5", power(5), 1.3, func(x float64, n int) float64 { return falling(x, 5, n) }},
	{"x^3", power(3), -2, func(x float64, n int) float64 { return falling(x, 3, n) }},
	{"1/x", func(x num.Array) num.Array { return num.Div(1, x) }, 4,
		func(x float64, n int) float64 {
			return math.Pow(-1, float64(n)) * math.Gamma(float64(n+1)) / math.Pow(x, float64(n+1))
		}},
	{"exp(2x) cos(3x)", func(x num.Array) num.Array {
		return num.Mul(num.Exp(num.Mul(2.0, x)), num.Cos(num.Mul(3.0, x)))
	}, 0.2, func(x float64, n int) float64 { // the real part of (2+3i)^n exp((2+3i)x)
		r, phi := math.Hypot(2, 3), math.Atan2(3, 2)
		return math.Pow(r, float64(n)) * math.Exp(2*x) * math.Cos(3*x+float64(n)*phi)
	}},
	{"5", func(x num.Array) num.Array { return num.Scalar(5) }, 1, func(float64, int) float64 { return 0 }},
	{"x + x", func(x num.Array) num.Array { return num.Add(x, x) }, 1,
		func(_ float64, n int) float64 {
			if n == 1 {
				return 2
			}
			return 0
		}},
}

func TestNestedModesOfScalarFunctions(t *testing.T) {
	for _, c := range scalarCases {
		for how, wrap := range wrappers {
			for n := 1; n <= 4; n++ {
				sequences(n, []mode{fwd, rev}, func(s []mode) {
					f := wrap(c.f)
					for _, m := range s {
						f = wrap(m.d(f))
					}
					got, want := f(num.Scalar(c.at)).Float64(), c.d(c.at, n)
					if !near(got, want, 2e-15) {
						t.Errorf("%s, %s, %s: got %v, want %v", c.name, how, nameOf(s), got, want)
					}
				})
			}
		}
	}
}

func TestNestedVerbsOfScalarFunctions(t *testing.T) {
	for _, c := range scalarCases {
		sequences(3, []mode{fwd, rev, vjp, lin}, func(s []mode) {
			f := c.f
			for _, m := range s {
				f = m.d(f)
			}
			if got, want := f(num.Scalar(c.at)).Float64(), c.d(c.at, 3); !near(got, want, 2e-15) {
				t.Errorf("%s, %s: got %v, want %v", c.name, nameOf(s), got, want)
			}
		})
	}
}

func TestSixthDerivative(t *testing.T) {
	sequences(6, []mode{fwd, rev}, func(s []mode) {
		f := func(x num.Array) num.Array { return num.Div(1, x) }
		for _, m := range s {
			f = m.d(f)
		}
		if got, want := f(num.Scalar(4)).Float64(), 0.0439453125; got != want {
			t.Errorf("%s: 1/x at 4: got %v, want %v", nameOf(s), got, want)
		}
	})
}

// Derivatives under Vmap at several points are those of a loop.
func TestNestedModesOverABatch(t *testing.T) {
	points := []float64{-1.5, -0.2, 0.4, 3}
	for _, c := range scalarCases {
		sequences(3, []mode{fwd, rev}, func(s []mode) {
			f := c.f
			for _, m := range s {
				f = m.d(f)
			}
			for name, g := range map[string]function{
				"vmap": transforms.Vmap(f), "jit of vmap": transforms.JIT(transforms.Vmap(f)),
			} {
				got := g(num.Vector(points...)).Float64s()
				for i, x := range points {
					if want := f(num.Scalar(x)).Float64(); !near(got[i], want, 1e-14) {
						t.Errorf("%s of %s, %s at %v: got %v, want %v", name, c.name, nameOf(s), x, got[i], want)
					}
				}
			}
		})
	}
}

// Array functions are differentiated along one direction w at every order.
var arrayCases = []struct {
	name string
	f    function
	x, w []float64
	d    func(x, w []float64, order int) float64
}{
	{"sum of x sin x", func(x num.Array) num.Array { return num.Sum(num.Mul(x, num.Sin(x))) },
		[]float64{0.1, -0.7, 2}, []float64{1, -2, 0.5},
		func(x, w []float64, n int) float64 {
			return sumOf(x, w, func(x, w float64) float64 {
				shift := func(k int) float64 { return math.Sin(x + float64(k)*math.Pi/2) }
				return math.Pow(w, float64(n)) * (x*shift(n) + float64(n)*shift(n-1))
			})
		}},
	{"exp of a sum", func(x num.Array) num.Array { return num.Exp(num.Sum(num.Mul(x, num.Vector(0.2, 0.3, -0.1)))) },
		[]float64{0.1, -0.7, 2}, []float64{1, -2, 0.5},
		func(x, w []float64, n int) float64 {
			a := []float64{0.2, 0.3, -0.1}
			dot := func(x, y float64) float64 { return x * y }
			return math.Exp(sumOf(x, a, dot)) * math.Pow(sumOf(w, a, dot), float64(n))
		}},
	{"quadratic form", quadratic, []float64{0.1, -0.7, 2}, []float64{1, -2, 0.5},
		func(x, w []float64, n int) float64 {
			switch n {
			case 1:
				return form(x, w) + form(w, x)
			case 2:
				return 2 * form(w, w)
			}
			return 0
		}},
	{"log sum exp", func(x num.Array) num.Array { return num.Log(num.Sum(num.Exp(x))) },
		[]float64{0.1, -0.7, 1}, []float64{1, -2, 0.5}, cumulant},
	{"product of sums", func(x num.Array) num.Array { return num.Mul(num.Sum(x), num.Sum(num.Mul(x, x)), num.Sum(x)) },
		[]float64{0.1, -0.7, 2}, []float64{1, -2, 0.5},
		func(x, w []float64, n int) float64 { // (s + t u)^2 (q + 2 t r + t^2 v), a polynomial in t
			dot := func(a, b float64) float64 { return a * b }
			first := func(a, _ float64) float64 { return a }
			s, u := sumOf(x, w, first), sumOf(w, w, first)
			q, r, v := sumOf(x, x, dot), sumOf(x, w, dot), sumOf(w, w, dot)
			coefficients := []float64{s * s * q, 2*s*s*r + 2*s*u*q, s*s*v + 4*s*u*r + u*u*q, 2*s*u*v + 2*u*u*r, u * u * v}
			return coefficients[n] * math.Gamma(float64(n+1))
		}},
}

func sumOf(x, w []float64, f func(x, w float64) float64) float64 {
	s := 0.0
	for i := range x {
		s += f(x[i], w[i])
	}
	return s
}

var matrix = [][]float64{{1, 2, -1}, {0.5, 3, 4}, {-2, 1, 0.25}}

// quadratic returns x^T A x, by broadcasts.
func quadratic(x num.Array) num.Array {
	y := num.Scalar(0)
	for i, row := range matrix {
		unit := make([]float64, len(row))
		unit[i] = 1
		y = num.Add(y, num.Mul(num.Sum(num.Mul(x, num.Vector(unit...))), num.Sum(num.Mul(num.Vector(row...), x))))
	}
	return y
}

// form returns x^T A y.
func form(x, y []float64) float64 {
	s := 0.0
	for i, row := range matrix {
		s += x[i] * sumOf(row, y, func(a, b float64) float64 { return a * b })
	}
	return s
}

// cumulant returns the cumulant of the values w under the probabilities softmax(x): the
// derivatives of log sum exp are these.
func cumulant(x, w []float64, n int) float64 {
	total := sumOf(x, x, func(a, _ float64) float64 { return math.Exp(a) })
	moment := func(center float64, k int) float64 {
		return sumOf(x, w, func(a, b float64) float64 { return math.Exp(a) / total * math.Pow(b-center, float64(k)) })
	}
	mean := moment(0, 1)
	switch n {
	case 1:
		return mean
	case 2, 3:
		return moment(mean, n)
	}
	return moment(mean, 4) - 3*moment(mean, 2)*moment(mean, 2)
}

func TestNestedModesOfArrayFunctions(t *testing.T) {
	for _, c := range arrayCases {
		x, w := num.Vector(c.x...), num.Vector(c.w...)
		for how, wrap := range wrappers {
			for n := 1; n <= 4; n++ {
				sequences(n, []mode{fwd, rev}, func(s []mode) {
					f := wrap(c.f)
					for _, m := range s {
						g := f
						f = wrap(func(x num.Array) num.Array { return m.along(g, x, w) })
					}
					if got, want := f(x).Float64(), c.d(c.x, c.w, n); !near(got, want, 4e-15) {
						t.Errorf("%s, %s, %s: got %v, want %v", c.name, how, nameOf(s), got, want)
					}
				})
			}
		}
	}
}

// Gradients of a composition of every transform agree, whichever comes first.
func TestJITOfGradOfJITOfVmap(t *testing.T) {
	var traces int
	loss := func(x num.Array) num.Array { traces++; return num.Mul(x, num.Sin(x)) }
	f := transforms.JIT(transforms.Grad(func(x num.Array) num.Array {
		return num.Sum(transforms.JIT(transforms.Vmap(loss))(x))
	}))
	for range 3 {
		x := []float64{0.1, 0.2, 0.3}
		got := f(num.Vector(x...)).Float64s()
		for i, x := range x {
			if want := math.Sin(x) + x*math.Cos(x); !near(got[i], want, 1e-15) {
				t.Errorf("at %v: got %v, want %v", x, got[i], want)
			}
		}
	}
	if traces != 1 {
		t.Errorf("%d traces", traces)
	}
}
