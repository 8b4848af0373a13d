package call

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

func init() { trace.Register(primitives...) }

// primitives are the prototypes of all primitives of this package.
var primitives = []trace.Primitive{Checkpoint{}, CustomJVP{}, CustomVJP{}, transposed{}}

// Checkpoint is the call of a func of which reverse mode keeps nothing but the operands: the tape
// calls the func again.
type Checkpoint struct{ Body *trace.Func }

func (Checkpoint) Name() string { return "checkpoint" }

func (p Checkpoint) Infer(in []trace.Type) ([]trace.Type, error) {
	if !slices.EqualFunc(in, p.Body.Types(p.Body.Inputs()), trace.Type.Equal) {
		return nil, fmt.Errorf("has a body that takes %v", p.Body.Types(p.Body.Inputs()))
	}
	if len(p.Body.Outputs()) == 0 {
		return nil, errors.New("has a body without results")
	}
	return p.Body.Types(p.Body.Outputs()), nil
}

func (p Checkpoint) Eval(in []trace.Buffer, _ []trace.Type) []trace.Buffer {
	return p.Body.EvalBuffers(in)
}

func (p Checkpoint) Unroll(u *trace.Unrolling, in []*trace.Value, _ []trace.Type) []*trace.Value {
	return u.Call(p.Body, -1, in)
}

func (p Checkpoint) JVP(in, _ []trace.Array, t []trace.Tangent) []trace.Tangent {
	_, dout := p.Forward(in, t)
	return dout
}

// Forward is the call of the body over dual numbers.
func (p Checkpoint) Forward(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	levels := dual.LevelsOf(t)
	f := dual.Push(p.Body, levels, nil)
	values, masks := levels.Pack(typesOf(in), t)
	ys := trace.Apply(Checkpoint{f.Func}, slices.Concat(in, values, masks)...)
	n := len(f.Out.Of)
	k, _ := f.Out.Count()
	return ys[:n], f.Out.Unpack(ys[n:n+k], ys[n+k:])
}

// Linearize is the call itself, with the masks of the results if they have any, and on the tape a
// call of what takes the operands and the tangents to those of the results: it runs the body
// again.
func (p Checkpoint) Linearize(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	levels := dual.LevelsOf(t)
	r := halvesOf(p.Body, levels)
	values, masks := levels.Pack(typesOf(in), t)
	primal, args := p, in
	if _, m := r.out.Count(); m > 0 {
		primal.Body, args = r.primal, slices.Concat(in, masks)
	}
	ys := trace.Apply(primal, args...)
	n := len(r.out.Of)
	if !r.out.Varies() {
		return ys[:n], make([]trace.Tangent, n)
	}
	args = slices.Concat(values, at(slices.Concat(in, masks), r.kept))
	return ys[:n], r.out.Unpack(trace.Apply(Checkpoint{r.tape}, args...), ys[n:])
}

// halves are what a checkpoint is linearized to. primal takes the operands and the masks of their
// tangents to the results and the masks of theirs. tape takes the values of the tangents, and those
// of the former that it needs, to the values of the results' tangents.
type halves struct {
	primal, tape *trace.Func
	kept         []int
	out          dual.Levels
}

func halvesOf(f *trace.Func, in dual.Levels) halves {
	return trace.Memo(f, fmt.Sprint("checkpoint ", in), func() halves {
		var h halves
		h.primal, h.out = half(f, in, false)
		h.tape, _ = half(f, in, true)
		v, _ := in.Count()
		h.primal, _ = without(h.primal, func(input int) bool { return input < v })
		h.tape, h.kept = without(h.tape, func(input int) bool { return input >= v && !reads(h.tape, input) })
		h.kept = h.kept[v:]
		for i := range h.kept {
			h.kept[i] -= v
		}
		return h
	})
}

// half returns one half of f over dual numbers, from the values of the tangents, the inputs of f and
// the masks.
func half(f *trace.Func, in dual.Levels, tape bool) (*trace.Func, dual.Levels) {
	types := f.Types(f.Inputs())
	n := len(types)
	tangents := in.Types(types)
	v, _ := in.Count()
	var levels dual.Levels
	g := trace.Build(slices.Concat(tangents[:v], types, tangents[v:]), func(args []trace.Array) []trace.Array {
		dx, args := args[:v], args[v:]
		duals := make([]dual.Dual, n)
		for i, t := range in.Unpack(dx, args[n:]) {
			duals[i] = dual.Dual{Primal: args[i], Tangent: t}
		}
		var out []trace.Array
		var dout []trace.Tangent
		for _, d := range dual.Split(f, duals, nil) {
			out, dout = append(out, d.Primal), append(dout, d.Tangent)
		}
		levels = dual.LevelsOf(dout)
		levels.Tracked = in.Tracked
		values, masks := levels.Pack(f.Types(f.Outputs()), dout)
		if tape {
			return values
		}
		return slices.Concat(out, masks)
	})
	return g, levels
}

// reads reports whether an equation or a result of f is an input.
func reads(f *trace.Func, input int) bool {
	v := trace.Var(input)
	return slices.Contains(f.Outputs(), v) || slices.ContainsFunc(f.Equations(), func(e trace.Equation) bool {
		return slices.Contains(e.Ins, v)
	})
}

// without returns f without the inputs marked, which it must not use, and the positions of the
// others.
func without(f *trace.Func, drop func(input int) bool) (*trace.Func, []int) {
	types := f.Types(f.Inputs())
	var kept []int
	args := make([]trace.Array, len(types))
	for i, t := range types {
		if args[i] = trace.Hole(t); !drop(i) {
			kept = append(kept, i)
		}
	}
	return trace.Build(at(types, kept), func(in []trace.Array) []trace.Array {
		for j, i := range kept {
			args[i] = in[j]
		}
		return f.Inline(args...)
	}), kept
}

func at[E any, I int | trace.Var](elements []E, positions []I) []E {
	some := make([]E, len(positions))
	for j, i := range positions {
		some[j] = elements[i]
	}
	return some
}

// Linear asks the body.
func (p Checkpoint) Linear(dep []bool) bool { return tape.LinearIn(p.Body, dep) }

func (p Checkpoint) Ignores(operand int) bool { return !tape.Uses(p.Body, operand) }

// Transpose is the call of the transposed body, which first runs what does not depend on the linear
// operands.
func (p Checkpoint) Transpose(t *trace.Transposition) []trace.Tangent {
	ct := dual.LevelsOf(t.Ct)
	f := tape.TransposeIn(p.Body, t.Linear, ct, nil)
	var args []trace.Array
	for i, a := range t.In {
		if !t.Linear[i] {
			args = append(args, a)
		}
	}
	values, masks := ct.Pack(p.Body.Types(p.Body.Outputs()), t.Ct)
	all := make([]trace.Tangent, len(t.In))
	if !f.Out.Varies() {
		return all
	}
	ys := trace.Apply(Checkpoint{f.Func}, slices.Concat(args, values, masks)...)
	k, _ := f.Out.Count()
	pulled := f.Out.Unpack(ys[:k], ys[k:])
	for i, l := range t.Linear {
		if l {
			all[i], pulled = pulled[0], pulled[1:]
		}
	}
	return all
}

// Batch is the call of the body over n lanes.
func (p Checkpoint) Batch(in []trace.Array, mapped []bool, n int) ([]trace.Array, []bool) {
	l := lanesOf(p.Body, mapped, n)
	return trace.Apply(Checkpoint{l.f}, in...), l.mapped
}

type lanes struct {
	f      *trace.Func
	mapped []bool
}

func lanesOf(f *trace.Func, mapped []bool, n int) lanes {
	return trace.Memo(f, fmt.Sprint("lanes ", mapped, n), func() lanes {
		var l lanes
		types := f.Types(f.Inputs())
		for i, t := range types {
			if mapped[i] {
				types[i] = t.Batched(n)
			}
		}
		l.f = trace.Build(types, func(in []trace.Array) []trace.Array {
			var ys []trace.Array
			ys, l.mapped = batch.Run(f, in, mapped, n)
			return ys
		})
		return l
	})
}
