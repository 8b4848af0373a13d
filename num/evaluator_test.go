package num_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// TestSumOfColumns holds that elements are summed in one order, whether they stand side by side or below each other.
func TestSumOfColumns(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 7))
	for _, rows := range []int{0, 1, 2, 63, 64, 65, 129, 300} {
		x := num.Normal(rng, rows, 3, 2)
		got, want := num.Sum(x, 0), num.Sum(num.Transpose(x, 1, 2, 0), 2)
		same(t, fmt.Sprintf("the sum of %d rows", rows), got, want)
		x = num.Normal(rng, rows, 2, 3)
		same(t, fmt.Sprintf("the sum of %d times 2 rows", rows), num.Sum(x, 0, 1), num.Sum(num.Transpose(x, 2, 0, 1), 1, 2))
	}
}

// TestRepeatedOperands compares arithmetic on arrays that repeat elements with that on copies of these.
func TestRepeatedOperands(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 7))
	type function = func(x, y num.Array) num.Array
	operations := map[string]function{
		"add": func(x, y num.Array) num.Array { return num.Add(x, y) }, "sub": num.Sub[num.Array, num.Array], "mul": func(x, y num.Array) num.Array { return num.Mul(x, y) }, "div": num.Div[num.Array, num.Array],
	}
	for _, length := range []int{1, 3, 10, 63, 64, 65, 200} {
		for _, rows := range []int{1, 2, 7} {
			full, row := num.Normal(rng, rows, length), num.Normal(rng, length)
			for _, short := range []num.Array{row, row.At(0), num.Scalar(0.1), num.New(row.Float64s()[:1], 1, 1)} {
				long := copied(num.BroadcastTo(short, rows, length))
				other := num.BroadcastTo(row, rows, length)
				for name, f := range operations {
					what := fmt.Sprintf("%s of %v and %v", name, full.Type(), short.Type())
					same(t, what, f(full, short), f(full, long))
					same(t, what+", turned", f(short, full), f(long, full))
					same(t, what+", both", f(num.BroadcastTo(short, rows, length), other), f(long, copied(other)))
				}
			}
		}
	}
}

// TestResultsAreKept holds that what is computed of an array leaves it as it is, also where it shares storage with others.
func TestResultsAreKept(t *testing.T) {
	x := num.Vector(1, 2, 3)
	dot := num.Dot(x, x)
	one := num.Reshape(dot, 1)
	sum := num.Add(one, num.Vector(5))
	if dot.Float64() != 14 || one.Float64() != 14 || sum.Float64() != 19 {
		t.Errorf("14 is %v, and %v, and with 5 it is %v", dot, one, sum)
	}
	product := num.MatMul(num.Reshape(x, 3, 1), num.Reshape(x, 1, 3))
	row := num.Sum(product, 0)
	rows := num.BroadcastTo(row, 1, 3)
	num.Add(rows, num.Ones(1, 3))
	num.Tanh(product)
	same(t, "a row", row, num.Vector(6, 12, 18))
	same(t, "a product", product, num.New([]float64{1, 2, 3, 2, 4, 6, 3, 6, 9}, 3, 3))
}

func copied(x num.Array) num.Array { return num.New(x.Float64s(), x.Shape()...) }

// same fails unless two arrays are equal to the bit.
func same(t *testing.T, what string, got, want num.Array) {
	t.Helper()
	if !got.Type().Equal(want.Type()) {
		t.Fatalf("%s is %v, not %v", what, got.Type(), want.Type())
	}
	for i, x := range trace.Read(want).F64 {
		if y := trace.Read(got).F64[i]; math.Float64bits(x) != math.Float64bits(y) {
			t.Fatalf("%s has %v in place %d, not %v", what, y, i, x)
		}
	}
}
