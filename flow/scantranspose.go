package flow

import (
	"slices"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/internal/pick"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// dependent returns which inputs of the body depend on the operands marked: those, and every
// carry that a step makes depend on them.
func (p scan) dependent(dep []bool) []bool {
	dep = slices.Clone(dep)
	for {
		on := tape.DependsOn(p.Body, dep)
		stable := true
		for i := range p.Carry {
			if on[p.Body.Outputs()[i]] && !dep[p.Consts+i] {
				dep[p.Consts+i] = true
				stable = false
			}
		}
		if stable {
			return dep
		}
	}
}

// Linear asks the body, with the carries that come to depend on the operands.
func (p scan) Linear(dep []bool) bool { return tape.LinearIn(p.Body, p.dependent(dep)) }

// Ignores reports whether no step makes use of a const or of rows.
func (p scan) Ignores(operand int) bool {
	return p.section(operand) != 1 && !tape.Uses(p.Body, operand)
}

// Transpose is a scan in the other direction. Its carry is the cotangent of the carry and, for each
// linear const, the sum so far; its rows are those that are not linear and the cotangents of ys.
func (p scan) Transpose(t *trace.Transposition) []trace.Tangent {
	return p.Accumulate(t, make([]trace.Tangent, len(t.In)))
}

// Accumulate starts the sums for consts with the cotangents that these have already. Each step adds
// to them.
func (p scan) Accumulate(t *trace.Transposition, acc []trace.Tangent) []trace.Tangent {
	b := newBackward(p, t, acc)
	if !b.pulled.Varies() {
		return acc
	}
	q := scan{Length: p.Length, Reverse: !p.Reverse}
	q.Body = b.body()
	consts, carry, rows := b.operands(t, acc)
	q.Consts, q.Carry = len(consts), len(carry)
	cts := b.cotangents(trace.Apply(q, slices.Concat(consts, carry, rows)...))
	for i := p.Consts; i < len(cts); i++ {
		cts[i] = num.AddTangents(acc[i], cts[i])
	}
	return cts
}

// backward is what a scan needs to know to run backwards.
type backward struct {
	scan
	linear []bool      // the inputs of the body that cotangents are wanted for
	ct     dual.Levels // of the body's results
	pulled dual.Levels // of the body's linear inputs: consts, carry, xs
	sums   dual.Levels // of the sums for consts
	split  [3]int      // linear inputs in each section
	saved  []trace.Array
}

func newBackward(p scan, t *trace.Transposition, acc []trace.Tangent) *backward {
	b := &backward{scan: p, linear: p.dependent(t.Linear)}
	copy(b.split[:], p.sections(b.linear))
	b.ct = dual.LevelsOf(t.Ct)
	b.ct.Tracked = true
	for i := range p.Carry {
		if !b.linear[p.Consts+i] {
			b.ct.Of[i] = dual.Absent
		}
	}
	for {
		b.pulled = cloned(tape.TransposeIn(p.Body, b.linear, b.ct, dual.Levels{}, nil).Out)
		stable := true
		k := b.split[0]
		for i := range p.Carry {
			if !b.linear[p.Consts+i] {
				continue
			}
			j := b.ct.Join(b.ct.Of[i], b.pulled.Of[k])
			stable = stable && j == b.ct.Of[i]
			b.ct.Of[i], b.pulled.Of[k] = j, j
			k++
		}
		if stable {
			break
		}
	}
	b.sums = dual.LevelsOf(pick.Marked(acc[:p.Consts], b.linear))
	b.sums.Tracked = true
	for i, l := range b.sums.Of {
		if l == dual.Absent {
			b.sums.Of[i] = b.sums.Join(l, b.pulled.Of[i])
		}
		b.pulled.Of[i] = b.sums.Of[i]
	}
	b.saved = b.save(t)
	return b
}

// save returns, as rows, the carries that are not linear: a scan forward finds them.
func (b *backward) save(t *trace.Transposition) []trace.Array {
	var carries []int
	for i := range b.Carry {
		if !b.linear[b.Consts+i] {
			carries = append(carries, i)
		}
	}
	if len(carries) == 0 {
		return nil
	}
	in := make([]trace.Array, len(t.In))
	for i, a := range t.In {
		if in[i] = a; t.Linear[i] {
			in[i] = num.Zero(t.Types[i])
		}
	}
	q := b.scan
	q.Body = trace.Build(b.Body.Types(b.Body.Inputs()), func(in []trace.Array) []trace.Array {
		ys := b.Body.Quiet().Inline(in...)[:b.Carry] // effects are for the scan that goes back
		for _, i := range carries {
			ys = append(ys, in[b.Consts+i])
		}
		return ys
	})
	return trace.Apply(q, in...)[b.Carry:]
}

// body returns the transposed body as that of the scan backwards. The transposed one takes the inputs
// that are not linear (consts, carry, xs), the cotangents of the carry and of ys, and the sums; it
// gives the cotangents of the linear inputs, with the sums in place of those of consts.
func (b *backward) body() *trace.Func {
	f := tape.TransposeIn(b.Body, b.linear, b.ct, b.sums, b.pulled.Of).Func
	types := f.Types(f.Inputs())
	fixed := b.fixedCounts()
	nFixed := fixed[0] + fixed[1] + fixed[2]
	outs := b.outCounts(b.ct)
	ctValues, ctMasks := b.ct.Count()
	cts, sums := types[nFixed:][:ctValues+ctMasks], types[nFixed+ctValues+ctMasks:]
	grouped := regroup(cts, outs[1:])
	nCarry := outs[1][0] + outs[2][0]
	in := slices.Concat(types[:fixed[0]], grouped[:nCarry], sums, types[fixed[0]:nFixed], grouped[nCarry:])
	return trace.Build(in, func(in []trace.Array) []trace.Array {
		c, in := in[:fixed[0]], in[fixed[0]:]
		ctCarry, in := in[:nCarry], in[nCarry:]
		acc, in := in[:len(sums)], in[len(sums):]
		rows, ctYs := in[:fixed[1]+fixed[2]], in[fixed[1]+fixed[2]:]
		out := f.Inline(slices.Concat(c, rows, regroup(slices.Concat(ctCarry, ctYs), flipped(outs[1:])), acc)...)
		k, _ := b.pulled.Count()
		values, masks := out[:k], out[k:]
		var all [3][]trace.Array // sums, carry, xs, each with its masks
		lo := 0
		for i, n := range b.split {
			v, m := part(b.pulled, lo, lo+n).Count()
			all[i] = slices.Concat(values[:v], masks[:m])
			values, masks, lo = values[v:], masks[m:], lo+n
		}
		return slices.Concat(all[1], all[0], all[2])
	})
}

// part returns some of the levels.
func part(l dual.Levels, lo, hi int) dual.Levels {
	return dual.Levels{Of: l.Of[lo:hi], Tracked: l.Tracked}
}

// fixedCounts returns how many inputs of the body are not linear in each section.
func (b *backward) fixedCounts() []int {
	fixed := make([]bool, len(b.linear))
	for i, l := range b.linear {
		fixed[i] = !l
	}
	return b.sections(fixed)
}

// operands returns those of the scan backwards.
func (b *backward) operands(t *trace.Transposition, acc []trace.Tangent) (consts, carry, rows []trace.Array) {
	xs := b.Consts + b.Carry
	for i, a := range t.In {
		switch {
		case b.linear[i]:
		case i < b.Consts:
			consts = append(consts, a)
		case i >= xs:
			rows = append(rows, a)
		}
	}
	rows = slices.Concat(b.saved, rows)
	var ctCarry []trace.Tangent
	var types []trace.Type
	for i := range b.Carry {
		if b.linear[b.Consts+i] {
			ctCarry = append(ctCarry, t.Ct[i])
			types = append(types, t.Types[b.Consts+i])
		}
	}
	cv, cm := part(b.pulled, b.split[0], b.split[0]+b.split[1]).Pack(types, ctCarry)
	sv, sm := b.sums.Pack(pick.Marked(t.Types[:b.Consts], b.linear), pick.Marked(acc[:b.Consts], b.linear))
	ys := part(b.ct, b.Carry, len(b.ct.Of))
	yTypes := results(b.Body)[b.Carry:]
	for i, y := range yTypes {
		yTypes[i] = b.stacked(y)
	}
	yv, ym := ys.Pack(yTypes, t.Ct[b.Carry:])
	return consts, slices.Concat(cv, cm, sv, sm), slices.Concat(rows, yv, ym)
}

// cotangents returns those of the scan's operands, from the results of the scan backwards.
func (b *backward) cotangents(out []trace.Array) []trace.Tangent {
	take := func(l dual.Levels) []trace.Tangent {
		k, m := l.Count()
		ts := l.Unpack(out[:k], out[k:k+m])
		out = out[k+m:]
		return ts
	}
	carry := take(part(b.pulled, b.split[0], b.split[0]+b.split[1]))
	consts := take(b.sums)
	xs := take(part(b.pulled, b.split[0]+b.split[1], len(b.pulled.Of)))
	return tape.Spread(slices.Concat(consts, carry, xs), b.linear)
}

// Batch gives the mapped axis to the operands that are mapped and to every carry that comes to
// differ between lanes.
func (p scan) Batch(in []trace.Array, mapped []bool, n int) ([]trace.Array, []bool) {
	if p.Length == trace.Star && mapped[0] {
		return p.batchDeciding(in, mapped, n)
	}
	given := mapped
	mapped = slices.Clone(mapped)
	xs := p.Consts + p.Carry
	q := p
	var om []bool
	for {
		f, out := p.lanes(mapped, n)
		stable := true
		for i := range p.Carry {
			if out[i] && !mapped[p.Consts+i] {
				mapped[p.Consts+i] = true
				stable = false
			}
		}
		if q.Body, om = f, out; stable {
			break
		}
	}
	args := spreadNew(in, given, mapped, n)
	for i, a := range args {
		if i >= xs && mapped[i] && a.Type().Stars() == 0 {
			args[i] = num.MoveAxis(a, 0, 1)
		}
	}
	ys := trace.Apply(q, args...)
	for i := p.Carry; i < len(ys); i++ {
		if om[i] && ys[i].Type().Stars() == 0 {
			ys[i] = num.MoveAxis(ys[i], 1, 0)
		}
	}
	return ys, om
}

// lanes returns the body over n lanes, and which of its results are mapped: a carry is if its input
// is, or comes to be.
func (p scan) lanes(mapped []bool, n int) (*trace.Func, []bool) {
	var om []bool
	f := trace.Build(batchedTypes(p.Body, mapped, n), func(in []trace.Array) []trace.Array {
		var ys []trace.Array
		ys, om = batch.Run(p.Body, in, mapped, n)
		for i := range p.Carry {
			if mapped[p.Consts+i] && !om[i] {
				ys[i], om[i] = num.Lanes(ys[i], n), true
			}
		}
		return ys
	})
	return f, om
}
