package loop_test

import (
	"math"
	"testing"

	"github.com/gradus-ad/gradus/internal/loop"
)

const (
	least = 0x1p-1074
	below = 1 - 0x1p-53 // the f64 below 1
	above = 1 + 0x1p-52 // that above
)

var (
	inf  = math.Inf(1)
	nan  = math.NaN()
	zero = math.Copysign(0, -1) // the negative one
)

// points at which functions of one operand are held against package math.
var grid = func() []float64 {
	var xs []float64
	for _, x := range []float64{0, least, 3 * least, 0x1p-1022 - least, 0x1p-1022, 0x1p-500, 1e-20,
		0x1p-54, 1e-8, 0.1, 0.5, below, 1, above,
		1.5, 2, 3, 10.25, 36, 300, 1e5, 1 << 20, 1 << 53, 1e22, 1e200, huge, inf, nan} {
		xs = append(xs, x, -x)
	}
	return xs
}()

// same says whether y is what package math gives: the same NaN, infinity, or zero, or near, with the same sign.
func same(y, want float64) bool {
	if math.IsNaN(want) || math.IsInf(want, 0) || want == 0 || want == 1 || want == -1 {
		return alike(y, want)
	}
	d := order(y) - order(want)
	return math.Signbit(y) == math.Signbit(want) && -4 <= d && d <= 4
}

// alike says whether y and want have the same bits, or both are NaN.
func alike(y, want float64) bool {
	return math.Float64bits(y) == math.Float64bits(want) || math.IsNaN(y) && math.IsNaN(want)
}

// logOfAny is math.Log, which on amd64 is wrong for subnormals, so scaled.
func logOfAny(x float64) float64 {
	if 0 < x && x < 0x1p-1022 {
		return math.Log(x*0x1p54) - 54*math.Ln2
	}
	return math.Log(x)
}

// atan2 is math.Atan2, with the right sign where y/x underflows.
func atan2(y, x float64) float64 { return math.Copysign(math.Atan2(y, x), y) }

func TestSpecial1(t *testing.T) {
	acos := func(x float64) float64 { return 2 * math.Atan2(math.Sqrt(1-x), math.Sqrt(1+x)) }
	log2 := func(x float64) float64 {
		if 0.5 < x && x < 2 {
			return math.Log(x) / math.Ln2
		}
		return math.Log2(x)
	}
	for name, f := range map[string]struct {
		f    unary
		want func(x float64) float64
	}{
		"exp":              {(*loop.Builder).Exp, math.Exp},
		"exp2":             {(*loop.Builder).Exp2, math.Exp2},
		"expm1":            {(*loop.Builder).Expm1, math.Expm1},
		"log":              {(*loop.Builder).Log, logOfAny},
		"log2":             {(*loop.Builder).Log2, log2},
		"log10":            {(*loop.Builder).Log10, func(x float64) float64 { return logOfAny(x) / math.Ln10 }},
		"log1p":            {(*loop.Builder).Log1p, math.Log1p},
		"sigmoid":          {(*loop.Builder).Sigmoid, sigmoid},
		"softplus":         {(*loop.Builder).Softplus, softplus},
		"sin":              {(*loop.Builder).Sin, math.Sin},
		"cos":              {(*loop.Builder).Cos, math.Cos},
		"tan":              {(*loop.Builder).Tan, math.Tan},
		"asin":             {(*loop.Builder).Asin, math.Asin},
		"acos":             {(*loop.Builder).Acos, acos},
		"atan":             {(*loop.Builder).Atan, math.Atan},
		"sinh":             {(*loop.Builder).Sinh, math.Sinh},
		"cosh":             {(*loop.Builder).Cosh, math.Cosh},
		"tanh":             {(*loop.Builder).Tanh, math.Tanh},
		"asinh":            {(*loop.Builder).Asinh, math.Asinh},
		"acosh":            {(*loop.Builder).Acosh, math.Acosh},
		"atanh":            {(*loop.Builder).Atanh, math.Atanh},
		"cbrt":             {(*loop.Builder).Cbrt, math.Cbrt},
		"erf":              {(*loop.Builder).Erf, math.Erf},
		"erfc":             {(*loop.Builder).Erfc, math.Erfc},
		"sign":             {(*loop.Builder).Sign, signOf},
		"square":           {(*loop.Builder).Square, func(x float64) float64 { return x * x }},
		"one_minus_square": {(*loop.Builder).OneMinusSquare, func(x float64) float64 { return (1 - x) * (1 + x) }},
		"reciprocal":       {(*loop.Builder).Reciprocal, func(x float64) float64 { return 1 / x }},
	} {
		ys, _ := eval2(lift(f.f), grid, grid)
		fails, _ := eval2(lift(reductionFails), grid, grid)
		trig := name == "sin" || name == "cos" || name == "tan"
		for i, x := range grid {
			if want := f.want(x); !(trig && fails[i] == 1) && !same(ys[i], want) {
				t.Errorf("%s(%v) = %v, want %v", name, x, ys[i], want)
			}
		}
	}
}

func reductionFails(b *loop.Builder, x loop.Value) loop.Value {
	return b.And(b.ReductionFails(x), b.Float(1))
}

// The functions of num that package math does not have, as num has them.

func sigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

func signOf(x float64) float64 {
	if x == 0 || math.IsNaN(x) {
		return x
	}
	return math.Copysign(1, x)
}

func logAddExp(x, y float64) float64 {
	if x == y {
		return x + math.Ln2
	}
	return max(x, y) + math.Log1p(math.Exp(-math.Abs(x-y)))
}

func xlogy(x, y float64) float64 {
	if x == 0 && !math.IsNaN(y) {
		return 0
	}
	return x * logOfAny(y)
}

func mod(x, y float64) float64 {
	r := math.Mod(x, y)
	if r == 0 {
		return math.Copysign(0, y)
	}
	if (r < 0) != (y < 0) {
		r += y
	}
	return r
}

func TestSpecial2(t *testing.T) {
	var xs, ys []float64
	for _, x := range grid {
		for _, y := range grid {
			xs, ys = append(xs, x), append(ys, y)
		}
	}
	fails, _ := eval2(modFails, xs, ys)
	for name, f := range map[string]struct {
		f    binary
		want func(x, y float64) float64
	}{
		"pow":       {(*loop.Builder).Pow, math.Pow},
		"atan2":     {(*loop.Builder).Atan2, atan2},
		"hypot":     {(*loop.Builder).Hypot, math.Hypot},
		"logaddexp": {(*loop.Builder).LogAddExp, logAddExp},
		"xlogy":     {(*loop.Builder).Xlogy, xlogy},
		"mod":       {(*loop.Builder).Mod, mod},
		"maximum":   {(*loop.Builder).Maximum, func(x, y float64) float64 { return max(x, y) }},
		"minimum":   {(*loop.Builder).Minimum, func(x, y float64) float64 { return min(x, y) }},
	} {
		zs, _ := eval2(f.f, xs, ys)
		for i, z := range zs {
			want, x, y := f.want(xs[i], ys[i]), xs[i], ys[i]
			switch {
			case name == "mod" && fails[i] == 1:
			case name == "logaddexp" && math.Abs(z-want) <= 0x1p-52*max(math.Abs(x), math.Abs(y)): // cancels
			case name == "pow" && math.Abs(z/want-1) < 1e-7: // math.Pow is no better
			case name == "pow" && 0 < math.Abs(x) && math.Abs(x) < 0x1p-1022 && math.Abs(y) < 1: // nor is math.Log
			case !same(z, want):
				t.Errorf("%s(%v, %v) = %v, want %v", name, x, y, z, want)
			}
		}
	}
}

func modFails(b *loop.Builder, x, y loop.Value) loop.Value {
	return b.And(b.ModFails(x, y), b.Float(1))
}
