package flow

import (
	"slices"

	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// residual says where the tape of a scan finds one of its residuals.
type residual struct {
	array trace.Array // the same in every step, or rows
	row   bool
}

// runPrimal applies the loop of a primal half, by apply, which takes the body and the sizes of the
// consts and the carry and gives the last carry and the rows. It returns the results and their
// masks, and where the residuals are.
func (p scan) runPrimal(h tape.Halves, levels, out dual.Levels, in, masks []trace.Array,
	apply func(body *trace.Func, consts, carry int, operands []trace.Array) []trace.Array) (ys []trace.Array, at []residual) {
	ins, outs := primalCounts(p.counts(levels)), primalCounts(p.outCounts(out))
	operands := slices.Concat(in, masks)
	section := sectionsOf(ins)
	steady := dependsOnlyOn(h.Primal, func(input int) bool { return section[input] == 0 })
	first := len(h.Primal.Outputs()) - len(h.Residuals)
	at = make([]residual, len(h.Residuals))
	var stacked []int
	for i, v := range h.Primal.Outputs()[first:] {
		switch {
		case int(v) < len(section) && section[v] != 1:
			at[i] = residual{operands[v], section[v] == 2}
		case steady[v]:
			at[i] = residual{array: onlyOutput(h.Primal, first+i, operands)}
		default:
			at[i].row = true
			stacked = append(stacked, i)
		}
	}
	f := h.Primal
	body := trace.Build(regroup(f.Types(f.Inputs()), ins), func(in []trace.Array) []trace.Array {
		ys := f.Inline(regroup(in, flipped(ins))...)
		rows := regroup(ys[:first], outs)
		for _, i := range stacked {
			rows = append(rows, ys[first+i])
		}
		return rows
	})
	results := apply(body, sum(ins, 0), sum(ins, 1), regroup(operands, ins))
	k := len(results) - len(stacked)
	for j, i := range stacked {
		at[i].array = results[k+j]
	}
	return regroup(results[:k], flipped(outs)), at
}

// primalCounts leaves the values of tangents out.
func primalCounts(counts [][]int) [][]int { return [][]int{counts[0], counts[2]} }

// sectionsOf returns the section of each operand, in order of kinds.
func sectionsOf(counts [][]int) []int {
	var s []int
	for _, group := range counts {
		for section, n := range group {
			for range n {
				s = append(s, section)
			}
		}
	}
	return s
}

// dependsOnlyOn marks the variables of f that depend on no other inputs than those chosen.
func dependsOnlyOn(f *trace.Func, chosen func(input int) bool) []bool {
	only := make([]bool, f.NumVars())
	for i := range f.Inputs() {
		only[i] = chosen(i)
	}
	for _, e := range f.Equations() {
		ok := true
		for _, v := range e.Ins {
			ok = ok && only[v]
		}
		for _, v := range e.Outs {
			only[v] = ok
		}
	}
	return only
}

// onlyOutput returns one result of f, with what it depends on and no more, and without effects.
func onlyOutput(f *trace.Func, output int, args []trace.Array) trace.Array {
	g := trace.Build(f.Types(f.Inputs()), func(in []trace.Array) []trace.Array {
		return f.Quiet().Inline(in...)[output : output+1]
	})
	return g.Inline(args...)[0]
}

// runTape applies the scan of a tape to the values of the operands' tangents. steps holds the
// number of steps if that is known only when the program runs.
func (p scan) runTape(h tape.Halves, levels dual.Levels, values, steps []trace.Array, at []residual) []trace.Array {
	v := p.counts(levels)[1]
	types := h.Tape.Types(h.Tape.Inputs())
	n := len(values)
	var steady, rows []trace.Array
	var steadyTypes, rowTypes []trace.Type
	for i, r := range at {
		if r.row {
			rows, rowTypes = append(rows, r.array), append(rowTypes, types[n+i])
		} else {
			steady, steadyTypes = append(steady, r.array), append(steadyTypes, types[n+i])
		}
	}
	q := scan{Consts: len(steps) + v[0] + len(steady), Carry: v[1], Length: p.Length, Reverse: p.Reverse}
	inputs := slices.Concat(typesOf(steps), types[:v[0]], steadyTypes, types[v[0]:n], rowTypes)
	q.Body = trace.Build(inputs, func(in []trace.Array) []trace.Array {
		consts, in := in[len(steps):][:v[0]], in[len(steps)+v[0]:]
		s, in := in[:len(steady)], in[len(steady):]
		moving, r := in[:n-v[0]], in[n-v[0]:]
		args := slices.Concat(consts, moving)
		for _, a := range at {
			if a.row {
				args, r = append(args, r[0]), r[1:]
			} else {
				args, s = append(args, s[0]), s[1:]
			}
		}
		return h.Tape.Inline(args...)
	})
	return trace.Apply(q, slices.Concat(steps, values[:v[0]], steady, values[v[0]:], rows)...)
}
