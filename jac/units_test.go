package jac

import (
	"math"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// infinite has elements that make NaN of a zero.
func infinite() num.Array {
	return num.New([]float64{1, math.Inf(1), 2, 5, math.NaN(), 3, math.Inf(-1), -7}, 2, 4)
}

// products are linear in a vector of four, with the same Jacobian.
var products = map[string]func(x num.Array) num.Array{
	"matrix vector": func(x num.Array) num.Array { return num.MatMul(infinite(), x) },
	"vector matrix": func(x num.Array) num.Array { return num.MatMul(x, num.Transpose(infinite())) },
	"matrices": func(x num.Array) num.Array {
		return num.Reshape(num.MatMul(num.Reshape(x, 1, 4), num.Transpose(infinite())), 2)
	},
	"over two axes": func(x num.Array) num.Array {
		return num.Einsum("kij,ij->k", num.Reshape(infinite(), 2, 2, 2), num.Reshape(x, 2, 2))
	},
	"over two axes in another order": func(x num.Array) num.Array {
		a := num.Transpose(num.Reshape(infinite(), 2, 2, 2), 0, 2, 1)
		return num.Einsum("kji,ij->k", a, num.Reshape(x, 2, 2))
	},
}

// TestProductsTakeElements: a product with unit vectors takes elements of the other operand, and makes no NaN of infinite ones
// beside them.
func TestProductsTakeElements(t *testing.T) {
	want := infinite().Float64s()
	x := num.Vector(1, 2, 3, 4)
	for name, f := range products {
		for mode, jacobian := range modes[num.Array]() {
			t.Run(name+"/"+mode, func(t *testing.T) {
				j := jacobian(f)
				compiled, err := transforms.Compile(j, x)
				if err != nil {
					t.Fatal(err)
				}
				wantEqual(t, j(x), []int{2, 4}, want, 0)
				wantEqual(t, compiled.Call(x), []int{2, 4}, want, 0)
				wantEqual(t, transforms.Vmap(j)(num.ExpandDims(x, 0)), []int{1, 2, 4}, want, 0)
			})
		}
	}
}

// TestProductsOfParts: directions that have their 1 in another array, or in a part that is not used, give zeros.
func TestProductsOfParts(t *testing.T) {
	a := infinite()
	f := func(x []num.Array) num.Array { return num.MatMul(a, num.Slice(x[1], 1, 5)) }
	x := []num.Array{num.Vector(1, 2), num.Vector(1, 2, 3, 4, 5, 6), num.Scalar(1)}
	w := a.Float64s()
	want := []float64{0, w[0], w[1], w[2], w[3], 0, 0, w[4], w[5], w[6], w[7], 0}
	before := budget
	defer func() { budget = before }()
	for _, budget = range []int{1, 400, before} { // one direction in a pass, some, and all
		for mode, jacobian := range modes[[]num.Array]() {
			j := jacobian(f)(x)
			t.Run(mode, func(t *testing.T) {
				wantEqual(t, j[0], []int{2, 2}, make([]float64, 4), 0)
				wantEqual(t, j[1], []int{2, 6}, want, 0)
				wantEqual(t, j[2], []int{2}, make([]float64, 2), 0)
			})
		}
	}
}

// chain is a function of a vector whose Jacobian goes through slices, products and sums of its directions.
func chain(x num.Array) num.Array {
	head, tail := num.Slice(x, 0, -1), num.Slice(x, 1, num.End)
	y := num.Add(num.Mul(2, head), num.Flip(tail))
	return num.Sin(num.Mul(y, num.Sum(num.Mul(head, tail))))
}

// TestNoConstants: directions take no memory in what is compiled, nor in its text, however many there are.
func TestNoConstants(t *testing.T) {
	const n = 70
	x := num.Mul(0.1, num.Cos(num.Arange(n)))
	for mode, jacobian := range modes[num.Array]() {
		j := jacobian(chain)
		p, err := transforms.Compile(j, x)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Stats().Constants {
			if c.Type.DType == trace.F64 && c.Bytes > 8*n {
				t.Errorf("%s: a constant of %v: %v", mode, c.Type, p)
			}
		}
		wantEqual(t, p.Call(x), []int{n - 1, n}, differences(chain, x), 1e-8)
		wantEqual(t, p.Call(x), []int{n - 1, n}, j(x).Float64s(), 1e-13)
	}
}
