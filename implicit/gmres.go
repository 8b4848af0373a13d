package implicit

import "math"

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
