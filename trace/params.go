package trace

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// Canonical returns the text that identifies a primitive and its parameters: two primitives
// with the same text are the same.
func Canonical(p Primitive) string {
	if c, ok := p.(constant); ok {
		return fmt.Sprintf("constant@%p", c.Value.c)
	}
	v := reflect.ValueOf(p)
	if v.Type().Size() > 0 {
		return p.Name() + params(v)
	}
	if s, ok := names.Load(v.Type()); ok {
		return s.(string)
	}
	s := p.Name()
	names.Store(v.Type(), s)
	return s
}

var names sync.Map // of the primitives without parameters, by type

// params prints the exported fields: [axes=0,1 keep=true], or nothing if there are none.
func params(v reflect.Value) string {
	var b strings.Builder
	eachParam(v, func(name string, field reflect.Value) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(name)
		b.WriteByte('=')
		printParam(&b, field)
	})
	if b.Len() == 0 {
		return ""
	}
	return "[" + b.String() + "]"
}

// eachParam visits the exported fields of a primitive in order, those of its rule (a field that
// is a struct) in place of it.
func eachParam(v reflect.Value, visit func(name string, field reflect.Value)) {
	for i := range v.NumField() {
		field, f := v.Type().Field(i), v.Field(i)
		switch {
		case !field.IsExported():
		case f.Kind() == reflect.Struct && field.Type != arrayType && field.Type != typeType:
			eachParam(f, visit)
		default:
			visit(strings.ToLower(field.Name), f)
		}
	}
}

var (
	arrayType = reflect.TypeFor[Array]()
	typeType  = reflect.TypeFor[Type]()
	dtypeType = reflect.TypeFor[DType]()
)

func printParam(b *strings.Builder, v reflect.Value) {
	switch {
	case v.Type() == typeType || v.Type() == dtypeType:
		fmt.Fprint(b, v.Interface())
	case v.Type() == arrayType:
		printElements(b, v.Interface().(Array).buffer())
	case v.Kind() == reflect.Interface && !v.IsNil():
		printParam(b, v.Elem())
	case v.Kind() == reflect.Slice:
		b.WriteByte('(')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			printParam(b, v.Index(i))
		}
		b.WriteByte(')')
	case v.Kind() == reflect.Float64:
		b.WriteString(floatText(v.Float()))
	case v.Kind() == reflect.String:
		b.WriteString(strconv.Quote(v.String()))
	default:
		fmt.Fprint(b, v.Interface())
	}
}

// printElements prints an array as a parameter: f64[2]{1.0,2.0}.
func printElements(b *strings.Builder, buf Buffer) {
	b.WriteString(buf.Type.String())
	b.WriteByte('{')
	for i := range buf.Type.Size() {
		if i > 0 {
			b.WriteByte(',')
		}
		switch buf.Type.DType {
		case F64:
			b.WriteString(floatText(buf.F64[i]))
		case I64:
			b.WriteString(strconv.FormatInt(buf.I64[i], 10))
		case Bool:
			b.WriteString(strconv.FormatBool(buf.Bool[i]))
		}
	}
	b.WriteByte('}')
}

// floatText returns the shortest text that parses to x and does not look like an integer.
func floatText(x float64) string {
	s := strconv.FormatFloat(x, 'g', -1, 64)
	if strings.ContainsAny(s, ".eNI") {
		return s
	}
	return s + ".0"
}
