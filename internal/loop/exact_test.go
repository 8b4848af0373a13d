package loop_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/internal/loop"
)

// Values that are exact: at thresholds, and where the true value is an f64.
func TestExact(t *testing.T) {
	for _, c := range []struct {
		name    string
		f       unary
		x, want float64
	}{
		{"exp", (*loop.Builder).Exp, zero, 1},
		{"exp", (*loop.Builder).Exp, -745.1332191019411, least},
		{"exp", (*loop.Builder).Exp, -745.1332191019412, 0},
		{"exp", (*loop.Builder).Exp, 709.782712893384, 0x1.fffffffffff2ap+1023},
		{"exp", (*loop.Builder).Exp, 709.7827128933841, inf},
		{"exp2", (*loop.Builder).Exp2, -1074, least},
		{"exp2", (*loop.Builder).Exp2, -1075, 0},
		{"exp2", (*loop.Builder).Exp2, 1024, inf},
		{"expm1", (*loop.Builder).Expm1, zero, zero},
		{"expm1", (*loop.Builder).Expm1, least, least},
		{"expm1", (*loop.Builder).Expm1, -40, -1},
		{"expm1", (*loop.Builder).Expm1, 709.7827128933841, inf},
		{"log", (*loop.Builder).Log, 1, 0},
		{"log", (*loop.Builder).Log, least, -0x1.74385446d71c3p+9},
		{"log", (*loop.Builder).Log, -least, nan},
		{"log", (*loop.Builder).Log, zero, -inf},
		{"log1p", (*loop.Builder).Log1p, zero, zero},
		{"log1p", (*loop.Builder).Log1p, -below, -0x1.25e4f7b2737fap+5},
		{"log1p", (*loop.Builder).Log1p, -above, nan},
		{"acos", (*loop.Builder).Acos, 1, 0},
		{"acos", (*loop.Builder).Acos, -1, math.Pi},
		{"acos", (*loop.Builder).Acos, zero, math.Pi / 2},
		{"asin", (*loop.Builder).Asin, -1, -math.Pi / 2},
		{"asin", (*loop.Builder).Asin, above, nan},
		{"atan", (*loop.Builder).Atan, -inf, -math.Pi / 2},
		{"atan", (*loop.Builder).Atan, 1, math.Pi / 4},
		{"sinh", (*loop.Builder).Sinh, 710.4758600739439, 0x1.ffffffffffd3bp+1023},
		{"sinh", (*loop.Builder).Sinh, -710.475860073944, -inf},
		{"cosh", (*loop.Builder).Cosh, 710.475860073944, inf},
		{"cosh", (*loop.Builder).Cosh, zero, 1},
		{"tanh", (*loop.Builder).Tanh, -40, -1},
		{"tanh", (*loop.Builder).Tanh, zero, zero},
		{"acosh", (*loop.Builder).Acosh, 1, 0},
		{"acosh", (*loop.Builder).Acosh, below, nan},
		{"acosh", (*loop.Builder).Acosh, -2, nan},
		{"atanh", (*loop.Builder).Atanh, -1, -inf},
		{"erf", (*loop.Builder).Erf, 6, 1},
		{"erfc", (*loop.Builder).Erfc, 27.3, 0},
		{"erfc", (*loop.Builder).Erfc, -6, 2},
		{"erfc", (*loop.Builder).Erfc, zero, 1},
		{"sigmoid", (*loop.Builder).Sigmoid, zero, 0.5},
		{"sigmoid", (*loop.Builder).Sigmoid, -745, least},
		{"sigmoid", (*loop.Builder).Sigmoid, 40, 1},
		{"softplus", (*loop.Builder).Softplus, 0, math.Ln2},
		{"softplus", (*loop.Builder).Softplus, -745, least},
		{"softplus", (*loop.Builder).Softplus, 1e300, 1e300},
		{"sign", (*loop.Builder).Sign, -least, -1},
		{"reduction fails", reductionFails, 0x1p20 * math.Pi / 2, 0},
		{"reduction fails", reductionFails, -0x1p21, 1},
		{"reduction fails", reductionFails, -inf, 0},
		{"reduction fails", reductionFails, nan, 0},
	} {
		if y, _ := eval2(lift(c.f), []float64{c.x}, []float64{0}); !alike(y[0], c.want) {
			t.Errorf("%s(%v) = %x, want %x", c.name, c.x, y[0], c.want)
		}
	}
}

// TestWhole holds powers and roots of whole numbers, and logarithms of powers, which have no error.
func TestWhole(t *testing.T) {
	var ns, twos, tens, bases, cubes []float64
	for n := -1074.; n <= 1023; n++ {
		ns, twos = append(ns, n), append(twos, math.Ldexp(1, int(n)))
		bases, cubes = append(bases, n), append(cubes, n*n*n)
	}
	for n := range 23 {
		tens = append(tens, math.Pow10(n))
	}
	check := func(name string, f binary, xs, ys, want []float64) {
		t.Helper()
		zs, _ := eval2(f, xs, ys)
		for i, z := range zs {
			if z != want[i] {
				t.Errorf("%s(%v, %v) = %v, want %v", name, xs[i], ys[i], z, want[i])
			}
		}
	}
	all := func(x float64) []float64 {
		xs := make([]float64, len(ns))
		for i := range xs {
			xs[i] = x
		}
		return xs
	}
	check("exp2", lift((*loop.Builder).Exp2), ns, ns, twos)
	check("log2", lift((*loop.Builder).Log2), twos, twos, ns)
	check("cbrt", lift((*loop.Builder).Cbrt), cubes, cubes, bases)
	check("pow", (*loop.Builder).Pow, all(2), ns, twos)
	check("pow", (*loop.Builder).Pow, bases, all(3), cubes)
	check("pow", (*loop.Builder).Pow, twos, all(1), twos)
	check("log10", lift((*loop.Builder).Log10), tens, tens, ns[1074:][:len(tens)])
	check("pow", (*loop.Builder).Pow, all(10)[:len(tens)], ns[1074:][:len(tens)], tens)
}

// TestNumber holds against Go what agrees to the bit.
func TestNumber(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var xs, ys []float64
	random := func() float64 {
		switch r.IntN(3) {
		case 0:
			return float64(r.IntN(41)-20) / 2
		case 1:
			return r.NormFloat64() * math.Exp2(float64(r.IntN(140)-70))
		}
		return math.Float64frombits(r.Uint64())
	}
	for range 2 * points(t) {
		xs, ys = append(xs, random()), append(ys, random())
	}
	for name, f := range map[string]struct {
		f    binary
		want func(x, y float64) float64
	}{
		"mod":     {(*loop.Builder).Mod, mod},
		"maximum": {(*loop.Builder).Maximum, func(x, y float64) float64 { return max(x, y) }},
		"minimum": {(*loop.Builder).Minimum, func(x, y float64) float64 { return min(x, y) }},
		"clip": {func(b *loop.Builder, x, y loop.Value) loop.Value { return b.Clip(x, y, b.Float(1)) },
			func(x, y float64) float64 { return min(max(x, y), 1) }},
		"power 5":  {lift(power(5)), func(x, _ float64) float64 { return x * (x * x * (x * x)) }},
		"power -3": {lift(power(-3)), func(x, _ float64) float64 { return 1 / (x * (x * x)) }},
		"power 0":  {lift(power(0)), func(x, _ float64) float64 { return 1 }},
	} {
		zs, _ := eval2(f.f, xs, ys)
		fails, _ := eval2(modFails, xs, ys)
		for i, z := range zs {
			if want := f.want(xs[i], ys[i]); !(name == "mod" && fails[i] == 1) && !alike(z, want) {
				t.Fatalf("%s(%v, %v) = %v, want %v", name, xs[i], ys[i], z, want)
			}
		}
	}
}

func power(n int) unary {
	return func(b *loop.Builder, x loop.Value) loop.Value { return b.PowInt(x, n) }
}

func TestIPowInt(t *testing.T) {
	for n, want := range []int64{1, -3, 9, -27, 81, -243, 729, -2187} {
		b := loop.NewBuilder()
		if y := b.IPowInt(b.Int(-3), n); y != b.Int(want) {
			t.Errorf("power %d of -3 is not %d in\n%v", n, want, &b.Loop)
		}
	}
}

// TestModFails holds the mask of Mod's failures: where quotients are below 2**100 it is clear.
func TestModFails(t *testing.T) {
	xs := []float64{1e30, 0x1p99, 0x1p101, -0x1p101, inf, 1, 1, nan, 1, 1e300}
	ys := []float64{3, 1, 1, 1, 1, 0, inf, 1, nan, -1e-300}
	want := []float64{0, 0, 1, 1, 0, 0, 0, 0, 0, 1}
	zs, _ := eval2(modFails, xs, ys)
	for i, z := range zs {
		if z != want[i] {
			t.Errorf("mod(%v, %v): %v, want %v", xs[i], ys[i], z, want[i])
		}
	}
}

// TestMultiples measures sine and cosine next to multiples of pi/2, where the reduction cancels most.
func TestMultiples(t *testing.T) {
	var xs []float64
	step := max(1, 1<<20/(2*points(t)))
	for n := 1; n <= 1<<20; n += step {
		x := float64(n) * (math.Pi / 2)
		xs = append(xs, x, math.Nextafter(x, inf), math.Nextafter(x, 0))
	}
	for name, f := range map[string]unary{"sin": (*loop.Builder).Sin, "cos": (*loop.Builder).Cos, "tan": (*loop.Builder).Tan} {
		u, x, _ := worst(lift(f), func(x, _ float64) scaled {
			switch s, c := sinCosFar(x); name {
			case "sin":
				return scaled{s, 0}
			case "cos":
				return scaled{c, 0}
			default:
				return scaled{s.div(c), 0}
			}
		}, xs, xs)
		t.Logf("%s %.3f ulp at %v", name, u, x)
		if u > 1.5 {
			t.Errorf("%s: error is %.3f ulp at %v", name, u, x)
		}
	}
}

// TestShared says what hash-consing gives: a sine and a cosine cost little more than either.
func TestShared(t *testing.T) {
	_, n := eval2(func(b *loop.Builder, x, _ loop.Value) loop.Value { return b.Add(b.Sin(x), b.Cos(x)) }, nil, nil)
	if n > 42 {
		t.Errorf("%d instructions", n)
	}
}
