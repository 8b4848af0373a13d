package rows

import (
	"fmt"
	"math"

	"github.com/gradus-ad/gradus/num"
)

var (
	inf = math.Inf(1)
	nan = math.NaN()
)

// ulp is the relative error allowed of a function whose reference is another formula.
const ulp = 1e-15

// elementwise is the row of a function of one variable.
func elementwise(name, primitive string, f func(num.Array) num.Array, want func(float64) float64, x Operand, points ...Point) Row {
	return Row{name, primitive, []Case{of1(f, want, x.Shaped(2, 3), points...), of1(f, want, x.Shaped())}}
}

// of1 is a case of a function of one variable, element by element.
func of1(f func(num.Array) num.Array, want func(float64) float64, x Operand, points ...Point) Case {
	return Case{
		Do:   func(x []num.Array) []num.Array { return []num.Array{f(x[0])} },
		In:   []Operand{x},
		Want: func(x []Tensor) []Tensor { return []Tensor{each(x[0], want)} },
		Tol:  4 * ulp, Points: points,
	}
}

// of2 is a case of a function of two variables.
func of2(f func(x, y num.Array) num.Array, want func(x, y float64) float64, x, y Operand, points ...Point) Case {
	return Case{
		Do:   func(x []num.Array) []num.Array { return []num.Array{f(x[0], x[1])} },
		In:   []Operand{x, y},
		Want: func(x []Tensor) []Tensor { return []Tensor{each2(x[0], x[1], want)} },
		Tol:  4 * ulp, Points: points,
	}
}

func each(x Tensor, f func(float64) float64) Tensor {
	return Of(x.Shape, func(i []int) float64 { return f(x.At(i...)) })
}

// each2 applies f to elements of two tensors, which broadcast.
func each2(x, y Tensor, f func(x, y float64) float64) Tensor {
	shape := wide(x.Shape, y.Shape)
	return Of(shape, func(i []int) float64 { return f(x.stretched(i), y.stretched(i)) })
}

// wide returns the shape to which two broadcast.
func wide(a, b []int) []int {
	if len(a) < len(b) {
		a, b = b, a
	}
	s := append([]int{}, a...)
	for k := range b {
		if i := len(a) - len(b) + k; s[i] == 1 {
			s[i] = b[k]
		}
	}
	return s
}

// stretched returns the element of t at an index of a shape to which it broadcasts.
func (t Tensor) stretched(i []int) float64 {
	own := make([]int, len(t.Shape))
	for a := range own {
		if t.Shape[a] > 1 {
			own[a] = i[len(i)-len(own)+a]
		}
	}
	return t.At(own...)
}

// at is a point of a function of one variable and its derivative there.
func at(x, d float64) Point {
	return Point{In: []Tensor{Vector(x)}, Grad: []Tensor{Vector(d)}}
}

// at2 is a point of a function of two variables and its derivatives there.
func at2(x, y, dx, dy float64) Point {
	return Point{In: []Tensor{Vector(x), Vector(y)}, Grad: []Tensor{Vector(dx), Vector(dy)}}
}

func elementwiseRows() []Row {
	off0 := Reals(-3, -0.3).Or(0.3, 3)
	return append(powers(), []Row{
		elementwise("Square", "square", num.Square, func(x float64) float64 { return x * x }, Reals(-3, 3)),
		elementwise("Sqrt", "sqrt", num.Sqrt, math.Sqrt, Reals(0.2, 4), at(0, inf), at(-1, nan)),
		elementwise("Cbrt", "cbrt", num.Cbrt, math.Cbrt, off0, at(0, inf)),
		elementwise("Reciprocal", "div", num.Reciprocal, func(x float64) float64 { return 1 / x }, off0, at(0, -inf)),
		elementwise("Exp", "exp", num.Exp, math.Exp, Reals(-2, 2), at(math.Inf(-1), 0)),
		elementwise("Exp2", "exp2", num.Exp2, math.Exp2, Reals(-2, 2)),
		elementwise("Expm1", "expm1", num.Expm1, math.Expm1, Reals(-2, 2), at(1e-300, 1)),
		elementwise("Log", "log", num.Log, math.Log, Reals(0.3, 4), at(0, inf), at(-1, -1)),
		elementwise("Log2", "log2", num.Log2, math.Log2, Reals(0.3, 4), at(0, inf)),
		elementwise("Log10", "log10", num.Log10, math.Log10, Reals(0.3, 4), at(0, inf)),
		elementwise("Log1p", "log1p", num.Log1p, math.Log1p, Reals(-0.7, 3), at(-1, inf)),
		elementwise("Sin", "sin", num.Sin, math.Sin, Reals(-4, 4)),
		elementwise("Cos", "cos", num.Cos, math.Cos, Reals(-4, 4)),
		elementwise("Tan", "tan", num.Tan, math.Tan, Reals(-1.2, 1.2), at(0, 1)),
		elementwise("Asin", "asin", num.Asin, math.Asin, Reals(-0.8, 0.8), at(1, inf), at(-1, inf), at(2, nan)),
		elementwise("Acos", "acos", num.Acos, math.Acos, Reals(-0.8, 0.8), at(1, -inf), at(-1, -inf)),
		elementwise("Atan", "atan", num.Atan, math.Atan, Reals(-3, 3), at(1000, 1/(1+1e6)), at(inf, 0)),
		elementwise("Sinh", "sinh", num.Sinh, math.Sinh, Reals(-2, 2)),
		elementwise("Cosh", "cosh", num.Cosh, math.Cosh, Reals(-2, 2)),
		elementwise("Tanh", "tanh", num.Tanh, math.Tanh, Reals(-2, 2), at(1000, 0), at(-inf, 0)),
		elementwise("Asinh", "asinh", num.Asinh, math.Asinh, Reals(-3, 3)),
		elementwise("Acosh", "acosh", num.Acosh, math.Acosh, Reals(1.3, 4), at(1, inf)),
		elementwise("Atanh", "atanh", num.Atanh, math.Atanh, Reals(-0.7, 0.7), at(1, inf)),
		elementwise("Erf", "erf", num.Erf, math.Erf, Reals(-2, 2)),
		elementwise("Erfc", "erfc", num.Erfc, math.Erfc, Reals(-2, 2)),
		elementwise("Erfinv", "erfinv", num.Erfinv, math.Erfinv, Reals(-0.7, 0.7), at(1, inf), at(-1, inf)),
		elementwise("Lgamma", "lgamma", num.Lgamma, logGamma, Reals(0.6, 5).Or(-1.7, -1.3)),
		special("Digamma", "digamma", num.Digamma, digamma, Reals(0.6, 5).Or(-1.7, -1.3)),
		polygamma(),
		elementwise("Sigmoid", "sigmoid", num.Sigmoid, logistic, Reals(-4, 4), at(1000, 0), at(-1000, 0), at(0, 0.25)),
		elementwise("Softplus", "softplus", num.Softplus, softplus, Reals(-4, 4), at(inf, 1), at(-inf, 0)),
		elementwise("Abs", "abs", num.Abs, math.Abs, off0, at(0, 0), at(math.Copysign(0, -1), 0), at(nan, nan)),
		elementwise("Relu", "", num.Relu, func(x float64) float64 { return where(x <= 0, 0, x) }, off0, at(0, 0), at(nan, 1)),
		elementwise("LeakyRelu", "", num.LeakyRelu, func(x float64) float64 { return where(x > 0, x, 0.01*x) }, off0, at(0, 0.01)),
		elementwise("Elu", "", num.Elu, func(x float64) float64 { return where(x > 0, x, math.Expm1(x)) }, off0, at(0, 1)),
		elementwise("Gelu", "", num.Gelu, func(x float64) float64 { return x / 2 * (1 + math.Erf(x/math.Sqrt2)) }, Reals(-2, 2), at(0, 0.5)),
		elementwise("Silu", "", num.Silu, func(x float64) float64 { return x * logistic(x) }, Reals(-4, 4), at(0, 0.5)),
		{"Sign", "sign", []Case{
			of1(num.Sign, sign, off0.Shaped(2, 3), at(0, 0)),
			of1(num.Sign, sign, Integers(-2, 2, 4)),
		}},
		elementwise("Floor", "floor", num.Floor, math.Floor, Reals(0.1, 0.9).Or(-2.9, -2.1), at(1, 0)),
		elementwise("Ceil", "ceil", num.Ceil, math.Ceil, Reals(0.1, 0.9).Or(-2.9, -2.1), at(1, 0)),
		elementwise("Round", "round", num.Round, math.RoundToEven, Reals(-0.4, 0.4).Or(1.6, 2.4), at(0.5, 0)),
		{"Pow", "pow", []Case{of2(num.Pow[num.Array, num.Array], math.Pow, Reals(0.4, 2, 2, 3), Reals(-2, 3, 2, 3),
			at2(0, 0, 0, 0), at2(0, 2, 0, 0), at2(-2, 3, 12, nan), at2(4, 0, 0, math.Log(4)))}},
		{"Hypot", "hypot", []Case{of2(num.Hypot[num.Array, num.Array], math.Hypot, off0.Shaped(2, 3), off0.Shaped(3), at2(0, 0, 0, 0))}},
		{"Atan2", "atan2", []Case{of2(num.Atan2[num.Array, num.Array], math.Atan2, off0.Shaped(2, 3), off0.Shaped(2, 3),
			at2(0, 1, 1, 0), at2(1, 0, 0, -1), at2(0, -1, -1, 0))}},
		{"LogAddExp", "logaddexp", []Case{of2(num.LogAddExp[num.Array, num.Array], logAddExp, Reals(-3, 3, 2, 3), Reals(-3, 3, 2, 3),
			at2(0, 0, 0.5, 0.5), at2(math.Inf(-1), 0, 0, 1))}},
		{"Xlogy", "xlogy", []Case{of2(num.Xlogy[num.Array, num.Array], xlogy, Reals(-2, 2, 2, 3), Reals(0.4, 3, 2, 3),
			at2(0, 3, math.Log(3), 0))}},
		{"Maximum", "maximum", []Case{of2(num.Maximum[num.Array, num.Array], larger, Apart(-2, 1.9, 2, 2), Apart(-1.95, 2, 2, 2),
			at2(1, 1, 0.5, 0.5), at2(nan, 1, nan, nan)), of2(num.Maximum[num.Array, num.Array], larger, Integers(-2, 2, 4), Integers(-2, 2, 4))}},
		{"Minimum", "minimum", []Case{of2(num.Minimum[num.Array, num.Array], smaller, Apart(-2, 1.9, 2, 2), Apart(-1.95, 2, 2, 2),
			at2(1, 1, 0.5, 0.5))}},
		clipRow(),
		{"Mod", "mod", []Case{
			of2(num.Mod[num.Array, num.Array], mod, Reals(4.2, 5.8, 2, 2).Or(-5.8, -4.2), Reals(1.95, 2.05, 2, 2),
				at2(-7, 3, 1, 3), at2(7, 3, 1, -2), at2(-7.5, 2, 1, 4)),
			of2(num.Mod[num.Array, num.Array], mod, Integers(-9, 9, 5), Integers(2, 4, 5)),
		}},
		{"IsNaN", "ne", []Case{of1(num.IsNaN, func(x float64) float64 { return truth(math.IsNaN(x)) }, Reals(-1, 1, 3))}},
		{"IsInf", "eq", []Case{of1(num.IsInf, func(x float64) float64 { return truth(math.IsInf(x, 0)) }, off0.Shaped(3))}},
		{"Tanh", "one_minus_square", []Case{oneMinusSquare()}},
	}...)
}

func oneMinusSquare() Case {
	c := of1(IR1("func(a:f64[2]) { b:f64[2] = one_minus_square a return b }"), func(x float64) float64 { return 1 - x*x }, Reals(-2, 2, 2))
	return c
}

// special is elementwise for a reference that is itself accurate to some digits only.
func special(name, primitive string, f func(num.Array) num.Array, want func(float64) float64, x Operand, points ...Point) Row {
	r := elementwise(name, primitive, f, want, x, points...)
	for i := range r.Cases {
		r.Cases[i].Tol = 1e-13
		r.Cases[i].Finite = true
	}
	return r
}

// polygamma are the derivatives of Digamma.
func polygamma() Row {
	r := Row{Func: "Digamma", Primitive: "polygamma"}
	for n := 1; n <= 2; n++ {
		c := of1(IR1(fmt.Sprintf("func(a:f64[3]) { b:f64[3] = polygamma[n=%d] a return b }", n)),
			func(x float64) float64 { return polygammaSum(n, x) }, Reals(0.8, 5, 3))
		c.Tol, c.Finite = 1e-13, true
		r.Cases = append(r.Cases, c)
	}
	return r
}

// polygammaSum is n! times the sum of 1/(x+k)^(n+1), with the sign of (-1)^(n+1): a thousand terms, and
// the integral with two corrections for the others.
func polygammaSum(n int, x float64) float64 {
	p := float64(n)
	s := 0.0
	for ; x < 1000; x++ {
		s += math.Pow(x, -p-1)
	}
	s += math.Pow(x, -p)/p + math.Pow(x, -p-1)/2 + (p+1)/12*math.Pow(x, -p-2)
	return math.Pow(-1, p+1) * math.Gamma(p+1) * s
}

// powers are those with a constant exponent; 0, 1, 2 and -1 are special.
func powers() []Row {
	var rows []Row
	for n, p := range []struct {
		primitive string
		atZero    float64
	}{{"", 0}, {"", 1}, {"square", 0}, {"ipow", 0}, {"ipow", 0}, {"div", -inf}, {"ipow", -inf}} {
		if n > 4 {
			n = 4 - n
		}
		c := of1(func(x num.Array) num.Array { return num.Pow(x, n) },
			func(x float64) float64 { return math.Pow(x, float64(n)) }, Reals(-2, -0.4, 2, 2).Or(0.4, 2), at(0, p.atZero))
		c.Tol = 8 * ulp
		rows = append(rows, Row{"Pow", p.primitive, []Case{c}})
	}
	return rows
}

func clipRow() Row {
	clip := func(x, lo, hi float64) float64 { return min(max(x, lo), hi) }
	at3 := func(x, lo, hi, dx, dlo, dhi float64) Point {
		return Point{In: []Tensor{Vector(x), Vector(lo), Vector(hi)}, Grad: []Tensor{Vector(dx), Vector(dlo), Vector(dhi)}}
	}
	return Row{"Clip", "clip", []Case{{
		Do: func(x []num.Array) []num.Array { return []num.Array{num.Clip(x[0], x[1], x[2])} },
		In: []Operand{Reals(-1.8, -1.2, 2, 3).Or(-0.8, 0.8).Or(1.2, 1.8), Reals(-1.1, -0.9, 2, 3), Reals(0.9, 1.1, 2, 3)},
		Want: func(x []Tensor) []Tensor {
			return []Tensor{Of(x[0].Shape, func(i []int) float64 { return clip(x[0].At(i...), x[1].At(i...), x[2].At(i...)) })}
		},
		Points: []Point{at3(0, 0, 1, 0, 0, 0), at3(1, 0, 1, 0, 0, 0), at3(-1, 0, 1, 0, 1, 0), at3(3, 0, 1, 0, 0, 1), at3(0.5, 0, 1, 1, 0, 0)},
	}}}
}

func where(c bool, a, b float64) float64 {
	if c {
		return a
	}
	return b
}

func logGamma(x float64) float64 {
	y, _ := math.Lgamma(x)
	return y
}

// digamma shifts x to where the asymptotic series needs three terms.
func digamma(x float64) float64 {
	s := 0.0
	for ; x < 1000; x++ {
		s -= 1 / x
	}
	return s + math.Log(x) - 1/(2*x) - 1/(12*x*x) + 1/(120*x*x*x*x)
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func softplus(x float64) float64 {
	if x > 30 {
		return x
	}
	return math.Log1p(math.Exp(x))
}

func sign(x float64) float64 {
	if x == 0 || math.IsNaN(x) {
		return x
	}
	return math.Copysign(1, x)
}

func logAddExp(x, y float64) float64 { return math.Log(math.Exp(x) + math.Exp(y)) }

func larger(x, y float64) float64  { return max(x, y) }
func smaller(x, y float64) float64 { return min(x, y) }

func xlogy(x, y float64) float64 {
	if x == 0 && !math.IsNaN(y) {
		return 0
	}
	return x * math.Log(y)
}

func mod(x, y float64) float64 {
	r := math.Mod(x, y)
	if r != 0 && r < 0 != (y < 0) {
		r += y
	}
	return r
}
