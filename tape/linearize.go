// Package tape is reverse mode. Linearize records the linear part of a func's JVP as a tape: the
// operations on tangents, with the primal values that they need as residuals. Transpose runs a
// tape backwards, from cotangents to cotangents. Reverse mode is the one after the other, and no
// primitive has a rule of its own for it.
package tape

import (
	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Tape is the derivative of a func at a point: a linear func of the tangents of its active
// inputs, whose captures are the residuals.
type Tape struct {
	Func      *trace.Func
	Residuals []trace.Array
	types     []trace.Type // of the primal's results
	varies    []bool       // the results that depend on an active input
}

// Record runs f on the given primals, for its inputs and captures, and records what it does to
// the tangents of the active ones. Primal work is done at once or recorded where the primals
// belong; an equation is on the tape if and only if it depends on a tangent. With masks the
// tape may be run forward; without, it is only good for transposing. known is as for dual.Run.
func Record(f *trace.Func, primals []trace.Array, active []bool, masks bool, known dual.Known) (outs []trace.Array, t *Tape) {
	t = &Tape{}
	t.Func, t.Residuals = trace.Capture(typesOf(primals, active), func(dx []trace.Array) (dys []trace.Array) {
		outs, dys = t.run(f, primals, dx, active, masks, known)
		return dys
	})
	return outs, t
}

// Reverse runs f on the given primals, for its inputs and captures, and pulls cotangents of its results back through it to one
// for each active input. It is Record and Pull with a tape that is used once.
func Reverse(f *trace.Func, primals []trace.Array, active []bool, known dual.Known, ct []trace.Array) (outs, pulled []trace.Array) {
	t := &Tape{}
	trace.CaptureOnce(typesOf(primals, active), func(dx []trace.Array) (dys []trace.Array) {
		outs, dys = t.run(f, primals, dx, active, false, known)
		return dys
	}, func(fn *trace.Func, residuals []trace.Array) {
		t.Func, t.Residuals = fn, residuals
		pulled = t.Pull(ct)
	})
	return outs, pulled
}

func typesOf(primals []trace.Array, active []bool) (types []trace.Type) {
	for i, p := range primals {
		if active[i] {
			types = append(types, p.Type())
		}
	}
	return types
}

// run returns the results of f and, of those that vary with the tangents dx of the active inputs, the tangents.
func (t *Tape) run(f *trace.Func, primals, dx []trace.Array, active []bool, masks bool, known dual.Known) (outs, dys []trace.Array) {
	args := make([]dual.Dual, len(primals))
	for i, p := range primals {
		args[i] = dual.Const(p)
		if active[i] {
			args[i].Tangent = trace.DenseTangent(dx[0], masks)
			dx = dx[1:]
		}
	}
	for _, d := range dual.Split(f, args, known) {
		outs = append(outs, d.Primal)
		t.types = append(t.types, d.Primal.Type())
		t.varies = append(t.varies, !d.Tangent.Absent())
		if !d.Tangent.Absent() {
			dy, _ := d.Tangent.Parts()
			dys = append(dys, dy)
		}
	}
	return outs, dys
}

// Push runs the tape forward: from tangents of the active inputs to one for each result, and
// reports which results vary; the others' are zeros.
func (t *Tape) Push(dx []trace.Array) []trace.Array {
	return t.Fill(t.Func.Inline(append(dx[:len(dx):len(dx)], t.Residuals...)...))
}

// Fill returns an array for each result, given those of the results that vary, in order: what the
// tape's func gives. The others get zeros.
func (t *Tape) Fill(varying []trace.Array) []trace.Array {
	out := make([]trace.Array, len(t.types))
	for i, typ := range t.types {
		if t.varies[i] {
			out[i], varying = varying[0], varying[1:]
		} else {
			out[i] = num.Zero(typ)
		}
	}
	return out
}

// Pull runs the tape backwards: from a cotangent for each result to one for each active input.
// Results beyond the given cotangents have none.
func (t *Tape) Pull(ct []trace.Array) []trace.Array {
	var varying []trace.Tangent
	for i, v := range t.varies {
		switch {
		case !v:
		case i < len(ct):
			varying = append(varying, trace.DenseTangent(ct[i], true))
		default:
			varying = append(varying, trace.Tangent{})
		}
	}
	return Pull(t.Func, t.Residuals, varying)
}

// Linearize splits the JVP of f, in the inputs marked active, into a primal func from the inputs
// and captures of f to its results and the residuals, and the tape from the tangents of the
// active inputs, with the residuals as captures, to the tangents of the results.
func Linearize(f *trace.Func, active []bool) (primal *trace.Func, tape *Tape) {
	types := append(f.Types(f.Inputs()), f.Types(f.Captures())...)
	all := make([]bool, len(types))
	copy(all, active)
	primal = trace.Build(types, func(in []trace.Array) []trace.Array {
		var outs []trace.Array
		outs, tape = Record(f, in, all, true, nil)
		outs = append(outs, tape.Residuals...)
		tape.Residuals = nil
		return outs
	})
	return primal, tape
}
