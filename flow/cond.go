package flow

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/internal/pick"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// cond runs one of several funcs, which take the same operands: that at the index that is its
// first operand, an i64 scalar, moved into range.
type cond struct{ Branches []*trace.Func }

func (cond) Name() string { return "cond" }

// Choices returns the branches, of which the first operand chooses one.
func (p cond) Choices() []*trace.Func { return p.Branches }

func (p cond) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) == 0 || !in[0].Equal(trace.TypeOf(trace.I64)) {
		return nil, errors.New("needs an i64 scalar as index")
	}
	if len(p.Branches) == 0 {
		return nil, errors.New("has no branches")
	}
	for i, f := range p.Branches {
		if !equalTypes(f.Types(f.Inputs()), in[1:]) {
			return nil, fmt.Errorf("branch %d takes other operands", i)
		}
		if !equalTypes(results(f), results(p.Branches[0])) {
			return nil, fmt.Errorf("branches 0 and %d give results of different types", i)
		}
	}
	return results(p.Branches[0]), nil
}

func results(f *trace.Func) []trace.Type { return f.Types(f.Outputs()) }

func equalTypes(a, b []trace.Type) bool {
	return slices.EqualFunc(a, b, trace.Type.Equal)
}

func (p cond) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	if in[0].Hole() {
		return holes(out)
	}
	i := min(max(in[0].I64[0], 0), int64(len(p.Branches)-1))
	return p.Branches[i].EvalBuffers(in[1:])
}

// holes are the results of what stands in a branch that nobody takes.
func holes(out []trace.Type) []trace.Buffer {
	ys := make([]trace.Buffer, len(out))
	for i, t := range out {
		ys[i] = trace.Buffer{Type: t}
	}
	return ys
}

func (p cond) Unroll(u *trace.Unrolling, in []*trace.Value, _ []trace.Type) []*trace.Value {
	i := min(max(in[0].Buffer.I64[0], 0), int64(len(p.Branches)-1))
	return u.Call(p.Branches[i], -1, in[1:])
}

func (p cond) JVP(in, _ []trace.Array, t []trace.Tangent) []trace.Tangent {
	_, dout := p.Forward(in, t)
	return dout
}

// Forward is a cond of the branches over dual numbers.
func (p cond) Forward(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	levels := dual.LevelsOf(t[1:])
	all := make([]dual.Levels, len(p.Branches))
	for i, f := range p.Branches {
		all[i] = dual.Push(f, levels, nil).Out
	}
	out := joined(all)
	branches := make([]*trace.Func, len(p.Branches))
	for i, f := range p.Branches {
		branches[i] = dual.Push(f, levels, out.Of).Func
	}
	values, masks := pack(in[1:], t[1:])
	ys := trace.Apply(cond{branches}, slices.Concat(in, values, masks)...)
	n := len(out.Of)
	k, _ := out.Count()
	return ys[:n], out.Unpack(ys[n:n+k], ys[n+k:])
}

// Linearize is a cond of the primal halves, whose residuals share slots, and on the tape one of
// the tapes. Only the branch that is taken fills its slots.
func (p cond) Linearize(in []trace.Array, t []trace.Tangent) ([]trace.Array, []trace.Tangent) {
	levels := dual.LevelsOf(t[1:])
	all := make([]dual.Levels, len(p.Branches))
	for i, f := range p.Branches {
		all[i] = tape.Split(f, levels, nil).Out
	}
	out := joined(all)
	halves := make([]tape.Halves, len(p.Branches))
	for i, f := range p.Branches {
		halves[i] = tape.Split(f, levels, out.Of)
	}
	slots, filled := shareSlots(halves)
	values, masks := pack(in[1:], t[1:])
	var primals, tapes cond
	for i, h := range halves {
		primals.Branches = append(primals.Branches, fillSlots(h, slots, filled[i]))
		tapes.Branches = append(tapes.Branches, readSlots(h, slots, filled[i], len(values)))
	}
	ys := trace.Apply(primals, slices.Concat(in, masks)...)
	n := len(out.Of)
	_, m := out.Count()
	if !out.Varies() {
		return ys[:n], make([]trace.Tangent, n)
	}
	dys := trace.Apply(tapes, slices.Concat(in[:1], values, ys[n+m:])...)
	return ys[:n], out.Unpack(dys, ys[n:n+m])
}

// shareSlots returns the types of enough slots for the residuals of any one branch, and the slot
// of each residual.
func shareSlots(halves []tape.Halves) (slots []trace.Type, filled [][]int) {
	filled = make([][]int, len(halves))
	for i, h := range halves {
		taken := make([]bool, len(slots), len(slots)+len(h.Residuals))
		for _, r := range h.Residuals {
			s := slices.IndexFunc(slots, r.Equal)
			for s >= 0 && taken[s] {
				next := slices.IndexFunc(slots[s+1:], r.Equal)
				if next < 0 {
					s = -1
					break
				}
				s += 1 + next
			}
			if s < 0 {
				s = len(slots)
				slots, taken = append(slots, r), append(taken, false)
			}
			taken[s] = true
			filled[i] = append(filled[i], s)
		}
	}
	return slots, filled
}

// fillSlots returns a primal half that gives its residuals in slots and holes in the others.
func fillSlots(h tape.Halves, slots []trace.Type, filled []int) *trace.Func {
	f := h.Primal
	return trace.Build(f.Types(f.Inputs()), func(in []trace.Array) []trace.Array {
		ys := f.Inline(in...)
		n := len(ys) - len(filled)
		out := ys[:n:n]
		for s, t := range slots {
			if r := slices.Index(filled, s); r >= 0 {
				out = append(out, ys[n+r])
			} else {
				out = append(out, trace.Hole(t))
			}
		}
		return out
	})
}

// readSlots returns a tape, of the given number of tangents, that takes its residuals from slots.
func readSlots(h tape.Halves, slots []trace.Type, filled []int, tangents int) *trace.Func {
	f := h.Tape
	types := f.Types(f.Inputs())[:tangents:tangents]
	return trace.Build(append(types, slots...), func(in []trace.Array) []trace.Array {
		args := in[:tangents:tangents]
		for _, s := range filled {
			args = append(args, in[tangents+s])
		}
		return f.Inline(args...)
	})
}

// Linear asks the branches.
func (p cond) Linear(dep []bool) bool {
	if dep[0] {
		return false
	}
	for _, f := range p.Branches {
		if !tape.LinearIn(f, dep[1:]) {
			return false
		}
	}
	return true
}

// Ignores reports whether no branch makes use of an operand.
func (p cond) Ignores(operand int) bool {
	return operand > 0 && !slices.ContainsFunc(p.Branches, func(f *trace.Func) bool { return tape.Uses(f, operand-1) })
}

// Transpose is a cond of the transposed branches.
func (p cond) Transpose(t *trace.Transposition) []trace.Tangent {
	return p.Accumulate(t, make([]trace.Tangent, len(t.In)))
}

// Accumulate hands the branches the cotangents that their operands have already: a branch adds to
// those that it touches and passes the others on.
func (p cond) Accumulate(t *trace.Transposition, acc []trace.Tangent) []trace.Tangent {
	linear := t.Linear[1:]
	before := pick.Marked(acc[1:], linear)
	ct, levels := dual.LevelsOf(t.Ct), dual.LevelsOf(before)
	all := make([]dual.Levels, len(p.Branches))
	for i, f := range p.Branches {
		all[i] = tape.TransposeIn(f, linear, ct, levels, nil).Out
	}
	out := joined(all)
	if !out.Varies() {
		return make([]trace.Tangent, len(t.In))
	}
	var branches cond
	for _, f := range p.Branches {
		branches.Branches = append(branches.Branches, tape.TransposeIn(f, linear, ct, levels, out.Of).Func)
	}
	values, masks := ct.Pack(results(p.Branches[0]), t.Ct)
	sums, sumMasks := levels.Pack(pick.Marked(t.Types[1:], linear), before)
	args := slices.Concat(pick.Unmarked(t.In, t.Linear), values, masks, sums, sumMasks)
	return tape.Spread(out.UnpackAll(trace.Apply(branches, args...)), t.Linear)
}

// Batch keeps a cond if all lanes take the same branch. Otherwise every branch runs on all lanes,
// and each lane selects. A branch that holds a loop, which might not end where it is not wanted, runs
// only if some lane takes it, and all others with the operands of such a lane.
func (p cond) Batch(in []trace.Array, mapped []bool, n int) ([]trace.Array, []bool) {
	if !mapped[0] {
		var branches cond
		for _, f := range p.Branches {
			branches.Branches = append(branches.Branches, lanes(f, mapped[1:], n))
		}
		ys := trace.Apply(branches, in...)
		return ys, all(len(ys))
	}
	index := num.Clip(in[0], 0, len(p.Branches)-1)
	var out []trace.Array
	for i, f := range p.Branches {
		taken := num.Equal(index, i)
		var ys []trace.Array
		if loops(f) {
			ys = runIfTaken(f, taken, in[1:], mapped[1:], n)
		} else {
			ys = runLanes(f, in[1:], mapped[1:], n)
		}
		for j, y := range ys {
			switch {
			case i == 0:
				out = append(out, y)
			case trace.IsHole(out[j]):
				out[j] = y
			case !trace.IsHole(y):
				out[j] = freeze(taken, y, out[j])
			}
		}
	}
	return out, all(len(out))
}

// runIfTaken runs f over the lanes that take it, and elsewhere as one of those; if there are none, the
// results are zeros.
func runIfTaken(f *trace.Func, taken trace.Array, in []trace.Array, mapped []bool, n int) []trace.Array {
	types := append(batchedTypes(f, mapped, n), taken.Type())
	run := trace.Build(types, func(in []trace.Array) []trace.Array {
		taken, in := in[len(in)-1], in[:len(in)-1]
		return runLanes(f, likeALiveLane(in, mapped, taken), mapped, n)
	})
	skip := trace.Build(types, func([]trace.Array) []trace.Array {
		var zeros []trace.Array
		for _, t := range results(run) {
			zeros = append(zeros, num.Zero(t))
		}
		return zeros
	})
	choice := num.Convert(num.Any(taken), trace.I64)
	return trace.Apply(cond{[]*trace.Func{skip, run}}, slices.Concat([]trace.Array{choice}, in, []trace.Array{taken})...)
}

// lanes returns f over n lanes: every result is mapped.
func lanes(f *trace.Func, mapped []bool, n int) *trace.Func {
	return trace.Build(batchedTypes(f, mapped, n), func(in []trace.Array) []trace.Array { return runLanes(f, in, mapped, n) })
}

// runLanes runs f over n lanes: every result is mapped, and a hole is a larger hole.
func runLanes(f *trace.Func, in []trace.Array, mapped []bool, n int) []trace.Array {
	ys, om := batch.Run(f, in, mapped, n)
	for i, y := range ys {
		if trace.IsHole(y) && !om[i] {
			ys[i], om[i] = trace.Hole(y.Type().Batched(n)), true
		}
	}
	return batch.Spread(ys, om, n)
}

// perLane returns one bool a lane as an array that broadcasts with arrays of the given rank.
func perLane(c trace.Array, rank int) trace.Array {
	return num.Reshape(c, append([]int{c.Size()}, slices.Repeat([]int{1}, rank-1)...)...)
}

func all(n int) []bool { return slices.Repeat([]bool{true}, n) }
