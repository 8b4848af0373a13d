package gemm

import "unsafe"

// Product is a stack of matrix products C = A B, of m by k and k by n matrices.
type Product struct {
	M, N, K int
	A, B, C Strides
	Batch   []Axis // of the stack, the outermost first
	Add     bool   // C += A B
}

// Strides say where the elements of a matrix are: i, j is at i*Row + j*Col, in elements. They may be
// negative or, but for those of C, zero.
type Strides struct{ Row, Col int }

// Axis is an axis of a stack of products: its length, and the strides of the three matrices along it.
type Axis struct{ Len, A, B, C int }

// Run computes the product of the matrices whose first elements, of the first of the stack, are given. C
// must not overlap with A or B.
//
// With split, the work is handed out in parts, if there is enough for that: as many as suit GOMAXPROCS threads. The result is
// the same to the bit.
func (p *Product) Run(c, a, b *float64, split Split) {
	if p.M <= 0 || p.N <= 0 {
		return
	}
	w := worker{kernels: kernelsToUse()}
	var first product // not made by a literal, which would be copied, which has to wait for the parts
	first.a.p, first.b.p, first.c.p = unsafe.Pointer(a), unsafe.Pointer(b), unsafe.Pointer(c)
	p.first(&first, w.kernels)
	if split != nil && p.split(&first, split) {
		return
	}
	w.stack(p.Batch, &first)
	w.done()
}

// first makes q, which has places, the first product of the stack as the kernels like it.
func (p *Product) first(q *product, k *kernels) {
	q.m, q.n, q.k, q.add, q.vector = p.M, p.N, p.K, p.Add, p.M == 1 || p.N == 1
	q.a.row, q.a.col, q.b.row, q.b.col, q.c.row, q.c.col = p.A.Row, p.A.Col, p.B.Row, p.B.Col, p.C.Row, p.C.Col
	if k != nil && (q.vector && q.n > 1 || !q.vector && q.c.col != 1 && q.c.row == 1) {
		q.transpose()
	}
}

// product is one product, or a part of one: some rows and columns of C. With kernels, n is 1 if it is one
// with a vector, and the rows of C are contiguous if its rows or its columns were.
type product struct {
	m, n, k int
	a, b, c matrix
	add     bool
	vector  bool // the whole product is one with a vector
	swapped bool // a is what the user calls B
}

// transpose makes p the product that computes the transpose of C.
func (p *product) transpose() {
	p.m, p.n, p.swapped = p.n, p.m, !p.swapped
	p.a.p, p.b.p = p.b.p, p.a.p
	p.a.row, p.b.col = p.b.col, p.a.row
	p.a.col, p.b.row = p.b.row, p.a.col
	p.c.row, p.c.col = p.c.col, p.c.row
}

// matrix is a matrix in memory. Strides are in elements.
type matrix struct {
	p        unsafe.Pointer
	row, col int
}

// at returns where element i, j is.
func (x matrix) at(i, j int) unsafe.Pointer { return unsafe.Add(x.p, 8*(i*x.row+j*x.col)) }

// from returns the part of the matrix from element i, j on.
func (x matrix) from(i, j int) matrix { return matrix{x.at(i, j), x.row, x.col} }

func (x matrix) transposed() matrix { return matrix{x.p, x.col, x.row} }

func (x matrix) get(i, j int) float64    { return *(*float64)(x.at(i, j)) }
func (x matrix) put(i, j int, v float64) { *(*float64)(x.at(i, j)) = v }

// copyTo copies m rows of n elements.
func (x matrix) copyTo(y matrix, m, n int) {
	for i := range m {
		for j := range n {
			y.put(i, j, x.get(i, j))
		}
	}
}

// along moves p to place i of an axis of the stack.
func (p *product) along(x *Axis, i int) {
	a, b := x.A, x.B
	if p.swapped {
		a, b = b, a
	}
	p.a.p = unsafe.Add(p.a.p, 8*i*a)
	p.b.p = unsafe.Add(p.b.p, 8*i*b)
	p.c.p = unsafe.Add(p.c.p, 8*i*x.C)
}

// stack runs p, which it changes, at every index of some axes.
func (w *worker) stack(axes []Axis, p *product) {
	for len(axes) > 0 && axes[0].Len == 1 {
		axes = axes[1:]
	}
	if len(axes) == 0 {
		w.multiply(p)
		return
	}
	for i, first := 0, *p; i < axes[0].Len; i++ {
		*p = first
		p.along(&axes[0], i)
		w.stack(axes[1:], p)
	}
}

// multiply computes one product.
func (w *worker) multiply(p *product) {
	switch {
	case p.k == 0:
		if !p.add {
			p.clear()
		}
	case w.kernels == nil:
		w.blas(p)
	case p.vector:
		w.times(p)
	case !w.direct(p):
		w.matrices(p)
	}
}

// clear sets C to 0.
func (p *product) clear() {
	for i := range p.m {
		for j := range p.n {
			p.c.put(i, j, 0)
		}
	}
}
