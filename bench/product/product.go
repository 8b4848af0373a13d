// Package product has products of matrices.
package product

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/num"
)

// shape is that of an m x k matrix times a k x n one, either of which may be the transpose of what is in memory.
type shape struct {
	m, k, n        int
	transA, transB bool
}

func (s shape) String() string {
	text := fmt.Sprintf("product of matrices %dx%dx%d, ", s.m, s.k, s.n)
	for _, f := range []struct {
		name       string
		transposed bool
	}{{"A", s.transA}, {"B", s.transB}} {
		text += f.name
		if f.transposed {
			text += "ᵀ"
		}
	}
	return text
}

type factors struct{ A, B num.Array }

// factors in memory, as they stand there.
func (s shape) factors() factors {
	rng := rand.New(rand.NewPCG(uint64(s.m), uint64(s.n)))
	one := func(rows, columns int, transposed bool) num.Array {
		if transposed {
			rows, columns = columns, rows
		}
		return num.Normal(rng, rows, columns)
	}
	return factors{one(s.m, s.k, s.transA), one(s.k, s.n, s.transB)}
}

func (s shape) multiply(f factors) num.Array {
	turned := func(x num.Array, transposed bool) num.Array {
		if transposed {
			return num.Transpose(x)
		}
		return x
	}
	return num.MatMul(turned(f.A, s.transA), turned(f.B, s.transB))
}

// gonum is the product in Go.
func (s shape) gonum(f factors) func(in, out [][]float64) {
	transposed := func(t bool) blas.Transpose {
		if t {
			return blas.Trans
		}
		return blas.NoTrans
	}
	general := func(data []float64, x num.Array) blas64.General {
		rows, columns := x.Shape()[0], x.Shape()[1]
		return blas64.General{Rows: rows, Cols: columns, Stride: columns, Data: data}
	}
	return func(in, out [][]float64) {
		c := blas64.General{Rows: s.m, Cols: s.n, Stride: s.n, Data: out[0]}
		blas64.Gemm(transposed(s.transA), transposed(s.transB), 1, general(in[0], f.A), general(in[1], f.B), 0, c)
	}
}

// Set where there is a C compiler.
var (
	openBLAS func() (kernelOf func(shape) harness.Kernel, missing string)
	version  = func() string { return "none" }
)

// Version returns what OpenBLAS there is, and for which processor its code is.
func Version() string { return version() }

// Rows of the table.
func Rows() []harness.Row {
	var rows []harness.Row
	for _, size := range [][3]int{{16, 16, 16}, {64, 64, 64}, {200, 200, 200}, {512, 512, 512}, {1024, 1024, 1024}, {32, 784, 128}} {
		for _, t := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
			s := shape{size[0], size[1], size[2], t[0], t[1]}
			rows = append(rows, harness.Row{
				Work: s.String(), Base: "OpenBLAS", Reach: 1, Least: 1.2,
				Contenders: func() []harness.Contender { return s.contenders() },
			})
		}
	}
	return rows
}

func (s shape) contenders() []harness.Contender {
	f := s.factors()
	in := [][]float64{f.A.Float64s(), f.B.Float64s()}
	return append(ours.Compiled(s.multiply, f),
		s.peer(in),
		harness.OfKernel("Go", harness.Repeat(s.gonum(f)), in, s.m*s.n))
}

func (s shape) peer(in [][]float64) harness.Contender {
	const name = "OpenBLAS"
	if openBLAS == nil {
		return harness.Missing(name, "built without cgo")
	}
	kernelOf, missing := openBLAS()
	if missing != "" {
		return harness.Missing(name, missing)
	}
	return harness.OfKernel(name, kernelOf(s), in, s.m*s.n)
}
