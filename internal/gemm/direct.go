package gemm

import "unsafe"

// mostDirect is the longest side of matrices that are multiplied directly.
const mostDirect = 64

// direct computes a product of small matrices that suit the kernels, if it is one; it may change p. It does what
// matrices does, but for such products all else would take as long as the work itself.
func (w *worker) direct(p *product) bool {
	if p.m > mostDirect || p.n > mostDirect || p.k > mostDirect || p.c.col != 1 {
		return false
	}
	k := w.kernels
	turned := k.masks && p.b.col != 1 && p.a.row == 1 && p.n%k.lanes == 0
	if turned {
		p.transpose()
	} else if p.turns() {
		return false
	}
	var t tile // not made by a literal, which would be copied, which has to wait for the parts
	t.m, t.k = p.m, p.k
	t.a, t.aRow, t.aCol, t.aNext = p.a.p, 8*p.a.row, 8*p.a.col, 8*k.lanes*p.a.row
	t.c, t.cRow = p.c.p, 8*p.c.row
	if p.add {
		t.add = 1
	}
	switch {
	case turned:
		t.b, t.bRow, t.cRow = p.b.p, 8*p.b.row, 8*p.c.col
		k.panelsTurned(&t, p.n)
	case p.b.col != 1 || !k.masks && p.n%k.lanes != 0:
		k.panels(&t, matrix{w.packB(p.b, p.k, p.n), 0, 0}, p.n)
	default:
		k.panels(&t, p.b, p.n)
	}
	return true
}

// panelsTurned multiplies the rows of the tile, whole tiles of them, by n columns of B. Columns of the product go to rows
// of C.
func (k *kernels) panelsTurned(t *tile, n int) {
	for {
		width := k.panel(n)
		t.vectors = k.vectors(width)
		k.last(width, &t.mask, &t.lanes)
		k.turned(t)
		if n -= width; n == 0 { // no pointer may leave its matrix
			return
		}
		t.b, t.c = unsafe.Add(t.b, 8*width), unsafe.Add(t.c, width*t.cRow)
	}
}
