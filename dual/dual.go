// Package dual is forward mode: it reinterprets a func over dual numbers, each a primal with its
// tangent, by the JVP rule of every primitive.
package dual

import (
	"slices"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Dual is a dual number whose parts are arrays: a primal, and the tangent at it, which is absent
// where nothing depends on the inputs that vary.
type Dual struct {
	Primal  trace.Array
	Tangent trace.Tangent
}

// Const returns x as a dual number that does not vary.
func Const(x trace.Array) Dual { return Dual{Primal: x} }

// Values returns the value of the tangent, zeros if it is absent.
func (d Dual) Values() trace.Array {
	if d.Tangent.Absent() {
		return num.ZerosLike(d.Primal)
	}
	v, _ := d.Tangent.Parts()
	return v
}

// Known gives the concrete values of variables that have been computed already.
type Known func(trace.Var) (trace.Array, bool)

// Run applies f to dual numbers, one for each input and capture. Where primals are concrete it
// computes at once; where they are traced it records. known may be nil.
func Run(f *trace.Func, args []Dual, known Known) []Dual {
	return run(f, args, known, trace.Splitter.Forward)
}

// Split is Run with what depends on tangents in equations apart from those of the primals: what is
// made of tangents on a tape stays on the tape.
func Split(f *trace.Func, args []Dual, known Known) []Dual {
	return run(f, args, known, trace.Splitter.Linearize)
}

type owner = func(trace.Splitter, []trace.Array, []trace.Tangent) ([]trace.Array, []trace.Tangent)

func run(f *trace.Func, args []Dual, known Known, owner owner) []Dual {
	r := runner{f: f, args: args, env: make([]Dual, f.NumVars()), known: known, owner: owner}
	copy(r.env, args)
	if !slices.ContainsFunc(args, func(d Dual) bool { return d.Primal.Traced() }) {
		r.findPassing(f)
	}
	f.WalkTwice(partsOf(args), r.primals, r.tangents)
	out := make([]Dual, len(f.Outputs()))
	for i, v := range f.Outputs() {
		out[i] = r.env[v]
	}
	return out
}

// runner holds the variables of a func, and the parts of the equation that is being run, in slices that are
// used again.
type runner struct {
	f         *trace.Func
	args, env []Dual
	known     Known
	owner     owner
	passing   []bool // variables whose values nobody has but the one equation that reads them; nil if none is known

	in, out []trace.Array
	own     []trace.Array // room for out
	t, dy   []trace.Tangent
	varies  bool
}

// findPassing finds the variables that one equation reads, and that the rule of the one that makes them does not keep.
func (r *runner) findPassing(f *trace.Func) {
	reads := make([]uint8, f.NumVars())
	for i := range f.Equations() {
		for _, v := range f.Equations()[i].Ins {
			reads[v] = min(reads[v]+1, 2)
		}
	}
	for _, v := range f.Outputs() {
		reads[v] = 2
	}
	r.passing = make([]bool, f.NumVars())
	for i := range f.Equations() {
		e := &f.Equations()[i]
		if p, ok := e.Primitive.(trace.Forgetful); ok {
			_, forgets := p.Forgets()
			r.passing[e.Outs[0]] = forgets && reads[e.Outs[0]] == 1
		}
	}
}

// spend lets the equation overwrite operands that nobody needs when it has run.
func (r *runner) spend(e *trace.Equation) {
	p, ok := e.Primitive.(trace.Forgetful)
	if !ok || r.passing == nil {
		return
	}
	if forgets, _ := p.Forgets(); !forgets {
		return
	}
	for i, v := range e.Ins {
		if r.passing[v] {
			r.in[i] = trace.Spent(r.in[i])
		}
	}
}

// primals finds the results of an equation, and their tangents too if it carries them itself.
func (r *runner) primals(e *trace.Equation) {
	r.in, r.t, r.dy = r.in[:0], r.t[:0], nil
	concrete := true
	r.varies = false
	for _, v := range e.Ins {
		x := r.env[v]
		r.in, r.t = append(r.in, x.Primal), append(r.t, x.Tangent)
		r.varies = r.varies || !x.Tangent.Absent()
		concrete = concrete && !x.Primal.Traced()
	}
	if s, ok := e.Primitive.(trace.Splitter); ok && r.varies {
		r.out, r.dy = r.owner(s, r.in, r.t)
	} else {
		r.spend(e)
		r.out = r.compute(e, concrete)
		for _, x := range r.in {
			trace.Kept(x)
		}
	}
}

// tangents finds those of the results.
func (r *runner) tangents(e *trace.Equation) {
	if _, ok := e.Primitive.(trace.Splitter); r.varies && !ok {
		r.dy = e.Primitive.JVP(r.in, r.out, r.t)
	}
	for i, v := range e.Outs {
		r.env[v].Primal = r.out[i]
		if r.varies {
			r.env[v].Tangent = r.dy[i]
		}
	}
}

// compute returns the results of an equation, computed or known. Effects are not known.
func (r *runner) compute(e *trace.Equation, concrete bool) []trace.Array {
	if trace.HasEffect(e.Primitive) {
		among := make([]trace.Array, len(r.args))
		for i, d := range r.args {
			among[i] = d.Primal
		}
		return r.f.Again(among, e, r.in...)
	}
	if concrete && r.known != nil && r.knows(e) {
		return r.own
	}
	if !concrete || len(e.Outs) > 1 {
		return r.f.Again(nil, e, r.in...)
	}
	r.own = append(r.own[:0], trace.ApplyOne(e.Primitive, r.in...))
	return r.own
}

// knows reports whether the results of an equation are known, and finds them.
func (r *runner) knows(e *trace.Equation) bool {
	r.own = r.own[:0]
	for _, v := range e.Outs {
		y, ok := r.known(v)
		if !ok {
			return false
		}
		r.own = append(r.own, y)
	}
	return true
}

func partsOf(args []Dual) []trace.Array {
	var parts []trace.Array
	for _, d := range args {
		v, m := d.Tangent.Parts()
		parts = append(parts, d.Primal, v, m)
	}
	return parts
}

// JVP returns the func that pushes tangents forward through f: from the inputs and captures of
// f and a tangent for each one marked active, to the results of f and a tangent for each.
func JVP(f *trace.Func, active []bool) *trace.Func {
	types := f.Types(f.Inputs())
	types = append(types, f.Types(f.Captures())...)
	n := len(types)
	for i, a := range active {
		if a {
			types = append(types, types[i])
		}
	}
	return trace.Build(types, func(in []trace.Array) []trace.Array {
		args := make([]Dual, n)
		next := n
		for i := range args {
			args[i] = Const(in[i])
			if i < len(active) && active[i] {
				args[i].Tangent = trace.DenseTangent(in[next], true)
				next++
			}
		}
		var ys, dys []trace.Array
		for _, d := range Run(f, args, nil) {
			ys, dys = append(ys, d.Primal), append(dys, d.Values())
		}
		return append(ys, dys...)
	})
}
