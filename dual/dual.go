// Package dual is forward mode: it reinterprets a func over dual numbers, each a primal with its
// tangent, by the JVP rule of every primitive.
package dual

import (
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

func run(f *trace.Func, args []Dual, known Known,
	owner func(trace.Splitter, []trace.Array, []trace.Tangent) ([]trace.Array, []trace.Tangent)) []Dual {
	env := make([]Dual, f.NumVars())
	copy(env, args)
	f.Walk(partsOf(args), func(e *trace.Equation) {
		in := make([]trace.Array, len(e.Ins))
		t := make([]trace.Tangent, len(e.Ins))
		varies, concrete := false, true
		for i, v := range e.Ins {
			in[i], t[i] = env[v].Primal, env[v].Tangent
			varies = varies || !t[i].Absent()
			concrete = concrete && !in[i].Traced()
		}
		var out []trace.Array
		var dy []trace.Tangent
		if s, ok := e.Primitive.(trace.Splitter); ok && varies {
			out, dy = owner(s, in, t)
		} else {
			out = primals(e, in, args, concrete, known)
			if varies {
				dy = e.Primitive.JVP(in, out, t)
			}
		}
		for i, v := range e.Outs {
			env[v].Primal = out[i]
			if varies {
				env[v].Tangent = dy[i]
			}
		}
	})
	out := make([]Dual, len(f.Outputs()))
	for i, v := range f.Outputs() {
		out[i] = env[v]
	}
	return out
}

// primals returns the results of an equation, computed or known. Effects are not known.
func primals(e *trace.Equation, in []trace.Array, args []Dual, concrete bool, known Known) []trace.Array {
	if !concrete || known == nil || trace.HasEffect(e.Primitive) {
		return apply(e, in, args)
	}
	out := make([]trace.Array, len(e.Outs))
	for i, v := range e.Outs {
		y, ok := known(v)
		if !ok {
			return apply(e, in, args)
		}
		out[i] = y
	}
	return out
}

// apply applies an equation to primals, where those of args belong.
func apply(e *trace.Equation, in []trace.Array, args []Dual) []trace.Array {
	if !trace.HasEffect(e.Primitive) {
		return trace.Apply(e.Primitive, in...)
	}
	var among []trace.Array
	for _, d := range args {
		among = append(among, d.Primal)
	}
	return trace.ApplyAmong(among, e.Primitive, in...)
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
