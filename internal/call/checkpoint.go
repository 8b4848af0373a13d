package call

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/internal/pick"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

func init() { trace.Register(primitives...) }

// primitives are the prototypes of all primitives of this package.
var primitives = []trace.Primitive{Checkpoint{}, CustomJVP{}, CustomVJP{}, transposed{}}

// Checkpoint is the call of a func of which reverse mode keeps the operands and what Keep says, and no
// more: the tape calls the func again.
type Checkpoint struct {
	Body *trace.Func
	Keep string
}

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

// Calls returns the func that is called.
func (p Checkpoint) Calls() *trace.Func { return p.Body }

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
	ys := trace.Apply(Checkpoint{f.Func, p.Keep}, slices.Concat(in, values, masks)...)
	n := len(f.Out.Of)
	k, _ := f.Out.Count()
	return ys[:n], f.Out.Unpack(ys[n:n+k], ys[n+k:])
}

// Linearize is the call itself, with the masks of the results and what is kept of its body, and on the
// tape a call of what takes the operands, what is kept and the tangents to those of the results: it
// runs the body again.
func (p Checkpoint) Linearize(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	levels := dual.LevelsOf(t)
	h := p.halves(levels)
	values, masks := levels.Pack(typesOf(in), t)
	args := slices.Concat(in, masks)
	ys := trace.Apply(Checkpoint{h.primal, p.Keep}, args...)
	n := len(h.out.Of)
	if !h.out.Varies() {
		return ys[:n], make([]trace.Tangent, n)
	}
	_, m := h.out.Count()
	args = slices.Concat(values, pick.Marked(args, h.needs), ys[n+m:])
	return ys[:n], h.out.Unpack(trace.Apply(Checkpoint{h.tape, p.Keep}, args...), ys[n:n+m])
}

// halves are what a checkpoint is linearized to. primal takes the operands and the masks of their
// tangents to the results, the masks of theirs and what is kept. tape takes the values of the
// tangents, those operands and masks that it needs, and what is kept, to the values of the
// results' tangents.
type halves struct {
	primal, tape *trace.Func
	needs        []bool
	out          dual.Levels
}

func (p Checkpoint) halves(in dual.Levels) halves {
	return trace.Memo(p.Body, fmt.Sprint("checkpoint ", p.Keep, in), func() halves {
		h := tape.Split(p.Body, in, nil)
		first, again := p.keptIn(h.Primal)
		all, n := outputsOf(first), len(outputsOf(h.Primal))
		v, _ := in.Count()
		args := slices.Concat(inputsOf(h.Tape)[:v], inputsOf(again))
		tp := trace.Build(args, func(in []trace.Array) []trace.Array {
			out := again.Inline(in[v:]...)
			return h.Tape.Inline(slices.Concat(in[:v], out[n-len(h.Residuals):])...)
		})
		needs := tp.Needed()
		copy(needs, allTrue(v))
		operands := len(needs) - (len(all) - n)
		used := slices.Concat(allTrue(n-len(h.Residuals)), make([]bool, len(h.Residuals)), needs[operands:])
		primal, _ := first.Giving(used)
		return halves{primal, tp.Taking(needs), needs[v:operands], h.Out}
	})
}

func at[E any, I int | trace.Var](elements []E, positions []I) []E {
	some := make([]E, len(positions))
	for j, i := range positions {
		some[j] = elements[i]
	}
	return some
}

// Prune leaves out the results that nobody uses.
func (p Checkpoint) Prune(used []bool) (trace.Primitive, []bool, []bool) {
	g, ins := p.Body.Giving(used)
	return Checkpoint{g.Taking(ins), p.Keep}, ins, used
}

// Linear asks the body.
func (p Checkpoint) Linear(dep []bool) bool { return tape.LinearIn(p.Body, dep) }

func (p Checkpoint) Ignores(operand int) bool { return !tape.Uses(p.Body, operand) }

// Transpose is the call of the transposed body, which first runs what does not depend on the linear
// operands.
func (p Checkpoint) Transpose(t *trace.Transposition) []trace.Tangent {
	return p.Accumulate(t, make([]trace.Tangent, len(t.In)))
}

// Accumulate hands the body the cotangents that its operands have already, so that all are summed in
// the order in which they would be without the call.
func (p Checkpoint) Accumulate(t *trace.Transposition, acc []trace.Tangent) []trace.Tangent {
	ct, before := dual.LevelsOf(t.Ct), pick.Marked(acc, t.Linear)
	levels := dual.LevelsOf(before)
	f := tape.TransposeIn(p.Body, t.Linear, ct, levels, nil)
	if !f.Out.Varies() {
		return make([]trace.Tangent, len(t.In))
	}
	values, masks := ct.Pack(p.Body.Types(p.Body.Outputs()), t.Ct)
	sums, sumMasks := levels.Pack(pick.Marked(t.Types, t.Linear), before)
	args := slices.Concat(pick.Unmarked(t.In, t.Linear), values, masks, sums, sumMasks)
	return tape.Spread(f.Out.UnpackAll(trace.Apply(Checkpoint{f.Func, p.Keep}, args...)), t.Linear)
}

// Batch is the call of the body over n lanes.
func (p Checkpoint) Batch(in []trace.Array, mapped []bool, n int) ([]trace.Array, []bool) {
	l := lanesOf(p.Body, mapped, n)
	return trace.Apply(Checkpoint{l.f, p.Keep}, in...), l.mapped
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
