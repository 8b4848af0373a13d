package num

import (
	"github.com/gradus-ad/gradus/trace"
)

// ZerosLike returns zeros of x's type.
func ZerosLike(x Array) Array { return zerosLike(x) }

// Zero returns zeros of a type. They take no memory.
func Zero(t trace.Type) Array { return trace.Fill(number(0, 0, t.DType), t) }

// Scalar returns the f64 scalar v.
func Scalar(v float64) Array { return trace.Fill(v, trace.Scalar) }

// Vector returns the f64 array of one axis with the given elements, which are copied.
func Vector(v ...float64) Array {
	return trace.FromBuffer(trace.Buffer{Type: trace.TypeOf(trace.F64, len(v)), F64: append([]float64{}, v...)})
}
