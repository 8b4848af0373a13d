package implicit

import "math"

// system is a linear system A x = b, of which only products with A are known, that is to be solved
// until the norm of b - A x is at most limit, with at most so many products.
type system struct {
	times    func(dst, x []float64) // dst is A x
	b        []float64
	limit    float64
	products int
}

// multiply sets dst to A x and reports whether that was still allowed.
func (s *system) multiply(dst, x []float64) bool {
	if s.products--; s.products < 0 {
		return false
	}
	s.times(dst, x)
	return true
}

// residual sets r to b - A x and returns its norm.
func (s *system) residual(r, x []float64) (norm float64, ok bool) {
	if !s.multiply(r, x) {
		return 0, false
	}
	for i, b := range s.b {
		r[i] = b - r[i]
	}
	return math.Sqrt(dot(r, r)), true
}

// conjugateGradients solves a system with a symmetric A (Hestenes and Stiefel, 1952). The residual that
// it updates may be smaller than the true one: then it begins again with that.
func (s *system) conjugateGradients() ([]float64, bool) {
	n := len(s.b)
	x, r, p, ap := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	copy(r, s.b)
	copy(p, r)
	rr := dot(r, r)
	for math.Sqrt(rr) > s.limit {
		if !s.multiply(ap, p) {
			return nil, false
		}
		alpha := rr / dot(p, ap)
		addScaled(x, alpha, p)
		addScaled(r, -alpha, ap)
		last := rr
		rr = dot(r, r)
		if math.IsNaN(rr) {
			return nil, false
		}
		if math.Sqrt(rr) > s.limit {
			for i := range p {
				p[i] = r[i] + rr/last*p[i]
			}
			continue
		}
		norm, ok := s.residual(r, x)
		if !ok {
			return nil, false
		}
		copy(p, r)
		rr = norm * norm
	}
	return x, true
}

// leastSquares solves a system for the least norm of b - A x, by conjugate gradients for the normal equations
// (Björck, Elfving and Strakoš, 1998, CGLS1). back is the product with the transpose of A. It ends where the
// residual is that of a solution, or where Aᵀ sees at most so much of it, relative to its length and that
// of A: the rest is out of reach. As above, it begins again with the true residual.
func (s *system) leastSquares(back func(dst, x []float64), tolerance float64) ([]float64, bool) {
	n := len(s.b)
	x, r, p, ap, seen := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	copy(r, s.b)
	norm := 0.0 // of A, from below
	for {
		steps, last := 0, math.Inf(1)
		for ; ; steps++ {
			back(seen, r)
			rest, size := math.Sqrt(dot(r, r)), math.Sqrt(dot(seen, seen))
			if rest <= s.limit || size == 0 {
				break
			}
			for i := range p {
				p[i] = seen[i] + size/last*(size/last)*p[i]
			}
			if !s.multiply(ap, p) || math.IsNaN(size) {
				return nil, false
			}
			along := math.Sqrt(dot(ap, ap))
			norm = max(norm, along/math.Sqrt(dot(p, p)))
			if size <= tolerance*norm*rest {
				break
			}
			alpha := size / along * (size / along)
			addScaled(x, alpha, p)
			addScaled(r, -alpha, ap)
			last = size
		}
		if steps == 0 {
			return x, true
		}
		if _, ok := s.residual(r, x); !ok {
			return nil, false
		}
	}
}

// gmres solves a system by the least residual over the powers of A, up to so many of them and then
// over again (Saad and Schultz, 1986).
func (s *system) gmres(restart int) ([]float64, bool) {
	n := len(s.b)
	x, r := make([]float64, n), make([]float64, n)
	copy(r, s.b)
	for norm, ok := math.Sqrt(dot(r, r)), true; norm > s.limit; norm, ok = s.residual(r, x) {
		if !ok {
			return nil, false
		}
		h := newArnoldi(r, norm, restart)
		for h.size < restart && h.rest > s.limit {
			w := make([]float64, n)
			if !s.multiply(w, h.basis[h.size]) {
				return nil, false
			}
			if !h.add(w) {
				break
			}
		}
		if !h.addSolution(x) {
			return nil, false
		}
	}
	return x, true
}

// arnoldi is an orthonormal basis of the powers of A with the least-squares problem over it, which
// rotations keep triangular.
type arnoldi struct {
	basis    [][]float64
	columns  [][]float64 // of the triangle
	cos, sin []float64
	side     []float64
	size     int
	rest     float64 // the norm of the residual
}

func newArnoldi(r []float64, norm float64, restart int) *arnoldi {
	first := make([]float64, len(r))
	addScaled(first, 1/norm, r)
	h := &arnoldi{basis: [][]float64{first}, side: make([]float64, restart+1), rest: norm}
	h.side[0] = norm
	return h
}

// add takes A times the last vector of the basis into it. It fails if that is no new direction.
func (h *arnoldi) add(w []float64) bool {
	k := h.size
	before := math.Sqrt(dot(w, w))
	column := make([]float64, k+2)
	for range 2 { // once more: rounding leaves some of the basis in w
		for i, v := range h.basis {
			c := dot(v, w)
			column[i] += c
			addScaled(w, -c, v)
		}
	}
	length := math.Sqrt(dot(w, w))
	column[k+1] = length
	for i := range k {
		column[i], column[i+1] = h.cos[i]*column[i]+h.sin[i]*column[i+1], h.cos[i]*column[i+1]-h.sin[i]*column[i]
	}
	diagonal := math.Hypot(column[k], column[k+1])
	if !(diagonal > before*0x1p-50) {
		return false
	}
	c, s := column[k]/diagonal, column[k+1]/diagonal
	column[k] = diagonal
	h.cos, h.sin = append(h.cos, c), append(h.sin, s)
	h.side[k], h.side[k+1] = c*h.side[k], -s*h.side[k]
	h.columns = append(h.columns, column)
	h.size, h.rest = k+1, math.Abs(h.side[k+1])
	if length > 0 {
		next := make([]float64, len(w))
		addScaled(next, 1/length, w)
		h.basis = append(h.basis, next)
		return true
	}
	return false
}

// addSolution adds to x what makes the residual least. It fails if there is nothing to be added.
func (h *arnoldi) addSolution(x []float64) bool {
	y := make([]float64, h.size)
	for i := h.size - 1; i >= 0; i-- {
		y[i] = h.side[i]
		for j := i + 1; j < h.size; j++ {
			y[i] -= h.columns[j][i] * y[j]
		}
		y[i] /= h.columns[i][i]
		addScaled(x, y[i], h.basis[i])
	}
	return h.size > 0
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum += v * y[i]
	}
	return sum
}

// addScaled adds a x to dst.
func addScaled(dst []float64, a float64, x []float64) {
	for i, v := range x {
		dst[i] += a * v
	}
}
