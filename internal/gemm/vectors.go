package gemm

import "unsafe"

// maxLanes is the length of the blocks of a product with a vector, and maxElements how many elements of the
// matrix the kernel goes through at a time.
const (
	maxLanes    = 1024
	maxElements = 1 << 15
)

// times computes the product of a matrix and a vector: n is 1.
func (w *worker) times(whole *product) {
	p := *whole
	if !p.add {
		p.clear()
	}
	if p.b.row != 1 && p.k > 1 {
		x := matrix{w.memory().b.get(p.k), 1, 1}
		p.b.copyTo(x, p.k, 1)
		p.b = x
	}
	switch {
	case p.m == 1:
		if p.a.col != 1 && p.k > 1 {
			x := matrix{w.memory().a.get(p.k), 0, 1}
			p.a.copyTo(x, 1, p.k)
			p.a = x
		}
		*(*float64)(p.c.p) += w.kernels.product(p.a, p.b, p.k)
	case p.a.col == 1 || p.k == 1:
		w.strips(&p, false)
	case p.a.row == 1 && p.c.row == 1:
		w.strips(&p, true)
	default:
		w.copied(&p)
	}
}

// product returns that of two contiguous vectors. The sums of blocks are added in pairs, pairs of pairs and
// so on, so that errors stay small.
func (k *kernels) product(x, y matrix, n int) float64 {
	if n > maxLanes {
		half := (n/2 + maxLanes - 1) / maxLanes * maxLanes
		s := k.product(x, y, half)
		return s + k.product(x.from(0, half), y.from(half, 0), n-half)
	}
	sum := 0.0
	t := vector{a: x.p, x: y.p, y: unsafe.Pointer(&sum), m: 1, k: n}
	k.last(n, &t.mask, &t.lanes)
	k.inner(&t)
	return sum
}

// strips adds the product to C, by the kernel for contiguous columns or that for rows, at most so many
// elements at a time that it returns soon. It goes down a block of columns before it turns to the next, as each
// column may be on a page of its own.
func (w *worker) strips(p *product, columns bool) {
	k := w.kernels
	t := vector{aRow: 8 * p.a.row, aCol: 8 * p.a.col, yStep: 8 * p.c.row}
	kc := blockOf(p.k, maxLanes)
	mc := even(p.m, max(maxElements/kc, 1), wide*k.lanes)
	for l := 0; l < p.k; l += kc {
		t.k, t.x = min(kc, p.k-l), p.b.at(l, 0)
		for i := 0; i < p.m; i += mc {
			t.m, t.a, t.y = min(mc, p.m-i), p.a.at(i, l), p.c.at(i, 0)
			if columns {
				k.last(t.m, &t.mask, &t.lanes)
				k.columns(&t)
			} else {
				k.last(t.k, &t.mask, &t.lanes)
				k.rows(&t)
			}
		}
	}
}

// copied is for matrices that the kernels cannot read: it copies some rows at a time.
func (w *worker) copied(p *product) {
	rows := max(maxElements/p.k, 1)
	a := matrix{w.memory().a.get(min(rows, p.m) * p.k), p.k, 1}
	for i := 0; i < p.m; i += rows {
		q := *p
		q.m, q.c = min(rows, p.m-i), p.c.from(i, 0)
		p.a.from(i, 0).copyTo(a, q.m, p.k)
		q.a = a
		w.strips(&q, false)
	}
}
