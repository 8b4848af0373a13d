package transforms

import (
	"slices"
	"time"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/internal/tree"
	"github.com/gradus-ad/gradus/trace"
)

// Program is a function compiled for the types and static fields of one argument. It does not
// change and may be used from many goroutines at once.
type Program[In, Out any] struct {
	source *trace.Func // what was traced, simplified: to be differentiated
	fn     *trace.Func // what runs
	code   *compile.Program
	entry  *compile.Entry // of code, where nothing else is to be done; or nil
	like   In
	in     trace.Tree // without data
	out    trace.Tree
	result Out
	trees  tree.Trees[trace.Array, Out] // of results
	finite bool                         // results are checked

	traced    int // equations, before the passes
	compiling time.Duration
}

// Compile compiles f now, for arguments with the structure, the types and the static fields of
// example, whose values do not matter. A mistake in f, such as two shapes that do not fit, is
// returned as a *trace.Error, as is an f that captures a traced array. What is said of JIT about
// captures and branches holds for Compile. If f asks whether a slice or a map without elements is nil, the answer is that for example.
//
// Results may differ by a few roundings from those of f. Before it makes loops, Compile runs passes over the func:
// most give the same bits, but products that are added to something are rounded once, with it (unless that is a
// product too, so that a*b - b*a stays 0), and quotients with one divisor become products with its reciprocal
// (unless they are rounded or compared), which is infinite where the divisor is less than 1/MaxFloat64.
// Products of several factors, and sums of such, are computed in another order where that takes fewer operations; a sum that is zero may
// then have the other sign.
// Conditions and bodies of flow.While are left exact, so that they make the same steps. Program.Func
// shows what came out.
func Compile[In, Out any](f func(In) Out, example In, opts ...CompileOption) (p *Program[In, Out], err error) {
	var o compileOptions
	for _, set := range opts {
		set(&o)
	}
	err = trace.Try(func() {
		t := record("compile", f, example, false)
		for _, c := range t.Captures {
			panic(trace.Errorf("compile", "the function captures a %v that is being traced: "+
				"pass it as an argument, or use JIT", c.Type()))
		}
		p = newProgram(t)
		p.checkIf(o.finite)
	})
	return p, err
}

func newProgram[In, Out any](t *traced[In, Out]) *Program[In, Out] {
	p := &Program[In, Out]{source: pass.Simplify(t.Func)}
	traced := len(t.Func.Equations())
	t.release()
	p.like, p.in, p.out, p.result = t.like, t.in, t.out, t.result
	p.compile(traced)
	return p
}

// compile makes what runs of what was traced.
func (p *Program[In, Out]) compile(traced int) {
	start := time.Now()
	p.trees = tree.Of[trace.Array, Out]()
	p.fn = pass.Compile(p.source)
	p.code = compile.Compile(p.fn, compile.Default())
	p.entry = p.code.Entry()
	p.traced, p.compiling = traced, time.Since(start)
}

// checkIf says whether results are checked: code alone does not.
func (p *Program[In, Out]) checkIf(finite bool) {
	if p.finite = finite; finite {
		p.entry = nil
	}
}

// bytes returns the memory that the elements of an array take, or those of one row of a stack.
func bytes(t trace.Type) int {
	if t.DType == trace.Bool {
		return t.Size()
	}
	return 8 * t.Size()
}

// Call runs the program on an argument like the example. An argument that is traced makes the
// program a part of that trace, where it can be differentiated.
// It panics with a *trace.Error if in differs from the example in structure, types or static fields.
func (p *Program[In, Out]) Call(in In) Out {
	return p.call(sameTree("call", "argument", in, p.in))
}

func (p *Program[In, Out]) call(args []trace.Array) Out {
	ys := p.run(args)
	p.check("call", args, ys)
	return p.trees.Unflatten(p.result, ys)
}

// run applies what the program does, at once or as a part of a trace.
func (p *Program[In, Out]) run(args []trace.Array) []trace.Array {
	if anyTraced(args) {
		return p.source.Inline(args...)
	}
	return p.code.Call(args)
}

// check panics, on behalf of the named method, if results are not finite and must be.
func (p *Program[In, Out]) check(name string, args, results []trace.Array) {
	if !p.finite {
		return
	}
	if err := p.explain(name, args, results); err != nil {
		panic(err)
	}
}

// Run runs the program on plain slices: one for each array of the argument, and one, which it
// fills, for each array of the result, in row-major order. Leaves tells which is which. Slices of
// out may overlap those of in. It panics with a *trace.Error if there are not as many slices as
// arrays, if a length is not the size of its array, or if an array is not f64.
func (p *Program[In, Out]) Run(out, in [][]float64) {
	if p.entry != nil && p.entry.RunSlices(out, in) { // one call, since Run is compiled where nothing of the library is inlined
		return
	}
	p.runSlowly(out, in)
}

// runSlowly is Run if there is more to do than to call code.
func (p *Program[In, Out]) runSlowly(out, in [][]float64) {
	if !p.finite && p.code.Run(out, in) {
		return
	}
	p.mustFit("run", out, in)
	args := make([]trace.Array, len(in))
	for i, data := range in {
		args[i] = trace.FromBuffer(trace.Buffer{Type: p.in.Values[i].Type(), F64: data}.Copy())
	}
	ys := p.run(args)
	for i, y := range ys {
		copy(out[i], trace.Read(y).F64)
	}
	p.check("run", args, ys)
}

// Bind returns a function that does what Run does with these slices: it reads in and fills out each time that it is
// called. Slices are checked now, and not in each call, which counts where a call takes a few nanoseconds: most of all in the loop of an
// integrator or of a method of optimization that works in place. The function may not be called by several goroutines at once; each may
// have one of its own. Bind panics where Run does.
func (p *Program[In, Out]) Bind(out, in [][]float64) func() {
	p.mustFit("bind", out, in)
	out, in = slices.Clone(out), slices.Clone(in)
	slowly := func() { p.runSlowly(out, in) }
	if p.finite {
		return slowly
	}
	return p.code.Bind(out, in, slowly)
}

// mustFit panics, on behalf of the named method, if slices are not as the arrays.
func (p *Program[In, Out]) mustFit(name string, out, in [][]float64) {
	fit(name, "argument", in, p.in)
	fit(name, "result", out, p.out)
}

func fit(name, what string, data [][]float64, t trace.Tree) {
	if len(data) != len(t.Values) {
		panic(trace.Errorf(name, "the %s has %d arrays, not %d", what, len(t.Values), len(data)))
	}
	for i, x := range t.Values {
		if x.DType() != trace.F64 {
			panic(trace.Errorf(name, "the %s%s is %v, and slices hold f64 only: use Call", what, path(t, i), x.Type()))
		}
		if len(data[i]) != x.Size() {
			panic(trace.Errorf(name, "the %s%s is %v, but its slice has %d elements", what, path(t, i), x.Type(), len(data[i])))
		}
	}
}

// Leaves returns the arrays of the argument and of the result, in the order in which Run takes them.
func (p *Program[In, Out]) Leaves() (in, out []trace.Leaf) { return leaves(p.in), leaves(p.out) }

func leaves(t trace.Tree) []trace.Leaf {
	ls := make([]trace.Leaf, len(t.Values))
	for i, x := range t.Values {
		ls[i] = trace.Leaf{Path: t.Leaves[i].Path, Type: x.Type()}
	}
	return ls
}

// Func returns what the program does, after the passes that Compile runs: the program gives what its Eval
// gives. It is for reading: its derivatives are not those of the function, whose custom rules are gone.
func (p *Program[In, Out]) Func() *trace.Func { return p.fn }

// Stats returns what the program consists of.
func (p *Program[In, Out]) Stats() Stats {
	s := statsOf(p.fn, p.code)
	s.Traced, s.Compiling = p.traced, p.compiling
	return s
}

// String returns the text of what the program does, and the steps in which it does so: a loop or a
// piece of scalar code for equations that are fused, and "eval" for one that runs on its own.
func (p *Program[In, Out]) String() string { return p.fn.String() + "\n" + p.code.String() }
