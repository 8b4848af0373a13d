package gemm

import "unsafe"

// Lengths of blocks: a panel of B of maxK rows stays in the first cache while tiles of A and C pass by, a block of A in the
// second, and the kernel works on them for 20 microseconds.
const (
	maxK = 160
	maxM = 240
	maxN = 2064
)

// blockOf returns the length of the equal blocks into which n is split.
func blockOf(n, most int) int {
	if n <= most {
		return n
	}
	parts := (n + most - 1) / most
	return (n + parts - 1) / parts
}

// Block returns the length of the blocks of a product of matrices that sums k products for each element. What its blocks come to,
// each as a product of its own, is added up one by one: the result is the same to the bit.
func Block(k int) int { return blockOf(k, maxK) }

// even is blockOf for blocks of whole units, if there are several.
func even(n, most, unit int) int {
	if n <= most {
		return n
	}
	return (blockOf(n, most) + unit - 1) / unit * unit
}

// matrices computes a product of matrices.
func (w *worker) matrices(p *product) {
	if p.c.col == 1 && !p.turns() {
		w.blocks(p)
		return
	}
	q := *p
	if p.c.col == 1 {
		q.transpose()
	}
	q.c = matrix{w.memory().c.get(q.m * q.n), q.n, 1}
	if p.add {
		p.c.copyTo(q.c, p.m, p.n)
	}
	w.blocks(&q)
	if p.c.col == 1 {
		w.kernels.turn(p.c, q.c, q.m, q.n)
	} else {
		q.c.copyTo(p.c, p.m, p.n)
	}
}

// turns reports whether it is less work to turn the result round than to copy B, whose rows are not contiguous.
func (p *product) turns() bool {
	if p.b.col == 1 || p.n == 1 || p.add || p.m < packedRows/4 {
		return false
	}
	work := 2 * p.m * p.n
	if p.a.row != 1 {
		work += p.m * p.k
	}
	return work < p.n*p.k
}

// turn writes the transpose of x, of m contiguous rows, to c, the rows of which are contiguous too.
func (k *kernels) turn(c, x matrix, m, n int) {
	t := panel{k: n, toStep: 8 * c.row}
	k.last(n, &t.mask, &t.lanes)
	for i := range k.lanes {
		t.rows[i] = 8 * i * x.row
	}
	whole := m &^ (k.lanes - 1)
	for i := 0; i < whole; i += k.lanes {
		t.from, t.to = x.at(i, 0), c.at(0, i)
		k.across(&t)
	}
	x.from(whole, 0).copyTo(c.from(0, whole).transposed(), m-whole, n)
}

// blocks computes a product block by block. The rows of C are contiguous.
func (w *worker) blocks(p *product) {
	lanes := w.kernels.lanes
	kc, nc, mc := blockOf(p.k, maxK), even(p.n, maxN, wide*lanes), even(p.m, maxM, lanes)
	packA := p.copiesA(lanes)
	packB := p.b.col != 1 && p.n > 1 || p.n*p.k >= packedB && p.m >= packedRows ||
		!w.kernels.masks && p.n%lanes != 0
	t := tile{bRow: 8 * p.b.row, cRow: 8 * p.c.row, packed: packB}
	if p.add {
		t.add = 1
	}
	for l := 0; l < p.k; l += kc {
		t.k = min(kc, p.k-l)
		t.some = (t.k + 2*lanes - 1) / (2 * lanes) // all rows of C of a tile are fetched in half its time, then those of the next
		for j := 0; j < p.n; j += nc {
			n := min(nc, p.n-j)
			b := p.b.from(l, j)
			if packB {
				b.p = w.packB(b, t.k, n)
			}
			for i := 0; i < p.m; i += mc {
				t.m = min(mc, p.m-i)
				a := w.rows(&t, p.a.from(i, l), packA)
				w.kernels.panels(&t, p.c.at(i, j), a, b.p, n, false)
			}
		}
		t.add = 1
	}
}

// rows prepares the tile for rows of A, and returns where they are.
func (w *worker) rows(t *tile, a matrix, pack bool) unsafe.Pointer {
	lanes := w.kernels.lanes
	if pack {
		t.aRow, t.aCol, t.aNext = 8, 8*lanes, 8*lanes*t.k
		return w.packA(a, t.m, t.k)
	}
	t.aRow, t.aCol, t.aNext = 8*a.row, 8*a.col, 8*lanes*a.row
	return a.p
}

// panels multiplies the rows of the tile by n columns of B. It writes the product, or its transpose.
func (k *kernels) panels(t *tile, c, a, b unsafe.Pointer, n int, turned bool) {
	for {
		width := k.begin(t, n)
		cNext := 8 * width
		if turned {
			k.turned(t, c, a, b)
			cNext = width * t.cRow
		} else {
			k.tiles(t, c, a, b)
		}
		if n -= width; n == 0 { // no pointer may leave its matrix
			return
		}
		b, c = unsafe.Add(b, t.next), unsafe.Add(c, cNext)
	}
}

// begin makes the tile that for the next panel of B, of n columns that are left, and returns how many it has.
func (k *kernels) begin(t *tile, n int) int {
	width := k.panel(n)
	t.vectors = k.vectors(width)
	k.last(width, &t.mask, &t.lanes)
	t.next = 8 * width
	if t.packed {
		t.bRow = 8 * t.vectors * k.lanes
		t.next *= t.k
	}
	return width
}
