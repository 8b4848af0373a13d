package linalg

import (
	"errors"
	"slices"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Lstsq returns the x for which the norm of A x - b is least and, where several x are as good, the
// shortest of them: A⁺ b. The matrices A have any number of rows and columns and any rank; b is a vector or a matrix
// of columns, and leading axes broadcast, as for Solve. Where A is square and far from singular, x is that of
// Solve to rounding, for more work.
//
// Singular values count as 0 up to cutoff times the largest. The default is the larger number of rows or
// columns times 2⁻⁵², as numpy's matrix_rank has it; a matrix that is itself the result of a long
// computation needs a larger one. The derivatives are those of A⁺ among matrices of the same rank (Golub
// and Pereyra, 1973), to any order: elsewhere A⁺ is not continuous. Where A is not finite, x is NaN.
func Lstsq(a, b num.Array, cutoff ...float64) num.Array {
	a = anyMatrixOf("lstsq", a)
	f := svdOf(a, cutoff)
	return solveColumns("lstsq", a, b, func(s []int) func(b num.Array) num.Array {
		g := f.stretch(s)
		return func(b num.Array) num.Array { return apply(lstsq{}, g.a, g.u, g.s, g.v, b) }
	})
}

// decomposition is a matrix and what rankedSVD makes of it.
type decomposition struct{ a, u, s, v num.Array }

func svdOf(a num.Array, cutoff []float64) decomposition {
	m, n, _ := dims(a.Type())
	c := float64(max(m, n)) * 0x1p-52
	switch {
	case len(cutoff) > 1:
		panic(trace.Errorf("lstsq", "has one cutoff, not %d", len(cutoff)))
	case len(cutoff) == 1:
		c = cutoff[0]
	}
	if !(c >= 0 && c < 1) {
		panic(trace.Errorf("lstsq", "the cutoff must be from 0 up to 1, not %v", c))
	}
	y := trace.Apply(rankedSVD{c}, a)
	return decomposition{a, y[0], y[1], y[2]}
}

func (d decomposition) stretch(s []int) decomposition {
	return decomposition{stretch(d.a, s, 2), stretch(d.u, s, 2), stretch(d.s, s, 1), stretch(d.v, s, 2)}
}

// lstsq is A⁺ b, or (Aᵀ)⁺ b, for the columns of b. Its operands are A, the results of rankedSVD for A, and b.
// It is linear in b.
type lstsq struct{ Trans bool }

func (lstsq) Name() string { return "lstsq" }

// dims returns the sizes of the matrix, or of its transpose.
func (p lstsq) dims(a trace.Type) (m, n, count int) {
	if m, n, count = dims(a); p.Trans {
		m, n = n, m
	}
	return m, n, count
}

func (p lstsq) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 5 {
		return nil, errors.New("needs a matrix, its singular values and vectors, and a right-hand side")
	}
	factors, err := rankedSVD{}.Infer(in[:1])
	if err != nil {
		return nil, err
	}
	if !slices.EqualFunc(factors, in[1:4], trace.Type.Equal) {
		return nil, errors.New("needs the singular values and vectors of the matrix")
	}
	m, n, _ := p.dims(in[0])
	b := in[4]
	if b.DType != trace.F64 || b.Rank() != in[0].Rank() || !slices.Equal(lead(b, 2), lead(in[0], 2)) || b.Shape[b.Rank()-2] != m {
		return nil, errors.New("the right-hand side does not fit the matrix")
	}
	return []trace.Type{withRows(b, n)}, nil
}

func (p lstsq) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	x := trace.NewBuffer(out[0])
	rows, cols, count := dims(in[0].Type)
	m, n, _ := p.dims(in[0].Type)
	r, k := min(m, n), out[0].Shape[out[0].Rank()-1]
	for i := range count {
		u := matrix{in[1].F64[i*rows*r:][:rows*r], r, blas.NoTrans}
		v := matrix{in[3].F64[i*r*cols:][:r*cols], cols, blas.NoTrans}
		from, to := u.transposed(), v.transposed()
		if p.Trans {
			from, to = v, u
		}
		along := from.times(r, m, in[4].F64[i*m*k:][:m*k], k)
		for j, s := range in[2].F64[i*r:][:r] {
			for c := range k {
				if s == 0 {
					along[j*k+c] = 0
				} else {
					along[j*k+c] /= s
				}
			}
		}
		copy(x.F64[i*n*k:][:n*k], to.times(n, r, along, k))
	}
	return []trace.Buffer{x}
}

// matrix is a matrix or its transpose, with the length of a row as it is stored.
type matrix struct {
	data   []float64
	stride int
	trans  blas.Transpose
}

func (a matrix) transposed() matrix {
	a.trans = blas.Trans
	return a
}

// times returns the product of a, of m rows and n columns, and b, of n rows and k columns.
func (a matrix) times(m, n int, b []float64, k int) []float64 {
	c := make([]float64, m*k)
	if len(c) == 0 || n == 0 {
		return c
	}
	if finite(a.data) && finite(b) {
		rows, cols := m, n
		if a.trans == blas.Trans {
			rows, cols = n, m
		}
		blas64.Gemm(a.trans, blas.NoTrans, 1, blas64.General{Rows: rows, Cols: cols, Stride: a.stride, Data: a.data},
			blas64.General{Rows: n, Cols: k, Stride: k, Data: b}, 0, blas64.General{Rows: m, Cols: k, Stride: k, Data: c})
		return c
	}
	for i := range m { // Gemm leaves out products with 0
		for j := range n {
			for l := range k {
				c[i*k+l] += element(a.data, a.trans, i, j, a.stride) * b[j*k+l]
			}
		}
	}
	return c
}

// JVP is that of x = A⁺ b at constant rank (Golub and Pereyra, 1973, section 4):
//
//	dx = A⁺ (db - dA x) + A⁺ A⁺ᵀ dAᵀ (b - A x) + (1 - A⁺ A) dAᵀ A⁺ᵀ x
//
// The middle term is 0 if A has full row rank, and the last if it has full column rank.
func (p lstsq) JVP(in, out []num.Array, t []num.Tangent) []num.Tangent {
	a, x := in[0], out[0]
	q := lstsq{!p.Trans}
	forth, back := "...ij,...jk->...ik", "...ji,...jk->...ik"
	if p.Trans {
		forth, back = back, forth
	}
	with := func(b num.Array) []num.Array { return []num.Array{a, in[1], in[2], in[3], b} }
	side := t[4]
	if t[0].Absent() {
		return []num.Tangent{solveTangent(p, in, 4, side)}
	}
	side = num.AddTangents(side, num.NegTangent(num.EinsumTangent(forth, []num.Array{a, x}, 0, t[0])))
	rest := num.Sub(in[4], num.Einsum(forth, a, x))
	side = num.AddTangents(side, solveTangent(q, with(x), 4, num.EinsumTangent(back, []num.Array{a, rest}, 0, t[0])))
	turn := num.EinsumTangent(back, []num.Array{a, apply(q, with(x)...)}, 0, t[0])
	side = num.AddTangents(side, num.NegTangent(num.EinsumTangent(forth, []num.Array{a, x}, 1, turn)))
	return []num.Tangent{num.AddTangents(turn, solveTangent(p, in, 4, side))}
}

func (lstsq) Linear(dep []bool) bool { return !slices.Contains(dep[:4], true) }

func (p lstsq) Transpose(t *trace.Transposition) []num.Tangent {
	return []num.Tangent{{}, {}, {}, {}, solveTangent(lstsq{!p.Trans}, t.In, 4, t.Ct[0])}
}

func (p lstsq) Mask(in []num.Array, _ int, m num.Array) num.Array {
	_, n, _ := p.dims(in[0].Type())
	return columnsOf(m, n)
}

func (p lstsq) Batch(in []num.Array, mapped []bool, n int) ([]num.Array, []bool) {
	if slices.Contains(mapped[:4], true) {
		return batchStacks(p, in, mapped, n)
	}
	x := asColumns(1, in[4], func(b num.Array) num.Array { return apply(p, in[0], in[1], in[2], in[3], b) })
	return []num.Array{x}, []bool{true}
}

func (lstsq) Work(in []trace.Type) int {
	return 2 * in[4].Size() * in[2].Shape[in[2].Rank()-1]
}
