package trace

import (
	"fmt"
	"strings"
)

// elide is the number of elements from which String leaves out the elements of a constant.
const elide = 64

// String returns the text of f. It can be parsed, unless f holds a constant of more than 64
// elements, which String leaves out and MarshalText does not. It copes with a broken f.
func (f *Func) String() string { return f.text("func", elide) }

// MarshalText returns the whole text of f, which Parse reads back.
func (f *Func) MarshalText() ([]byte, error) { return []byte(f.text("func", -1)), nil }

// ownText returns the text of f without the funcs that it owns, which have names by digest.
func (f *Func) ownText(head string, elide int, funcs map[string]string) string {
	p := newPrinter(f, elide)
	p.funcs = funcs
	var b strings.Builder
	b.WriteString(head + p.head() + "\n")
	for i := range f.equations {
		if !p.inline(&f.equations[i]) {
			fmt.Fprintf(&b, "  %s\n", p.equation(&f.equations[i]))
		}
	}
	fmt.Fprintf(&b, "  %s\n}", p.words("return", f.outputs))
	return b.String()
}

// head returns the inputs and the captures, as far as they exist.
func (p *printer) head() string {
	end := len(p.f.types)
	inputs := min(max(p.f.inputs, 0), end)
	captures := min(max(p.f.inputs+p.f.captures, inputs), end)
	s := "(" + p.binders(vars(0, inputs))
	if captures > inputs {
		s += "; " + p.binders(vars(inputs, captures))
	}
	return s + ") {"
}

// printer names the variables of a func in the order in which they are printed.
type printer struct {
	f     *Func
	elide int
	names []string
	funcs map[string]string
}

func newPrinter(f *Func, elide int) *printer {
	p := &printer{f: f, elide: elide, names: make([]string, len(f.types))}
	n := 0
	name := func(v Var) {
		if p.known(v) && p.names[v] == "" {
			for reserved(varName(n)) {
				n++
			}
			p.names[v] = varName(n)
			n++
		}
	}
	for v := range min(f.inputs+f.captures, len(f.types)) {
		name(Var(v))
	}
	for i := range f.equations {
		e := &f.equations[i]
		if p.inline(e) {
			if v := e.Outs[0]; p.known(v) {
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
	return ok && l.Type.Rank() == 0 && len(e.Outs) == 1 && len(e.Ins) == 0
}

// known reports whether v is in range.
func (p *printer) known(v Var) bool { return v >= 0 && int(v) < len(p.f.types) }

func literalText(v any) string {
	if x, ok := v.(float64); ok {
		return string(appendFloat(nil, x))
	}
	return fmt.Sprint(v)
}

func (p *printer) name(v Var) string {
	if !p.known(v) || p.names[v] == "" {
		return "?"
	}
	return p.names[v]
}

func (p *printer) binders(vs []Var) string {
	words := make([]string, len(vs))
	for i, v := range vs {
		words[i] = p.name(v)
		if p.known(v) {
			words[i] += ":" + p.f.types[v].String()
		}
	}
	return strings.Join(words, ", ")
}

func (p *printer) equation(e *Equation) string {
	return p.binders(e.Outs) + " = " + p.words(p.primitive(e.Primitive), e.Ins)
}

func (p *printer) primitive(q Primitive) string {
	if q == nil {
		return "?"
	}
	if c, ok := q.(constant); ok && p.elide >= 0 && c.Value.buffer().elements() > p.elide {
		return fmt.Sprintf("constant[value=%v{...}]", c.Value.Type())
	}
	return string(appendPrimitive(nil, q, func(f *Func) string {
		if name, ok := p.funcs[f.digest()]; ok {
			return name
		}
		return "@?"
	}))
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
