package gemm

import (
	"unsafe"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// smallProduct is the number of multiplications below which a plain loop is the fastest.
const smallProduct = 512

// blas computes a product without kernels. Matrices that are not in row-major order are copied.
func (w *worker) blas(p *product) {
	own := w.memory()
	x, y := own.a.rowMajor(p.a, p.m, p.k), own.b.rowMajor(p.b, p.k, p.n)
	direct := !p.add && p.c.isRowMajor(p.m, p.n)
	var z []float64
	if direct {
		z = unsafe.Slice((*float64)(p.c.p), p.m*p.n)
	} else {
		z = own.c.floats(p.m * p.n)
	}
	switch {
	case p.n == 1:
		for i := range z {
			z[i] = dot(x[i*p.k:(i+1)*p.k], y)
		}
	case p.m == 1 || p.m*p.k*p.n < smallProduct || !finite(x) || !finite(y):
		// blas64 may leave out products with 0, which are NaN where the other factor is infinite.
		p.plain(z, x, y)
	default:
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1,
			blas64.General{Rows: p.m, Cols: p.k, Stride: p.k, Data: x},
			blas64.General{Rows: p.k, Cols: p.n, Stride: p.n, Data: y}, 0,
			blas64.General{Rows: p.m, Cols: p.n, Stride: p.n, Data: z})
	}
	for i, v := range z[:len(z):len(z)] {
		if direct {
			break
		}
		at := (*float64)(p.c.at(i/p.n, i%p.n))
		if p.add {
			v += *at
		}
		*at = v
	}
}

// isRowMajor reports whether x, of m by n, is in row-major order.
func (x matrix) isRowMajor(m, n int) bool { return (x.col == 1 || n == 1) && (x.row == n || m == 1) }

// rowMajor returns the elements of x in row-major order, in b if they must be copied.
func (b *buffer) rowMajor(x matrix, m, n int) []float64 {
	if x.isRowMajor(m, n) {
		return unsafe.Slice((*float64)(x.p), m*n)
	}
	y := b.floats(m * n)
	x.copyTo(matrix{b.get(0), n, 1}, m, n)
	return y
}

// plain computes a product by three loops.
func (p *product) plain(z, x, y []float64) {
	clear(z)
	for i := range p.m {
		row := z[i*p.n : (i+1)*p.n]
		for l, v := range x[i*p.k : (i+1)*p.k] {
			for j, w := range y[l*p.n : (l+1)*p.n] {
				row[j] += v * w
			}
		}
	}
}

// dot sums products pairwise: the error grows with the logarithm of the length.
func dot(x, y []float64) float64 {
	if n := len(x); n <= 128 {
		return blas64.Dot(blas64.Vector{N: n, Inc: 1, Data: x}, blas64.Vector{N: n, Inc: 1, Data: y})
	}
	m := len(x) / 2
	return dot(x[:m], y[:m]) + dot(x[m:], y[m:])
}

func finite(x []float64) bool {
	for _, v := range x {
		if v-v != 0 {
			return false
		}
	}
	return true
}
