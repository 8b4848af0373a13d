package linalg

import (
	"errors"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// cofactors is the gradient of the determinant, and of its derivatives along matrices. Its operands are
// A, the results of signedSVD for A if that is not expanded, and m matrices E. It returns the
// matrix whose inner product with X is the derivative of order m+1 of det at A, along all E and X.
// That is the same if an E and X change places: cofactors is linear in each E, its own transpose, and
// its derivative by A has one E more. All orders are polynomials of A, without division.
type cofactors struct{}

func (cofactors) Name() string { return "cofactors" }

// cofactorsOf returns the gradient of the determinant at a.
func cofactorsOf(a num.Array) num.Array {
	if n, _ := size(a.Type()); n <= expanded {
		return apply(cofactors{}, a)
	}
	return apply(cofactors{}, append([]num.Array{a}, trace.Apply(signedSVD{}, a)...)...)
}

// firstDirection returns the place of the first matrix E among the operands.
func firstDirection(a trace.Type) int {
	if n, _ := size(a); n <= expanded {
		return 1
	}
	return 4
}

func (cofactors) Infer(in []trace.Type) ([]trace.Type, error) {
	if err := squares(in, 1); err != nil {
		return nil, err
	}
	first := firstDirection(in[0])
	if len(in) < first || first > 1 && !in[2].Equal(vectors(in[0], trace.F64)) {
		return nil, errors.New("needs a matrix with its singular values and vectors")
	}
	others := append(append([]trace.Type{in[0]}, in[first:]...), in[1:first]...)
	if first > 1 {
		others[len(others)-2] = in[0]
	}
	return in[:1], squares(others, len(others))
}

func (cofactors) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	n, count := size(out[0])
	first := firstDirection(out[0])
	for m := range count {
		part := func(i, length int) []float64 { return in[i].F64[m*length:][:length] }
		e := make([][]float64, len(in)-first)
		for k := range e {
			e[k] = part(first+k, n*n)
		}
		z := y.F64[m*n*n:][:n*n]
		if first == 1 {
			expandCofactors(z, part(0, n*n), e, n)
		} else {
			diagonalCofactors(z, part(1, n*n), part(2, n), part(3, n*n), e, n)
		}
	}
	return []trace.Buffer{y}
}

// JVP has one matrix E more for A, and replaces each E by its tangent.
func (p cofactors) JVP(in, _ []num.Array, t []num.Tangent) []num.Tangent {
	first := firstDirection(in[0].Type())
	n, _ := size(in[0].Type())
	var sum num.Tangent
	if order := len(in) - first; order < n-1 { // the determinant has degree n
		more := append(append([]num.Array{}, in...), in[0])
		sum = num.LinearTangent(p, more, len(in), t[0])
	}
	for i := first; i < len(in); i++ {
		sum = num.AddTangents(sum, num.LinearTangent(p, in, i, t[i]))
	}
	return []num.Tangent{sum}
}

func (cofactors) Linear(dep []bool) bool {
	n := 0
	for _, d := range dep {
		if d {
			n++
		}
	}
	return n == 1 && !dep[0]
}

// Transpose puts the cotangent in the place of the matrix E.
func (p cofactors) Transpose(t *trace.Transposition) []num.Tangent {
	cts := make([]num.Tangent, len(t.In))
	for i, linear := range t.Linear {
		if linear {
			cts[i] = num.LinearTangent(p, t.In, i, t.Ct[0])
		}
	}
	return cts
}

func (p cofactors) Batch(in []num.Array, mapped []bool, n int) ([]num.Array, []bool) {
	return batchStacks(p, in, mapped, n)
}

// mixed returns the coefficient of the product of all x in the determinant of the sum of x[k] times
// e[k], over the given rows and columns, as many as there are matrices.
func mixed(e [][]float64, n int, rows, cols []int) float64 {
	switch len(e) {
	case 0:
		return 1
	case 1:
		return e[0][rows[0]*n+cols[0]]
	case 2: // as below, without allocating
		x, y := e[0], e[1]
		p, q, r, s := rows[0]*n+cols[0], rows[0]*n+cols[1], rows[1]*n+cols[0], rows[1]*n+cols[1]
		return x[p]*y[s] + y[p]*x[s] - (x[q]*y[r] + y[q]*x[r])
	}
	sum := 0.0
	for k := range e {
		for c, col := range cols {
			v := e[k][rows[0]*n+col] * mixed(without(e, k), n, rows[1:], without(cols, c))
			if c%2 == 1 {
				v = -v
			}
			sum += v
		}
	}
	return sum
}

// without returns s without element i.
func without[E any](s []E, i int) []E {
	return append(append(make([]E, 0, len(s)-1), s[:i]...), s[i+1:]...)
}

// expandCofactors computes cofactors for a as it is: a fills the rows that no e takes.
func expandCofactors(z, a []float64, e [][]float64, n int) {
	same := 1.0 // the number of orders of the copies of a
	for k := 2; k <= n-1-len(e); k++ {
		same *= float64(k)
	}
	for len(e) < n-1 {
		e = append(e[:len(e):len(e)], a)
	}
	if len(e) != n-1 {
		return
	}
	all := upTo(n)
	for i := range n {
		for j := range n {
			z[i*n+j] = signed(i+j, mixed(e, n, without(all, i), without(all, j))) / same
		}
	}
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// signed returns x, negated if k is odd.
func signed(k int, x float64) float64 {
	if k%2 == 1 {
		return -x
	}
	return x
}
