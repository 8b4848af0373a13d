package num

import (
	"errors"

	"github.com/gradus-ad/gradus/trace"
)

// convert changes the dtype. Only f64 carries a derivative, so it never has one to pass on.
type convert struct {
	pointwise
	noTangent
	To trace.DType
}

func (convert) Name() string { return "convert" }

func (c convert) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 1 || in[0].DType == c.To {
		return nil, errors.New("needs one operand of another dtype")
	}
	return []trace.Type{in[0].With(c.To)}, nil
}

func (c convert) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	for i := range out[0].Size() {
		var f float64
		var k int64
		switch in[0].Type.DType {
		case trace.F64:
			f = in[0].F64[i]
			k = int64(f)
		case trace.I64:
			k = in[0].I64[i]
			f = float64(k)
		case trace.Bool:
			if in[0].Bool[i] {
				f, k = 1, 1
			}
		}
		switch c.To {
		case trace.F64:
			y.F64[i] = f
		case trace.I64:
			y.I64[i] = k
		case trace.Bool:
			y.Bool[i] = f != 0
		}
	}
	return []trace.Buffer{y}
}

func (c convert) Batch(in []Array, m []bool, n int) ([]Array, []bool) {
	return batchPointwise(c, in, m, n)
}

func convertTo(x Array, d trace.DType) Array {
	if x.DType() == d {
		return x
	}
	return apply(convert{To: d}, x)
}

// Convert returns x with another dtype. A float64 is truncated towards zero to become an integer,
// and only 0 becomes false. Converting to an integer or a bool ends differentiation.
func Convert(x Array, d trace.DType) Array {
	if d > trace.Bool {
		panic(trace.Errorf("convert", "there is no %v", d))
	}
	return convertTo(x, d)
}

// stopGradient is the identity, without a derivative.
type stopGradient struct {
	pointwise
	noTangent
}

func (stopGradient) Name() string                                          { return "stop_gradient" }
func (stopGradient) StopsGradient()                                        {}
func (stopGradient) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer { return in }
func (stopGradient) Batch(in []Array, m []bool, _ int) ([]Array, []bool) {
	return []Array{apply(stopGradient{}, in[0])}, m
}

func (stopGradient) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 1 {
		return nil, errOneOperand
	}
	return in, nil
}

// StopGradient returns x without its derivative: every transform at every order takes it for a
// constant. Where the arguments of a transform are concrete, its value can be read.
func StopGradient(x Array) Array { return apply(stopGradient{}, x) }
