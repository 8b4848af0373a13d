package trace

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// Canonical returns the text that identifies a primitive and its parameters: two primitives
// with the same text are the same.
func Canonical(p Primitive) string { return string(appendCanonical(nil, p)) }

// fewElements is the number of elements up to which constants with the same ones are the same. Larger
// constants are told apart by identity: to compare their elements would cost more than it saves.
const fewElements = 64

// appendCanonical appends the canonical text.
func appendCanonical(text []byte, p Primitive) []byte {
	if c, ok := p.(constant); ok && c.large() {
		return fmt.Appendf(text, "constant@%p", c.Value.c)
	}
	return appendPrimitive(text, p, func(f *Func) string { return "@" + f.digest() })
}

// appendPrimitive appends the name and the parameters, reduce_sum[axes=(0,1)], with funcs by name.
func appendPrimitive(text []byte, p Primitive, name func(*Func) string) []byte {
	text = append(text, p.Name()...)
	v := reflect.ValueOf(p)
	params := paramsOf(v.Type())
	for i, param := range params {
		between := byte(' ')
		if i == 0 {
			between = '['
		}
		text = append(append(append(text, between), param.name...), '=')
		text = appendParam(text, param.in(v), name)
	}
	if len(params) > 0 {
		text = append(text, ']')
	}
	return text
}

// param is an exported field of a primitive, or of its rule.
type param struct {
	name  string
	index []int
}

func (p param) in(v reflect.Value) reflect.Value {
	if len(p.index) == 1 {
		return v.Field(p.index[0])
	}
	return v.FieldByIndex(p.index)
}

var paramCache sync.Map // reflect.Type -> []param

// paramsOf returns the parameters of a type of primitives.
func paramsOf(t reflect.Type) []param {
	if ps, ok := paramCache.Load(t); ok {
		return ps.([]param)
	}
	if t.Kind() != reflect.Struct {
		panic(Errorf("", "the primitive type %v must be a struct whose exported fields are the parameters", t))
	}
	ps := findParams(t, nil, nil)
	paramCache.Store(t, ps)
	return ps
}

// findParams appends the exported fields of t in order, with those of its rule (a field that is a
// struct) in place of it. It refuses what would make two primitives look like one.
func findParams(t reflect.Type, at []int, ps []param) []param {
	effect := t.Implements(effectType)
	for i := range t.NumField() {
		field := t.Field(i)
		index := append(at[:len(at):len(at)], i)
		rule := field.Type.Kind() == reflect.Struct && field.Type != arrayType && field.Type != typeType
		switch {
		case rule && (field.IsExported() || field.Anonymous):
			ps = findParams(field.Type, index, ps)
		case field.IsExported():
			ps = append(ps, param{snakeCase(field.Name), index})
		case field.Type == cellType: // what the parameters make
		case effect && field.Type.Kind() == reflect.Func: // no two equations are taken for one
		case field.Type.Size() > 0:
			panic(Errorf("", "the primitive type %v has the unexported field %s: a parameter must be exported", t, field.Name))
		}
	}
	return ps
}

// snakeCase returns the name of a field as the IR prints it: lhs_batch for LhsBatch.
func snakeCase(field string) string {
	var b strings.Builder
	for i, r := range field {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

var (
	arrayType  = reflect.TypeFor[Array]()
	cellType   = reflect.TypeFor[*cell]()
	typeType   = reflect.TypeFor[Type]()
	dtypeType  = reflect.TypeFor[DType]()
	effectType = reflect.TypeFor[Effect]()
)

func appendParam(text []byte, v reflect.Value, name func(*Func) string) []byte {
	switch {
	case v.Type() == funcType:
		if v.IsNil() {
			return append(text, "@?"...)
		}
		return append(text, name(v.Interface().(*Func))...)
	case v.Type() == typeType:
		return v.Interface().(Type).append(text)
	case v.Type() == dtypeType:
		return append(text, DType(v.Uint()).String()...)
	case v.Type() == arrayType:
		return appendElements(text, v.Interface().(Array).buffer())
	case v.Kind() == reflect.Interface && !v.IsNil():
		return appendParam(text, v.Elem(), name)
	case v.Kind() == reflect.Slice:
		text = append(text, '(')
		for i := range v.Len() {
			if i > 0 {
				text = append(text, ',')
			}
			if x := v.Index(i); x.CanInt() {
				text = strconv.AppendInt(text, x.Int(), 10)
			} else {
				text = appendParam(text, x, name)
			}
		}
		return append(text, ')')
	case v.Kind() == reflect.Float64:
		return appendFloat(text, v.Float())
	case v.Kind() == reflect.String:
		return strconv.AppendQuote(text, v.String())
	case v.Kind() == reflect.Bool:
		return strconv.AppendBool(text, v.Bool())
	case v.CanInt():
		return strconv.AppendInt(text, v.Int(), 10)
	case v.CanUint():
		return strconv.AppendUint(text, v.Uint(), 10)
	default:
		return fmt.Append(text, v.Interface())
	}
}

// appendElements appends an array as a parameter: f64[2]{1.0,2.0}, f64[2]{hole}. The last row of a stack
// may stand for all that follow: f64[*]{f64[]{1.0},*f64[]{2.0}}.
func appendElements(text []byte, b Buffer) []byte {
	text = append(b.Type.append(text), '{')
	if b.Type.Stars() > 0 {
		for i, row := range b.Rows {
			if i > 0 {
				text = append(text, ',')
			}
			text = appendElements(text, row)
		}
		if rest := b.Rest(); rest != nil {
			if len(b.Rows) > 0 {
				text = append(text, ',')
			}
			text = appendElements(append(text, '*'), *rest)
		}
		return append(text, '}')
	}
	if b.Hole() {
		return append(text, "hole}"...)
	}
	for i := range b.Type.Size() {
		if i > 0 {
			text = append(text, ',')
		}
		switch b.Type.DType {
		case F64:
			text = appendFloat(text, b.F64[i])
		case I64:
			text = strconv.AppendInt(text, b.I64[i], 10)
		case Bool:
			text = strconv.AppendBool(text, b.Bool[i])
		}
	}
	return append(text, '}')
}

// appendFloat appends the shortest text that parses to x and does not look like an integer.
func appendFloat(text []byte, x float64) []byte {
	n := len(text)
	text = strconv.AppendFloat(text, x, 'g', -1, 64)
	if strings.ContainsAny(string(text[n:]), ".eNI") {
		return text
	}
	return append(text, ".0"...)
}
