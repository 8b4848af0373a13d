package gemm

import "unsafe"

// mostDirect is the longest side of matrices that are multiplied directly.
const mostDirect = 64

// Small is a product of small matrices that suit the kernels, of which all is known but where they are. It does what Run
// of the product does, but for such products all else would take as long as the work itself.
type Small struct {
	product *Product
	swapped bool // as that of a product
	prepared
}

// Small returns p, which must not change, prepared for many runs, or nil if it is not a small product.
func (p *Product) Small() *Small {
	k := kernelsToUse()
	if k == nil || p.M <= 0 || p.N <= 0 || p.K <= 0 {
		return nil
	}
	for _, x := range p.Batch {
		if x.Len != 1 {
			return nil
		}
	}
	var first product
	p.first(&first, k)
	s := &Small{product: p, swapped: first.swapped}
	if first.vector || !s.prepare(k, &first) {
		return nil
	}
	return s
}

// Run computes the product, as Run of Product does.
func (s *Small) Run(c, a, b *float64) {
	if kernelsToUse() != s.kernels {
		s.product.Run(c, a, b, nil)
		return
	}
	if s.swapped {
		a, b = b, a
	}
	if !s.copied {
		s.run(unsafe.Pointer(c), unsafe.Pointer(a), unsafe.Pointer(b))
		return
	}
	w := worker{kernels: s.kernels}
	s.run(unsafe.Pointer(c), unsafe.Pointer(a), s.copy(&w, unsafe.Pointer(b)))
	w.done()
}

// direct computes a product of small matrices that suit the kernels, if it is one.
func (w *worker) direct(p *product) bool {
	s := &w.small
	if (s.rows != p.m || s.columns != p.n) && !s.prepare(w.kernels, p) {
		return false
	}
	b := p.b.p
	if s.copied {
		b = s.copy(w, b)
	}
	s.run(p.c.p, p.a.p, b)
	return true
}

// prepared is what of a product of small matrices does not depend on where they are.
type prepared struct {
	kernels       *kernels
	rows, columns int
	tile          tile // of the first panel of B
	n             int  // columns of B
	turned        bool // A and B change places, and the transpose of the product is written
	copied        bool // B is copied
	bStrides      Strides
}

// prepare makes s that for the product p, if it is small.
func (s *prepared) prepare(k *kernels, p *product) bool {
	if p.m > mostDirect || p.n > mostDirect || p.k > mostDirect || p.c.col != 1 {
		return false
	}
	turned := k.masks && p.b.col != 1 && p.a.row == 1 && p.n%k.lanes == 0
	if !turned && p.turns() {
		return false
	}
	s.kernels, s.rows, s.columns, s.turned = k, p.m, p.n, turned
	q := *p
	if turned {
		q.transpose()
	}
	s.copied = !turned && (p.b.col != 1 || !k.masks && p.n%k.lanes != 0)
	s.n, s.bStrides = q.n, Strides{q.b.row, q.b.col}
	t := &s.tile
	t.m, t.k, t.some, t.packed = q.m, q.k, q.k, s.copied
	t.aRow, t.aCol, t.aNext = 8*q.a.row, 8*q.a.col, 8*k.lanes*q.a.row
	t.bRow, t.cRow = 8*q.b.row, 8*p.c.row
	if p.add {
		t.add = 1
	}
	k.begin(t, s.n)
	return true
}

// copy copies B.
func (s *prepared) copy(w *worker, b unsafe.Pointer) unsafe.Pointer {
	return w.packB(matrix{b, s.bStrides.Row, s.bStrides.Col}, s.tile.k, s.n)
}

// run computes the product.
func (s *prepared) run(c, a, b unsafe.Pointer) {
	if s.turned {
		a, b = b, a
	}
	switch k := s.kernels; {
	case s.n > wide*k.lanes:
		t := s.tile
		k.panels(&t, c, a, b, s.n, s.turned)
	case s.turned:
		k.turned(&s.tile, c, a, b)
	default:
		k.tiles(&s.tile, c, a, b)
	}
}
