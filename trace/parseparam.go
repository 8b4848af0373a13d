package trace

import (
	"reflect"
	"slices"
	"strconv"
)

// value reads a parameter into the field of a primitive, whose Go type says what is expected.
func (p *parser) value(field reflect.Value) {
	switch {
	case field.Type() == funcType:
		field.Set(reflect.ValueOf(p.funcByName()))
	case field.Type() == typeType:
		field.Set(reflect.ValueOf(p.typ()))
	case field.Type() == dtypeType:
		field.Set(reflect.ValueOf(p.dtype()))
	case field.Type() == arrayType:
		field.Set(reflect.ValueOf(p.array()))
	case field.Kind() == reflect.Slice:
		p.list(field)
	default:
		p.scalar(field)
	}
}

// list reads (0,1).
func (p *parser) list(field reflect.Value) {
	p.expect("(", "before the elements of a parameter")
	field.SetZero()
	for !p.accept(")") {
		if field.Len() > 0 {
			p.expect(",", "or ) in a parameter")
		}
		field.Set(reflect.Append(field, reflect.Zero(field.Type().Elem())))
		p.value(field.Index(field.Len() - 1))
	}
}

// scalar reads a string, a number or a bool.
func (p *parser) scalar(field reflect.Value) {
	word := p.next()
	var v any
	var err error
	if word.kind == stringToken {
		v, err = strconv.Unquote(word.text)
	} else {
		v, err = parseLiteral(word)
	}
	if err != nil {
		p.fail(word, "%v", err)
	}
	switch x := reflect.ValueOf(v); {
	case field.Kind() == x.Kind() && x.Kind() != reflect.Int64:
		field.Set(x.Convert(field.Type()))
	case field.Kind() == reflect.Interface && x.Type().Implements(field.Type()):
		field.Set(x)
	case field.CanInt() && x.CanInt() && !field.OverflowInt(x.Int()):
		field.SetInt(x.Int())
	case field.CanUint() && x.CanInt() && x.Int() >= 0 && !field.OverflowUint(uint64(x.Int())):
		field.SetUint(uint64(x.Int()))
	default:
		p.fail(word, "expected a parameter of type %v, found %v", field.Type(), word)
	}
}

// array reads f64[2]{1.0,2.0} or f64[2]{hole}.
func (p *parser) array() Array {
	first := p.peek()
	b := Buffer{Type: p.typ()}
	p.expect("{", "before the elements of an array")
	if p.at("...") {
		p.fail(p.peek(), "the elements of a constant are left out: write the func with MarshalText")
	}
	if b.Type.Stars() > 0 {
		return p.stack(b.Type)
	}
	if p.accept("hole") {
		p.expect("}", "after a hole")
		return Hole(b.Type)
	}
	n := 0
	for ; !p.accept("}"); n++ {
		if n > 0 {
			p.expect(",", "or } in an array")
		}
		word := p.peek()
		x := p.number()
		if scalarBuffer(x).Type.DType != b.Type.DType {
			p.fail(word, "expected an element of %v, found %v", b.Type, word)
		}
		switch x := x.(type) {
		case float64:
			b.F64 = append(b.F64, x)
		case int64:
			b.I64 = append(b.I64, x)
		case bool:
			b.Bool = append(b.Bool, x)
		}
	}
	if n != b.Type.Size() {
		p.fail(first, "%v has %d elements, but %d are given", b.Type, b.Type.Size(), n)
	}
	return FromBuffer(b)
}

// stack reads the rows of a stack, f64[]{1.0},f64[]{2.0}}, after the brace. One after a star, which
// is the last, stands for all that follow.
func (p *parser) stack(t Type) Array {
	b := Buffer{Type: t}
	for !p.accept("}") {
		if len(b.Rows) > 0 {
			p.expect(",", "or } in a stack")
		}
		rest := p.accept("*")
		word := p.peek()
		row := p.array()
		if !row.Type().Equal(t.Row()) {
			p.fail(word, "expected a row of %v, found one of %v", t, row.Type())
		}
		r := row.buffer()
		if rest {
			b = b.WithRest(&r)
			p.expect("}", "after the row that stands for the others of a stack")
			break
		}
		b.Rows = append(b.Rows, r)
	}
	return FromBuffer(b)
}

func (p *parser) typ() Type {
	first := p.peek()
	t := Type{DType: p.dtype()}
	p.expect("[", "after a dtype")
	for !p.accept("]") {
		if len(t.Shape) > 0 {
			p.expect(",", "or ] in a shape")
		}
		word := p.next()
		if word.text == "*" {
			t.Shape = append(t.Shape, Star)
			continue
		}
		n, err := strconv.Atoi(word.text)
		if err != nil || n < 0 {
			p.fail(word, "expected a length in a shape, found %v", word)
		}
		t.Shape = append(t.Shape, n)
	}
	if !t.sound() {
		p.fail(first, "%v has too many elements", t)
	}
	return t
}

func (p *parser) dtype() DType {
	t := p.next()
	d := slices.Index(dtypeNames[:], t.text)
	if d < 0 || t.kind != nameToken {
		p.fail(t, "expected a type, as f64[3], found %v", t)
	}
	return DType(d)
}
