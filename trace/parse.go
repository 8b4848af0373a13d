package trace

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Parse reads the text of a func, as String and MarshalText write it: see the grammar in the
// documentation of the package. White space is free, and # begins a comment. It knows the
// primitives of the packages that are linked in, and checks what it has read. Its error names the
// line.
func Parse(text string) (f *Func, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case syntaxError:
			f, err = nil, r
		default:
			panic(r)
		}
	}()
	p := &parser{tokens: scan(text), funcs: map[string]*Func{}}
	for p.accept("@") {
		name := p.name("the name of a func")
		if p.funcs[name.text] != nil {
			p.fail(name, "func %s is defined twice", name.text)
		}
		p.expect("=", "after the name of a func")
		if p.funcs[name.text], err = p.function(); err != nil {
			return nil, err
		}
	}
	if f, err = p.function(); err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != endToken {
		p.fail(t, "expected the end of the text, found %v", t)
	}
	return f, nil
}

// ParseType reads a type, as f64[2,3], that Type.String has written.
func ParseType(text string) (t Type, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case syntaxError:
			t, err = Type{}, errors.New(r.msg)
		default:
			panic(r)
		}
	}()
	p := &parser{tokens: scan(text)}
	t = p.typ()
	if end := p.peek(); end.kind != endToken {
		p.fail(end, "expected the end of a type, found %v", end)
	}
	return t, nil
}

// funcByName reads @f1, which must have been defined.
func (p *parser) funcByName() *Func {
	p.expect("@", "before the name of a func")
	name := p.name("the name of a func")
	f, ok := p.funcs[name.text]
	if !ok {
		p.fail(name, "func %s is not defined", name.text)
	}
	return f
}

// UnmarshalText sets f, which must not be in use, to the func that Parse reads.
func (f *Func) UnmarshalText(text []byte) error {
	g, err := Parse(string(text))
	if err == nil {
		*f = *g
	}
	return err
}

type syntaxError struct {
	line int
	msg  string
}

func (e syntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.msg) }

// parser reads tokens by recursive descent and panics with a syntaxError.
type parser struct {
	tokens   []token
	funcs    map[string]*Func // those defined so far
	f        *Func            // the one being read
	lines    []int            // of the equations
	vars     map[string]Var
	literals map[string]Var // by canonical text: printing writes one literal at every use
}

func (p *parser) fail(t token, format string, args ...any) {
	panic(syntaxError{t.line, fmt.Sprintf(format, args...)})
}

func (p *parser) peek() token { return p.tokens[0] }

func (p *parser) next() token {
	t := p.tokens[0]
	if t.kind != endToken {
		p.tokens = p.tokens[1:]
	}
	return t
}

// at reports whether the next token is the given mark or word.
func (p *parser) at(text string) bool { return p.peek().kind != stringToken && p.peek().text == text }

// accept skips the given mark or word, if it is next.
func (p *parser) accept(text string) bool {
	ok := p.at(text)
	if ok {
		p.next()
	}
	return ok
}

func (p *parser) expect(text, where string) {
	if !p.accept(text) {
		p.fail(p.peek(), "expected %q %s, found %v", text, where, p.peek())
	}
}

// function reads one func and checks it.
func (p *parser) function() (*Func, error) {
	p.f, p.lines = &Func{}, nil
	p.f.memo = new(memo)
	p.vars, p.literals = map[string]Var{}, map[string]Var{}
	p.expect("func", "at the beginning")
	p.expect("(", "after func")
	p.f.inputs = len(p.bind(p.binders()))
	if p.accept(";") {
		p.f.captures = len(p.bind(p.binders()))
	}
	p.expect(")", "after the inputs and captures")
	p.expect("{", "before the equations")
	for !p.accept("return") {
		p.equation()
	}
	p.f.outputs = p.operands()
	p.expect("}", "after the results")
	return p.f, p.f.check(func(i int) string { return fmt.Sprintf("line %d", p.lines[i]) })
}

// binder is a variable that is to be defined.
type binder struct {
	name token
	typ  Type
}

// binders reads a:f64[3], b:f64[].
func (p *parser) binders() []binder {
	var bs []binder
	for p.peek().kind == nameToken {
		name := p.name("the name of a variable")
		p.expect(":", "and a type after variable "+name.text)
		bs = append(bs, binder{name, p.typ()})
		if !p.accept(",") {
			break
		}
	}
	return bs
}

// bind defines variables, so that what follows can use them.
func (p *parser) bind(bs []binder) []Var {
	vs := make([]Var, len(bs))
	for i, b := range bs {
		if _, ok := p.vars[b.name.text]; ok {
			p.fail(b.name, "variable %s is defined twice", b.name.text)
		}
		vs[i] = p.define(b.typ)
		p.vars[b.name.text] = vs[i]
	}
	return vs
}

func (p *parser) define(t Type) Var {
	p.f.types = append(p.f.types, t)
	return Var(len(p.f.types) - 1)
}

func (p *parser) name(what string) token {
	t := p.next()
	if t.kind != nameToken || reserved(t.text) {
		p.fail(t, "expected %s, found %v", what, t)
	}
	return t
}

// equation reads c:f64[3] = mul a b.
func (p *parser) equation() {
	if t := p.peek(); t.kind != nameToken {
		p.fail(t, "expected an equation or return, found %v", t)
	}
	outs := p.binders()
	p.expect("=", "after the results of an equation")
	line := p.peek().line
	e := Equation{Primitive: p.primitive(), Ins: p.operands()}
	e.Outs = p.bind(outs)
	p.emit(e, line)
}

// operands reads variables and literals, up to a word with which the next equation begins.
func (p *parser) operands() []Var {
	var vs []Var
	for {
		t := p.peek()
		if t.kind != nameToken && t.kind != numberToken || t.text == "return" {
			return vs
		}
		if v, ok := p.vars[t.text]; ok {
			p.next()
			vs = append(vs, v)
			continue
		}
		if t.kind == nameToken && !reserved(t.text) {
			if p.tokens[1].text == ":" || p.tokens[1].text == "," {
				return vs
			}
			p.fail(t, "variable %s is not defined", t.text)
		}
		vs = append(vs, p.literal())
	}
}

// literal reads 2.0 as an equation that makes it, one for all uses.
func (p *parser) literal() Var {
	line := p.peek().line
	value := p.number()
	e := Equation{Primitive: full{Value: value, Type: scalarBuffer(value).Type}}
	text := Canonical(e.Primitive)
	v, ok := p.literals[text]
	if !ok {
		v = p.define(e.Primitive.(full).Type)
		p.literals[text] = v
		e.Outs = []Var{v}
		p.emit(e, line)
	}
	return v
}

func (p *parser) emit(e Equation, line int) {
	p.f.equations = append(p.f.equations, e)
	p.f.effects = p.f.effects || HasEffect(e.Primitive)
	p.lines = append(p.lines, line)
}

// number reads a float64, int64 or bool.
func (p *parser) number() any {
	t := p.next()
	v, err := parseLiteral(t)
	if err != nil {
		p.fail(t, "%v", err)
	}
	return v
}

// primitive reads reduce_sum[axes=(0,1)].
func (p *parser) primitive() Primitive {
	name := p.name("the name of a primitive")
	prototype, ok := lookup(name.text)
	if !ok {
		p.fail(name, "unknown primitive %s", name.text)
	}
	made := reflect.New(reflect.TypeOf(prototype)).Elem()
	made.Set(reflect.ValueOf(prototype))
	fields := map[string]reflect.Value{}
	for _, param := range paramsOf(made.Type()) {
		fields[param.name] = param.in(made)
	}
	if p.accept("[") {
		for !p.accept("]") {
			param := p.name("the name of a parameter")
			field, ok := fields[param.text]
			if !ok {
				p.fail(param, "%s has no parameter %s, or it is given twice", name.text, param.text)
			}
			delete(fields, param.text)
			p.expect("=", "after the name of a parameter")
			p.value(field)
		}
	}
	for _, param := range slices.Sorted(maps.Keys(fields)) {
		p.fail(name, "%s needs the parameter %s", name.text, param)
	}
	return made.Interface().(Primitive)
}
