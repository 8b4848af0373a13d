package num

import (
	"errors"

	"github.com/gradus-ad/gradus/trace"
)

// recurrence solves the linear recurrence h_k = a_k h_{k-1} + b_k along an axis, where the first
// h is the first b, whatever a is there. It is linear in b.
type recurrence struct {
	Axis    int
	Reverse bool
}

func (recurrence) Name() string { return "recurrence" }

func (p recurrence) Infer(in []trace.Type) ([]trace.Type, error) {
	out, err := sameTypes(in, 2, trace.F64)
	if err != nil {
		return nil, err
	}
	return out, hasAxis(in[0], p.Axis)
}

func (p recurrence) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	h := trace.NewBuffer(out[0])
	a, b := in[0].F64, in[1].F64
	lines(out[0].Shape, p.Axis, p.Reverse, func(at, step int) {
		s := b[at]
		h.F64[at] = s
		for range out[0].Shape[p.Axis] - 1 {
			at += step
			s = a[at]*s + b[at]
			h.F64[at] = s
		}
	})
	return []trace.Buffer{h}
}

// JVP differentiates the recurrence: dh_k = a_k dh_{k-1} + (h_{k-1} da_k + db_k).
func (p recurrence) JVP(in, out []Array, t []Tangent) []Tangent {
	a := in[0]
	before := apply(shift{p.Axis, p.Reverse, 0}, out[0])
	da := MaskTangent(afterFirst(a, p.Axis, p.Reverse), t[0])
	return []Tangent{p.tangent(a, AddTangents(ScaleTangent(before, da), t[1]))}
}

func (recurrence) Linear(dep []bool) bool { return !dep[0] }

// Transpose runs the other way: b_k = ct_k + a_{k+1} b_{k+1}.
func (p recurrence) Transpose(t *trace.Transposition) []Tangent {
	back := recurrence{p.Axis, !p.Reverse}
	return []Tangent{{}, back.tangent(apply(shift{p.Axis, !p.Reverse, 0}, t.In[0]), t.Ct[0])}
}

// tangent is the recurrence of a tangent. Where nothing before a place is touched, its
// coefficient, which may be infinite, plays no part.
func (p recurrence) tangent(a Array, b Tangent) Tangent {
	if b.Masked() {
		_, m := b.Parts()
		before := apply(shift{p.Axis, p.Reverse, 0}, runningAny(m, p.Axis, p.Reverse))
		a = apply(selectP{}, before, a, zerosLike(a))
	}
	return LinearTangent(p, []Array{a, {}}, 1, b)
}

func (p recurrence) Mask(_ []Array, _ int, m Array) Array { return runningAny(m, p.Axis, p.Reverse) }

func (p recurrence) Batch(in []Array, mapped []bool, n int) ([]Array, []bool) {
	return batchPointwise(recurrence{p.Axis + 1, p.Reverse}, in, mapped, n)
}

// cumProd is the running product.
type cumProd struct {
	Axis    int
	Reverse bool
}

func (cumProd) Name() string                                  { return "cumprod" }
func (p cumProd) Infer(in []trace.Type) ([]trace.Type, error) { return inferRunning(in, p.Axis) }

func (p cumProd) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer {
	return evalRunning(in[0], p.Axis, p.Reverse,
		func(s, x float64) float64 { return s * x },
		func(s, x int64) int64 { return s * x })
}

// JVP differentiates y_k = x_k y_{k-1} without a division, so that zeros are no special case.
func (p cumProd) JVP(in, out []Array, t []Tangent) []Tangent {
	before := apply(shift{p.Axis, p.Reverse, 1}, out[0])
	return []Tangent{recurrence(p).tangent(in[0], ScaleTangent(before, t[0]))}
}

func (p cumProd) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	return []Array{apply(cumProd{p.Axis + 1, p.Reverse}, in[0])}, []bool{true}
}

// CumProd returns the running products along an axis, each with its own element. Its derivative
// needs no division: zeros are exact. Bools count as integers.
func CumProd(x Array, axis int) Array {
	x = atLeastInt(x)
	return apply(cumProd{Axis: axisOf("cumprod", x, axis)}, x)
}

// segSum is the running sum of its first operand along an axis that begins anew wherever the
// second, a bool, is false. It is linear in the first.
type segSum struct {
	Axis    int
	Reverse bool
}

func (segSum) Name() string { return "segsum" }

func (p segSum) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 2 || in[0].DType != trace.F64 || !in[0].With(trace.Bool).Equal(in[1]) {
		return nil, errors.New("needs f64 and bools of one shape")
	}
	return in[:1], hasAxis(in[0], p.Axis)
}

func (p segSum) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	h := trace.NewBuffer(out[0])
	b, keep := in[0].F64, in[1].Bool
	lines(out[0].Shape, p.Axis, p.Reverse, func(at, step int) {
		s := b[at]
		h.F64[at] = s
		for range out[0].Shape[p.Axis] - 1 {
			at += step
			if keep[at] {
				s += b[at]
			} else {
				s = b[at]
			}
			h.F64[at] = s
		}
	})
	return []trace.Buffer{h}
}

func (p segSum) JVP(in, _ []Array, t []Tangent) []Tangent { return jvpLinear(p, in, t) }
func (segSum) Linear(dep []bool) bool                     { return !dep[1] }

// Transpose sums the other way, over the same runs.
func (p segSum) Transpose(t *trace.Transposition) []Tangent {
	keep := apply(shift{p.Axis, !p.Reverse, 0}, t.In[1])
	return []Tangent{LinearTangent(segSum{p.Axis, !p.Reverse}, []Array{{}, keep}, 0, t.Ct[0]), {}}
}

func (p segSum) Mask(in []Array, _ int, m Array) Array {
	return Greater(apply(p, float(m), in[1]), 0)
}

func (p segSum) Batch(in []Array, mapped []bool, n int) ([]Array, []bool) {
	return batchPointwise(segSum{p.Axis + 1, p.Reverse}, in, mapped, n)
}
