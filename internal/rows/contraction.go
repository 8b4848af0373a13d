package rows

import (
	"github.com/gradus-ad/gradus/num"
)

// contraction is a case of a product of two arrays, summed over k in 0 .. n-1.
func contraction(do func(a, b num.Array) num.Array, a, b, shape []int, n int, term func(a, b Tensor, i []int, k int) float64) Case {
	return Case{
		Do: func(x []num.Array) []num.Array { return []num.Array{do(x[0], x[1])} },
		In: []Operand{Reals(-2, 2, a...), Reals(-2, 2, b...)},
		Want: func(x []Tensor) []Tensor {
			return []Tensor{Of(shape, func(i []int) float64 {
				s := 0.0
				for k := range n {
					s += term(x[0], x[1], i, k)
				}
				return s
			})}
		},
		Tol: 1e-14, Contraction: true,
	}
}

func contractionRows() []Row {
	return []Row{
		{"Dot", "dot", []Case{contraction(num.Dot, []int{2, 3}, []int{2, 3}, nil, 6,
			func(a, b Tensor, _ []int, k int) float64 { return a.Data[k] * b.Data[k] })}},
		{"Outer", "dot", []Case{contraction(num.Outer, []int{2}, []int{3, 2}, []int{2, 3, 2}, 1,
			func(a, b Tensor, i []int, _ int) float64 { return a.At(i[0]) * b.At(i[1], i[2]) })}},
		{"MatMul", "dot", []Case{
			contraction(num.MatMul, []int{2, 3}, []int{3, 4}, []int{2, 4}, 3,
				func(a, b Tensor, i []int, k int) float64 { return a.At(i[0], k) * b.At(k, i[1]) }),
			contraction(num.MatMul, []int{3}, []int{3, 2}, []int{2}, 3,
				func(a, b Tensor, i []int, k int) float64 { return a.At(k) * b.At(k, i[0]) }),
			contraction(num.MatMul, []int{2, 3}, []int{3}, []int{2}, 3,
				func(a, b Tensor, i []int, k int) float64 { return a.At(i[0], k) * b.At(k) }),
			contraction(num.MatMul, []int{2, 2, 3}, []int{2, 3, 2}, []int{2, 2, 2}, 3,
				func(a, b Tensor, i []int, k int) float64 { return a.At(i[0], i[1], k) * b.At(i[0], k, i[2]) }),
			contraction(num.MatMul, []int{2, 1, 2, 2}, []int{3, 2, 2}, []int{2, 3, 2, 2}, 2,
				func(a, b Tensor, i []int, k int) float64 { return a.At(i[0], 0, i[2], k) * b.At(i[1], k, i[3]) }),
		}},
		{"Einsum", "dot", []Case{
			contraction(einsum("ij,kj->ki"), []int{2, 3}, []int{4, 3}, []int{4, 2}, 3,
				func(a, b Tensor, i []int, k int) float64 { return a.At(i[1], k) * b.At(i[0], k) }),
			contraction(einsum("bij, bjk"), []int{2, 2, 3}, []int{2, 3, 2}, []int{2, 2}, 6, // b, i and k stand once or twice
				func(a, b Tensor, i []int, k int) float64 { return a.At(k/3, i[0], k%3) * b.At(k/3, k%3, i[1]) }),
			contraction(einsum("ii,i->i"), []int{3, 3}, []int{3}, []int{3}, 1,
				func(a, b Tensor, i []int, _ int) float64 { return a.At(i[0], i[0]) * b.At(i[0]) }),
			contraction(einsum("...i,i"), []int{2, 2, 3}, []int{3}, []int{2, 2}, 3,
				func(a, b Tensor, i []int, k int) float64 { return a.At(i[0], i[1], k) * b.At(k) }),
		}},
	}
}

func einsum(spec string) func(a, b num.Array) num.Array {
	return func(a, b num.Array) num.Array { return num.Einsum(spec, a, b) }
}

// matrix is a case of a function of one matrix; entry gives the elements of the result.
func matrix(do func(x num.Array) num.Array, x, shape []int, entry func(x Tensor, i []int) float64) Case {
	return Case{
		Do: func(x []num.Array) []num.Array { return []num.Array{do(x[0])} },
		In: []Operand{Reals(-2, 2, x...)},
		Want: func(x []Tensor) []Tensor {
			return []Tensor{Of(shape, func(i []int) float64 { return entry(x[0], i) })}
		},
		Tol: ulp,
	}
}

func matrixRows() []Row {
	return []Row{
		{"Diag", "", []Case{
			matrix(num.Diag, []int{2, 3}, []int{2}, func(x Tensor, i []int) float64 { return x.At(i[0], i[0]) }),
			matrix(num.Diag, []int{3}, []int{3, 3}, func(x Tensor, i []int) float64 { return where(i[0] == i[1], x.At(i[0]), 0) }),
		}},
		{"Trace", "reduce_sum", []Case{
			matrix(num.Trace, []int{2, 2}, nil, func(x Tensor, _ []int) float64 { return x.At(0, 0) + x.At(1, 1) }),
			matrix(num.Trace, []int{3, 2, 2}, []int{3}, func(x Tensor, i []int) float64 { return x.At(i[0], 0, 0) + x.At(i[0], 1, 1) }),
		}},
		{"Tril", "", []Case{
			matrix(func(x num.Array) num.Array { return num.Tril(x) }, []int{3, 3}, []int{3, 3},
				func(x Tensor, i []int) float64 { return where(i[1] <= i[0], x.At(i...), 0) }),
			matrix(func(x num.Array) num.Array { return num.Tril(x, -1) }, []int{2, 2, 3}, []int{2, 2, 3},
				func(x Tensor, i []int) float64 { return where(i[2] <= i[1]-1, x.At(i...), 0) }),
		}},
		{"Triu", "", []Case{matrix(func(x num.Array) num.Array { return num.Triu(x, 1) }, []int{3, 3}, []int{3, 3},
			func(x Tensor, i []int) float64 { return where(i[1] >= i[0]+1, x.At(i...), 0) })}},
		{"Cross", "", []Case{{
			Do: func(x []num.Array) []num.Array { return []num.Array{num.Cross(x[0], x[1])} },
			In: []Operand{Reals(-2, 2, 2, 3), Reals(-2, 2, 3)},
			Want: func(x []Tensor) []Tensor {
				return []Tensor{Of([]int{2, 3}, func(i []int) float64 {
					j, k := (i[1]+1)%3, (i[1]+2)%3
					return x[0].At(i[0], j)*x[1].At(k) - x[0].At(i[0], k)*x[1].At(j)
				})}
			},
			Tol: 1e-14,
		}}},
	}
}
