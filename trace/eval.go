package trace

import (
	"cmp"
	"slices"
)

// Eval is the reference evaluator: it runs f on concrete arrays, first the inputs and then the
// captures, an equation at a time, and is what other executors are compared with.
// It panics with an *Error if the number or the types of the arguments differ from f's.
func (f *Func) Eval(args ...Array) []Array {
	f.mustAccept(args)
	in := make([]Buffer, len(args))
	for i, a := range args {
		in[i] = a.read("Eval", true)
	}
	outs := make([]Array, len(f.outputs))
	for i, b := range f.EvalBuffers(in) {
		outs[i] = newConcrete(b)
	}
	return outs
}

// EvalBuffers is Eval for the Eval rules of primitives that own funcs. The arguments must be of the
// right types. Those that are owned may be overwritten, and results that nobody else can read are
// owned: so what a loop carries is updated in place.
func (f *Func) EvalBuffers(args []Buffer) []Buffer {
	p := f.plan()
	store := make([]Buffer, len(f.types)+p.operands)
	env, operands := store[:len(f.types):len(f.types)], store[len(f.types):]
	copy(env, args)
	var e *Equation
	defer place(&e)
	for i := range f.equations {
		e = &f.equations[i]
		u := &p.uses[i]
		if u.known != nil {
			env[e.Outs[0]] = *u.known
			continue
		}
		in := operands[:len(e.Ins):len(e.Ins)]
		operands = operands[len(in):]
		for j, v := range e.Ins {
			in[j] = env[v]
			in[j].Owned = in[j].Owned && u.last[j]
		}
		outs := evaluate(e.Primitive, in, u.out)
		for j, v := range e.Ins {
			if u.dies[j] {
				env[v] = Buffer{}
			} else if env[v].Owned {
				env[v].Owned = !slices.ContainsFunc(outs, env[v].overlaps)
			}
		}
		for j, out := range outs {
			env[e.Outs[j]] = out
		}
		disown(env, e.Outs)
	}
	outs := make([]Buffer, len(f.outputs))
	disown(env, f.outputs)
	for i, v := range f.outputs {
		outs[i] = env[v]
	}
	return outs
}

// Evaluate applies the equation's primitive, for executors: in and out are as for its Eval rule. Operands
// that are owned and marked as read for the last time may be overwritten; others of in are no longer
// owned afterwards if a result shares their storage.
func (e *Equation) Evaluate(in []Buffer, last []bool, out []Type) []Buffer {
	defer place(&e)
	lent := slices.Clone(in)
	for i := range lent {
		lent[i].Owned = lent[i].Owned && last[i]
	}
	outs := evaluate(e.Primitive, lent, out)
	for i := range in {
		if in[i].Owned && !last[i] {
			in[i].Owned = !slices.ContainsFunc(outs, in[i].overlaps)
		}
	}
	disown(outs, vars(0, len(outs)))
	return outs
}

// At runs a function of an executor. An error of an Eval rule that it panics with gets the equation's line.
func (e *Equation) At(do func()) {
	defer place(&e)
	do()
}

// disown makes those of some variables shared that share storage with each other.
func disown(env []Buffer, vs []Var) {
	if len(vs) > fewToCompare {
		disownMany(env, vs)
	} else {
		disownEach(env, vs)
	}
}

// disownEach is disown by comparing each with each.
func disownEach(env []Buffer, vs []Var) {
	for i, v := range vs {
		if !env[v].Owned {
			continue
		}
		for j, w := range vs {
			if i != j && env[v].overlaps(env[w]) {
				env[v].Owned, env[w].Owned = false, false
			}
		}
	}
}

// fewToCompare is up to how many buffers are compared each with each.
const fewToCompare = 16

// disownMany is disown in order of where storage is: what overlaps with anything before it does so with what ends last. Stacks are not
// looked into.
func disownMany(env []Buffer, vs []Var) {
	if slices.ContainsFunc(vs, func(v Var) bool { return len(env[v].Rows) > 0 }) {
		for _, v := range vs {
			env[v].Owned = false
		}
		return
	}
	order := slices.Clone(vs)
	slices.SortFunc(order, func(v, w Var) int { return cmp.Compare(env[v].first(), env[w].first()) })
	end := &env[order[0]]
	for _, v := range order[1:] {
		b := &env[v]
		if b.overlaps(*end) {
			b.Owned, end.Owned = false, false
		}
		if b.last() >= end.last() {
			end = b
		}
	}
}

// plan is what the evaluator must know of a func beside itself.
type plan struct {
	uses     []use
	operands int // of all equations
}

// use is what it must know of an equation.
type use struct {
	last  []bool // operands that nobody reads later, and that stand among the operands once
	dies  []bool // operands that nobody reads later
	out   []Type
	known *Buffer // the result, if it is a small constant
}

// smallConstant is the number of elements up to which the evaluator keeps a constant.
const smallConstant = 256

func newPlan(f *Func) *plan {
	last := f.LastUses()
	p := &plan{uses: make([]use, len(f.equations))}
	for i := range f.equations {
		e := &f.equations[i]
		n := len(e.Ins)
		flags := make([]bool, 2*n)
		u := use{last: flags[:n], dies: flags[n:], out: f.Types(e.Outs)}
		for j, v := range e.Ins {
			u.dies[j] = last[v] == i
			once := !slices.Contains(e.Ins[:j], v) && !slices.Contains(e.Ins[j+1:], v)
			u.last[j] = u.dies[j] && once
		}
		if a, ok := literalValue(e.Primitive); ok && !IsHole(a) && a.Type().Stars() == 0 && a.Size() <= smallConstant {
			b := a.buffer().Shared()
			u.known = &b
		}
		p.uses[i] = u
		p.operands += n
	}
	return p
}

// LastUses returns, for each variable, the last equation that reads it; results outlive all.
func (f *Func) LastUses() []int {
	last := make([]int, len(f.types))
	for i := range f.equations {
		for _, v := range f.equations[i].Ins {
			last[v] = i
		}
	}
	for _, v := range f.outputs {
		last[v] = len(f.equations)
	}
	return last
}

func (f *Func) mustAccept(args []Array) {
	n := f.inputs + f.captures
	if len(args) != n {
		panic(Errorf("", "a func of %d inputs and %d captures was given %d arrays", f.inputs, f.captures, len(args)))
	}
	for i, a := range args {
		if !a.Type().Equal(f.types[i]) {
			panic(Errorf("", "argument %d is %v, but the func was traced for %v", i, a.Type(), f.types[i]))
		}
	}
}
