package num

import (
	"math"

	"github.com/gradus-ad/gradus/trace"
)

// reduceNorm is the Euclidean norm along axes.
type reduceNorm struct{ Axes []int }

func (reduceNorm) Name() string { return "reduce_norm" }

func (p reduceNorm) Infer(in []trace.Type) ([]trace.Type, error) {
	return inferReduction(in, p.Axes, trace.F64)
}

func (p reduceNorm) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	return reduceBuffer(in[0], out[0], p.Axes, reducer{floats: norm})
}

// norm returns the Euclidean norm of x. Where squares might overflow, or underflow so far that
// digits are lost, it scales by a power of two first, after J. L. Blue, "A portable Fortran
// program to find the Euclidean norm of a vector", ACM TOMS 4 (1978).
func norm(x []float64) float64 {
	s, scale := sumSquares(x, 1), 1.0
	switch {
	case s < 0x1p-900:
		scale = 0x1p600
	case s > 0x1p1000:
		scale = 0x1p-600
	default:
		return math.Sqrt(s)
	}
	return math.Sqrt(sumSquares(x, scale)) / scale
}

// sumSquares sums the squares of the scaled elements pairwise.
func sumSquares(x []float64, scale float64) float64 {
	if len(x) <= 64 {
		s := 0.0
		for _, v := range x {
			v *= scale
			s += v * v
		}
		return s
	}
	m := len(x) / 2
	return sumSquares(x[:m], scale) + sumSquares(x[m:], scale)
}

// JVP is the projection on x/y, and 0 where y is 0.
func (p reduceNorm) JVP(in, out []Array, t []Tangent) []Tangent {
	y := spreadArray(out[0], in[0].Type().Shape, p.Axes)
	dx := ScaleTangent(Div(in[0], y), MaskTangent(NotEqual(y, 0), t[0]))
	return []Tangent{LinearTangent(reduceSum(p), in, 0, dx)}
}

func (p reduceNorm) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	return []Array{apply(reduceNorm{shifted(p.Axes)}, in[0])}, []bool{true}
}

// Norm returns the Euclidean norm over the given axes, or over all: the square root of the sum of
// squares, without overflow or underflow on the way. Its derivative at 0 is 0, of every order.
func Norm(x Array, axes ...int) Array {
	x = float(x)
	return apply(reduceNorm{axesOf("norm", x, axes)}, x)
}

// Mean returns the arithmetic mean over the given axes, or over all, as f64. The mean of no
// elements is NaN.
func Mean(x Array, axes ...int) Array {
	x = float(x)
	return mean(x, axesOf("mean", x, axes))
}

func mean(x Array, axes []int) Array {
	return Div(apply(reduceSum{axes}, x), float64(countAlong(x, axes)))
}

// countAlong returns the number of elements that a reduction over axes makes one of.
func countAlong(x Array, axes []int) int {
	n := 1
	for _, a := range axes {
		n *= x.Type().Shape[a]
	}
	return n
}

// deviations returns x minus its mean along axes.
func deviations(x Array, axes []int) Array {
	return Sub(x, reshaped(mean(x, axes), keptShape(x.Type().Shape, axes)))
}

// Var returns the variance over the given axes, or over all: the mean of the squares of the
// deviations from the mean (that of a population, numpy's default). The variance of no
// elements is NaN.
func Var(x Array, axes ...int) Array {
	x = float(x)
	axes = axesOf("var", x, axes)
	return mean(Square(deviations(x, axes)), axes)
}

// Std returns the standard deviation over the given axes, or over all: the square root of Var,
// without overflow or underflow on the way. Where the elements are all the same it is 0 and
// its derivative, of every order, is 0.
func Std(x Array, axes ...int) Array {
	x = float(x)
	axes = axesOf("std", x, axes)
	n := countAlong(x, axes)
	if n > 0 {
		// Equal elements become exact zeros, which the mean of ten times 0.1 would not make them.
		x = Sub(x, maxAlong(x, axes))
	}
	return Div(apply(reduceNorm{axes}, deviations(x, axes)), math.Sqrt(float64(n)))
}

// maxAlong returns the maximum along axes, which are kept with length 1, as a constant to shift
// by: what is shifted by it does not depend on it.
func maxAlong(x Array, axes []int) Array {
	m := apply(reduceExtreme[largest]{Axes: axes}, StopGradient(x))
	return reshaped(m, keptShape(x.Type().Shape, axes))
}
