package compile_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/gemm"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// products are einsums of two operands of some shapes.
var products = []struct {
	spec string
	a, b []int
}{
	{"ij,jk", []int{2, 3}, []int{3, 4}},
	{"ij,j->i", []int{2, 7}, []int{7}},
	{"i,i->", []int{13}, []int{13}},
	{"bi,bij->bj", []int{2, 3}, []int{2, 3, 2}},
	{"ij,jk", []int{5, 7}, []int{7, 9}},
	{"ij,jk", []int{33, 40}, []int{40, 30}},
	{"ij,j->i", []int{40, 30}, []int{30}},
	{"i,ij->j", []int{40}, []int{40, 30}},
	{"i,i->", []int{300}, []int{300}},
	{"i,j->ij", []int{40}, []int{30}},
	{"bij,bjk->bik", []int{3, 5, 6}, []int{3, 6, 4}},
	{"bij,bjk->ikb", []int{3, 5, 6}, []int{3, 6, 4}},
	{"bij,jk->bik", []int{3, 5, 6}, []int{6, 4}},
	{"ijk,kl->ijl", []int{3, 4, 5}, []int{5, 6}},
	{"ikj,kl->ijl", []int{3, 4, 5}, []int{4, 6}},
	{"ikj,kl->ijl", []int{10, 4, 9}, []int{4, 6}},
	{"ijk,kji->", []int{6, 7, 8}, []int{8, 7, 6}},
	{"iaj,abk->ijbk", []int{4, 5, 3}, []int{5, 2, 20}},
	{"ij,jk", []int{4, 0}, []int{0, 5}},
	{"ij,jk", []int{0, 4}, []int{4, 5}},
	{"bij,bjk->bik", []int{0, 5, 6}, []int{0, 6, 4}},
	{"nj,ijk->nki", []int{70, 3}, []int{5, 3, 4}},
}

// TestProducts multiplies views of arguments and of what loops make, and gives the same bits as Eval, but
// where blas64 decides on them.
func TestProducts(t *testing.T) {
	looks := map[string]func(x num.Array) num.Array{ // which keep the shape
		"whole":     func(x num.Array) num.Array { return x },
		"made":      func(x num.Array) num.Array { return num.Mul(x, num.Add(x, 1)) },
		"flip":      func(x num.Array) num.Array { return num.Flip(num.Mul(2, x)) },
		"transpose": func(x num.Array) num.Array { return num.Transpose(num.Reshape(x, reversed(x.Shape())...)) },
		"slice": func(x num.Array) num.Array {
			return num.Slice(num.Concat(0, x, x), x.Shape()[0], num.End)
		},
	}
	for _, row := range products {
		a, b := floats(1, row.a...), floats(2, row.b...)
		for first, v := range looks {
			for second, w := range looks {
				t.Run(fmt.Sprint(row, first, second), func(t *testing.T) {
					f := trace.Build([]trace.Type{a.Type(), b.Type()}, func(x []num.Array) []num.Array {
						y := num.Einsum(row.spec, v(x[0]), w(x[1]))
						return []num.Array{y, num.Add(y, 1)}
					})
					want := f.Eval(a, b)
					for _, on := range compile.Backends() {
						p := compile.Compile(f, on)
						if strings.Contains(p.String(), "eval dot") {
							t.Fatalf("%v", p)
						}
						got := run(p, []num.Array{a, b})
						if err := same(got, want); err != nil {
							t.Fatalf("%s: %v\n%v%v", on.Name, err, f, p)
						}
						for i, got := range got {
							if gemm.Lanes(1, 1) > 1 && !slices.Equal(bits(got), bits(want[i])) {
								t.Fatalf("%s: %v, want %v\n%v%v", on.Name, got, want[i], f, p)
							}
						}
					}
				})
			}
		}
	}
}

func reversed(shape []int) []int {
	s := slices.Clone(shape)
	slices.Reverse(s)
	return s
}

func bits(x num.Array) []uint64 {
	var all []uint64
	for _, v := range x.Float64s() {
		all = append(all, math.Float64bits(v))
	}
	return all
}

// TestProductsOfViews checks that views, also repeated ones, are not copied.
func TestProductsOfViews(t *testing.T) {
	a, b := floats(1, 20, 30), floats(2, 20)
	f := func(x []num.Array) []num.Array {
		return []num.Array{
			num.MatMul(num.Transpose(x[0]), x[0]), num.MatMul(num.Flip(x[0], 1), num.Stride(num.Transpose(x[0]), 1, 3)),
			num.MatMul(num.BroadcastTo(x[1], 40, 20), x[0]), num.MatMul(x[1], x[0]),
		}
	}
	agree(t, f, a, b)
	p := compile.Compile(trace.Build([]trace.Type{a.Type(), b.Type()}, f), compile.Default())
	if n := strings.Count(p.String(), "product of"); n != p.Steps() {
		t.Errorf("%d of %d steps are products:\n%v", n, p.Steps(), p)
	}
}

// TestProductsOfAxesOutOfOrder checks that an operand whose axes are none of a matrix is put in order where it is met often, and read
// where it is otherwise.
func TestProductsOfAxesOutOfOrder(t *testing.T) {
	f := func(x []num.Array) []num.Array { return []num.Array{num.Einsum("nj,ijk->nki", x[0], x[1])} }
	for rows, want := range map[int]string{100: "product of 100 x 3 and 3 x 120:", 20: "product of 20 x 3 and 3 x 12, 10 times:"} {
		a, b := floats(1, rows, 3), floats(2, 12, 3, 10)
		agree(t, f, a, b)
		p := compile.Compile(trace.Build([]trace.Type{a.Type(), b.Type()}, f), compile.Default())
		if !strings.Contains(p.String(), want) {
			t.Errorf("no %s\n%v", want, p)
		}
	}
}
