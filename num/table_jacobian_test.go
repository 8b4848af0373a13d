package num_test

import (
	"slices"

	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/internal/rows"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// jacobians compares all derivatives of all elements, forward and reverse, NaN and infinities included.
func (w *walker) jacobians(what string, f *trace.Func, x []num.Array) {
	w.Helper()
	w.compareModes(what, f, x, func(a, b float64) bool { return agree(a, b, 1e-13) })
}

// second compares the derivatives of the derivatives so. Whether NaN or an infinity comes out of a
// sum depends on its order, so these may differ.
func (w *walker) second(what string, f *trace.Func, x []num.Array) {
	w.Helper()
	if !differentiable(f) {
		return
	}
	similar := func(a, b float64) bool {
		if a-a != 0 || b-b != 0 {
			return (a-a != 0) == (b-b != 0)
		}
		return agree(a, b, 1e-11)
	}
	w.compareModes(what+", forward", pushforward(f), slices.Concat(x, w.directions(f.Types(f.Inputs()))), similar)
	w.compareModes(what+", reverse", pullback(f), slices.Concat(x, w.directions(f.Types(f.Outputs()))), similar)
}

func (w *walker) compareModes(what string, f *trace.Func, x []num.Array, agree func(a, b float64) bool) {
	w.Helper()
	if !differentiable(f) {
		return
	}
	reverse := reverseJacobian(f, x)
	column := 0
	for i, a := range x {
		if a.DType() != trace.F64 {
			continue
		}
		for k := range a.Size() {
			row := 0
			for _, d := range pushUnit(f, x, i, k) {
				for _, got := range rows.Read(d.Values()).Data {
					want := rows.Read(reverse[row][column]).Data[k]
					if !agree(got, want) {
						w.Errorf("%s: derivative of result element %d by element %d of operand %d: forward %v, reverse %v", what, row, k, i, got, want)
						return
					}
					row++
				}
			}
		}
		column++
	}
}

func differentiable(f *trace.Func) bool {
	in, out := false, false
	for _, t := range f.Types(f.Inputs()) {
		in = in || t.DType == trace.F64
	}
	for _, t := range f.Types(f.Outputs()) {
		out = out || t.DType == trace.F64
	}
	return in && out
}

// unit returns a tangent that is 1 at one element and touches no other.
func unit(t trace.Type, k int) trace.Tangent {
	v, m := trace.NewBuffer(t), trace.NewBuffer(t.With(trace.Bool))
	v.F64[k], m.Bool[k] = 1, true
	return trace.MaskedTangent(trace.FromBuffer(v), trace.FromBuffer(m))
}

// pushUnit returns the f64 results with their tangents in the direction of one element.
func pushUnit(f *trace.Func, x []num.Array, i, k int) []dual.Dual {
	duals := make([]dual.Dual, len(x))
	for j, a := range x {
		duals[j] = dual.Const(a)
	}
	duals[i].Tangent = unit(x[i].Type(), k)
	return slices.DeleteFunc(dual.Run(f, duals, nil), func(d dual.Dual) bool { return d.Primal.DType() != trace.F64 })
}

// masks checks the mask of the result when one element of an operand is touched: outside it the
// tangent is zero, and where a primitive has a rule for masks, it is not wider than needed.
func (w *walker) masks(f *trace.Func, x []num.Array) {
	tight := len(f.Equations()) == 1 && !w.c.Constant
	for _, e := range f.Equations() {
		_, ok := e.Primitive.(trace.Masker)
		tight = tight && ok && !(len(e.Ins) == 2 && e.Ins[0] == e.Ins[1]) // x - x cancels
	}
	for i, a := range x {
		if a.DType() != trace.F64 {
			continue
		}
		for k := range a.Size() {
			for _, d := range pushUnit(f, x, i, k) {
				if d.Tangent.Absent() {
					continue
				}
				v, m := d.Tangent.Parts()
				if !d.Tangent.Masked() {
					m = trace.Fill(true, v.Type().With(trace.Bool))
				}
				values, mask := rows.Read(v).Data, rows.Read(m).Data
				for j := range values {
					if mask[j] == 0 && values[j] != 0 || tight && mask[j] != 0 && values[j] == 0 {
						w.Errorf("touching element %d of operand %d: tangent %v with the mask %v", k, i, values, mask)
						return
					}
				}
			}
		}
	}
}

// reverseJacobian returns, for each element of the f64 results, its gradient in each f64 operand.
func reverseJacobian(f *trace.Func, x []num.Array) [][]num.Array {
	var jacobian [][]num.Array
	for i, t := range f.Types(f.Outputs()) {
		if t.DType != trace.F64 {
			continue
		}
		one := trace.Build(f.Types(f.Inputs()), func(x []num.Array) []num.Array { return f.Inline(x...)[i : i+1] })
		_, tp := tape.Record(one, x, active(f), false, nil)
		for k := range t.Size() {
			ct := []trace.Tangent{unit(t, k)}
			jacobian = append(jacobian, tape.Pull(tp.Func, tp.Residuals, ct[:len(tp.Func.Outputs())]))
		}
	}
	return jacobian
}
