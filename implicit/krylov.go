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
// of A: the rest is out of reach. As above, it begins again with the true residual, and ends where Aᵀ sees no more of that than roundings of
// A x and b make.
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
			if rest <= s.limit || size == 0 || steps == 0 && size <= s.roundings(norm, x) {
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

// roundings is about what they make of Aᵀ (b - A x), where A has that norm.
func (s *system) roundings(norm float64, x []float64) float64 {
	const few = 4 * 0x1p-52
	return few * norm * (math.Sqrt(dot(s.b, s.b)) + norm*math.Sqrt(dot(x, x)))
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
