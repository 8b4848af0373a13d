package trace

import "slices"

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
	env := make([]Buffer, len(f.types))
	copy(env, args)
	uses := f.memo.uses()
	var e *Equation
	defer place(&e)
	for i := range f.equations {
		e = &f.equations[i]
		u := &uses[i]
		in := make([]Buffer, len(e.Ins))
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

// disown makes those of some variables shared that share storage with each other.
func disown(env []Buffer, vs []Var) {
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

// use is what the evaluator must know of an equation beside itself.
type use struct {
	last []bool // operands that nobody reads later, and that stand among the operands once
	dies []bool // operands that nobody reads later
	out  []Type
}

func (f *Func) findUses() []use {
	last := f.LastUses()
	uses := make([]use, len(f.equations))
	for i := range f.equations {
		e := &f.equations[i]
		u := use{make([]bool, len(e.Ins)), make([]bool, len(e.Ins)), f.Types(e.Outs)}
		for j, v := range e.Ins {
			u.dies[j] = last[v] == i
			once := !slices.Contains(e.Ins[:j], v) && !slices.Contains(e.Ins[j+1:], v)
			u.last[j] = u.dies[j] && once
		}
		uses[i] = u
	}
	return uses
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
