package gemm

import "unsafe"

// From packedA elements on is A copied, if it meets many columns of B; and B, if it has at least packedRows rows of A to
// meet. Smaller matrices stay in the first caches as they are.
const (
	packedA    = 1 << 16
	packedB    = 1 << 16
	packedRows = 48
)

// copiesA reports whether it is less work to copy A than to read it where it is, once for each panel of B.
func (p *product) copiesA(lanes int) bool {
	const line, near = 8, 1 << 18
	size, columns := p.m*p.k, 48
	switch {
	case p.a.row == 1 && p.n <= lanes: // tiles of one vector do not fetch A
		columns = 0
	case p.a.row == 1 && lanes == line: // tiles read whole lines, and fetch them long before
		columns = 96
	case p.a.col != 1, size > near: // lines are read in parts, or come from far away: a second time is too much
		columns = wide * lanes
	}
	return size >= packedA && p.n > columns
}

// packA copies m rows of A into panels of the rows of a tile.
func (w *worker) packA(a matrix, m, k int) unsafe.Pointer {
	lanes := w.kernels.lanes
	to := w.memory().a.get(w.kernels.filled(m) * k)
	for i := 0; i < m; i += lanes {
		w.kernels.pack(unsafe.Add(to, 8*i*k), a.from(i, 0).transposed(), k, min(lanes, m-i))
	}
	return to
}

// packB copies k rows of B into panels of the columns of a tile.
func (w *worker) packB(b matrix, k, n int) unsafe.Pointer {
	to := w.memory().b.get(w.kernels.filled(n) * k)
	for j := 0; j < n; {
		width := w.kernels.panel(n - j)
		w.kernels.pack(unsafe.Add(to, 8*j*k), b.from(0, j), k, width)
		j += width
	}
	return to
}

// pack copies a panel: n columns of k elements, and as many more as fill vectors, with anything.
func (k *kernels) pack(to unsafe.Pointer, x matrix, rows, n int) {
	row := k.filled(n)
	var t panel // not made by a literal; see direct
	t.k, t.step, t.toStep, t.vectors = rows, 8*x.row, 8*row, k.vectors(n)
	switch {
	case x.col == 1 || n == 1:
		k.last(n, &t.mask, &t.lanes)
		t.from, t.to = x.p, to
		k.along(&t)
	case x.row == 1 || rows == 1:
		k.last(rows, &t.mask, &t.lanes)
		for j := 0; j < n; j += k.lanes {
			t.from, t.to = x.at(0, j), unsafe.Add(to, 8*j)
			for i := range k.lanes {
				t.rows[i] = 8 * x.col * min(i, n-j-1)
			}
			k.across(&t)
		}
	default:
		x.copyTo(matrix{to, row, 1}, rows, n)
	}
}
