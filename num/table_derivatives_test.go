package num_test

import (
	"math"
	"slices"

	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// orders is how often the walk differentiates, in each mixture of modes.
const orders = 3

// derivatives checks the derivative of f at x in both modes, and then that of the functions that
// compute it: so each mixture of modes up to order 3 is checked against differences of the order below.
func (w *walker) derivatives(what string, f *trace.Func, x []num.Array, order int) {
	w.Helper()
	if !differentiable(f) {
		return
	}
	dx := w.directions(f.Types(f.Inputs()))
	ct := w.directions(f.Types(f.Outputs()))
	forward, reverse := pushforward(f), pullback(f)
	w.linear(what, f, x)

	xs, cts := slices.Concat(x, dx), slices.Concat(x, ct)
	dy := forward.Eval(xs...)
	pulled := reverse.Eval(cts...)
	w.difference(what+" forward", f, x, dx, dy)
	if a, b := innerOf(ct, dy), innerOf(pulled, dx); !agree(a, b, 1e-12*(1+size(dy)+size(pulled))) {
		w.Errorf("%s: <ct, J dx> = %v, but <Jt ct, dx> = %v", what, a, b)
	}
	w.sound(what+" forward", forward, xs)
	w.sound(what+" reverse", reverse, cts)
	if order == 1 {
		w.derivativeLanes(what+" forward", forward, xs, len(x))
		w.derivativeLanes(what+" reverse", reverse, cts, len(x))
	}
	if order < orders {
		w.derivatives(what+" forward", forward, xs, order+1)
		w.derivatives(what+" reverse", reverse, cts, order+1)
	}
}

// directions returns a random array for each f64 type.
func (w *walker) directions(types []trace.Type) []num.Array {
	var ds []num.Array
	for _, t := range types {
		if t.DType != trace.F64 {
			continue
		}
		b := trace.NewBuffer(t)
		for i := range b.F64 {
			b.F64[i] = 2*w.r.Float64() - 1
		}
		ds = append(ds, trace.FromBuffer(b))
	}
	return ds
}

// pushforward returns the func from the inputs of f, and a tangent for each f64 one, to the tangents of
// the f64 results.
func pushforward(f *trace.Func) *trace.Func {
	in := f.Types(f.Inputs())
	return trace.Build(append(in, floatTypes(in)...), func(args []num.Array) []num.Array {
		duals := make([]dual.Dual, len(in))
		next := len(in)
		for i, t := range in {
			duals[i] = dual.Const(args[i])
			if t.DType == trace.F64 {
				duals[i].Tangent = trace.DenseTangent(args[next], true)
				next++
			}
		}
		var dy []num.Array
		for _, d := range dual.Run(f, duals, nil) {
			if d.Primal.DType() == trace.F64 {
				dy = append(dy, d.Values())
			}
		}
		return dy
	})
}

// pullback returns the func from the inputs of f, and a cotangent for each f64 result, to the
// cotangents of the f64 inputs.
func pullback(f *trace.Func) *trace.Func {
	in, out := f.Types(f.Inputs()), f.Types(f.Outputs())
	return trace.Build(append(in, floatTypes(out)...), func(args []num.Array) []num.Array {
		_, tp := tape.Record(f, args[:len(in)], active(f), false, nil)
		ct := make([]num.Array, len(out))
		next := len(in)
		for i, t := range out {
			if ct[i] = num.Zero(t); t.DType == trace.F64 {
				ct[i] = args[next]
				next++
			}
		}
		return tp.Pull(ct)
	})
}

func floatTypes(types []trace.Type) []trace.Type {
	return slices.DeleteFunc(slices.Clone(types), func(t trace.Type) bool { return t.DType != trace.F64 })
}

// linear proves that the rules of f are linear in the tangents, and that its tape and the
// transpose of that are sound, with masks and without.
func (w *walker) linear(what string, f *trace.Func, x []num.Array) {
	w.Helper()
	for _, masks := range []bool{false, true} {
		_, tp := tape.Record(f, x, active(f), masks, nil)
		if err := tape.CheckLinear(tp.Func); err != nil {
			w.Errorf("%s: the tape with masks %v: %v\n%v", what, masks, err, tp.Func)
		}
	}
	primal, tp := tape.Linearize(f, active(f))
	for _, g := range []*trace.Func{primal, tp.Func, tape.Transpose(tp.Func)} {
		if err := g.Check(); err != nil {
			w.Errorf("%s: %v", what, err)
		}
	}
}

// difference compares a directional derivative with the central difference of five points.
func (w *walker) difference(what string, f *trace.Func, x, dx, dy []num.Array) {
	w.Helper()
	const h = 3e-4
	tol := w.c.DiffTol
	if tol == 0 {
		tol = 1e-7
	}
	at := func(steps float64) []num.Array {
		moved := slices.Clone(x)
		next := 0
		for i, a := range x {
			if a.DType() == trace.F64 {
				moved[i] = num.Add(a, num.Mul(steps*h, dx[next]))
				next++
			}
		}
		return slices.DeleteFunc(f.Eval(moved...), func(a num.Array) bool { return a.DType() != trace.F64 })
	}
	far, near, back, behind := at(2), at(1), at(-1), at(-2)
	for i, d := range dy {
		want := num.Div(num.Sub(num.Mul(8, num.Sub(near[i], back[i])), num.Sub(far[i], behind[i])), 12*h)
		if w.c.Constant {
			want = num.Zero(d.Type())
		}
		scale := 1 + size(near)
		for k, got := range trace.Read(d).F64 {
			if v := trace.Read(want).F64[k]; !agree(got, v, tol*scale) {
				w.Errorf("%s: element %d of result %d: derivative %v, difference %v, at %v\n%v", what, k, i, got, v, tensors(x), f)
				return
			}
		}
	}
}

// derivativeLanes compares Vmap of a derivative with a loop: over everything, over the point
// only, and over the tangents only, as for a Jacobian.
func (w *walker) derivativeLanes(what string, f *trace.Func, x []num.Array, point int) {
	w.Helper()
	for _, over := range []struct{ point, rest bool }{{true, true}, {true, false}, {false, true}} {
		mapped := make([]bool, len(x))
		for i := range mapped {
			mapped[i] = i < point && over.point || i >= point && over.rest
		}
		w.loop(what+" vmapped", f, mapped, 2, func(int) []num.Array {
			fresh := slices.Clone(x)
			for i := range x {
				switch {
				case !mapped[i]:
				case i < point:
					fresh[i] = w.c.In[i].Draw(w.r)
				default:
					fresh[i] = w.directions([]trace.Type{x[i].Type()})[0]
				}
			}
			return fresh
		})
	}
}

// inner returns the inner product of lists of f64 arrays.
func innerOf(a, b []num.Array) float64 {
	s := 0.0
	for i := range a {
		x, y := trace.Read(a[i]).F64, trace.Read(b[i]).F64
		for k := range x {
			s += x[k] * y[k]
		}
	}
	return s
}

// size returns the largest magnitude in a list of f64 arrays.
func size(a []num.Array) float64 {
	m := 0.0
	for _, x := range a {
		for _, v := range trace.Read(x).F64 {
			m = math.Max(m, math.Abs(v))
		}
	}
	return m
}
