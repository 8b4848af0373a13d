package trace

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
// right types.
func (f *Func) EvalBuffers(args []Buffer) []Buffer {
	env := make([]Buffer, len(f.types))
	copy(env, args)
	last := f.LastUses()
	var e *Equation
	defer place(&e)
	for i := range f.equations {
		e = &f.equations[i]
		in := make([]Buffer, len(e.Ins))
		for j, v := range e.Ins {
			in[j] = env[v]
		}
		for j, out := range evaluate(e.Primitive, in, f.Types(e.Outs)) {
			env[e.Outs[j]] = out
		}
		for _, v := range e.Ins {
			if last[v] == i {
				env[v] = Buffer{}
			}
		}
	}
	outs := make([]Buffer, len(f.outputs))
	for i, v := range f.outputs {
		outs[i] = env[v]
	}
	return outs
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
