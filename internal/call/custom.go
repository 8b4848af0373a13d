package call

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// sides tells the operands of a custom rule apart: those at the positions vary are differentiated
// by the rule, the others (constants, integers, what is captured) as the body is.
type sides struct {
	body *trace.Func
	vary []int
}

func (s sides) check(in []trace.Type) error {
	if len(s.body.Outputs()) == 0 {
		return errors.New("has a body without results")
	}
	if !slices.EqualFunc(in, s.body.Types(s.body.Inputs()), trace.Type.Equal) {
		return fmt.Errorf("has a body that takes %v", s.body.Types(s.body.Inputs()))
	}
	for _, i := range s.vary {
		if i < 0 || i >= len(in) || in[i].DType != trace.F64 {
			return fmt.Errorf("has no f64 operand %d", i)
		}
	}
	return nil
}

// push returns what the tangents t of the operands come to: the sum of what the rule makes of those
// at vary and of the body's derivative in the others, each only if there is something to be done.
func (s sides) push(in []trace.Array, t []trace.Tangent,
	rule func() ([]trace.Array, []trace.Tangent),
	run func(*trace.Func, []dual.Dual, dual.Known) []dual.Dual) (out []trace.Array, dout []trace.Tangent) {
	others := slices.Clone(t)
	ruled := false
	for _, i := range s.vary {
		ruled = ruled || !t[i].Absent()
		others[i] = trace.Tangent{}
	}
	if ruled {
		out, dout = rule()
	}
	if !dual.LevelsOf(others).Varies() {
		return out, dout
	}
	duals := make([]dual.Dual, len(in))
	for i := range duals {
		duals[i] = dual.Dual{Primal: in[i], Tangent: others[i]}
	}
	for i, d := range run(s.body, duals, nil) {
		if !ruled {
			out, dout = append(out, d.Primal), append(dout, d.Tangent)
		} else {
			dout[i] = num.AddTangents(dout[i], d.Tangent)
		}
	}
	return out, dout
}

// withResults returns f, whose first n results are those of a primitive, as a func that is given these and
// gives the other results. What f does until it has them, the primitive has done: unless it is made of
// the tangents, it has no effects.
func withResults(f *trace.Func, n int, tangents []bool) *trace.Func {
	types := inputsOf(f)
	done := repeated(f, n, tangents)
	return trace.Build(slices.Concat(types, outputsOf(f)[:n]), func(in []trace.Array) []trace.Array {
		given := make(map[trace.Var]trace.Array)
		for i, v := range f.Outputs()[:n] {
			given[v] = in[len(types)+i]
		}
		env := walk(f, in, func(e *trace.Equation, operands []trace.Array) []trace.Array {
			var ys []trace.Array
			if done[e.Outs[0]] {
				ys = trace.ApplyQuiet(e.Primitive, operands...)
			} else {
				ys = trace.ApplyAmong(in, e.Primitive, operands...)
			}
			for i, v := range e.Outs {
				if y, ok := given[v]; ok && len(e.Ins) > 0 { // a constant is no result
					ys[i] = y
				}
			}
			return ys
		})
		return at(env, f.Outputs()[n:])
	})
}

// repeated marks the variables of f that are made before the last of the first n results is, and not of
// the inputs that are tangents.
func repeated(f *trace.Func, n int, tangents []bool) []bool {
	moving := make([]bool, f.NumVars())
	copy(moving, tangents)
	done := make([]bool, f.NumVars())
	last := slices.Max(append([]trace.Var{-1}, f.Outputs()[:n]...))
	for _, e := range f.Equations() {
		moves := slices.Contains(at(moving, e.Ins), true)
		for _, v := range e.Outs {
			moving[v] = moves
			done[v] = !moves && v <= last
		}
	}
	return done
}

// PlainTangents returns tangents as plain arrays, with zeros for those that are absent.
func PlainTangents(types []trace.Type, t []trace.Tangent) []trace.Array {
	values := make([]trace.Array, len(t))
	for i, x := range t {
		if values[i], _ = x.Parts(); x.Absent() {
			values[i] = num.Zero(types[i])
		}
	}
	return values
}

// constants returns arrays as duals that do not vary.
func constants(in []trace.Array) []dual.Dual {
	duals := make([]dual.Dual, len(in))
	for i, x := range in {
		duals[i] = dual.Const(x)
	}
	return duals
}

// atZero returns tangents as those of zeros.
func atZero(types []trace.Type, t []trace.Tangent) []dual.Dual {
	duals := make([]dual.Dual, len(t))
	for i, x := range t {
		duals[i] = dual.Dual{Primal: num.Zero(types[i]), Tangent: x}
	}
	return duals
}

// partly reports whether there is something that tangents do not touch: an operand, or elements of one.
func partly(t []trace.Tangent) bool {
	return slices.ContainsFunc(t, func(x trace.Tangent) bool { return x.Absent() || x.Masked() })
}

// Through returns v, which a linear func has made of the tangents t, as a tangent: where nothing
// touches any of these, it is zero.
func Through(t []trace.Tangent, v trace.Array) trace.Tangent {
	var touched trace.Array
	first, tracked := true, false
	for _, x := range t {
		tracked = tracked || x.Tracked()
	}
	for _, x := range t {
		if x.Absent() {
			continue
		}
		if !x.Masked() {
			return trace.DenseTangent(v, tracked)
		}
		_, m := x.Parts()
		if first {
			touched = num.Any(m)
		} else {
			touched = num.Or(touched, num.Any(m))
		}
		first = false
	}
	if first {
		return trace.Tangent{}
	}
	return num.MaskTangent(num.BroadcastTo(touched, v.Shape()...), trace.DenseTangent(v, true))
}

// allLanes returns f over n lanes, with all results mapped.
func allLanes(f *trace.Func, mapped []bool, n int) *trace.Func {
	l := lanesOf(f, mapped, n)
	return trace.Build(l.f.Types(l.f.Inputs()), func(in []trace.Array) []trace.Array {
		return batch.Spread(l.f.Inline(in...), l.mapped, n)
	})
}

func allTrue(n int) []bool { return slices.Repeat([]bool{true}, n) }

func inputsOf(f *trace.Func) []trace.Type  { return f.Types(f.Inputs()) }
func outputsOf(f *trace.Func) []trace.Type { return f.Types(f.Outputs()) }

func floatsOf(types []trace.Type) []trace.Type {
	return slices.DeleteFunc(slices.Clone(types), func(t trace.Type) bool { return t.DType != trace.F64 })
}

// spreadFloats puts tangents, one for each type that is f64, in their places.
func spreadFloats(types []trace.Type, t []trace.Tangent) []trace.Tangent {
	all := make([]trace.Tangent, len(types))
	for i, typ := range types {
		if typ.DType == trace.F64 {
			all[i], t = t[0], t[1:]
		}
	}
	return all
}
