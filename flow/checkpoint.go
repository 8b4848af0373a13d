package flow

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// CheckpointEvery makes reverse mode keep the carry of a Scan or a For after every k steps only, and run k
// steps again at a time: it needs memory for n/k carries and the residuals of k steps, instead of
// those of n, and up to twice the time of running forward. k near the square root of n needs least.
func CheckpointEvery(k int) Option {
	if k < 1 {
		panic(trace.Errorf("scan", "cannot keep the carry after every %d steps", k))
	}
	return func(o *options) { o.every, o.slots = k, 0 }
}

// Binomial makes reverse mode keep the carries of at most slots places of a Scan or a For at a time, and run
// as few steps again as that allows: t times each at most, for (slots+t)!/(slots! t!) steps. Its IR
// does not grow with the number of steps, but for (slots+1)(t+1) funcs.
//
// Andreas Griewank and Andrea Walther, Algorithm 799: revolve, ACM TOMS 26 (2000).
func Binomial(slots int) Option {
	if slots < 1 {
		panic(trace.Errorf("scan", "cannot keep the carries of %d places", slots))
	}
	return func(o *options) { o.every, o.slots = 0, slots }
}

// run applies a scan with the checkpoints that are asked for.
func (p scan) run(in []trace.Array, o options) []trace.Array {
	switch {
	case !slices.ContainsFunc(in, trace.Array.Traced):
		return trace.Apply(p, in...)
	case o.every > 0 && o.every < p.Length:
		return p.blocks(in, o.every)
	case o.slots > 0 && p.Length > 1:
		return revolve{}.run(p, in, o.slots)
	}
	return trace.Apply(p, in...)
}

// part returns the scan of steps lo to hi of p, in the order in which they run, from the operands of
// p and the carry there.
func (p scan) part(in, carry []trace.Array, lo, hi int) []trace.Array {
	p.Length, in = p.rows(in, carry, lo, hi)
	return trace.Apply(p, in...)
}

// rows returns the number of steps from lo to hi and the operands for them.
func (p scan) rows(in, carry []trace.Array, lo, hi int) (int, []trace.Array) {
	n := p.Length
	if p.Reverse {
		lo, hi = n-hi, n-lo
	}
	xs := p.Consts + p.Carry
	args := slices.Concat(in[:p.Consts], carry, in[xs:])
	if hi-lo < n {
		for i, x := range in[xs:] {
			args[xs+i] = num.Slice(x, lo, hi)
		}
	}
	return hi - lo, args
}

// join returns the rows of ys of two parts, of which the first ran first.
func (p scan) join(first, second []trace.Array) []trace.Array {
	ys := make([]trace.Array, len(first))
	for i := range ys {
		if p.Reverse {
			ys[i] = num.Concat(0, second[i], first[i])
		} else {
			ys[i] = num.Concat(0, first[i], second[i])
		}
	}
	return ys
}

// blocks is a scan over blocks of k steps, each of which is a checkpoint, and over the steps that
// are left.
func (p scan) blocks(in []trace.Array, k int) []trace.Array {
	n := p.Length / k
	xs := p.Consts + p.Carry
	_, args := p.rows(in, in[p.Consts:xs], 0, n*k)
	types := typesOf(args)
	for i, x := range args[xs:] {
		args[xs+i] = num.Reshape(x, append([]int{n, k}, x.Shape()[1:]...)...)
		types[xs+i] = args[xs+i].Type().Row()
	}
	block := p
	block.Length = k
	body := trace.Build(types, func(in []trace.Array) []trace.Array { return trace.Apply(block, in...) })
	outer := p
	outer.Length = n
	outer.Body = trace.Build(types, func(in []trace.Array) []trace.Array {
		return trace.Apply(call.Checkpoint{Body: body}, in...)
	})
	out := trace.Apply(outer, args...)
	for i, y := range out[p.Carry:] {
		out[p.Carry+i] = num.Reshape(y, append([]int{n * k}, y.Shape()[2:]...)...)
	}
	if n*k == p.Length {
		return out
	}
	rest := p.part(in, out[:p.Carry], n*k, p.Length)
	return slices.Concat(rest[:p.Carry], p.join(out[p.Carry:], rest[p.Carry:]))
}

// revolve holds the funcs that run a number of steps with a number of slots.
type revolve map[[2]int]*trace.Func

// run runs all steps of p with some slots: a checkpoint of the first of them, which may use all
// slots but one step less often, then the others, which have one slot less.
func (r revolve) run(p scan, in []trace.Array, slots int) []trace.Array {
	xs := p.Consts + p.Carry
	if p.Length == 1 {
		return p.step(in)
	}
	first := firstPart(p.Length, slots)
	head, tail := p, p
	var args, rest []trace.Array
	head.Length, args = p.rows(in, in[p.Consts:xs], 0, first)
	done := trace.Apply(call.Checkpoint{Body: r.body(head, typesOf(args), slots)}, args...)
	tail.Length, rest = p.rows(in, done[:p.Carry], first, p.Length)
	out := r.run(tail, rest, slots-1)
	return slices.Concat(out[:p.Carry], p.join(done[p.Carry:], out[p.Carry:]))
}

// body returns the func that runs p, the same one for the same number of steps and slots.
func (r revolve) body(p scan, types []trace.Type, slots int) *trace.Func {
	key := [2]int{p.Length, slots}
	if r[key] == nil {
		r[key] = trace.Build(types, func(in []trace.Array) []trace.Array { return r.run(p, in, slots) })
	}
	return r[key]
}

// step is p of one step.
func (p scan) step(in []trace.Array) []trace.Array {
	xs := p.Consts + p.Carry
	args := slices.Clone(in)
	for i, x := range in[xs:] {
		args[xs+i] = num.Reshape(x, x.Shape()[1:]...)
	}
	out := p.Body.Inline(args...)
	for i, y := range out[p.Carry:] {
		out[p.Carry+i] = num.ExpandDims(y, 0)
	}
	return out
}

// firstPart returns how many of n > 1 steps come before the first slot is used: as many as can be run
// with these slots and one repetition less than n steps need, but so few that the others make full use
// of that many repetitions with a slot less. All steps are then run again as little as can be.
func firstPart(n, slots int) int {
	below, at := 1, 1 // steps that t-1 and t repetitions suffice for
	t := 0
	for at < n {
		t++
		below, at = at, at*(slots+t)/t
	}
	others := below * slots / (slots + t - 1) // that t-1 repetitions suffice for with a slot less
	return min(below, n-others)
}
