package flow

import (
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// pruned is a primitive that gives some of the results of another, from some of its operands.
type pruned struct {
	primitive trace.Primitive
	ins, outs []bool
}

func (p pruned) parts() (trace.Primitive, []bool, []bool) { return p.primitive, p.ins, p.outs }

// Prune leaves out the rows that nobody uses, and the carries of which nothing is made that somebody uses.
func (p scan) Prune(used []bool) (trace.Primitive, []bool, []bool) {
	return trace.Memo(p.Body, fmt.Sprint("prune scan ", p.Consts, p.Carry, p.Length, p.Reverse, used), func() pruned {
		outs := slices.Clone(used)
		g, ins := p.needed(outs, func([]bool) {})
		q := p.kept(ins)
		q.Body = g.Taking(ins)
		return pruned{q, ins, outs}
	}).parts()
}

// needed marks in outs the carries that are needed for those results, and returns the body that gives
// them and its inputs; others marks more of these.
func (p scan) needed(outs []bool, others func(ins []bool)) (*trace.Func, []bool) {
	for {
		g, ins := p.Body.Giving(outs)
		others(ins)
		if p.Length == trace.Star {
			ins[0] = true
		}
		stable := true
		for i := range p.Carry {
			at := p.Consts + i
			stable = stable && (outs[i] || !ins[at])
			outs[i] = outs[i] || ins[at]
			ins[at] = outs[i]
		}
		if stable {
			return g, ins
		}
	}
}

// kept returns p with the sections of the operands marked.
func (p scan) kept(ins []bool) scan {
	n := p.sections(ins)
	p.Consts, p.Carry = n[0], n[1]
	return p
}

// Prune leaves out the stacks that nobody uses, and the carries of which nothing is made that
// somebody uses and by which the loop does not stop.
func (p while) Prune(used []bool) (trace.Primitive, []bool, []bool) {
	key := fmt.Sprint("prune while ", trace.Canonical(while{p.Cond, p.Cond, p.Consts, p.Carry, p.MaxTrips}), used)
	return trace.Memo(p.Body, key, func() pruned {
		outs := slices.Concat(used[:p.Carry], used[p.Carry+1:])
		_, tested := p.Cond.Giving([]bool{true})
		s := scan{Body: p.Body, Consts: p.Consts, Carry: p.Carry}
		g, ins := s.needed(outs, func(ins []bool) {
			for i, t := range tested {
				ins[i] = ins[i] || t
			}
		})
		k := s.kept(ins)
		q := while{p.Cond.Taking(ins), g.Taking(ins), k.Consts, k.Carry, p.MaxTrips}
		return pruned{q, ins, slices.Insert(outs, p.Carry, true)}
	}).parts()
}

// Prune leaves out the results that nobody uses.
func (p cond) Prune(used []bool) (trace.Primitive, []bool, []bool) {
	ins := make([]bool, 1+len(p.Branches[0].Inputs()))
	ins[0] = true
	funcs := make([]*trace.Func, len(p.Branches))
	for i, f := range p.Branches {
		g, needed := f.Giving(used)
		funcs[i] = g
		for j, n := range needed {
			ins[1+j] = ins[1+j] || n
		}
	}
	for i, g := range funcs {
		funcs[i] = g.Taking(ins[1:])
	}
	return cond{funcs}, ins, used
}
