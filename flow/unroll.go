package flow

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// Unroll is Eval step by step.
func (p scan) Unroll(u *trace.Unrolling, in []*trace.Value, out []trace.Type) []*trace.Value {
	n := p.Length
	if n == trace.Star {
		n = int(in[0].Buffer.I64[0])
	}
	xs := p.Consts + p.Carry
	args := slices.Clone(in)
	ys := make([][]*trace.Value, len(out)-p.Carry)
	for i := range ys {
		ys[i] = make([]*trace.Value, n)
	}
	for step := range n {
		row := step
		if p.Reverse {
			row = n - 1 - step
		}
		for i, x := range in[xs:] {
			args[xs+i] = u.Row(x, row, rowOf(x.Buffer, row))
		}
		results := u.Call(p.Body, row, args)
		copy(args[p.Consts:xs], results[:p.Carry])
		for i, y := range results[p.Carry:] {
			ys[i][row] = y
		}
	}
	return append(args[p.Consts:xs:xs], stacked(u, ys, out[p.Carry:])...)
}

// stacked returns the values of some types that have the given rows.
func stacked(u *trace.Unrolling, rows [][]*trace.Value, types []trace.Type) []*trace.Value {
	all := make([]*trace.Value, len(rows))
	for i, t := range types {
		b := trace.NewBuffer(t)
		if t.Stars() > 0 {
			b.Rows = make([]trace.Buffer, len(rows[i]))
		}
		for k, y := range rows[i] {
			setRow(b, k, y.Buffer)
		}
		all[i] = u.Stack(rows[i], b)
	}
	return all
}

// Unroll is Eval step by step.
func (p while) Unroll(u *trace.Unrolling, in []*trace.Value, out []trace.Type) []*trace.Value {
	args := slices.Clone(in)
	rows := make([][]*trace.Value, len(out)-p.Carry-1)
	n := 0
	holds := func() bool {
		bs := make([]trace.Buffer, len(args))
		for i, a := range args {
			bs[i] = a.Buffer.Shared()
		}
		return p.Cond.EvalBuffers(bs)[0].Bool[0]
	}
	for ; holds(); n++ {
		results := u.Call(p.Body, n, args)
		copy(args[p.Consts:], results[:p.Carry])
		for i, y := range results[p.Carry:] {
			rows[i] = append(rows[i], y)
		}
	}
	steps := trace.NewBuffer(trace.TypeOf(trace.I64))
	steps.I64[0] = int64(n)
	return slices.Concat(args[p.Consts:], []*trace.Value{{Buffer: steps}}, stacked(u, rows, out[p.Carry+1:]))
}
