package num_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// TestIntegers checks the operations that give integers for integers.
func TestIntegers(t *testing.T) {
	x, y := num.FromInts([]int{-7, 0, 7, -6, 6}, 5), num.FromInts([]int{3, 3, -3, 3, 0}, 5)
	for _, c := range []struct {
		name string
		f    func(x, y num.Array) num.Array
		want []int
	}{
		{"neg", func(x, _ num.Array) num.Array { return num.Neg(x) }, []int{7, 0, -7, 6, -6}},
		{"abs", func(x, _ num.Array) num.Array { return num.Abs(x) }, []int{7, 0, 7, 6, 6}},
		{"sign", func(x, _ num.Array) num.Array { return num.Sign(x) }, []int{-1, 0, 1, -1, 1}},
		{"square", func(x, _ num.Array) num.Array { return num.Square(x) }, []int{49, 0, 49, 36, 36}},
		{"pow 0", func(x, _ num.Array) num.Array { return num.Pow(x, 0) }, []int{1, 1, 1, 1, 1}},
		{"pow 1", func(x, _ num.Array) num.Array { return num.Pow(x, 1) }, []int{-7, 0, 7, -6, 6}},
		{"pow 3", func(x, _ num.Array) num.Array { return num.Pow(x, 3) }, []int{-343, 0, 343, -216, 216}},
		{"maximum", num.Maximum[num.Array, num.Array], []int{3, 3, 7, 3, 6}},
		{"minimum", num.Minimum[num.Array, num.Array], []int{-7, 0, -3, -6, 0}},
		{"minimum of a constant", func(x, _ num.Array) num.Array { return num.Minimum(x, 2) }, []int{-7, 0, 2, -6, 2}},
		{"clip", func(x, _ num.Array) num.Array { return num.Clip(x, -6, 5) }, []int{-6, 0, 5, -6, 5}},
		{"mod", num.Mod[num.Array, num.Array], []int{2, 0, -2, 0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := func(in [2]num.Array) num.Array { return c.f(in[0], in[1]) }
			in := [2]num.Array{x, y}
			for mode, z := range map[string]num.Array{"at once": f(in), "compiled": transforms.JIT(f)(in), "batched": transforms.Vmap(f)(in)} {
				if z.DType() != trace.I64 || !slices.Equal(z.Ints(), c.want) {
					t.Errorf("%s: %v, want %v", mode, z, c.want)
				}
			}
		})
	}
}

// TestIntegersBecomeFloats checks the operations that give f64 for integers.
func TestIntegersBecomeFloats(t *testing.T) {
	x := num.FromInts([]int{-1, 2}, 2)
	for _, c := range []struct {
		name string
		got  num.Array
		want []float64
	}{
		{"pow -1", num.Pow(x, -1), []float64{-1, 0.5}},
		{"pow -2", num.Pow(x, -2), []float64{1, 0.25}},
		{"pow of arrays", num.Pow(2, x), []float64{0.5, 4}},
		{"exp", num.Exp(x), []float64{math.Exp(-1), math.Exp(2)}},
		{"floor", num.Floor(x), []float64{-1, 2}},
		{"relu", num.Relu(x), []float64{0, 2}},
		{"maximum of a float64", num.Maximum(x, 0.5), []float64{0.5, 2}},
		{"clip by float64s", num.Clip(x, -0.5, 0.5), []float64{-0.5, 0.5}},
		{"abs of bools", num.Sqrt(num.Abs(num.FromBools([]bool{true, false}, 2))), []float64{1, 0}},
	} {
		t.Run(c.name, func(t *testing.T) { equalTo(t, c.got, num.Vector(c.want...), 0) })
	}
}

// TestPowOfConstants checks that constants alone make scalars, and extreme exponents.
func TestPowOfConstants(t *testing.T) {
	if y := num.Pow(2, 10); y.Rank() != 0 || y.Int() != 1024 {
		t.Errorf("2**10 = %v", y)
	}
	if y := num.Pow(0.5, -3); y.Rank() != 0 || y.Float64() != 8 {
		t.Errorf("0.5**-3 = %v", y)
	}
	for n, want := range map[int]float64{math.MaxInt: inf, math.MinInt: 0, -1000: 0} {
		if y := num.Pow(num.Scalar(3), n).Float64(); y != want {
			t.Errorf("3**%d = %v, want %v", n, y, want)
		}
	}
}

func TestIsNaNIsInf(t *testing.T) {
	x := num.Vector(nan, inf, -inf, 0, 1)
	if got, want := num.IsNaN(x).Bools(), []bool{true, false, false, false, false}; !slices.Equal(got, want) {
		t.Errorf("IsNaN: %v, want %v", got, want)
	}
	if got, want := num.IsInf(x).Bools(), []bool{false, true, true, false, false}; !slices.Equal(got, want) {
		t.Errorf("IsInf: %v, want %v", got, want)
	}
	n := num.FromInts([]int{1, 2}, 2)
	if num.IsNaN(n).Bools()[0] || num.IsInf(n).Bools()[1] {
		t.Error("an integer is NaN or infinite")
	}
}

// TestBroadcasting checks that elementwise operations of two and three operands broadcast and that
// gradients come back in the operands' own shapes.
func TestBroadcasting(t *testing.T) {
	row, column := num.New([]float64{1, 2, 3}, 1, 3), num.New([]float64{2, 0.5}, 2, 1)
	for name, f := range map[string]func(x, y num.Array) num.Array{
		"pow": num.Pow[num.Array, num.Array], "hypot": num.Hypot[num.Array, num.Array],
		"maximum": num.Maximum[num.Array, num.Array], "atan2": num.Atan2[num.Array, num.Array],
		"mod": num.Mod[num.Array, num.Array], "logaddexp": num.LogAddExp[num.Array, num.Array],
		"xlogy": num.Xlogy[num.Array, num.Array],
		"clip":  func(x, y num.Array) num.Array { return num.Clip(x, 1.5, y) },
	} {
		t.Run(name, func(t *testing.T) {
			if s := f(row, column).Shape(); !slices.Equal(s, []int{2, 3}) {
				t.Errorf("shape %v", s)
			}
			g := transforms.Grad(func(in [2]num.Array) num.Array { return num.Sum(f(in[0], in[1])) })([2]num.Array{row, column})
			if !slices.Equal(g[0].Shape(), []int{1, 3}) || !slices.Equal(g[1].Shape(), []int{2, 1}) {
				t.Errorf("gradients of shapes %v and %v", g[0].Shape(), g[1].Shape())
			}
		})
	}
	err := trace.Try(func() { num.Hypot(num.Vector(1, 2), num.Vector(1, 2, 3)) })
	if want := "hypot: shapes do not broadcast: f64[2] x f64[3]"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}
