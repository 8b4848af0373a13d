package num_test

import (
	"bufio"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// inexact lists the rows of elementwise.txt for which a relative error of 2e-15 is too much to ask.
var inexact = map[string]float64{
	// the derivative is made of y, whose last bit weighs more in 1 - y
	"tanh -3": 3e-15, "tanh 3": 3e-15, "sigmoid 3": 3e-15, "softplus 3": 3e-15, "silu 3": 7e-15,
	"logaddexp -700 -703": 3e-15, "logaddexp 600 595": 2e-14,
	// 1 - 2y, near its zero at x = 0
	"sigmoid 1e-8": 1e-8, "softplus 1e-8": 1e-8, "silu 1e-8": 1e-8,
	// exp(x²): the last bit of x² weighs x² times as much
	"erfinv -0.95": 4e-15, "erfinv 0.9": 4e-15, "erfinv 0.999": 5e-15, "gelu -10": 8e-15,
	// near a zero of the polygamma functions; arm64 rounds products with the sums that they are in
	"lgamma -20.75": 2e-14, "lgamma -3.5": 7e-14, "digamma -20.75": 2e-14, "digamma -3.5": 7e-14,
	// 1 - (y/z)², where y is far larger than x
	"hypot 0.25 -8": 4e-14,
}

// TestOracle compares values and derivatives with those that testdata/elementwise.py computed to
// 18 digits: by forward and by reverse mode.
func TestOracle(t *testing.T) {
	file, err := os.Open("testdata/elementwise.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		f, ok := functions[fields[0]]
		if !ok {
			t.Fatalf("no function %q", fields[0])
		}
		name := strings.Join(fields[:1+f.operands()], " ")
		t.Run(name, func(t *testing.T) {
			var nums []float64
			for _, s := range fields[1:] {
				v, err := strconv.ParseFloat(s, 64)
				if err != nil {
					t.Fatal(err)
				}
				nums = append(nums, v)
			}
			x, want := scalars(nums[:f.operands()]), nums[f.operands():]
			tol := 2e-15
			if more, ok := inexact[name]; ok {
				tol = more
			}
			for _, mode := range []struct {
				name string
				d    func(function, int) function
			}{{"forward", pushed}, {"reverse", pulled}} {
				for i, path := range derivativePaths(f.operands()) {
					g := f.f
					for _, operand := range path {
						g = mode.d(g, operand)
					}
					if got := g(x).Float64(); relative(got, want[i]) > tol {
						t.Errorf("%s %v: got %.18g, want %.18g, relative error %.1e", mode.name, path, got, want[i], relative(got, want[i]))
					}
				}
			}
		})
	}
}

// derivativePaths lists the operands by which to differentiate for each number of a row.
func derivativePaths(operands int) [][]int {
	if operands == 1 {
		return [][]int{{}, {0}, {0, 0}, {0, 0, 0}}
	}
	return [][]int{{}, {0}, {1}, {0, 0}, {0, 1}, {1, 1}}
}

// function is a function of some operands.
type function func(x []num.Array) num.Array

// pushed returns the partial derivative of f by operand i, by forward mode. The other operands have
// no tangents: zeros would meet infinite derivatives.
func pushed(f function, i int) function {
	return func(x []num.Array) num.Array {
		_, dy := transforms.JVP(func(xi num.Array) num.Array {
			at := slices.Clone(x)
			at[i] = xi
			return f(at)
		}, x[i], num.Add(num.ZerosLike(x[i]), 1))
		return dy
	}
}

// pulled returns the partial derivative of the elementwise function f by operand i, by reverse mode.
func pulled(f function, i int) function {
	grad := transforms.Grad(func(x []num.Array) num.Array { return num.Sum(f(x)) })
	return func(x []num.Array) num.Array { return grad(x)[i] }
}

func scalars(v []float64) []num.Array {
	a := make([]num.Array, len(v))
	for i, x := range v {
		a[i] = num.Scalar(x)
	}
	return a
}

// relative returns |got - want| / |want|, where equal numbers differ by 0 and NaN is equal to NaN.
func relative(got, want float64) float64 {
	if got == want || math.IsNaN(got) && math.IsNaN(want) {
		return 0
	}
	if d := math.Abs(got-want) / math.Abs(want); !math.IsNaN(d) {
		return d
	}
	return math.Inf(1)
}
