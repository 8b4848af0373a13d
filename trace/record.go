package trace

// Traced is what Record made of a function: the func, the arrays that its captures stand for, and
// the concrete values that were found on the way.
type Traced struct {
	Func     *Func
	Captures []Array
	// Specialised reports that f has read a value, so that Func is good for these args only.
	Specialised bool
	cells       []*cell // of each variable of Func, if values may have been found
}

// Known returns the concrete value of a variable, if the trace has computed it: the primal
// need not be computed twice.
func (t *Traced) Known(v Var) (Array, bool) {
	if t == nil || t.cells == nil {
		return Array{}, false
	}
	if b := t.cells[v].value.Load(); b != nil {
		return newConcrete(*b), true
	}
	return Array{}, false
}

// Record runs f, user code, on traced arrays of the types of args, in a func inside the one
// that is open on this goroutine, if any. With byRun, f may read the values (not the
// derivatives) of what it computes, as far as those of args and of captures are known; the
// func is then good for these args only. fixed marks args that carry no derivative.
func Record(args []Array, fixed []bool, byRun bool, f func([]Array) []Array) *Traced {
	b := newBuilder()
	b.byRun = byRun
	b.born = callers(1)
	return b.trace(args, fixed, f)
}

// trace runs f on arrays of b, which is open meanwhile.
func (b *builder) trace(args []Array, fixed []bool, f func([]Array) []Array) *Traced {
	b.capturing = true
	push(b)
	defer pop(b)
	ins := make([]Array, len(args))
	for i, a := range args {
		c := b.input(a.Type())
		outer := a.cell()
		c.outer = outer
		if b.byRun && (outer.b == nil || outer.flags&shadowed != 0) {
			c.flags |= shadowed
		}
		if a.DType() != F64 || (fixed[i] && (outer.b == nil || outer.flags&free != 0)) {
			c.flags |= free
		}
		ins[i] = Array{c: c}
	}
	outs := f(ins)
	fn, captures, cells := b.finish(outs)
	return &Traced{fn, captures, b.read, cells}
}

// Build runs f, a rule or another reinterpretation, on traced arrays of the given types and
// returns what it does as a func. f must not use traced arrays of elsewhere.
func Build(types []Type, f func([]Array) []Array) *Func {
	fn, _ := build(types, false, f)
	return fn
}

// Capture is Build for an f that uses other traced arrays, which become captures.
func Capture(types []Type, f func([]Array) []Array) (*Func, []Array) {
	return build(types, true, f)
}

// Rewrite is Build for passes: arrays that f is given, and what it makes of them, are good until Rewrite returns. Then their storage is used again.
func Rewrite(types []Type, f func([]Array) []Array) *Func {
	b := newBuilder()
	b.lends = true
	fn, _ := b.build(types, f)
	return fn
}

func build(types []Type, capturing bool, f func([]Array) []Array) (*Func, []Array) {
	b := newBuilder()
	b.capturing = capturing
	return b.build(types, f)
}

func (b *builder) build(types []Type, f func([]Array) []Array) (*Func, []Array) {
	defer func() { b.closed = true }()
	ins := make([]Array, len(types))
	for i, t := range types {
		ins[i] = Array{c: b.input(t)}
	}
	fn, captures, _ := b.finish(f(ins))
	return fn, captures
}
