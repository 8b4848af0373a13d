package tape

import (
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/trace"
)

// Halves are the two parts of a func over dual numbers, in plain arrays: the primal part, from the
// inputs and the masks of their tangents to the results, the masks of theirs and the residuals;
// and the tape, from the values of the tangents and the residuals to the values of those of the
// results.
type Halves struct {
	Primal, Tape *trace.Func
	Out          dual.Levels  // of the results
	Residuals    []trace.Type // the last results of Primal, the last inputs of Tape
}

// Split returns the halves of f, which has no captures, for tangents of the given levels; want is as
// for dual.Push.
func Split(f *trace.Func, in dual.Levels, want []dual.Level) Halves {
	key := fmt.Sprint("split ", in, want)
	return trace.Memo(f, key, func() Halves { return split(f, in, want) })
}

func split(f *trace.Func, in dual.Levels, want []dual.Level) Halves {
	types := f.Types(f.Inputs())
	n := len(types)
	values, _ := in.Count()
	tangents := in.Types(types)
	var h Halves
	h.Primal = trace.Build(append(types[:n:n], tangents[values:]...), func(args []trace.Array) []trace.Array {
		var out, masks []trace.Array
		tp, residuals := trace.Capture(tangents[:values], func(dx []trace.Array) []trace.Array {
			duals := make([]dual.Dual, n)
			for i, t := range in.Unpack(dx, args[n:]) {
				duals[i] = dual.Dual{Primal: args[i], Tangent: t}
			}
			var dout []trace.Tangent
			for _, d := range dual.Split(f, duals, nil) {
				out, dout = append(out, d.Primal), append(dout, d.Tangent)
			}
			h.Out = dual.LevelsOf(dout)
			if want != nil {
				h.Out.Of = want
			}
			h.Out.Tracked = in.Tracked
			var dys []trace.Array
			dys, masks = h.Out.Pack(f.Types(f.Outputs()), dout)
			return dys
		})
		h.Tape = tp.WithCaptures(0)
		for _, r := range residuals {
			h.Residuals = append(h.Residuals, r.Type())
		}
		return append(append(out, masks...), residuals...)
	})
	return h
}

// Transposed is the transpose of a func that is linear in some of its inputs, in plain arrays: from
// the other inputs, the values of the cotangents of the results and the masks to the values of
// those of the linear inputs and the masks.
type Transposed struct {
	Func *trace.Func
	Out  dual.Levels // of the linear inputs
}

// TransposeIn returns the transpose of f, which has no captures, in the inputs marked linear, for
// cotangents of the given levels; want is as for dual.Push. It adds to cotangents that the linear inputs
// have already, of levels acc, if there are any: their values and masks are its last inputs.
func TransposeIn(f *trace.Func, linear []bool, ct, acc dual.Levels, want []dual.Level) Transposed {
	key := fmt.Sprint("transpose ", linear, ct, acc, want)
	return trace.Memo(f, key, func() Transposed { return transposeIn(f, linear, ct, acc, want) })
}

func transposeIn(f *trace.Func, linear []bool, ct, acc dual.Levels, want []dual.Level) Transposed {
	g := LinearFirst(f, linear)
	others := g.Types(g.Captures())
	cts, accs := ct.Types(f.Types(f.Outputs())), acc.Types(g.Types(g.Inputs()))
	var t Transposed
	t.Func = trace.Build(slices.Concat(others, cts, accs), func(in []trace.Array) []trace.Array {
		captures, in := in[:len(others)], in[len(others):]
		pulled := PullTangents(g, captures, ct.UnpackAll(in[:len(cts)]), acc.UnpackAll(in[len(cts):]))
		t.Out = dual.LevelsOf(pulled)
		if want != nil {
			t.Out.Of = want
		}
		t.Out.Tracked = true
		vs, ms := t.Out.Pack(g.Types(g.Inputs()), pulled)
		return append(vs, ms...)
	})
	return t
}

// Spread is the inverse of pick.Marked, for cotangents that an equation has made.
func Spread(cts []trace.Tangent, marked []bool) []trace.Tangent {
	all := make([]trace.Tangent, len(marked))
	for i, m := range marked {
		if m {
			all[i], cts = cts[0].Alone(), cts[1:]
		}
	}
	return all
}

// LinearFirst returns f, which has no captures, with the inputs marked linear as its inputs and the others as captures.
func LinearFirst(f *trace.Func, linear []bool) *trace.Func {
	var first, last []trace.Type
	for i, t := range f.Types(f.Inputs()) {
		if linear[i] {
			first = append(first, t)
		} else {
			last = append(last, t)
		}
	}
	return trace.Build(append(first, last...), func(in []trace.Array) []trace.Array {
		args := make([]trace.Array, len(in))
		lin, other := in[:len(first)], in[len(first):]
		for i := range args {
			if linear[i] {
				args[i], lin = lin[0], lin[1:]
			} else {
				args[i], other = other[0], other[1:]
			}
		}
		return f.Inline(args...)
	}).WithCaptures(len(last))
}

// LinearIn reports whether f, which has no captures, is linear in the inputs marked.
func LinearIn(f *trace.Func, linear []bool) bool {
	return trace.Memo(f, fmt.Sprint("linear ", linear), func() bool {
		return CheckLinear(LinearFirst(f, linear)) == nil
	})
}
