package flow

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// Steps returns the body.
func (p scan) Steps() *trace.Func { return p.Body }

// Keep is the scan with further ys.
func (p scan) Keep(first *trace.Func, in []trace.Array) (out, rows []trace.Array) {
	n := len(results(p.Body))
	p.Body = first
	ys := trace.Apply(p, in...)
	return ys[:n], ys[n:]
}

// Again is the scan with further xs.
func (p scan) Again(again *trace.Func, in, rows []trace.Array) []trace.Array {
	p.Body = again
	return trace.Apply(p, slices.Concat(in, rows)...)
}

func (p while) Steps() *trace.Func { return p.Body }

// Keep is the while with further stacks; the number of steps is kept with them.
func (p while) Keep(first *trace.Func, in []trace.Array) (out, rows []trace.Array) {
	n := 1 + len(results(p.Body))
	p.Body = first
	ys := trace.Apply(p, in...)
	return ys[:n], append([]trace.Array{ys[p.Carry]}, ys[n:]...)
}

// Again is a scan of the steps that there were.
func (p while) Again(again *trace.Func, in, rows []trace.Array) []trace.Array {
	steps := rows[0]
	q := p.loop()
	q.Consts++
	q.Body = trace.Build(slices.Concat(typesOf(rows[:1]), again.Types(again.Inputs())), func(in []trace.Array) []trace.Array {
		return again.Inline(in[1:]...)
	})
	ys := trace.Apply(q, slices.Concat(rows[:1], in, rows[1:])...)
	return slices.Insert(ys, p.Carry, steps)
}
