package trace

// Var is a variable of a Func: a dense number. Names exist only in print.
type Var int32

// Equation is one application of a primitive.
type Equation struct {
	Primitive Primitive
	Ins, Outs []Var
	site      site
	work      *work
}

// Pos returns the user's line that the equation comes from.
func (e *Equation) Pos() Position { return e.site.position() }

// Func is a traced function: inputs, captures, equations in order, outputs. Every variable is
// an input, a capture or the result of one equation that stands before its uses. A Func is
// immutable and may be shared; the slices that its methods return must not be changed.
type Func struct {
	inputs    int // variables 0 .. inputs-1
	captures  int // the next ones
	types     []Type
	equations []Equation
	outputs   []Var
	effects   bool // an equation has an effect
	written   bool // by transforms alone
	memo      *memo
}

// Inputs returns the variables that stand for the arguments.
func (f *Func) Inputs() []Var { return vars(0, f.inputs) }

// Captures returns the variables that stand for outer arrays: extra inputs.
func (f *Func) Captures() []Var { return vars(f.inputs, f.inputs+f.captures) }

// Equations returns the equations in the order in which they run.
func (f *Func) Equations() []Equation { return f.equations }

// Outputs returns the variables that are the results.
func (f *Func) Outputs() []Var { return f.outputs }

// NumVars returns the number of variables.
func (f *Func) NumVars() int { return len(f.types) }

// Type returns the type of a variable.
func (f *Func) Type(v Var) Type { return f.types[v] }

// Types returns the types of some variables.
func (f *Func) Types(vs []Var) []Type {
	ts := make([]Type, len(vs))
	for i, v := range vs {
		ts[i] = f.types[v]
	}
	return ts
}

// Written reports whether transforms wrote all equations, so that Simplify was asked for each of them.
func (f *Func) Written() bool { return f.written }

// WithCaptures returns f with its last n inputs as captures.
func (f *Func) WithCaptures(n int) *Func {
	g := *f
	g.inputs, g.captures = f.inputs+f.captures-n, n
	g.memo = new(memo)
	return &g
}

func vars(lo, hi int) []Var {
	vs := make([]Var, 0, hi-lo)
	for v := lo; v < hi; v++ {
		vs = append(vs, Var(v))
	}
	return vs
}

// Inline applies f to its inputs and captures, an equation at a time: at once where the operands
// are concrete, and otherwise by recording the equations where the operands belong, with the
// positions that they have in f.
func (f *Func) Inline(args ...Array) []Array {
	env := make([]Array, len(f.types))
	copy(env, args)
	f.Walk(args, func(e *Equation) {
		for i, y := range f.Again(args, e, gather(env, e.Ins)...) {
			env[e.Outs[i]] = y
		}
	})
	return gather(env, f.outputs)
}

// Walk calls do with each equation in turn, such that what do applies to args, and to arrays
// made from them, is recorded with the position of that equation and simplified.
func (f *Func) Walk(args []Array, do func(e *Equation)) {
	f.walk(args, 0, func(w *writer, e *Equation) {
		w.at(e, e.work)
		do(e)
	})
}

// WalkTwice is Walk with two things to do at each equation: what the second records is known as work on
// tangents.
func (f *Func) WalkTwice(args []Array, primals, tangents func(e *Equation)) {
	f.walk(args, 0, func(w *writer, e *Equation) {
		w.at(e, e.work)
		primals(e)
		w.at(e, tangentsOf(e.Primitive))
		tangents(e)
	})
}

// WalkBack is Walk from the last equation to the first. What do records is known as work on cotangents.
func (f *Func) WalkBack(args []Array, do func(e *Equation)) {
	w := newWriter(args)
	defer w.done()
	w.reserve(2 * len(f.equations)) // two or so are made of each
	var e *Equation
	defer place(&e)
	for i := len(f.equations) - 1; i >= 0; i-- {
		e = &f.equations[i]
		if len(w.builders) > 0 {
			w.at(e, cotangentsOf(e.Primitive))
		}
		do(e)
	}
}

// walk calls do with each equation from the one of a number on.
func (f *Func) walk(args []Array, from int, do func(w *writer, e *Equation)) {
	w := newWriter(args)
	defer w.done()
	w.reserve(len(f.equations) - from)
	var e *Equation
	defer place(&e)
	for i := from; i < len(f.equations); i++ {
		e = &f.equations[i]
		do(w, e)
	}
}

func gather(env []Array, vs []Var) []Array {
	as := make([]Array, len(vs))
	for i, v := range vs {
		as[i] = env[v]
	}
	return as
}
