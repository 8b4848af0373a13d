package num_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// contractions multiply arrays of two shapes; want is the result at one place, element by element.
var contractions = []struct {
	name string
	f    func(a, b num.Array) num.Array
	a, b []int
	want []int
	at   func(a, b func(i ...int) float64, k []int) float64
}{
	{"dot", num.Dot, []int{2, 3}, []int{2, 3}, nil, func(a, b func(...int) float64, k []int) float64 {
		return sumOver(2, func(i int) float64 { return sumOver(3, func(j int) float64 { return a(i, j) * b(i, j) }) })
	}},
	{"dot scalars", num.Dot, nil, nil, nil, func(a, b func(...int) float64, k []int) float64 { return a() * b() }},
	{"dot empty", num.Dot, []int{0}, []int{0}, nil, func(a, b func(...int) float64, k []int) float64 { return 0 }},
	{"dot long", num.Dot, []int{700}, []int{700}, nil, func(a, b func(...int) float64, k []int) float64 {
		return sumOver(700, func(i int) float64 { return a(i) * b(i) })
	}},
	{"outer", num.Outer, []int{2}, []int{3, 2}, []int{2, 3, 2}, func(a, b func(...int) float64, k []int) float64 {
		return a(k[0]) * b(k[1], k[2])
	}},
	{"vector vector", num.MatMul, []int{3}, []int{3}, nil, func(a, b func(...int) float64, k []int) float64 {
		return sumOver(3, func(i int) float64 { return a(i) * b(i) })
	}},
	{"matrix vector", num.MatMul, []int{2, 3}, []int{3}, []int{2}, func(a, b func(...int) float64, k []int) float64 {
		return sumOver(3, func(i int) float64 { return a(k[0], i) * b(i) })
	}},
	{"vector matrix", num.MatMul, []int{3}, []int{3, 4}, []int{4}, func(a, b func(...int) float64, k []int) float64 {
		return sumOver(3, func(i int) float64 { return a(i) * b(i, k[0]) })
	}},
	{"matrix matrix", num.MatMul, []int{2, 3}, []int{3, 4}, []int{2, 4}, func(a, b func(...int) float64, k []int) float64 {
		return sumOver(3, func(i int) float64 { return a(k[0], i) * b(i, k[1]) })
	}},
	{"big", num.MatMul, []int{9, 20}, []int{20, 7}, []int{9, 7}, func(a, b func(...int) float64, k []int) float64 {
		return sumOver(20, func(i int) float64 { return a(k[0], i) * b(i, k[1]) })
	}},
	{"stack matrix", num.MatMul, []int{2, 2, 3}, []int{3, 4}, []int{2, 2, 4}, func(a, b func(...int) float64, k []int) float64 {
		return sumOver(3, func(i int) float64 { return a(k[0], k[1], i) * b(i, k[2]) })
	}},
	{"stack vector", num.MatMul, []int{2, 2, 3}, []int{3}, []int{2, 2}, func(a, b func(...int) float64, k []int) float64 {
		return sumOver(3, func(i int) float64 { return a(k[0], k[1], i) * b(i) })
	}},
	{"matrix stack", num.MatMul, []int{2, 3}, []int{5, 1, 3, 2}, []int{5, 1, 2, 2}, func(a, b func(...int) float64, k []int) float64 {
		return sumOver(3, func(i int) float64 { return a(k[2], i) * b(k[0], k[1], i, k[3]) })
	}},
	{"vector stack", num.MatMul, []int{3}, []int{2, 3, 4}, []int{2, 4}, func(a, b func(...int) float64, k []int) float64 {
		return sumOver(3, func(i int) float64 { return a(i) * b(k[0], i, k[1]) })
	}},
	{"stack stack", num.MatMul, []int{2, 1, 2, 3}, []int{4, 3, 2}, []int{2, 4, 2, 2}, func(a, b func(...int) float64, k []int) float64 {
		return sumOver(3, func(i int) float64 { return a(k[0], 0, k[2], i) * b(k[1], i, k[3]) })
	}},
	{"empty sum", num.MatMul, []int{2, 0}, []int{0, 2}, []int{2, 2}, func(a, b func(...int) float64, k []int) float64 { return 0 }},
	{"empty rows", num.MatMul, []int{0, 2}, []int{2, 2}, []int{0, 2}, nil},
	{"empty stack", num.MatMul, []int{0, 2, 2}, []int{0, 2, 2}, []int{0, 2, 2}, nil},
}

func sumOver(n int, f func(i int) float64) float64 {
	s := 0.0
	for i := range n {
		s += f(i)
	}
	return s
}

// element returns the elements of an array as a function of the position.
func element(x num.Array) func(i ...int) float64 {
	v, shape := num.Convert(x, trace.F64).Float64s(), x.Shape()
	return func(i ...int) float64 { return v[offset(shape, i)] }
}

func TestContractions(t *testing.T) {
	for _, row := range contractions {
		t.Run(row.name, func(t *testing.T) {
			draw := normal(17)
			a, b := draw(row.a...), draw(row.b...)
			compare := func(a, b num.Array, tol float64) {
				t.Helper()
				var want []float64
				for _, k := range indices(row.want) {
					want = append(want, row.at(element(a), element(b), k))
				}
				got := row.f(a, b)
				wantEqual(t, fmt.Sprint(a.DType()), num.Convert(got, trace.F64), num.New(want, row.want...), tol)
				if got.DType() != a.DType() {
					t.Errorf("dtype %v of %v", got.DType(), a.DType())
				}
			}
			compare(a, b, 1e-13)
			whole := func(x num.Array) num.Array { return num.Convert(num.Mul(10, x), trace.I64) }
			compare(whole(a), whole(b), 0)

			checkDerivatives(t, func(a num.Array) num.Array { return row.f(a, b) }, a)
			checkDerivatives(t, func(b num.Array) num.Array { return row.f(a, b) }, b)
			n := a.Size()
			checkDerivatives(t, func(x num.Array) num.Array {
				return row.f(num.Reshape(num.Slice(x, 0, n), row.a...), num.Reshape(num.Slice(x, n, num.End), row.b...))
			}, draw(n+b.Size()))
			as, bs := draw(append([]int{2}, row.a...)...), draw(append([]int{2}, row.b...)...)
			checkLanes(t, func(x []num.Array) num.Array { return row.f(x[0], x[1]) }, as, bs)
			checkLanes(t, func(x []num.Array) num.Array { return row.f(x[0], b) }, as)
			checkLanes(t, func(x []num.Array) num.Array { return row.f(a, x[0]) }, bs)
		})
	}
}

// A product with an infinity is IEEE's, whatever the size.
func TestProductOfInfinities(t *testing.T) {
	for _, n := range []int{2, 40} {
		a := num.Set(num.Ones(n, n), 0, num.ScalarInt(0), num.ScalarInt(0))
		b := num.Set(num.Ones(n, n), math.Inf(1), num.ScalarInt(0), num.ScalarInt(0))
		y := num.MatMul(a, b)
		if v := y.At(0, 0).Float64(); !math.IsNaN(v) {
			t.Errorf("%d: 0 * Inf + ... = %v", n, v)
		}
		if v := y.At(1, 0).Float64(); !math.IsInf(v, 1) {
			t.Errorf("%d: 1 * Inf + ... = %v", n, v)
		}
		if v := num.MatMul(b, a).At(0, 0).Float64(); !math.IsNaN(v) {
			t.Errorf("%d: Inf * 0 + ... = %v", n, v)
		}
	}
}

// A row of a matrix whose elements are not touched stays so through a product.
func TestMatMulMask(t *testing.T) {
	f := func(x num.Array) num.Array { // 1/x at 0 in a row that is then left out
		y := num.MatMul(num.Div(1, num.Reshape(x, 2, 1)), num.Ones(1, 2))
		return num.Sum(y.At(1))
	}
	x := num.Vector(0, 2)
	wantEqual(t, "rev", transforms.Grad(f)(x), num.Vector(0, -0.5), 1e-15)
	_, dy := transforms.JVP(f, x, num.Vector(1, 1))
	wantEqual(t, "fwd", dy, num.Scalar(-0.5), 1e-15)
}

func TestContractionErrors(t *testing.T) {
	m := num.Zeros(2, 3)
	for want, f := range map[string]func(){
		"matmul: inner sizes 3 and 4 differ: f64[2,3] x f64[4,5]":                           func() { num.MatMul(m, num.Zeros(4, 5)) },
		"matmul: a scalar has no axis to sum over: f64[2,3] x f64[]: multiply with num.Mul": func() { num.MatMul(m, num.Scalar(1)) },
		"matmul: batch axes do not broadcast: f64[2,2,3] x f64[4,3,2]":                      func() { num.MatMul(num.Zeros(2, 2, 3), num.Zeros(4, 3, 2)) },
		"dot: shapes differ: f64[2,3] x f64[3,2]":                                           func() { num.Dot(m, num.Zeros(3, 2)) },
	} {
		wantError(t, want, f)
	}
}
