package pass

import (
	"math"

	"github.com/gradus-ad/gradus/trace"
)

// scales looks at arrays that are multiples of one array by what is repeated from few elements, as the rules make of each of many
// directions: y = r*(a*x) - s*(b*x). Where that takes fewer products of arrays, the few are computed first, and y is
// (r*a - s*b)*x. Results are rounded elsewhere; what regroup says of infinities, NaN and zeros holds here too. What is compared
// stays as it is, and so does what may underflow by itself, as exp does.
func scales(f *trace.Func) *trace.Func {
	if !hasA[repeater](f) {
		return f
	}
	s := &scaler{Func: f, made: makers(f), as: make([]multiple, f.NumVars()), needed: make([]bool, f.NumVars()), less: make([]bool, f.NumVars())}
	if !s.find() || !s.decide() {
		return f
	}
	return s.rebuild()
}

// scaler knows which variables are multiples of others.
type scaler struct {
	*trace.Func
	made    []*trace.Equation
	product multiply
	as      []multiple
	needed  []bool // multiples that others read
	less    []bool // of bases: there is less to do if their multiples are made at once
}

// multiple is a variable as base times a number, times what is repeated from few elements if there is a primitive that does so.
type multiple struct {
	base   trace.Var
	by     float64 // 0 if it is none
	repeat trace.Primitive
	few    trace.Type
	array  trace.Array // the few, as they are built
}

// find finds the multiples, and reports whether there are any.
func (s *scaler) find() (found bool) {
	stays := staying(s.Func, s.made)
	es := s.Equations()
	for i := range es {
		e := &es[i]
		if m, ok := e.Primitive.(multiply); ok {
			s.product = m
		}
		if len(e.Outs) != 1 || stays[e.Outs[0]] || s.Type(e.Outs[0]).Stars() > 0 {
			continue
		}
		if m := s.multipleOf(e); ordinary(m.by) {
			m.array = trace.Array{} // which is not made yet
			s.as[e.Outs[0]], found = m, true
		}
	}
	return found && s.product != nil
}

// multipleOf returns what an equation makes as a multiple, if it is one.
func (s *scaler) multipleOf(e *trace.Equation) multiple {
	if p, ok := e.Primitive.(summer); ok {
		return s.sum(s.self(e.Ins[0]), s.self(e.Ins[1]), p.Second())
	}
	if _, ok := e.Primitive.(divider); ok {
		return s.scaled(s.self(e.Ins[0]), s.made[e.Ins[1]])
	}
	p, ok := e.Primitive.(monomialer)
	if !ok {
		return multiple{}
	}
	switch sign, powers := p.Monomial(); {
	case len(powers) == 1 && powers[0] == 1:
		m := s.self(e.Ins[0])
		m.by *= sign
		return m
	case len(powers) != 2:
		return multiple{}
	}
	for i, v := range e.Ins {
		m := s.self(e.Ins[1-i])
		if c, ok := s.number(v); ok {
			m.by *= c
			return m
		}
		if repeats(s.made[v]) {
			return s.scaled(m, s.made[v])
		}
	}
	return multiple{}
}

// scaled returns a multiple times what an equation repeats, or by it.
func (s *scaler) scaled(m multiple, e *trace.Equation) multiple {
	if !repeats(e) || m.repeat != nil && !m.few.Equal(s.Type(e.Ins[0])) {
		return multiple{}
	}
	m.repeat, m.few = e.Primitive, s.Type(e.Ins[0])
	return m
}

// self returns a variable as a multiple, of itself if nothing else. What is repeated, or a number, is none.
func (s *scaler) self(v trace.Var) multiple {
	if s.as[v].by != 0 {
		return s.as[v]
	}
	if _, ok := s.number(v); ok || repeats(s.made[v]) {
		return multiple{}
	}
	return multiple{base: v, by: 1}
}

// sum returns x + y, or x - y, if both are multiples of one variable.
func (s *scaler) sum(x, y multiple, second float64) multiple {
	y.by *= second
	if x.by == 0 || y.by == 0 || x.base != y.base || x.repeat == nil && y.repeat == nil {
		return multiple{}
	}
	if x.repeat != nil && y.repeat != nil && !x.few.Equal(y.few) {
		return multiple{}
	}
	if x.repeat == nil {
		x.repeat, x.few = y.repeat, y.few
	}
	if math.Abs(x.by) != math.Abs(y.by) {
		x.by = 1
	}
	return x
}

// number returns the number that all elements of a variable are known to be.
func (s *scaler) number(v trace.Var) (float64, bool) {
	e := s.made[v]
	if e == nil || len(e.Ins) > 0 || trace.HasEffect(e.Primitive) {
		return 0, false
	}
	return trace.SplatF64(trace.Apply(e.Primitive)[0])
}

// decide finds the bases whose multiples it takes less to make at once, and reports whether there are any.
func (s *scaler) decide() (found bool) {
	made, kept, few := make([]int, s.NumVars()), make([]int, s.NumVars()), make([]int, s.NumVars())
	es := s.Equations()
	for i := range es {
		e := &es[i]
		if len(e.Outs) == 1 && s.as[e.Outs[0]].by != 0 {
			m := &s.as[e.Outs[0]]
			made[m.base]++
			if m.repeat != nil {
				few[m.base] = max(few[m.base], m.few.Size())
			}
			continue
		}
		for _, v := range e.Ins {
			s.needed[v] = true
		}
	}
	for _, v := range s.Outputs() {
		s.needed[v] = true
	}
	for v := range s.as {
		if s.needed[v] && s.as[v].by != 0 {
			kept[s.as[v].base]++
		}
	}
	for v, n := range made {
		if few[v] > 0 && (n-kept[v])*s.Type(trace.Var(v)).Size() > 2*n*few[v] { // signs and numbers are more
			s.less[v], found = true, true
		}
	}
	return found
}

// rebuild makes the func anew, with multiples of such bases made at once.
func (s *scaler) rebuild() *trace.Func {
	types := append(s.Types(s.Inputs()), s.Types(s.Captures())...)
	return trace.Rewrite(types, func(args []trace.Array) []trace.Array {
		env := make([]trace.Array, s.NumVars())
		copy(env, args)
		s.Walk(args, func(e *trace.Equation) {
			if v := e.Outs; len(v) == 1 && s.as[v[0]].by != 0 && s.less[s.as[v[0]].base] {
				s.makeFew(env, e)
				if s.needed[v[0]] {
					env[v[0]] = s.whole(env, &s.as[v[0]])
				}
				return
			}
			in := make([]trace.Array, len(e.Ins))
			for i, v := range e.Ins {
				in[i] = env[v]
			}
			for i, y := range s.Again(args, e, in...) {
				env[e.Outs[i]] = y
			}
		})
		return pick(env, s.Outputs())
	}).WithCaptures(len(s.Captures()))
}

// makeFew makes the few elements by which an equation multiplies, but for the number.
func (s *scaler) makeFew(env []trace.Array, e *trace.Equation) {
	m := &s.as[e.Outs[0]]
	if m.repeat == nil {
		return
	}
	x := s.self(e.Ins[0])
	if len(e.Ins) == 1 {
		m.array = x.array
		return
	}
	y := s.self(e.Ins[1])
	switch p := e.Primitive.(type) {
	case summer:
		m.array = s.product.Plus(s.fewOf(&x, x.by/m.by, m.few), s.fewOf(&y, p.Second()*y.by/m.by, m.few))
	case divider:
		m.array = trace.Apply(e.Primitive, s.fewOf(&x, 1, m.few), env[s.made[e.Ins[1]].Ins[0]])[0]
	default:
		a, b := s.factor(env, e.Ins[0], &x), s.factor(env, e.Ins[1], &y)
		switch {
		case a == nil:
			m.array = *b
		case b == nil:
			m.array = *a
		default:
			m.array = s.product.Times(*a, *b)
		}
	}
}

// factor returns the few elements that a factor is repeated from, or has as a multiple, if it is one.
func (s *scaler) factor(env []trace.Array, v trace.Var, m *multiple) *trace.Array {
	switch {
	case repeats(s.made[v]):
		return &env[s.made[v].Ins[0]]
	case m.repeat != nil:
		return &m.array
	}
	return nil
}

// fewOf returns the few elements of m times a number.
func (s *scaler) fewOf(m *multiple, by float64, few trace.Type) trace.Array {
	switch {
	case m.repeat == nil:
		return trace.Fill(by, few)
	case by == 1:
		return m.array
	case by == -1:
		return s.product.Negative(m.array)
	}
	return s.product.Times(trace.Fill(by, few), m.array)
}

// whole returns a multiple.
func (s *scaler) whole(env []trace.Array, m *multiple) trace.Array {
	x := env[m.base]
	switch {
	case m.repeat != nil:
		return s.product.Times(trace.Apply(m.repeat, s.fewOf(m, m.by, m.few))[0], x)
	case m.by == -1:
		return s.product.Negative(x)
	}
	return s.product.Times(trace.Fill(m.by, x.Type()), x)
}
