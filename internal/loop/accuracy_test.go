package loop_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/internal/loop"
)

type span struct{ lo, hi float64 }

const huge = math.MaxFloat64

// small is the least magnitude that is measured where the reference would lose digits of subnormals; what
// is below is in the tables of special cases.
const small = 0x1p-900

// around returns spans next to x on both sides.
func around(xs ...float64) []span {
	var s []span
	for _, x := range xs {
		s = append(s, span{unorder(order(x) - 40), unorder(order(x) + 40)}, span{x * (1 - 0x1p-20), x * (1 + 0x1p-20)})
	}
	for i := range s {
		s[i] = span{min(s[i].lo, s[i].hi), max(s[i].lo, s[i].hi)}
	}
	return s
}

func plain(f func(x float64) pair) func(x float64) scaled {
	return func(x float64) scaled { return scaled{f(x), 0} }
}

func odd(f func(x float64) pair) func(x float64) scaled {
	return func(x float64) scaled {
		if x < 0 {
			return scaled{f(-x).neg(), 0}
		}
		return scaled{f(x), 0}
	}
}

// unaries are the functions of one operand: their greatest error in ulps, how many instructions they have at most,
// and where they are measured: over spans, and next to points.
var unaries = []struct {
	name         string
	f            unary
	want         func(x float64) scaled
	ulps         float64
	instructions int
	over         []span
	next         []float64
}{
	{"exp", (*loop.Builder).Exp, func(x float64) scaled { return expOf(exact(x)) }, 1, 23,
		[]span{{-760, 720}, {-1, 1}, {-745.2, -708}, {709, 710}, {small, 1}},
		[]float64{-745.13, -708.4, 709.78, math.Ln2 / 2, -math.Ln2 / 2}},
	{"exp2", (*loop.Builder).Exp2, exp2Of, 1, 22,
		[]span{{-1080, 1030}, {-1, 1}, {-1075, -1021}, {1022, 1024}},
		[]float64{-1075, -1022, 1024, 0.5, -0.5, 1.5}},
	{"expm1", (*loop.Builder).Expm1, plain(expm1Far), 1.4, 29,
		[]span{{-1, 1}, {-50, 50}, {50, 709}, {small, 1}, {-1, -small}},
		[]float64{0x1p-54, math.Ln2 / 2, -math.Ln2 / 2, 1.5 * math.Ln2, -1.5 * math.Ln2, -37, 36}},
	{"log", (*loop.Builder).Log, plain(func(x float64) pair { return logOf(exact(x)) }), 1.2, 35,
		[]span{{0x1p-1074, huge}, {0x1p-1074, 0x1p-1020}, {0.5, 2}, {0.99, 1.01}, {0, 10}},
		[]float64{1, math.Sqrt2, math.Sqrt2 / 2, math.Sqrt2 / 4, 0x1p-1022}},
	{"log2", (*loop.Builder).Log2, plain(func(x float64) pair { return logOf(exact(x)).div(refLn2) }), 1, 46,
		[]span{{0x1p-1074, huge}, {0x1p-1074, 0x1p-1020}, {0.5, 2}, {0.99, 1.01}},
		[]float64{1, math.Sqrt2, math.Sqrt2 / 2, math.Sqrt2 / 4}},
	{"log10", (*loop.Builder).Log10, plain(func(x float64) pair { return logOf(exact(x)).div(refLn10) }), 1, 48,
		[]span{{0x1p-1074, huge}, {0x1p-1074, 0x1p-1020}, {0.5, 2}, {0.99, 1.01}},
		[]float64{1, math.Sqrt2, math.Sqrt2 / 2, math.Sqrt2 / 4}},
	{"log1p", (*loop.Builder).Log1p, plain(func(x float64) pair { return log1pOf(exact(x)) }), 1.2, 45,
		[]span{{-1, 1}, {small, huge}, {-0.5, -small}, {1, 1e20}, {-0.01, 0.01}},
		[]float64{math.Sqrt2 - 1, math.Sqrt2/2 - 1, 2*math.Sqrt2 - 1, 0x1p-54, 0x1p53}},
	{"sigmoid", (*loop.Builder).Sigmoid, sigmoidOf, 1.2, 47,
		[]span{{-750, 750}, {-5, 5}, {-745.2, -708}, {-40, 40}}, []float64{-708.4, 36.7, -math.Ln2 / 2}},
	{"softplus", (*loop.Builder).Softplus, softplusOf, 1.4, 69,
		[]span{{-750, 750}, {-5, 5}, {-745.2, -708}, {-40, 40}}, []float64{-708.4, 36.7, math.Log(math.Sqrt2 - 1)}},
	{"sin", (*loop.Builder).Sin, plain(func(x float64) pair { s, _ := sinCosFar(x); return s }), 1.2, 36,
		[]span{{-10, 10}, {-1e5, 1e5}, {0x1p18, 0x1p20 * math.Pi / 2}, {small, 1}}, trigPoints},
	{"cos", (*loop.Builder).Cos, plain(func(x float64) pair { _, c := sinCosFar(x); return c }), 1.2, 35,
		[]span{{-10, 10}, {-1e5, 1e5}, {0x1p18, 0x1p20 * math.Pi / 2}, {small, 1}}, trigPoints},
	{"tan", (*loop.Builder).Tan, plain(func(x float64) pair { s, c := sinCosFar(x); return s.div(c) }), 1.2, 60,
		[]span{{-10, 10}, {-1e5, 1e5}, {0x1p18, 0x1p20 * math.Pi / 2}, {small, 1}}, trigPoints},
	{"asin", (*loop.Builder).Asin, odd(asinOf), 1.2, 32,
		[]span{{-1, 1}, {small, 1}}, []float64{0.5, -0.5, 0x1.6p-1, 1 - 0x1p-20}},
	{"acos", (*loop.Builder).Acos, plain(acosOf), 1.2, 36,
		[]span{{-1, 1}, {0.5, 1}, {small, 1}}, []float64{0.5, -0.5, 1 - 0x1p-20}},
	{"atan", (*loop.Builder).Atan, odd(func(x float64) pair { return atanOf(exact(x)) }), 1.2, 35,
		[]span{{-5, 5}, {-1, 1}, {small, 0x1p900}}, []float64{1, -1, 0x1p54}},
	{"sinh", (*loop.Builder).Sinh, oddScaled(sinhOf), 1.2, 49,
		[]span{{-3, 3}, {-711, 711}, {small, 800}}, []float64{1, 709.78, 710.4758}},
	{"cosh", (*loop.Builder).Cosh, coshOf, 1.2, 35,
		[]span{{-3, 3}, {-711, 711}, {small, 800}}, []float64{1, 709.78, 710.4758}},
	{"tanh", (*loop.Builder).Tanh, odd(tanhOf), 1.3, 37,
		[]span{{-3, 3}, {-25, 25}, {small, 800}}, []float64{0.625, 19.06}},
	{"asinh", (*loop.Builder).Asinh, odd(asinhOf), 1.2, 63,
		[]span{{-3, 3}, {-1000, 1000}, {small, huge}}, []float64{0x1p28, 0.35, 1}},
	{"acosh", (*loop.Builder).Acosh, plain(acoshOf), 1.2, 56,
		[]span{{1, 3}, {1, 1 + 0x1p-20}, {1, huge}}, []float64{0x1p28, 1.0625}},
	{"atanh", (*loop.Builder).Atanh, odd(atanhOf), 1.2, 51,
		[]span{{-1, 1}, {small, 1}, {1 - 0x1p-30, 1 - 0x1p-53}}, []float64{0.17, 0.5, 0.14, 0.2}},
	{"cbrt", (*loop.Builder).Cbrt, odd(cbrtOf), 0.6, 47,
		[]span{{0x1p-1074, huge}, {-1, 1}, {1, 8}, {0x1p-1074, 0x1p-1020}}, []float64{1, 2, 4, 8}},
	{"erf", (*loop.Builder).Erf, odd(erfOf), 1.2, 54, []span{{-3, 3}, {small, 7}, {1, 6}}, []float64{1, 5.92}},
	{"erfc", (*loop.Builder).Erfc, erfcOf, 1.4, 82,
		[]span{{-6, 6}, {-0x1p-60, 0x1p-60}, {small, 28}, {26, 28}, {0, 27}}, []float64{0.5, 1, 4, 26.54, 27.22}},
}

var trigPoints = func() []float64 {
	var xs []float64
	for _, n := range []float64{1, 2, 3, 4, 5, 10, 11, 1000, 1e5, 3e5, 1<<20 - 1, 1 << 20} {
		xs = append(xs, n*math.Pi/2, (n-0.5)*math.Pi/2)
	}
	return xs
}()

func TestAccuracy1(t *testing.T) {
	for _, row := range unaries {
		t.Run(row.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			n := points(t)
			var xs []float64
			for _, s := range row.over {
				xs = append(xs, sample(r, s.lo, s.hi, n)...)
			}
			for _, s := range around(row.next...) {
				xs = append(xs, sample(r, s.lo, s.hi, n/40)...)
			}
			u, x, _ := worst(lift(row.f), func(x, _ float64) scaled { return row.want(x) }, xs, xs)
			_, instructions := eval2(lift(row.f), nil, nil)
			t.Logf("%-8s %.3f ulp at %v (%x), of %d points; %d instructions", row.name, u, x, x, len(xs), instructions)
			if u > row.ulps {
				t.Errorf("error is %.3f ulp, may be %v", u, row.ulps)
			}
			if instructions > row.instructions {
				t.Errorf("%d instructions, may be %d", instructions, row.instructions)
			}
		})
	}
}

// binaries are those of two operands, measured over pairs of points of spans that stand in the same place.
var binaries = []struct {
	name         string
	f            binary
	want         func(x, y float64) scaled
	ulps         float64
	instructions int
	x, y         []span
}{
	{"pow", (*loop.Builder).Pow, powOf, 1, 122,
		[]span{{0, 10}, {0.9, 1.1}, {0x1p-1074, huge}, {0x1p-1074, 0x1p-1000}, {1 - 0x1p-30, 1 + 0x1p-30}, {0, 100}},
		[]span{{-50, 50}, {-7000, 7000}, {-1.1, 1.1}, {-1.02, 1.02}, {-1e12, 1e12}, {-160, 160}}},
	{"atan2", (*loop.Builder).Atan2, atan2Of, 1.2, 62,
		[]span{{-1, 1}, {small, 1}, {-1e300, 1e300}, {0.9, 1.1}, {0x1p-1000, 0x1p-960}, {least, 0x1p-1010}},
		[]span{{-1, 1}, {-3, 3}, {-1e300, 1e300}, {0.9, 1.1}, {0x1p-1000, 0x1p-960}, {least, 0x1p-1010}}},
	{"hypot", (*loop.Builder).Hypot, hypotOf, 1.2, 19,
		[]span{{-1, 1}, {0x1p-1074, huge}, {0x1p-1074, 0x1p-1000}, {0x1p1020, huge}},
		[]span{{-1, 1}, {0x1p-1074, huge}, {0x1p-1074, 0x1p-1000}, {0x1p1020, huge}}},
	{"logaddexp", (*loop.Builder).LogAddExp, logAddExpOf, 1.4, 80,
		[]span{{0, 10}, {0, 1e3}, {0.1, 100}, {0, 1e300}},
		[]span{{-10, 10}, {-1e3, 1e3}, {0.1, 100}, {-1e300, 1e300}}},
	{"xlogy", (*loop.Builder).Xlogy, xlogyOf, 2, 40,
		[]span{{-1, 1}, {-1e3, 1e3}}, []span{{small, 2}, {small, huge}}},
}

func TestAccuracy2(t *testing.T) {
	for _, row := range binaries {
		t.Run(row.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 4))
			var xs, ys []float64
			for k := range row.x {
				x, y := sample(r, row.x[k].lo, row.x[k].hi, points(t)), sample(r, row.y[k].lo, row.y[k].hi, points(t))
				r.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
				xs, ys = append(xs, x...), append(ys, y...)
			}
			u, x, y := worst(row.f, row.want, xs, ys)
			_, instructions := eval2(row.f, nil, nil)
			t.Logf("%-8s %.3f ulp at (%v, %v), of %d points; %d instructions", row.name, u, x, y, len(xs), instructions)
			if u > row.ulps {
				t.Errorf("error is %.3f ulp, may be %v", u, row.ulps)
			}
			if instructions > row.instructions {
				t.Errorf("%d instructions, may be %d", instructions, row.instructions)
			}
		})
	}
}

// Where the maximum is negative, the terms of LogAddExp cancel: the error is in units of the larger of it and
// the result.
func TestLogAddExpCancels(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, s := range [][2]span{{{-10, 0}, {-10, 0}}, {{-1e-12, -1e-20}, {-40, -20}}, {{-0.7, -0.69}, {-0.7, -0.69}}} {
		xs, ys := sample(r, s[0].lo, s[0].hi, points(t)), sample(r, s[1].lo, s[1].hi, points(t))
		zs, _ := eval2((*loop.Builder).LogAddExp, xs, ys)
		for i, z := range zs {
			want := logAddExpOf(xs[i], ys[i])
			most := max(math.Abs(want.hi), math.Abs(max(xs[i], ys[i])))
			unit := math.Ldexp(1, math.Ilogb(most)-52)
			if d := math.Abs(scaledDifference(z, want)) / unit; !(d <= 3) {
				t.Fatalf("logaddexp(%v, %v) = %v, %v units off", xs[i], ys[i], z, d)
			}
		}
	}
}
