package linalg

import (
	"errors"
	"fmt"
	"math"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// expanded is the size of matrices up to which determinants and cofactors are expanded, exact where
// products are. Larger ones need factors.
const expanded = 3

// det is the determinant. Its operands are A and, if that is not expanded, the results of lu for it.
type det struct{}

func (det) Name() string { return "det" }

func (det) Infer(in []trace.Type) ([]trace.Type, error) {
	if err := squares(in, 1); err != nil {
		return nil, err
	}
	if n, _ := size(in[0]); n > expanded || len(in) > 1 {
		if err := factored(in); err != nil {
			return nil, err
		}
	}
	return []trace.Type{scalars(in[0])}, nil
}

// factored checks that the operands are matrices, their factors and their pivots.
func factored(in []trace.Type) error {
	if err := squares(in, 2); err != nil {
		return err
	}
	if len(in) != 3 || !in[2].Equal(vectors(in[0], trace.I64)) {
		return errors.New("needs a matrix, its factors and its pivots")
	}
	return nil
}

func (det) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	n, count := size(in[0].Type)
	for m := range count {
		if len(in) == 1 {
			y.F64[m] = expand(in[0].F64[m*n*n:][:n*n], n)
			continue
		}
		y.F64[m] = diagonalProduct(in, m, n).value()
	}
	return []trace.Buffer{y}
}

// diagonalProduct returns the determinant of matrix m from its factors and pivots.
func diagonalProduct(in []trace.Buffer, m, n int) scaled {
	p := one
	for i := range n {
		p = p.times(in[1].F64[m*n*n+i*n+i])
		if in[2].I64[m*n+i] != int64(i) {
			p.m = -p.m
		}
	}
	return p
}

// expand returns the determinant of a matrix by its first row.
func expand(a []float64, n int) float64 {
	switch n {
	case 0:
		return 1
	case 1:
		return a[0]
	case 2:
		return a[0]*a[3] - a[1]*a[2]
	case 3:
		return a[0]*(a[4]*a[8]-a[5]*a[7]) - a[1]*(a[3]*a[8]-a[5]*a[6]) + a[2]*(a[3]*a[7]-a[4]*a[6])
	}
	panic(fmt.Sprintf("BUG: %d rows to expand", n))
}

// JVP is Jacobi's formula: the sum of the cofactors times dA.
func (det) JVP(in, _ []num.Array, t []num.Tangent) []num.Tangent {
	return []num.Tangent{product(cofactorsOf(in[0]), t[0])}
}

// product is the sum of the products of the elements of matrices and a tangent.
func product(c num.Array, t num.Tangent) num.Tangent {
	return num.EinsumTangent("...ij->...", []num.Array{c}, 0, num.ScaleTangent(c, t))
}

func (p det) Batch(in []num.Array, mapped []bool, n int) ([]num.Array, []bool) {
	return batchStacks(p, in, mapped, n)
}

// slogdet is the sign of the determinant and the logarithm of its absolute value. Its operands are A
// and the results of lu for it.
type slogdet struct{}

func (slogdet) Name() string { return "slogdet" }

func (slogdet) Infer(in []trace.Type) ([]trace.Type, error) {
	if err := factored(in); err != nil {
		return nil, err
	}
	return []trace.Type{scalars(in[0]), scalars(in[0])}, nil
}

func (slogdet) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	sign, logAbs := trace.NewBuffer(out[0]), trace.NewBuffer(out[1])
	n, count := size(in[0].Type)
	for m := range count {
		p := diagonalProduct(in, m, n)
		logAbs.F64[m] = math.Log(math.Abs(p.m)) + float64(p.e)*math.Ln2
		sign.F64[m] = math.Copysign(1, p.m)
		if p.m == 0 || p.m != p.m {
			sign.F64[m] = math.Abs(p.m)
		}
	}
	return []trace.Buffer{sign, logAbs}
}

// JVP: d log|det A| is the sum of the elements of A⁻ᵀ times those of dA. The sign does not vary.
func (slogdet) JVP(in, _ []num.Array, t []num.Tangent) []num.Tangent {
	inverse := factors{in[0], in[1], in[2]}.inverse(luSolve{Trans: true})
	return []num.Tangent{{}, product(inverse, t[0])}
}

func (p slogdet) Batch(in []num.Array, mapped []bool, n int) ([]num.Array, []bool) {
	return batchStacks(p, in, mapped, n)
}

// Det returns the determinants of square matrices. Its derivatives, of any order, are polynomials of
// the elements and so are exact, to rounding, at singular matrices too: the gradient is the matrix
// of cofactors. Those of matrices larger than 3 x 3 come of a singular value decomposition;
// order k of the derivative takes time n to the power k.
//
// The determinant of a matrix without elements is 1. If a matrix larger than 3 x 3 has an element that
// is not finite, its derivatives are NaN.
func Det(a num.Array) num.Array {
	a = matrixOf("det", a)
	if n, _ := size(a.Type()); n <= expanded {
		return apply(det{}, a)
	}
	f := factorsOf(a)
	return apply(det{}, f.a, f.lu, f.pivots)
}

// SlogDet returns the signs of the determinants of square matrices, 1, 0 or -1, and the logarithms of
// their absolute values, which neither overflow nor underflow. Of a singular matrix they are 0 and
// -Inf. The sign has no derivative.
func SlogDet(a num.Array) (sign, logAbs num.Array) {
	f := factorsOf(matrixOf("slogdet", a))
	y := trace.Apply(slogdet{}, f.a, f.lu, f.pivots)
	return y[0], y[1]
}

// LogDet returns the logarithms of the absolute values of the determinants of square matrices; see
// SlogDet. The gradient is the transposed inverse, with infinities and NaN at a singular matrix.
func LogDet(a num.Array) num.Array {
	f := factorsOf(matrixOf("logdet", a))
	return trace.Apply(slogdet{}, f.a, f.lu, f.pivots)[1]
}
