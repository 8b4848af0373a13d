package compile

import (
	"slices"
	"unsafe"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// What a large product makes for each of many places is often reduced to little there, and needed once more on the way back. If
// the whole of it goes through memory each time, that takes longer than to make it. So such a region of a func is computed for a
// strip of places at a time, all of which stays in the second cache, with the places last, where they fill vectors. Strips are
// independent of each other: what is summed over all places is summed for each strip first.

// strips is a region. The first operands, as many as Sliced says, have places, along their first axes; strips see some of these.
// Of the results, the first are a row for each strip, which are to be added up; the others have places.
type strips struct {
	Body, Rest   *trace.Func // of a strip, and of the last one
	Places, Each int
	Sliced       int
	Summed       int
}

func (strips) Name() string { return "strips" }

func (p strips) count() int { return (p.Places + p.Each - 1) / p.Each }

func (p strips) Infer([]trace.Type) ([]trace.Type, error) {
	types := p.Body.Types(p.Body.Outputs())
	for i, t := range types {
		if i < p.Summed {
			types[i] = t.Batched(p.count())
		} else {
			types[i] = t.Row().Batched(p.Places)
		}
	}
	return types, nil
}

// Eval is for operands that are all known when a program is compiled.
func (p strips) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	ys := make([]trace.Buffer, len(out))
	for i, t := range out {
		ys[i] = trace.NewBuffer(t)
	}
	for k := range p.count() {
		f := p.Body
		if k == p.count()-1 {
			f = p.Rest
		}
		args := make([]trace.Buffer, len(in))
		for i, v := range f.Inputs() {
			if args[i] = in[i].Shared(); i < p.Sliced {
				args[i] = stretch(in[i], k*p.Body.Type(p.Body.Inputs()[i]).Size(), f.Type(v))
			}
		}
		for i, y := range f.EvalBuffers(args) {
			to := stretch(ys[i], k*p.Body.Type(p.Body.Outputs()[i]).Size(), y.Type)
			copy(to.F64, y.F64)
			copy(to.I64, y.I64)
			copy(to.Bool, y.Bool)
		}
	}
	return ys
}

// stretch returns the elements of b from one on that are an array of type t.
func stretch(b trace.Buffer, from int, t trace.Type) trace.Buffer {
	return memory(t, unsafe.Add(pointer(b), from*kindOf(t.DType).Size()), t.Size())
}

// Only programs have strips, after all transforms.

func (strips) JVP(_, _ []trace.Array, _ []trace.Tangent) []trace.Tangent {
	panic("BUG: strips are not differentiated")
}
func (strips) Batch(_ []trace.Array, _ []bool, _ int) ([]trace.Array, []bool) {
	panic("BUG: strips are not batched")
}

// inStrips returns f with its region, if it has one, in strips.
func inStrips(f *trace.Func) *trace.Func {
	r := findRegion(f)
	if r == nil {
		return f
	}
	return r.rewrite()
}

// rewrite returns the func with one equation in place of the region, which stands before all that depends on it.
func (r *region) rewrite() *trace.Func {
	types := append(r.Types(r.Inputs()), r.Types(r.Captures())...)
	sums, rows := r.results()
	sliced, whole := r.operands()
	p := strips{Places: r.places, Each: r.each, Sliced: len(sliced), Summed: len(sums)}
	p.Body = r.body(r.each, sliced, whole, append(sums, rows...))
	p.Rest = p.Body
	if n := r.places - (p.count()-1)*r.each; n != r.each {
		p.Rest = r.body(n, sliced, whole, append(sums, rows...))
	}
	return trace.Build(types, func(args []trace.Array) []trace.Array {
		env := make([]trace.Array, r.NumVars())
		copy(env, args)
		do := func(e *trace.Equation) {
			copyTo(env, e.Outs, trace.ApplyAmong(args, e.Primitive, pick(env, e.Ins)...))
		}
		r.walk(args, func(i int, e *trace.Equation) {
			if (r.kinds[i] == outside || r.kinds[i] == repeated) && !r.later[e.Outs[0]] {
				do(e)
			}
		})
		done := false
		r.walk(args, func(i int, e *trace.Equation) {
			if e == r.seed {
				copyTo(env, append(sums, rows...), trace.Apply(p, pick(env, append(sliced, whole...))...))
				for _, v := range sums {
					env[v] = num.Sum(env[v], 0)
				}
				done = true
			}
		})
		if !done {
			panic("BUG: the product is not there")
		}
		r.walk(args, func(i int, e *trace.Equation) {
			if r.later[e.Outs[0]] {
				do(e)
			}
		})
		return pick(env, r.Outputs())
	}).WithCaptures(len(r.Captures()))
}

// walk is Walk with the numbers of equations.
func (r *region) walk(args []trace.Array, do func(i int, e *trace.Equation)) {
	i := 0
	r.Walk(args, func(e *trace.Equation) {
		do(i, e)
		i++
	})
}

// operands returns the variables that strips read, those of which they see some places, and the others.
func (r *region) operands() (sliced, whole []trace.Var) {
	for i := range r.Equations() {
		if r.kinds[i] == outside {
			continue
		}
		for j, v := range r.Equations()[i].Ins {
			if _, uniform, _ := r.constant(v); uniform || r.kindOf(v) != outside {
				continue
			}
			if r.along[i][j] {
				sliced = added(sliced, v)
			} else {
				whole = added(whole, v)
			}
		}
	}
	return sliced, whole
}

func added(vs []trace.Var, v trace.Var) []trace.Var {
	if slices.Contains(vs, v) {
		return vs
	}
	return append(vs, v)
}

// body returns what the region does for n places.
func (r *region) body(n int, sliced, whole, results []trace.Var) *trace.Func {
	types := r.Types(append(slices.Clone(sliced), whole...))
	for i, t := range types[:len(sliced)] {
		types[i] = t.Row().Batched(n)
	}
	return trace.Build(types, func(args []trace.Array) []trace.Array {
		env := make([][2]trace.Array, r.NumVars()) // without places, and with places last
		for i, v := range sliced {
			env[v][1] = num.MoveAxis(args[i], 0, -1)
		}
		for i, v := range whole {
			env[v][0] = args[len(sliced)+i]
		}
		for i := range r.Equations() {
			if e := &r.Equations()[i]; r.kinds[i] != outside {
				y := r.apply(e, r.along[i], env, n)
				env[e.Outs[0]] = [2]trace.Array{y, y}
			}
		}
		out := make([]trace.Array, len(results))
		for i, v := range results {
			if out[i] = env[v][0]; r.kindOf(v) == local {
				out[i] = num.MoveAxis(out[i], -1, 0)
			}
		}
		return out
	})
}

// apply does an equation of the region for n places.
func (r *region) apply(e *trace.Equation, along []bool, env [][2]trace.Array, n int) trace.Array {
	_, pointwise := e.Primitive.(trace.Pointwise)
	in := make([]trace.Array, len(e.Ins))
	for j, v := range e.Ins {
		value, uniform, _ := r.constant(v)
		switch t := r.Type(v); {
		case uniform && pointwise:
			in[j] = trace.Fill(value, placesLast(t, n))
		case uniform:
			in[j] = trace.Fill(value, t)
		case along[j]:
			in[j] = env[v][1]
		default:
			in[j] = env[v][0]
		}
	}
	if pointwise {
		return trace.Apply(e.Primitive, in...)[0]
	}
	return e.Primitive.(placewise).LastPlaces(in, along, n)
}

// placesLast is the type of an array of which n places are seen, along the last axis.
func placesLast(t trace.Type, n int) trace.Type {
	return trace.Type{DType: t.DType, Shape: append(slices.Clone(t.Shape[1:]), n)}
}

func pick(env []trace.Array, vs []trace.Var) []trace.Array {
	as := make([]trace.Array, len(vs))
	for i, v := range vs {
		as[i] = env[v]
	}
	return as
}

func copyTo(env []trace.Array, vs []trace.Var, as []trace.Array) {
	for i, v := range vs {
		env[v] = as[i]
	}
}
