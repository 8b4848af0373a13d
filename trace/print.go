package trace

import (
	"fmt"
	"reflect"
	"strings"
)

// elide is the number of elements from which String leaves out the elements of a constant.
const elide = 64

// String returns the text of f. It can be parsed, unless f holds a constant of more than 64
// elements, which String leaves out and MarshalText does not. It copes with a broken f.
func (f *Func) String() string { return f.text("func", elide) }

// MarshalText returns the whole text of f, which Parse reads back.
func (f *Func) MarshalText() ([]byte, error) { return []byte(f.text("func", -1)), nil }

func (f *Func) text(head string, elide int) string {
	p := newPrinter(f, elide)
	var b strings.Builder
	fmt.Fprintf(&b, "%s(%s", head, p.binders(f.Inputs()))
	if f.captures > 0 {
		fmt.Fprintf(&b, "; %s", p.binders(f.Captures()))
	}
	b.WriteString(") {\n")
	for i := range f.equations {
		if !p.inline(&f.equations[i]) {
			fmt.Fprintf(&b, "  %s\n", p.equation(&f.equations[i]))
		}
	}
	fmt.Fprintf(&b, "  %s\n}", p.words("return", f.outputs))
	return b.String()
}

// printer names the variables of a func in the order in which they are printed.
type printer struct {
	f     *Func
	elide int
	names []string
}

func newPrinter(f *Func, elide int) *printer {
	p := &printer{f, elide, make([]string, len(f.types))}
	n := 0
	name := func(v Var) {
		if int(v) < len(p.names) && p.names[v] == "" {
			p.names[v] = varName(n)
			n++
		}
	}
	for v := range f.inputs + f.captures {
		name(Var(v))
	}
	for i := range f.equations {
		e := &f.equations[i]
		if p.inline(e) {
			if v := e.Outs[0]; int(v) < len(p.names) {
				p.names[v] = literalText(e.Primitive.(full).Value)
			}
			continue
		}
		for _, v := range e.Outs {
			name(v)
		}
	}
	return p
}

// inline reports whether an equation is printed as a literal where its result is used.
func (p *printer) inline(e *Equation) bool {
	l, ok := e.Primitive.(full)
	return ok && l.Type.Rank() == 0 && len(e.Outs) == 1
}

func literalText(v any) string {
	if x, ok := v.(float64); ok {
		return floatText(x)
	}
	return fmt.Sprint(v)
}

func (p *printer) name(v Var) string {
	if int(v) < 0 || int(v) >= len(p.names) || p.names[v] == "" {
		return "?"
	}
	return p.names[v]
}

func (p *printer) binders(vs []Var) string {
	words := make([]string, len(vs))
	for i, v := range vs {
		words[i] = p.name(v)
		if int(v) < len(p.f.types) {
			words[i] += ":" + p.f.types[v].String()
		}
	}
	return strings.Join(words, ", ")
}

func (p *printer) equation(e *Equation) string {
	return p.binders(e.Outs) + " = " + p.words(p.primitive(e.Primitive), e.Ins)
}

func (p *printer) primitive(q Primitive) string {
	if c, ok := q.(constant); ok && p.elide >= 0 && c.Value.Size() > p.elide {
		return fmt.Sprintf("constant[value=%v{...}]", c.Value.Type())
	}
	return q.Name() + params(reflect.ValueOf(q))
}

func (p *printer) words(first string, vs []Var) string {
	for _, v := range vs {
		first += " " + p.name(v)
	}
	return first
}

// varName returns a, b, ... z, aa, ab, ...
func varName(n int) string {
	s := string(rune('a' + n%26))
	if n >= 26 {
		return varName(n/26-1) + s
	}
	return s
}
