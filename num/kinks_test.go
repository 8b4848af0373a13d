package num_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

var minus = math.Copysign(0, -1) // -0

// specialPoints holds, for kinks, singularities, NaN, infinities and zeros, the value and the
// derivative by each operand, to the sign of a value that is 0.
var specialPoints = []struct {
	name string
	x    []float64
	y    float64
	dy   []float64
}{
	{"square", []float64{minus}, 0, []float64{0}},
	{"square", []float64{-inf}, inf, []float64{-inf}},
	{"square", []float64{nan}, nan, []float64{nan}},
	{"sqrt", []float64{0}, 0, []float64{inf}},
	{"sqrt", []float64{minus}, minus, []float64{-inf}},
	{"sqrt", []float64{-1}, nan, []float64{nan}},
	{"sqrt", []float64{inf}, inf, []float64{0}},
	{"sqrt", []float64{nan}, nan, []float64{nan}},
	{"cbrt", []float64{0}, 0, []float64{inf}},
	{"cbrt", []float64{minus}, minus, []float64{inf}},
	{"cbrt", []float64{-inf}, -inf, []float64{0}},
	{"cbrt", []float64{nan}, nan, []float64{nan}},
	{"reciprocal", []float64{0}, inf, []float64{-inf}},
	{"reciprocal", []float64{minus}, -inf, []float64{-inf}},
	{"reciprocal", []float64{-inf}, minus, []float64{0}},
	{"reciprocal", []float64{nan}, nan, []float64{nan}},

	{"exp", []float64{minus}, 1, []float64{1}},
	{"exp", []float64{inf}, inf, []float64{inf}},
	{"exp", []float64{-inf}, 0, []float64{0}},
	{"exp", []float64{1000}, inf, []float64{inf}},
	{"exp", []float64{nan}, nan, []float64{nan}},
	{"exp2", []float64{inf}, inf, []float64{inf}},
	{"exp2", []float64{-inf}, 0, []float64{0}},
	{"exp2", []float64{nan}, nan, []float64{nan}},
	{"expm1", []float64{minus}, minus, []float64{1}},
	{"expm1", []float64{-inf}, -1, []float64{0}},
	{"expm1", []float64{inf}, inf, []float64{inf}},
	{"expm1", []float64{nan}, nan, []float64{nan}},
	{"log", []float64{0}, -inf, []float64{inf}},
	{"log", []float64{-1}, nan, []float64{-1}},
	{"log", []float64{inf}, inf, []float64{0}},
	{"log", []float64{nan}, nan, []float64{nan}},
	{"log2", []float64{0}, -inf, []float64{inf}},
	{"log2", []float64{8}, 3, []float64{1 / (8 * math.Ln2)}},
	{"log2", []float64{1}, 0, []float64{1 / math.Ln2}},
	{"log2", []float64{inf}, inf, []float64{0}},
	{"log2", []float64{nan}, nan, []float64{nan}},
	{"log10", []float64{0}, -inf, []float64{inf}},
	{"log10", []float64{inf}, inf, []float64{0}},
	{"log10", []float64{nan}, nan, []float64{nan}},
	{"log1p", []float64{-1}, -inf, []float64{inf}},
	{"log1p", []float64{minus}, minus, []float64{1}},
	{"log1p", []float64{inf}, inf, []float64{0}},
	{"log1p", []float64{nan}, nan, []float64{nan}},

	{"sin", []float64{minus}, minus, []float64{1}},
	{"sin", []float64{inf}, nan, []float64{nan}},
	{"cos", []float64{-inf}, nan, []float64{nan}},
	{"tan", []float64{minus}, minus, []float64{1}},
	{"tan", []float64{math.Pi / 2}, 1.633123935319537e16, []float64{2.6670937881135714e32}},
	{"tan", []float64{inf}, nan, []float64{nan}},
	{"asin", []float64{1}, math.Pi / 2, []float64{inf}},
	{"asin", []float64{-1}, -math.Pi / 2, []float64{inf}},
	{"asin", []float64{2}, nan, []float64{nan}},
	{"acos", []float64{1}, 0, []float64{-inf}},
	{"acos", []float64{-1}, math.Pi, []float64{-inf}},
	{"acos", []float64{nan}, nan, []float64{nan}},
	{"atan", []float64{inf}, math.Pi / 2, []float64{0}},
	{"atan", []float64{minus}, minus, []float64{1}},
	{"atan", []float64{nan}, nan, []float64{nan}},
	{"atan2", []float64{0, 0}, 0, []float64{nan, nan}},
	{"atan2", []float64{0, 1}, 0, []float64{1, minus}},
	{"atan2", []float64{1, 0}, math.Pi / 2, []float64{0, -1}},
	{"atan2", []float64{0, -1}, math.Pi, []float64{-1, minus}},
	{"atan2", []float64{minus, -1}, -math.Pi, []float64{-1, 0}},
	{"atan2", []float64{nan, 1}, nan, []float64{nan, nan}},

	{"sinh", []float64{minus}, minus, []float64{1}},
	{"sinh", []float64{-inf}, -inf, []float64{inf}},
	{"cosh", []float64{-inf}, inf, []float64{-inf}},
	{"tanh", []float64{minus}, minus, []float64{1}},
	{"tanh", []float64{1000}, 1, []float64{0}},
	{"tanh", []float64{-inf}, -1, []float64{0}},
	{"tanh", []float64{nan}, nan, []float64{nan}},
	{"asinh", []float64{inf}, inf, []float64{0}},
	{"asinh", []float64{-1e160}, math.Asinh(-1e160), []float64{1e-160}},
	{"acosh", []float64{1}, 0, []float64{inf}},
	{"acosh", []float64{0.5}, nan, []float64{nan}},
	{"acosh", []float64{inf}, inf, []float64{0}},
	{"atanh", []float64{1}, inf, []float64{inf}},
	{"atanh", []float64{-1}, -inf, []float64{inf}},
	{"atanh", []float64{nan}, nan, []float64{nan}},

	{"abs", []float64{0}, 0, []float64{0}},
	{"abs", []float64{minus}, 0, []float64{0}},
	{"abs", []float64{-inf}, inf, []float64{-1}},
	{"abs", []float64{nan}, nan, []float64{nan}},
	{"sign", []float64{0}, 0, []float64{0}},
	{"sign", []float64{minus}, minus, []float64{0}},
	{"sign", []float64{-inf}, -1, []float64{0}},
	{"sign", []float64{nan}, nan, []float64{0}},
	{"floor", []float64{1}, 1, []float64{0}},
	{"floor", []float64{minus}, minus, []float64{0}},
	{"floor", []float64{-inf}, -inf, []float64{0}},
	{"ceil", []float64{-0.5}, minus, []float64{0}},
	{"ceil", []float64{nan}, nan, []float64{0}},
	{"round", []float64{0.5}, 0, []float64{0}},
	{"round", []float64{1.5}, 2, []float64{0}},
	{"round", []float64{-2.5}, -2, []float64{0}},

	{"erf", []float64{0}, 0, []float64{2 / math.SqrtPi}},
	{"erf", []float64{10}, 1, []float64{4.197656231354417e-44}},
	{"erf", []float64{-inf}, -1, []float64{0}},
	{"erf", []float64{nan}, nan, []float64{nan}},
	{"erfc", []float64{-inf}, 2, []float64{0}},
	{"erfc", []float64{inf}, 0, []float64{0}},
	{"erfinv", []float64{0}, 0, []float64{math.SqrtPi / 2}},
	{"erfinv", []float64{-1}, -inf, []float64{inf}},
	{"erfinv", []float64{2}, nan, []float64{nan}},
	{"lgamma", []float64{0}, inf, []float64{-inf}},
	{"lgamma", []float64{minus}, inf, []float64{inf}},
	{"lgamma", []float64{-1}, inf, []float64{nan}},
	{"lgamma", []float64{inf}, inf, []float64{inf}},
	{"lgamma", []float64{nan}, nan, []float64{nan}},
	{"digamma", []float64{0}, -inf, []float64{inf}},
	{"digamma", []float64{minus}, inf, []float64{inf}},
	{"digamma", []float64{-2}, nan, []float64{inf}},
	{"digamma", []float64{inf}, inf, []float64{0}},
	{"digamma", []float64{-inf}, nan, []float64{nan}},
	{"digamma", []float64{nan}, nan, []float64{nan}},

	{"sigmoid", []float64{1000}, 1, []float64{0}},
	{"sigmoid", []float64{-1000}, 0, []float64{0}},
	{"sigmoid", []float64{inf}, 1, []float64{0}},
	{"sigmoid", []float64{-inf}, 0, []float64{0}},
	{"sigmoid", []float64{nan}, nan, []float64{nan}},
	{"softplus", []float64{0}, math.Ln2, []float64{0.5}},
	{"softplus", []float64{1000}, 1000, []float64{1}},
	{"softplus", []float64{inf}, inf, []float64{1}},
	{"softplus", []float64{-inf}, 0, []float64{0}},
	{"softplus", []float64{nan}, nan, []float64{nan}},
	{"relu", []float64{0}, 0, []float64{0}},
	{"relu", []float64{minus}, 0, []float64{0}},
	{"relu", []float64{inf}, inf, []float64{1}},
	{"relu", []float64{-inf}, 0, []float64{0}},
	{"relu", []float64{nan}, nan, []float64{1}},
	{"leakyrelu", []float64{0}, 0, []float64{0.01}},
	{"leakyrelu", []float64{-inf}, -inf, []float64{0.01}},
	{"leakyrelu", []float64{nan}, nan, []float64{0.01}},
	{"elu", []float64{0}, 0, []float64{1}},
	{"elu", []float64{1000}, 1000, []float64{1}},
	{"elu", []float64{-inf}, -1, []float64{0}},
	{"elu", []float64{nan}, nan, []float64{nan}},
	{"gelu", []float64{0}, 0, []float64{0.5}},
	{"gelu", []float64{-100}, minus, []float64{0}},
	{"gelu", []float64{inf}, inf, []float64{nan}},
	{"gelu", []float64{-inf}, nan, []float64{nan}},
	{"silu", []float64{0}, 0, []float64{0.5}},
	{"silu", []float64{1}, 0.7310585786300049, []float64{0.9276705118714867}},
	{"silu", []float64{-1000}, minus, []float64{0}},
	{"silu", []float64{inf}, inf, []float64{nan}},
	{"silu", []float64{-inf}, nan, []float64{nan}},

	{"pow0", []float64{0}, 1, []float64{0}},
	{"pow0", []float64{nan}, 1, []float64{0}},
	{"pow1", []float64{minus}, minus, []float64{1}},
	{"pow2", []float64{0}, 0, []float64{0}},
	{"pow3", []float64{-inf}, -inf, []float64{inf}},
	{"pow3", []float64{minus}, minus, []float64{0}},
	{"pow-1", []float64{0}, inf, []float64{-inf}},
	{"pow-2", []float64{minus}, inf, []float64{inf}},
	{"pow-2", []float64{nan}, nan, []float64{nan}},
	{"pow2.5", []float64{0}, 0, []float64{0}},
	{"pow", []float64{0, 0}, 1, []float64{0, 0}},
	{"pow", []float64{0, 2}, 0, []float64{0, 0}},
	{"pow", []float64{0, 1}, 0, []float64{1, 0}},
	{"pow", []float64{0, 0.5}, 0, []float64{inf, 0}},
	{"pow", []float64{0, -1}, inf, []float64{-inf, -inf}},
	{"pow", []float64{-2, 3}, -8, []float64{12, nan}},
	{"pow", []float64{-2, 0.5}, nan, []float64{nan, nan}},
	{"pow", []float64{4, 0}, 1, []float64{0, math.Log(4)}},
	{"pow", []float64{nan, 2}, nan, []float64{nan, nan}},
	{"pow", []float64{2, nan}, nan, []float64{nan, nan}},
	{"div", []float64{1, 0}, inf, []float64{inf, -inf}},
	{"div", []float64{0, 0}, nan, []float64{inf, nan}},
	{"hypot", []float64{0, 0}, 0, []float64{0, 0}},
	{"hypot", []float64{minus, 0}, 0, []float64{0, 0}},
	{"hypot", []float64{0, -2}, 2, []float64{0, -1}},
	{"hypot", []float64{3e200, 4e200}, 5e200, []float64{0.6, 0.8}},
	{"hypot", []float64{nan, 0}, nan, []float64{nan, nan}},
	{"mod", []float64{-7, 3}, 2, []float64{1, 3}},
	{"mod", []float64{7, 3}, 1, []float64{1, -2}},
	{"mod", []float64{-7.5, 2}, 0.5, []float64{1, 4}},
	{"mod", []float64{7, -3}, -2, []float64{1, 3}},
	{"mod", []float64{6, 3}, 0, []float64{1, -2}},
	{"mod", []float64{-6, 3}, 0, []float64{1, 2}},
	{"mod", []float64{6, -3}, minus, []float64{1, 2}},
	{"mod", []float64{1, 0.1}, 0.09999999999999995, []float64{1, -9}},
	{"mod", []float64{5, inf}, 5, []float64{1, minus}},
	{"mod", []float64{5, 0}, nan, []float64{1, nan}},
	{"maximum", []float64{1, 1}, 1, []float64{0.5, 0.5}},
	{"maximum", []float64{inf, inf}, inf, []float64{0.5, 0.5}},
	{"maximum", []float64{-inf, 0}, 0, []float64{0, 1}},
	{"maximum", []float64{minus, 0}, 0, []float64{0.5, 0.5}},
	{"maximum", []float64{nan, 1}, nan, []float64{nan, nan}},
	{"maximum", []float64{inf, nan}, nan, []float64{nan, nan}},
	{"minimum", []float64{1, 1}, 1, []float64{0.5, 0.5}},
	{"minimum", []float64{0, minus}, minus, []float64{0.5, 0.5}},
	{"minimum", []float64{-inf, 0}, -inf, []float64{1, 0}},
	{"minimum", []float64{1, nan}, nan, []float64{nan, nan}},
	{"minimum", []float64{nan, -inf}, nan, []float64{nan, nan}},
	{"clip", []float64{0.5, 0, 1}, 0.5, []float64{1, 0, 0}},
	{"clip", []float64{0, 0, 1}, 0, []float64{0, 0, 0}},
	{"clip", []float64{1, 0, 1}, 1, []float64{0, 0, 0}},
	{"clip", []float64{-1, 0, 1}, 0, []float64{0, 1, 0}},
	{"clip", []float64{inf, 0, 1}, 1, []float64{0, 0, 1}},
	{"clip", []float64{0, 2, 1}, 1, []float64{0, 0, 1}},
	{"clip", []float64{0, 1, 1}, 1, []float64{0, 1, 0}},
	{"clip", []float64{nan, 0, 1}, nan, []float64{nan, nan, nan}},
	{"clip", []float64{5, nan, 1}, nan, []float64{nan, nan, nan}},
	{"clip", []float64{0.5, 0, nan}, nan, []float64{nan, nan, nan}},
	{"logaddexp", []float64{0, 0}, math.Ln2, []float64{0.5, 0.5}},
	{"logaddexp", []float64{-inf, 0}, 0, []float64{0, 1}},
	{"logaddexp", []float64{inf, 0}, inf, []float64{1, 0}},
	{"logaddexp", []float64{inf, -inf}, inf, []float64{1, 0}},
	{"logaddexp", []float64{inf, inf}, inf, []float64{1, 1}},
	{"logaddexp", []float64{-inf, -inf}, -inf, []float64{0, 0}},
	{"logaddexp", []float64{1000, 1000}, 1000 + math.Ln2, []float64{0.5, 0.5}},
	{"logaddexp", []float64{nan, 0}, nan, []float64{nan, nan}},
	{"logaddexp", []float64{inf, nan}, nan, []float64{nan, nan}},
	{"xlogy", []float64{0, 3}, 0, []float64{math.Log(3), 0}},
	{"xlogy", []float64{0, 0}, 0, []float64{-inf, 0}},
	{"xlogy", []float64{2, 0}, -inf, []float64{-inf, inf}},
	{"xlogy", []float64{0, -1}, 0, []float64{nan, 0}},
	{"xlogy", []float64{0, nan}, nan, []float64{nan, nan}},
}

func TestSpecialPoints(t *testing.T) {
	for _, p := range specialPoints {
		t.Run(fmt.Sprint(p.name, p.x), func(t *testing.T) {
			f := functions[p.name].f
			y := f(scalars(p.x)).Float64()
			if relative(y, p.y) > 2e-16 || y == 0 && math.Signbit(y) != math.Signbit(p.y) {
				t.Errorf("value %v, want %v", y, p.y)
			}
			for i, want := range p.dy {
				for mode, d := range map[string]function{
					"forward": pushed(f, i), "reverse": pulled(f, i),
					"compiled forward": transforms.JIT(pushed(f, i)), "compiled reverse": transforms.JIT(pulled(f, i)),
					"batched forward": batched(pushed(f, i)), "batched reverse": batched(pulled(f, i)),
				} {
					tol := 2e-16
					if strings.HasPrefix(mode, "compiled") {
						tol = 1e-15 // functions differ by an ulp, which powers of them multiply
					}
					if got := d(scalars(p.x)).Float64(); relative(got, want) > tol {
						t.Errorf("%s: derivative by operand %d is %v, want %v", mode, i, got, want)
					}
				}
			}
		})
	}
}

// batched returns a scalar function as Vmap runs it, in one of three lanes.
func batched(f function) function {
	return func(x []num.Array) num.Array {
		lanes := make([]num.Array, len(x))
		for i, a := range x {
			lanes[i] = num.Vector(0.25, a.Float64(), 0.75)
		}
		return num.Scalar(transforms.Vmap(f)(lanes).Float64s()[1])
	}
}

// TestSecondOrderAtKinks holds derivatives of order 2 where a mask meets a kink.
func TestSecondOrderAtKinks(t *testing.T) {
	for _, p := range []struct {
		name string
		x    []float64
		want [][]float64
	}{
		{"pow", []float64{4, 0}, [][]float64{{0, 0.25}, {0.25, math.Log(4) * math.Log(4)}}},
		{"pow", []float64{0, 2}, [][]float64{{2, 0}, {0, 0}}},
		{"pow", []float64{0, 0}, [][]float64{{0, 0}, {0, 0}}},
		{"pow2", []float64{0}, [][]float64{{2}}},
		{"pow3", []float64{0}, [][]float64{{0}}},
		{"abs", []float64{0}, [][]float64{{0}}},
		{"relu", []float64{0}, [][]float64{{0}}},
		{"maximum", []float64{1, 1}, [][]float64{{0, 0}, {0, 0}}},
		{"clip", []float64{0, 0, 1}, [][]float64{{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}},
		{"hypot", []float64{0, 0}, [][]float64{{0, 0}, {0, 0}}},
		{"elu", []float64{0}, [][]float64{{1}}},
		{"sqrt", []float64{0}, [][]float64{{-inf}}},
		{"xlogy", []float64{0, 3}, [][]float64{{0, 1. / 3}, {1. / 3, 0}}},
		{"logaddexp", []float64{inf, inf}, [][]float64{{0, 0}, {0, 0}}},
		{"logaddexp", []float64{-inf, -inf}, [][]float64{{0, 0}, {0, 0}}},
		{"logaddexp", []float64{-inf, 0}, [][]float64{{0, 0}, {0, 0}}},
	} {
		t.Run(fmt.Sprint(p.name, p.x), func(t *testing.T) {
			f := functions[p.name].f
			for i, row := range p.want {
				for j, want := range row {
					for mode, d := range map[string]function{
						"rr": pulled(pulled(f, i), j), "fr": pushed(pulled(f, i), j),
						"rf": pulled(pushed(f, i), j), "ff": pushed(pushed(f, i), j),
					} {
						tol := 2e-16
						if strings.HasPrefix(mode, "compiled") {
							tol = 1e-15 // functions differ by an ulp, which powers of them multiply
						}
						if got := d(scalars(p.x)).Float64(); relative(got, want) > tol {
							t.Errorf("%s: derivative by operands %d and %d is %v, want %v", mode, i, j, got, want)
						}
					}
				}
			}
		})
	}
}
