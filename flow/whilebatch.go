package flow

import (
	"slices"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Batch runs all lanes at once. If lanes decide for themselves when to stop, the loop runs until the
// last one has, those that have stopped are frozen, and each lane counts its own steps.
func (p while) Batch(in []trace.Array, mapped []bool, n int) ([]trace.Array, []bool) {
	mapped = slices.Clone(mapped)
	given := slices.Clone(mapped)
	var om []bool
	for {
		if p.decides(mapped, n) {
			for i := range p.Carry {
				mapped[p.Consts+i] = true
			}
		}
		_, om = p.loop().lanes(mapped, n)
		stable := true
		for i := range p.Carry {
			if om[i] && !mapped[p.Consts+i] {
				mapped[p.Consts+i] = true
				stable = false
			}
		}
		if stable {
			break
		}
	}
	args := spreadNew(in, given, mapped, n)
	if p.decides(mapped, n) {
		ys := p.batchDeciding(args, mapped, n)
		return ys, all(len(ys))
	}
	q := p
	q.Body, _ = p.loop().lanes(mapped, n)
	q.Cond = trace.Build(q.Body.Types(q.Body.Inputs()), func(in []trace.Array) []trace.Array {
		ys, _ := batch.Run(p.Cond, in, mapped, n)
		return ys
	})
	return trace.Apply(q, args...), slices.Insert(om, p.Carry, false)
}

// spreadNew gives the mapped axis to the operands that were not mapped and are to be.
func spreadNew(in []trace.Array, given, mapped []bool, n int) []trace.Array {
	args := slices.Clone(in)
	for i, a := range args {
		if mapped[i] && !given[i] {
			args[i] = num.Lanes(a, n)
		}
	}
	return args
}

// decides reports whether the condition differs between lanes.
func (p while) decides(mapped []bool, n int) bool {
	var om []bool
	trace.Build(batchedTypes(p.Cond, mapped, n), func(in []trace.Array) []trace.Array {
		var ys []trace.Array
		ys, om = batch.Run(p.Cond, in, mapped, n)
		return ys
	})
	return om[0]
}

func batchedTypes(f *trace.Func, mapped []bool, n int) []trace.Type {
	types := f.Types(f.Inputs())
	for i, t := range types {
		if mapped[i] {
			types[i] = t.Batched(n)
		}
	}
	return types
}

// batchDeciding is the loop whose lanes stop by themselves. Its carry has, in front, the number of
// steps of each lane.
func (p while) batchDeciding(args []trace.Array, mapped []bool, n int) []trace.Array {
	types := batchedTypes(p.Body, mapped, n)
	counter := trace.TypeOf(trace.I64, n)
	types = slices.Insert(types, p.Consts, counter)
	live := func(cond *trace.Func, in []trace.Array) trace.Array {
		ys, om := batch.Run(cond, in, mapped, n)
		return batch.Spread(ys, om, n)[0]
	}
	split := func(in []trace.Array) (counter trace.Array, rest []trace.Array) {
		return in[p.Consts], slices.Concat(in[:p.Consts], in[p.Consts+1:])
	}
	q := while{Consts: p.Consts, Carry: p.Carry + 1, MaxTrips: p.MaxTrips}
	q.Cond = trace.Build(types, func(in []trace.Array) []trace.Array {
		_, in = split(in)
		return []trace.Array{num.Any(live(p.Cond, in))}
	})
	q.Body = trace.Build(types, func(in []trace.Array) []trace.Array {
		steps, in := split(in)
		alive := live(p.Cond.Quiet(), in)
		safe := in
		if loops(p.Body) {
			safe = likeALiveLane(in, mapped, alive)
		}
		ys := runLanes(p.Body, safe, mapped, n)
		for i := range p.Carry {
			ys[i] = freeze(alive, ys[i], in[p.Consts+i])
		}
		return slices.Insert(ys, 0, num.Add(steps, alive))
	})
	ys := trace.Apply(q, slices.Insert(slices.Clone(args), p.Consts, num.Zero(counter))...)
	steps := ys[0]
	stacks := ys[p.Carry+2:]
	return slices.Concat(ys[1:p.Carry+1], []trace.Array{steps}, stacks)
}

// likeALiveLane gives every lane that has stopped the operands of one that has not, so that a loop
// inside the body ends in every lane if it ends in those that are alive.
func likeALiveLane(in []trace.Array, mapped []bool, alive trace.Array) []trace.Array {
	if alive.Size() == 0 {
		return in
	}
	lane := num.Argmax(alive)
	safe := slices.Clone(in)
	for i, x := range in {
		if mapped[i] && x.Type().Stars() == 0 {
			safe[i] = freeze(alive, x, num.BroadcastTo(num.ExpandDims(num.Take(x, lane, 0), 0), x.Shape()...))
		}
	}
	return safe
}

// loops reports whether f holds, at any depth, a loop that might not end.
func loops(f *trace.Func) bool {
	return trace.Memo(f, "loops", func() bool {
		for _, e := range f.Equations() {
			if _, ok := e.Primitive.(while); ok || slices.ContainsFunc(trace.Funcs(e.Primitive), loops) {
				return true
			}
		}
		return false
	})
}

// batchDeciding is the scan whose lanes have numbers of steps of their own. It runs the most that any
// has; a lane lives in the rows that it has, and is frozen in the others. The carry has, in front,
// the number of steps so far; the consts have the numbers of the lanes after the largest.
func (p scan) batchDeciding(in []trace.Array, mapped []bool, n int) ([]trace.Array, []bool) {
	given := mapped
	mapped = slices.Clone(mapped)
	for i := range p.Carry {
		mapped[p.Consts+i] = true
	}
	args := spreadNew(in, given, mapped, n)
	scalar := trace.TypeOf(trace.I64)
	types := batchedTypes(p.Body, mapped, n)
	types = slices.Insert(types, p.Consts, scalar)
	types = slices.Insert(types, 0, scalar)
	q := scan{Consts: p.Consts + 1, Carry: p.Carry + 1, Length: trace.Star, Reverse: p.Reverse}
	q.Body = trace.Build(types, func(in []trace.Array) []trace.Array {
		most, step := in[0], in[p.Consts+1]
		in = slices.Concat(in[1:p.Consts+1], in[p.Consts+2:])
		row := step
		if p.Reverse {
			row = num.Sub(num.Sub(most, 1), step)
		}
		alive := num.Less(row, in[0])
		ys := runLanes(p.Body, in, mapped, n)
		for i := range p.Carry {
			ys[i] = freeze(alive, ys[i], in[p.Consts+i])
		}
		return slices.Insert(ys, 0, num.Add(step, 1))
	})
	args = slices.Insert(args, p.Consts, num.Zero(scalar))
	args = slices.Insert(args, 0, most(in[0]))
	ys := trace.Apply(q, args...)[1:]
	return ys, all(len(ys))
}

// most returns the largest of the numbers of steps of some lanes; without lanes there are none.
func most(steps trace.Array) trace.Array {
	if steps.Size() == 0 {
		return num.ScalarInt(0)
	}
	return num.Amax(steps)
}
