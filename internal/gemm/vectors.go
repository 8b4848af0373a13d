package gemm

import "unsafe"

// maxLanes is the length of the blocks of a product with a vector, and maxElements how many elements of the
// matrix the kernel goes through at a time.
const (
	maxLanes    = 4096
	maxElements = 1 << 16
)

// times computes the product of a matrix and a vector: n is 1.
func (w *workspace) times(p product) {
	if !p.add {
		p.clear()
	}
	if p.b.row != 1 && p.k > 1 {
		x := matrix{w.b.get(p.k), 1, 1}
		p.b.copyTo(x, p.k, 1)
		p.b = x
	}
	t := &w.vector
	t.yStep = 8 * p.c.row
	switch {
	case p.m == 1:
		if p.a.col != 1 && p.k > 1 {
			x := matrix{w.a.get(p.k), 0, 1}
			p.a.copyTo(x, 1, p.k)
			p.a = x
		}
		*(*float64)(p.c.p) += w.inner(p.a, p.b, p.k)
	case p.a.col == 1 || p.k == 1:
		w.strips(p, w.kernels.rows, 1)
	case p.a.row == 1 && p.c.row == 1:
		w.strips(p, w.kernels.columns, wide*w.kernels.lanes)
	default:
		w.copied(p)
	}
}

// inner returns the product of two contiguous vectors. The sums of blocks are added in pairs, pairs of
// pairs and so on, so that errors stay small.
func (w *workspace) inner(x, y matrix, k int) float64 {
	if k > maxLanes {
		half := even((k+1)/2, k, maxLanes)
		s := w.inner(x, y, half)
		return s + w.inner(x.from(0, half), y.from(half, 0), k-half)
	}
	t := &w.vector
	w.sum = 0
	t.a, t.x, t.y, t.m, t.k = x.p, y.p, unsafe.Pointer(&w.sum), 1, k
	t.mask, t.lanes = w.kernels.last(k)
	w.kernels.inner(t)
	return w.sum
}

// strips adds the product to C by a kernel, at most so many elements at a time that it returns soon, in
// strips of whole units of rows.
func (w *workspace) strips(p product, kernel func(*vector), unit int) {
	t := &w.vector
	t.aRow, t.aCol = 8*p.a.row, 8*p.a.col
	kc := blockOf(p.k, maxLanes)
	mc := even(max(maxElements/kc, 1), maxElements, unit)
	for i := 0; i < p.m; i += mc {
		t.m, t.y = min(mc, p.m-i), p.c.at(i, 0)
		for l := 0; l < p.k; l += kc {
			t.k, t.a, t.x = min(kc, p.k-l), p.a.at(i, l), p.b.at(l, 0)
			if unit == 1 {
				t.mask, t.lanes = w.kernels.last(t.k)
			} else {
				t.mask, t.lanes = w.kernels.last(t.m)
			}
			kernel(t)
		}
	}
}

// copied is for matrices that the kernels cannot read: it copies some rows at a time.
func (w *workspace) copied(p product) {
	rows := max(maxElements/p.k, 1)
	a := matrix{w.a.get(min(rows, p.m) * p.k), p.k, 1}
	for i := 0; i < p.m; i += rows {
		q := p
		q.m, q.c = min(rows, p.m-i), p.c.from(i, 0)
		p.a.from(i, 0).copyTo(a, q.m, p.k)
		q.a = a
		w.strips(q, w.kernels.rows, 1)
	}
}
