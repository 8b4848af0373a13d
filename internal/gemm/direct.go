package gemm

import "unsafe"

// mostDirect is the longest side of matrices that are multiplied directly.
const mostDirect = 64

// direct computes a product of small matrices of which C, and what is copied of B, are as kernels like them, if it is
// one. It does what matrices does, but for such products all else would take as long as the work itself.
func (w *worker) direct(p *product) bool {
	if p.m > mostDirect || p.n > mostDirect || p.k > mostDirect || p.c.col != 1 || p.turns() {
		return false
	}
	k := w.kernels
	b, pack := p.b, p.b.col != 1 || !k.masks && p.n%k.lanes != 0
	if pack {
		b.p = w.packB(b, p.k, p.n)
	}
	var t tile // not made by a literal, which would be copied, which has to wait for the parts
	t.m, t.k = p.m, p.k
	t.a, t.aRow, t.aCol, t.aNext = p.a.p, 8*p.a.row, 8*p.a.col, 8*k.lanes*p.a.row
	t.b, t.bRow = b.p, 8*b.row
	t.c, t.cRow = p.c.p, 8*p.c.row
	if p.add {
		t.add = 1
	}
	for left := p.n; ; {
		width := k.panel(left)
		t.vectors = k.vectors(width)
		next := 8 * width
		if pack {
			t.bRow = 8 * t.vectors * k.lanes
			next *= t.k
		}
		k.last(width, &t.mask, &t.lanes)
		k.tiles(&t)
		if left -= width; left == 0 {
			return true
		}
		t.b, t.c = unsafe.Add(t.b, next), unsafe.Add(t.c, 8*width)
	}
}
