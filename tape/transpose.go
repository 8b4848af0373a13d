package tape

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Pull applies the transpose of a func that is linear in its inputs: from cotangents of its
// results, given the captures, to cotangents of its inputs. It computes at once or records
// where its arguments belong. Equations that do not depend on the inputs run forward first; the
// others are then transposed from the last to the first, and cotangents that meet are added in
// that order. It panics with an *Error that names the line of an equation that is not linear.
func Pull(f *trace.Func, captures []trace.Array, ct []trace.Tangent) []trace.Array {
	out := make([]trace.Array, len(f.Inputs()))
	for i, t := range PullTangents(f, captures, ct, nil) {
		out[i], _ = t.Parts()
		if t.Absent() {
			out[i] = num.Zero(f.Type(trace.Var(i)))
		}
	}
	return out
}

// PullTangents is Pull with cotangents as they are: absent, masked or dense. acc, which may be nil,
// holds cotangents that the inputs have already, to which theirs are added.
func PullTangents(f *trace.Func, captures []trace.Array, ct, acc []trace.Tangent) []trace.Tangent {
	p := newPuller(f, captures)
	defer p.release()
	for _, c := range slices.Concat(ct, acc) {
		v, m := c.Parts()
		p.args = append(p.args, v, m)
	}
	if !p.findLinear() {
		f.Walk(p.args, p.forward)
	}
	copy(p.ct, acc)
	for i, v := range f.Outputs() {
		if p.linear[v] {
			p.ct[v] = num.AddTangents(p.ct[v], ct[i].Held())
		}
	}
	f.WalkBack(p.args, p.back)
	for i := range f.Inputs() {
		p.ct[i] = num.SettleTangent(p.ct[i]).Held()
	}
	return slices.Clone(p.ct[:len(f.Inputs())])
}

// puller holds, for each variable, its value if it does not depend on the linear inputs and
// otherwise the cotangent accumulated so far.
type puller struct {
	f      *trace.Func
	args   []trace.Array // where it records
	linear []bool
	read   []bool // the variables that something reads; nil if nobody has asked
	env    []trace.Array
	ct     []trace.Tangent
	t      trace.Transposition // of the current equation, in slices that are used again
}

// pullers are for one func after the other.
var pullers = sync.Pool{New: func() any { return new(puller) }}

func newPuller(f *trace.Func, captures []trace.Array) *puller {
	p := pullers.Get().(*puller)
	n := f.NumVars()
	p.f, p.args = f, append(p.args, captures...)
	p.linear = slices.Grow(p.linear, n)[:n]
	p.env, p.ct = slices.Grow(p.env, n)[:n], slices.Grow(p.ct, n)[:n]
	for _, v := range f.Inputs() {
		p.linear[v] = true
	}
	for i, v := range f.Captures() {
		p.env[v] = captures[i]
	}
	return p
}

// release leaves p to the next func, without anything of this one.
func (p *puller) release() {
	clear(p.args)
	clear(p.linear)
	clear(p.env)
	clear(p.ct)
	p.f, p.args, p.linear, p.read, p.env, p.ct = nil, p.args[:0], p.linear[:0], nil, p.env[:0], p.ct[:0]
	t := &p.t
	clear(t.In[:cap(t.In)])
	clear(t.Types[:cap(t.Types)])
	clear(t.Ct[:cap(t.Ct)])
	pullers.Put(p)
}

// findLinear marks what depends on the linear inputs, and reports whether the results of all equations do.
func (p *puller) findLinear() bool {
	all := true
	es := p.f.Equations()
	for i := range es {
		e := &es[i]
		linear := p.isLinear(e)
		for _, y := range e.Outs {
			p.linear[y] = linear && p.f.Type(y).DType == trace.F64
			all = all && p.linear[y]
		}
	}
	return all
}

// isLinear reports whether an equation is to be transposed.
func (p *puller) isLinear(e *trace.Equation) bool {
	return slices.ContainsFunc(e.Ins, func(v trace.Var) bool { return p.linear[v] })
}

// forward computes what does not depend on the linear inputs. Masks that an equation makes beside what does are
// the same for zeros; its effects are for the way back.
func (p *puller) forward(e *trace.Equation) {
	linear := p.isLinear(e)
	if linear && !slices.ContainsFunc(e.Outs, func(v trace.Var) bool { return !p.linear[v] && p.isRead(v) }) {
		return
	}
	in := make([]trace.Array, len(e.Ins))
	for i, v := range e.Ins {
		if in[i] = p.env[v]; p.linear[v] {
			in[i] = num.Zero(p.f.Type(v))
		}
	}
	var ys []trace.Array
	if linear {
		ys = trace.ApplyQuiet(e.Primitive, in...)
	} else {
		ys = p.f.Again(p.args, e, in...)
	}
	for i, y := range ys {
		if v := e.Outs[i]; !p.linear[v] {
			p.env[v] = y
		}
	}
}

// isRead reports whether a variable is an operand or a result.
func (p *puller) isRead(v trace.Var) bool {
	if p.read == nil {
		p.read = make([]bool, len(p.linear))
		for _, e := range p.f.Equations() {
			for _, w := range e.Ins {
				p.read[w] = true
			}
		}
		for _, w := range p.f.Outputs() {
			p.read[w] = true
		}
	}
	return p.read[v]
}

func (p *puller) back(e *trace.Equation) {
	if !p.isLinear(e) {
		return
	}
	t := &p.t
	t.In, t.Types, t.Linear, t.Ct = t.In[:0], t.Types[:0], t.Linear[:0], t.Ct[:0]
	reached := false
	for _, y := range e.Outs {
		ct := num.SettleTangent(p.ct[y])
		if _, ok := e.Primitive.(interface{ SpendsCotangent() }); !ok {
			ct = ct.Held()
		}
		t.Ct = append(t.Ct, ct)
		p.ct[y] = trace.Tangent{}
		reached = reached || !ct.Absent()
	}
	for _, v := range e.Ins {
		t.In, t.Types, t.Linear = append(t.In, p.env[v]), append(t.Types, p.f.Type(v)), append(t.Linear, p.linear[v])
	}
	rule, err := linearRule(e, t.Linear)
	if err != nil {
		panic(err)
	}
	if !reached {
		return
	}
	for i, c := range p.pulled(e, rule, t) {
		if v := e.Ins[i]; t.Linear[i] {
			p.ct[v] = num.AddTangents(p.ct[v], c)
		}
	}
}

// pulled returns the cotangents of the operands. Those that have been accumulated so far are handed
// to a rule that can add to them, and are then part of what it returns.
func (p *puller) pulled(e *trace.Equation, rule trace.Linear, t *trace.Transposition) []trace.Tangent {
	adder, ok := rule.(trace.Accumulator)
	if !ok || !slices.ContainsFunc(e.Ins, func(v trace.Var) bool { return !p.ct[v].Absent() }) {
		return rule.Transpose(t)
	}
	acc := make([]trace.Tangent, len(e.Ins))
	for i, v := range e.Ins {
		if t.Linear[i] {
			acc[i] = p.ct[v].Spent()
			p.ct[v] = trace.Tangent{}
		}
	}
	cts := adder.Accumulate(t, acc)
	for _, a := range acc {
		a.Kept()
	}
	return cts
}

// linearRule returns the primitive of an equation as one that is linear in the operands marked.
func linearRule(e *trace.Equation, dep []bool) (trace.Linear, *trace.Error) {
	rule, ok := e.Primitive.(trace.Linear)
	if !ok || !rule.Linear(dep) {
		return nil, &trace.Error{Pos: e.Pos(), Primitive: e.Primitive.Name(),
			Msg: "is not linear in what depends on the argument: " + operands(dep)}
	}
	return rule, nil
}

// operands names the operands that are marked.
func operands(dep []bool) string {
	var marked []string
	for i, d := range dep {
		if d {
			marked = append(marked, strconv.Itoa(i))
		}
	}
	if len(marked) == 1 {
		return "operand " + marked[0]
	}
	return "operands " + strings.Join(marked, ", ") + " taken together"
}

// Transpose returns the transpose of a func that is linear in its inputs: a func from the
// cotangents of its results, with the same captures, to those of its inputs.
func Transpose(f *trace.Func) *trace.Func {
	n := len(f.Outputs())
	types := append(f.Types(f.Outputs()), f.Types(f.Captures())...)
	return trace.Build(types, func(in []trace.Array) []trace.Array {
		ct := make([]trace.Tangent, n)
		for i, c := range in[:n] {
			ct[i] = trace.DenseTangent(c, true)
		}
		return Pull(f, in[n:], ct)
	}).WithCaptures(len(f.Captures()))
}
