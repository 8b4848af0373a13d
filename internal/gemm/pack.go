package gemm

import "unsafe"

// packA copies m rows of A into panels of the rows of a tile.
func (w *workspace) packA(a matrix, m, k int) unsafe.Pointer {
	lanes := w.kernels.lanes
	to := w.a.get((m + lanes - 1) / lanes * lanes * k)
	for i := 0; i < m; i += lanes {
		w.pack(unsafe.Add(to, 8*i*k), a.from(i, 0).transposed(), k, min(lanes, m-i))
	}
	return to
}

// packB copies k rows of B into panels of the columns of a tile.
func (w *workspace) packB(b matrix, k, n int) unsafe.Pointer {
	lanes := w.kernels.lanes
	to := w.b.get((n + lanes - 1) / lanes * lanes * k)
	for j := 0; j < n; j += wide * lanes {
		w.pack(unsafe.Add(to, 8*j*k), b.from(0, j), k, min(wide*lanes, n-j))
	}
	return to
}

// pack copies a panel: k rows of n elements, each filled up with anything to whole vectors.
func (w *workspace) pack(to unsafe.Pointer, x matrix, k, n int) {
	lanes := w.kernels.lanes
	t := &w.panel
	t.vectors = (n + lanes - 1) / lanes
	t.k, t.step, t.toStep = k, 8*x.row, 8*t.vectors*lanes
	switch {
	case x.col == 1 || n == 1:
		t.mask, t.lanes = w.kernels.last(n)
		t.from, t.to = x.p, to
		w.kernels.along(t)
	case x.row == 1 || k == 1:
		t.mask, t.lanes = w.kernels.last(k)
		for j := 0; j < n; j += lanes {
			t.from, t.to = x.at(0, j), unsafe.Add(to, 8*j)
			for i := range lanes {
				t.rows[i] = 8 * x.col * min(i, n-j-1)
			}
			w.kernels.across(t)
		}
	default:
		x.copyTo(matrix{to, t.vectors * lanes, 1}, k, n)
	}
}
