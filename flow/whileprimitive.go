package flow

import (
	"errors"
	"slices"

	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// while runs Body as long as Cond holds. Its operands are consts, which every step sees, and the
// initial carry; Cond and Body take both. Body gives the next carry and rows, and the results are
// the last carry, the number of steps, an i64 scalar, and a stack of each of the rows. A loop of more
// than MaxTrips steps is refused, unless that is 0.
//
// A while is never on a tape: its linear part is a scan over its stacks.
type while struct {
	Cond, Body    *trace.Func
	Consts, Carry int
	MaxTrips      int
}

func (while) Name() string { return "while" }

func (p while) Infer(in []trace.Type) ([]trace.Type, error) {
	out := results(p.Body)
	switch {
	case p.Consts < 0 || p.Carry < 0 || len(in) != p.Consts+p.Carry || len(out) < p.Carry:
		return nil, errors.New("needs consts and a carry")
	case !equalTypes(p.Body.Types(p.Body.Inputs()), in) || !equalTypes(p.Cond.Types(p.Cond.Inputs()), in):
		return nil, errors.New("has a body or a condition that takes other operands")
	case !equalTypes(results(p.Cond), []trace.Type{trace.TypeOf(trace.Bool)}):
		return nil, errors.New("has a condition that does not give a bool scalar")
	case !equalTypes(out[:p.Carry], in[p.Consts:]):
		return nil, errors.New("has a carry that changes its type")
	}
	types := append(out[:p.Carry:p.Carry], trace.TypeOf(trace.I64))
	for _, row := range out[p.Carry:] {
		types = append(types, p.loop().stacked(row))
	}
	return types, nil
}

// Repeat returns what the compiler must know of a while.
func (p while) Repeat() (cond, body *trace.Func, consts, carry, most int) {
	return p.Cond, p.Body, p.Consts, p.Carry, p.MaxTrips
}

// Exact says to the passes of the compiler that cond and body must give the same bits: a loop makes the same
// steps compiled as evaluated.
func (while) Exact() {}

// loop returns the scan that does the same, were the number of steps known.
func (p while) loop() scan {
	return scan{Body: p.Body, Consts: p.Consts, Carry: p.Carry, Length: trace.Star}
}

func (p while) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	if slices.ContainsFunc(in, trace.Buffer.Hole) {
		return holes(out) // there is no saying whether it would end
	}
	args := slices.Concat(shared(in[:p.Consts]), in[p.Consts:])
	stacks := make([]trace.Buffer, len(out)-p.Carry-1)
	for i, t := range out[p.Carry+1:] {
		stacks[i] = trace.NewBuffer(t)
	}
	n := int64(0)
	for ; p.Cond.EvalBuffers(shared(args))[0].Bool[0]; n++ {
		if p.MaxTrips > 0 && n == int64(p.MaxTrips) {
			panic(trace.EvalErrorf("while", "has not ended after %d steps", n))
		}
		results := p.Body.EvalBuffers(args)
		copy(args[p.Consts:], results[:p.Carry])
		for i, row := range results[p.Carry:] {
			stacks[i].Rows = append(stacks[i].Rows, row.Shared())
		}
	}
	steps := trace.NewBuffer(trace.TypeOf(trace.I64))
	steps.I64[0] = n
	return append(append(args[p.Consts:], steps), stacks...)
}

// shared returns buffers that are read more than once.
func shared(bs []trace.Buffer) []trace.Buffer {
	s := make([]trace.Buffer, len(bs))
	for i, b := range bs {
		s[i] = b.Shared()
	}
	return s
}

func (p while) JVP(in, _ []trace.Array, t []trace.Tangent) []trace.Tangent {
	_, dout := p.Forward(in, t)
	return dout
}

// with returns the loop with another body, over more operands: cond sees those that counts puts
// first in each section.
func (p while) with(body *trace.Func, counts [][]int) while {
	q := while{Body: body, Consts: sum(counts, 0), Carry: sum(counts, 1), MaxTrips: p.MaxTrips}
	q.Cond = trace.Build(body.Types(body.Inputs()), func(in []trace.Array) []trace.Array {
		return p.Cond.Inline(slices.Concat(in[:p.Consts], in[q.Consts:][:p.Carry])...)
	})
	return q
}

// Forward is a while over dual numbers. The condition sees primals only.
func (p while) Forward(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	s := p.loop()
	levels, out := s.fixpoint(t, func(l dual.Levels) dual.Levels { return cloned(dual.Push(p.Body, l, nil).Out) })
	pushed := dual.Push(p.Body, levels, out.Of).Func
	ins, outs := s.counts(levels), s.outCounts(out)
	values, masks := levels.Pack(typesOf(in), t)
	q := p.with(regrouped(pushed, ins, outs), ins)
	ys := trace.Apply(q, regroup(slices.Concat(in, values, masks), ins)...)
	steps := ys[q.Carry]
	ys = regroup(slices.Concat(ys[:q.Carry], ys[q.Carry+1:]), flipped(outs))
	n := len(out.Of)
	k, _ := out.Count()
	return p.insert(ys[:n], out.Unpack(ys[n:n+k], ys[n+k:]), steps)
}

// insert puts the number of steps after the carry.
func (p while) insert(ys []trace.Array, dys []trace.Tangent, steps trace.Array) ([]trace.Array, []trace.Tangent) {
	out := slices.Concat(ys[:p.Carry], []trace.Array{steps}, ys[p.Carry:])
	dout := append(append(append([]trace.Tangent(nil), dys[:p.Carry]...), trace.Tangent{}), dys[p.Carry:]...)
	return out, dout
}

// Linearize is a while of the primal half, whose residuals are rows of further stacks unless they
// are the same in every step, and on the tape a scan over those stacks.
func (p while) Linearize(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	s := p.loop()
	levels, out := s.fixpoint(t, func(l dual.Levels) dual.Levels { return cloned(tape.Split(p.Body, l, nil).Out) })
	h := tape.Split(p.Body, levels, out.Of)
	values, masks := levels.Pack(typesOf(in), t)
	var steps trace.Array
	ys, at := s.runPrimal(h, levels, out, in, masks, func(body *trace.Func, consts, carry int, operands []trace.Array) []trace.Array {
		ys := trace.Apply(p.with(body, primalCounts(s.counts(levels))), operands...)
		steps = ys[carry]
		return slices.Concat(ys[:carry], ys[carry+1:])
	})
	n := len(out.Of)
	_, m := out.Count()
	dys := make([]trace.Tangent, n)
	if out.Varies() {
		dys = out.Unpack(s.runTape(h, levels, values, []trace.Array{steps}, at), ys[n:n+m])
	}
	return p.insert(ys[:n], dys, steps)
}
