package transforms

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// GradNamed returns the gradient of f with respect to values inside of it: those that trace.Name gives the
// given names, or without names all that have one. For each it gives the derivative of f's result, an f64
// scalar, by that value, in its shape, as if it were an argument: what f makes of it counts, and not
// what it was made of. A named value that depends on no argument has none.
//
// It panics with a *trace.Error that names the line if f's result is no f64 scalar, if a name is missing
// among what the result depends on, or given to two values, and if the value has a name in the body of
// a loop, in a branch or in a custom rule: name what goes in or comes out. In a Checkpoint it may; what that
// computes is then kept.
func GradNamed[In any](f func(In) num.Array, names ...string) func(In) map[string]num.Array {
	const name = "grad named"
	return func(in In) map[string]num.Array {
		t := record(name, func(in In) num.Array { return mustBeScalar(name, f(in)) }, in, true)
		s := search{wanted: names}
		fn := s.open(t.Func)
		s.find(fn)
		g, at := shifted(fn, s.found)
		args := t.args()
		active := make([]bool, len(args))
		for _, typ := range g.Types(g.Inputs())[len(args):] {
			args, active = append(args, trace.Fill(math.Copysign(0, -1), typ)), append(active, true)
		}
		_, tp := tape.Record(g, args, active, false, nil)
		gradient := map[string]num.Array{}
		for i, x := range tp.Pull([]num.Array{num.Scalar(1)}) {
			gradient[at[i]] = x
		}
		for n, e := range s.found {
			if typ := fn.Type(e.Outs[0]); typ.DType != trace.F64 {
				gradient[n] = num.Zero(typ)
			}
		}
		return gradient
	}
}

// mustBeScalar returns y, the result of a function that is to be differentiated, if it is an f64 scalar.
func mustBeScalar(name string, y num.Array) num.Array {
	if !y.Type().Equal(trace.Scalar) {
		panic(trace.Errorf(name, "needs a function with an f64 scalar as its result, not %v: "+
			"reduce it, as by num.Sum, or take the whole Jacobian with package jac", y.Type()))
	}
	return y
}

// search looks for the equations that give names.
type search struct {
	wanted []string // or all
	found  map[string]*trace.Equation
}

// name returns the name that an equation gives, if it is one to look for.
func (s *search) name(e *trace.Equation) (string, bool) {
	n, ok := trace.NameOf(e.Primitive)
	return n, ok && (len(s.wanted) == 0 || slices.Contains(s.wanted, n))
}

// inside returns an equation that gives a name in the funcs that p owns, at any depth.
func (s *search) inside(p trace.Primitive) *trace.Equation {
	for _, f := range trace.Funcs(p) {
		for i := range f.Equations() {
			e := &f.Equations()[i]
			if _, ok := s.name(e); ok {
				return e
			}
			if e := s.inside(e.Primitive); e != nil {
				return e
			}
		}
	}
	return nil
}

// open returns f with the bodies of checkpoints that hold names in place of them.
func (s *search) open(f *trace.Func) *trace.Func {
	closed := func(e trace.Equation) bool {
		_, ok := e.Primitive.(call.Checkpoint)
		return ok && s.inside(e.Primitive) != nil
	}
	if !slices.ContainsFunc(f.Equations(), closed) {
		return f
	}
	return rewritten(f, nil, func(e *trace.Equation, in, _ []num.Array) []num.Array {
		if closed(*e) {
			return s.open(e.Primitive.(call.Checkpoint).Body).Inline(in...)
		}
		return nil
	})
}

// find notes the equations of f that give names.
func (s *search) find(f *trace.Func) {
	s.found = map[string]*trace.Equation{}
	for i := range f.Equations() {
		e := &f.Equations()[i]
		if inner := s.inside(e.Primitive); inner != nil {
			n, _ := trace.NameOf(inner.Primitive)
			panic(&trace.Error{Pos: inner.Pos(), Primitive: "grad named", Msg: fmt.Sprintf(
				"%q is a name inside of the %s at %v, where it is not one value: name what goes in or comes out",
				n, e.Primitive.Name(), e.Pos())})
		}
		n, ok := s.name(e)
		if !ok {
			continue
		}
		if other := s.found[n]; other != nil {
			panic(&trace.Error{Pos: e.Pos(), Primitive: "grad named",
				Msg: fmt.Sprintf("%q is the name of another value, too, at %v", n, other.Pos())})
		}
		s.found[n] = e
	}
	for _, n := range s.wanted {
		if s.found[n] == nil {
			panic(trace.Errorf("grad named", "nothing that the result depends on is named %q%s", n, s.others(f)))
		}
	}
}

// others lists the names in f.
func (s *search) others(f *trace.Func) string {
	all := map[string]bool{}
	for _, e := range f.Equations() {
		if n, ok := trace.NameOf(e.Primitive); ok {
			all[fmt.Sprintf("%q", n)] = true
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "; there is " + strings.Join(slices.Sorted(maps.Keys(all)), ", ")
}

// shifted returns f with one more input for each f64 value that has a name, which is added to it, and the
// names in the order of these inputs. v + -0 is v to the bit.
func shifted(f *trace.Func, found map[string]*trace.Equation) (g *trace.Func, names []string) {
	var types []trace.Type
	for _, n := range slices.Sorted(maps.Keys(found)) {
		if t := f.Type(found[n].Outs[0]); t.DType == trace.F64 {
			names, types = append(names, n), append(types, t)
		}
	}
	g = rewritten(f, types, func(e *trace.Equation, in, more []num.Array) []num.Array {
		n, _ := trace.NameOf(e.Primitive)
		if i := slices.Index(names, n); i >= 0 && found[n].Outs[0] == e.Outs[0] {
			return []num.Array{num.Add(trace.Apply(e.Primitive, in...)[0], more[i])}
		}
		return nil
	})
	return g, names
}

// rewritten returns f with further inputs after its captures, which become inputs too, and with the results
// that change gives for an equation, if any, in place of its own.
func rewritten(f *trace.Func, more []trace.Type, change func(e *trace.Equation, in, more []num.Array) []num.Array) *trace.Func {
	types := slices.Concat(f.Types(f.Inputs()), f.Types(f.Captures()))
	return trace.Build(slices.Concat(types, more), func(args []num.Array) []num.Array {
		env := make([]num.Array, f.NumVars())
		copy(env, args[:len(types)])
		f.Walk(args, func(e *trace.Equation) {
			in := make([]num.Array, len(e.Ins))
			for i, v := range e.Ins {
				in[i] = env[v]
			}
			out := change(e, in, args[len(types):])
			if out == nil {
				out = trace.ApplyAmong(args, e.Primitive, in...)
			}
			for i, y := range out {
				env[e.Outs[i]] = y
			}
		})
		out := make([]num.Array, len(f.Outputs()))
		for i, v := range f.Outputs() {
			out[i] = env[v]
		}
		return out
	})
}
