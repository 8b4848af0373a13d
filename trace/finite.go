package trace

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// NonFinite tells, on behalf of the named function, why one of the results that f gave for args is NaN or
// infinite. It runs f once more, without effects, and returns an *Error for the first equation whose
// result is not finite though its operands are, and matters, that is, flows into a result that is not
// finite. What a select drops, or what becomes finite again, does not matter. If an argument is to
// blame, argument names it. NonFinite returns nil if all results are finite.
func (f *Func) NonFinite(name string, args, results []Array, argument func(i int) string) *Error {
	if !slices.ContainsFunc(results, func(y Array) bool { return nonFinite(y.read(name, true), nil).any() }) {
		return nil
	}
	in := make([]Buffer, len(args))
	for i, a := range args {
		in[i] = a.read(name, true)
	}
	of, src := f.Quiet().trail(in, nil)
	for i, m := range of {
		if m.any() {
			what, at := firstOf(in[i], m)
			return Errorf(name, "%s is %s%s", argument(i), what, at)
		}
	}
	if src == nil {
		return nil
	}
	return src.error()
}

// source is an equation where something became not finite.
type source struct {
	equation *Equation
	in       []Buffer
	out      Buffer
	marks    *marks
	steps    []int // of the loops round it
}

// trail runs f and goes back from marks of its results, or else from all that is not finite in them, to
// those of its arguments, and to the first equation where something became not finite, if there is one.
func (f *Func) trail(args []Buffer, out []*marks) ([]*marks, *source) {
	env := make([]*Value, len(f.types))
	for i, b := range args {
		env[i] = &Value{Buffer: b}
	}
	unrollings := make([]*Unrolling, len(f.equations))
	for i := range f.equations {
		e := &f.equations[i]
		in, types := valuesOf(env, e.Ins), f.Types(e.Outs)
		var ys []*Value
		if p, ok := e.Primitive.(Unroller); ok {
			unrollings[i] = &Unrolling{}
			ys = p.Unroll(unrollings[i], in, types)
		} else {
			for _, b := range evaluate(e.Primitive, buffers(in), types) {
				ys = append(ys, &Value{Buffer: b})
			}
		}
		for j, v := range e.Outs {
			env[v] = ys[j]
		}
	}
	for i, v := range f.outputs {
		if out == nil {
			env[v].marks.mark(nonFinite(env[v].Buffer, nil))
		} else {
			env[v].marks.mark(out[i])
		}
	}
	var found *source
	for i := len(f.equations) - 1; i >= 0; i-- {
		e := &f.equations[i]
		src := (*source)(nil)
		if u := unrollings[i]; u != nil {
			src = u.back()
		} else {
			src = e.back(valuesOf(env, e.Ins), valuesOf(env, e.Outs))
		}
		if src != nil {
			found = src
		}
	}
	in := make([]*marks, len(args))
	for i := range in {
		in[i] = &env[i].marks
	}
	return in, found
}

func valuesOf(env []*Value, vs []Var) []*Value {
	values := make([]*Value, len(vs))
	for i, v := range vs {
		values[i] = env[v]
	}
	return values
}

// back marks what of the operands made the marked elements of the results not finite. If nothing did,
// the equation is where it happened.
func (e *Equation) back(in, out []*Value) *source {
	k := slices.IndexFunc(out, func(y *Value) bool { return y.marks.any() })
	if k < 0 {
		return nil
	}
	any := false
	for i, m := range blamed(e.Primitive, in, out) {
		in[i].marks.mark(m)
		any = any || m.any()
	}
	if any {
		return nil
	}
	return &source{equation: e, in: buffers(in), out: out[k].Buffer, marks: &out[k].marks}
}

// error says what became not finite, where and of which operands.
func (s *source) error() *Error {
	what, at := firstOf(s.out, s.marks)
	p := s.equation.Primitive
	name, msg := p.Name(), fmt.Sprintf("%v is %s%s", s.equation.work, what, at)
	if len(s.in) == 0 {
		name, msg = "", fmt.Sprintf("a constant is %s%s: it does not depend on an argument", what, at)
	}
	for i, n := range s.steps {
		if i == 0 {
			msg += " in step "
		} else {
			msg += ", step "
		}
		msg += strconv.Itoa(n)
	}
	if len(s.in) > 0 {
		msg += ": " + s.operands(p)
	}
	return &Error{Pos: s.equation.Pos(), Primitive: name, Msg: msg}
}

// operands lists the elements that the result was made of, if it was made of one of each, or else the
// types.
func (s *source) operands(p Primitive) string {
	words := make([]string, len(s.in))
	types := make([]Type, len(s.in))
	rows, flat, _ := s.marks.first()
	_, pointwise := p.(Pointwise)
	for i, b := range s.in {
		types[i] = b.Type
		for _, r := range rows {
			if pointwise {
				b = b.Row(r)
			}
		}
		if pointwise {
			words[i] = element(b, flat)
		}
	}
	switch {
	case !pointwise:
		return "operands " + typesText(types)
	case len(words) == 1:
		return "operand " + words[0]
	}
	return "operands " + strings.Join(words, ", ")
}

func element(b Buffer, i int) string {
	switch b.Type.DType {
	case F64:
		return strconv.FormatFloat(b.F64[i], 'g', -1, 64)
	case I64:
		return strconv.FormatInt(b.I64[i], 10)
	}
	return strconv.FormatBool(b.Bool[i])
}

// firstOf returns the first marked element of b as a word, and " at " its index unless b is a scalar.
func firstOf(b Buffer, m *marks) (what, at string) {
	rows, flat, _ := m.first()
	index := slices.Clone(rows)
	for _, r := range rows {
		b = b.Row(r)
	}
	what = word(b.F64[flat])
	shape := b.Type.Shape
	place := make([]int, len(shape))
	for i := len(shape) - 1; i >= 0; i-- {
		place[i] = flat % shape[i]
		flat /= shape[i]
	}
	if index = append(index, place...); len(index) == 0 {
		return what, ""
	}
	var words []string
	for _, i := range index {
		words = append(words, strconv.Itoa(i))
	}
	return what, " at [" + strings.Join(words, ",") + "]"
}
