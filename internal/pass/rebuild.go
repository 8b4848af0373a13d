package pass

import "github.com/gradus-ad/gradus/trace"

// rebuild makes the func anew, with the plans that are accepted.
func (r *regrouper) rebuild() *trace.Func {
	isOutput := make([]bool, r.NumVars())
	for _, v := range r.Outputs() {
		isOutput[v] = true
	}
	types := append(r.Types(r.Inputs()), r.Types(r.Captures())...)
	return trace.Rewrite(types, func(args []trace.Array) []trace.Array {
		env := make([]trace.Array, r.NumVars())
		copy(env, args)
		r.Walk(args, func(e *trace.Equation) {
			if len(e.Outs) == 1 && r.replaced(e.Outs[0]) {
				if v := e.Outs[0]; isOutput[v] {
					env[v] = r.read(env, v)
				}
				return
			}
			if s, ok := e.Primitive.(summer); ok && (r.replaced(e.Ins[0]) || r.replaced(e.Ins[1])) {
				x, minusX := r.readEither(env, e.Ins[0])
				y, minusY := r.readEither(env, e.Ins[1])
				env[e.Outs[0]] = r.plus(x, minusX, y, minusY != (s.Second() < 0))
				return
			}
			in := make([]trace.Array, len(e.Ins))
			for i, v := range e.Ins {
				in[i] = r.read(env, v)
			}
			for i, y := range r.Again(args, e, in...) {
				env[e.Outs[i]] = y
			}
		})
		return pick(env, r.Outputs())
	}).WithCaptures(len(r.Captures()))
}

// replaced reports whether a variable is one of those that are looked through.
func (r *regrouper) replaced(v trace.Var) bool { return r.seen[v] && r.groupOf(v).accepted }

// read returns a variable.
func (r *regrouper) read(env []trace.Array, v trace.Var) trace.Array {
	x, minus := r.readEither(env, v)
	if minus {
		return r.product.Negative(x)
	}
	return x
}

// readEither returns a variable or its negative.
func (r *regrouper) readEither(env []trace.Array, v trace.Var) (x trace.Array, minus bool) {
	if !r.replaced(v) {
		return env[v], false
	}
	return r.build(env, r.groupOf(v), r.forms[v])
}

// build returns a monomial that is wanted, or its negative.
func (r *regrouper) build(env []trace.Array, g *group, m monomial) (x trace.Array, minus bool) {
	w := g.find(m)
	return r.array(env, g, w.as), w.minus != (m.by < 0)
}

// array returns a variable or a value.
func (r *regrouper) array(env []trace.Array, g *group, k int32) trace.Array {
	x := r.valueOf(k)
	if x == nil {
		return env[k]
	}
	if !x.built {
		x.array, x.built = r.make(env, g, x), true
	}
	return x.array
}

func (r *regrouper) make(env []trace.Array, g *group, x *value) trace.Array {
	if x.kind == aSum {
		a, minusA := r.build(env, g, x.x)
		b, minusB := r.build(env, g, x.y)
		return r.plus(a, minusA, b, minusB)
	}
	for _, p := range [][2]int32{{x.a, x.b}, {x.b, x.a}} {
		if r.is(p[0], aNumber) {
			y := r.array(env, g, p[1])
			return r.product.Times(trace.Fill(r.valueOf(p[0]).c, y.Type()), y)
		}
	}
	return r.product.Times(r.array(env, g, x.a), r.array(env, g, x.b))
}

// plus returns a sum of two arrays with signs.
func (r *regrouper) plus(x trace.Array, minusX bool, y trace.Array, minusY bool) trace.Array {
	switch {
	case minusX && minusY:
		return r.product.Negative(r.product.Plus(x, y))
	case minusX:
		return r.product.Minus(y, x)
	case minusY:
		return r.product.Minus(x, y)
	}
	return r.product.Plus(x, y)
}
