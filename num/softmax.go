package num

import (
	"math"

	"github.com/gradus-ad/gradus/trace"
)

// All here shift by the maximum first, so that exp cannot overflow. The shift cancels and is held
// constant: it carries no derivative.

// LogSumExp returns log(Σ exp(x)) over the given axes, or over all, without overflow on the way.
// Its derivative is Softmax. Of no elements it is -Inf.
//
// Special cases are:
//
//	LogSumExp of -Inf alone = -Inf, with derivative 0, as in LogAddExp
//	LogSumExp with +Inf = +Inf, with derivative NaN at +Inf and 0 elsewhere
//	LogSumExp with NaN = NaN
func LogSumExp(x Array, axes ...int) Array {
	x = float(x)
	axes = axesOf("logsumexp", x, axes)
	if countAlong(x, axes) == 0 {
		return trace.Fill(math.Inf(-1), reducedType(x.Type(), axes)[0])
	}
	// An infinite shift would make Inf - Inf of an infinite maximum.
	m := Clip(maxAlong(x, axes), -math.MaxFloat64, math.MaxFloat64)
	sum := apply(reduceSum{axes}, Exp(Sub(x, m)))
	// A sum of 0 has no derivative, where that of log is infinite.
	log := Where(NotEqual(sum, 0), Log(sum), math.Inf(-1))
	return Add(log, reshaped(m, sum.Type().Shape))
}

// Softmax returns exp(x) / Σ exp(x), where the sum is over an axis: positive numbers that add up
// to 1. It is stable for large elements.
//
// Special cases are:
//
//	Softmax = 0 at -Inf, unless all elements are -Inf
//	Softmax of -Inf alone = NaN
//	Softmax with +Inf or NaN = NaN
func Softmax(x Array, axis int) Array {
	x = float(x)
	axes := []int{axisOf("softmax", x, axis)}
	if x.Size() == 0 {
		return x
	}
	e := Exp(Sub(x, maxAlong(x, axes)))
	sum := apply(reduceSum{axes}, e)
	return Div(e, reshaped(sum, keptShape(x.Type().Shape, axes)))
}

// LogSoftmax returns the logarithm of Softmax, x - LogSumExp(x), without the loss of small
// probabilities.
func LogSoftmax(x Array, axis int) Array {
	x = float(x)
	axes := []int{axisOf("logsoftmax", x, axis)}
	if x.Size() == 0 {
		return x
	}
	x = Sub(x, maxAlong(x, axes))
	sum := apply(reduceSum{axes}, Exp(x))
	return Sub(x, reshaped(Log(sum), keptShape(x.Type().Shape, axes)))
}
