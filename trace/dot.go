package trace

import (
	"fmt"
	"strconv"
	"strings"
)

// Dot returns f as a picture for Graphviz: dot -Tsvg. Inputs, captures (dashed) and results are
// boxes, equations are ellipses with the primitive and what it makes, literals stand bare. Where
// an equation has several operands, the number of each stands at its arrow.
func (f *Func) Dot() string {
	d := dotter{printer: newPrinter(f, 8), from: make([]string, len(f.types))}
	d.line("digraph {")
	d.inputs()
	for i := range f.equations {
		if e := &f.equations[i]; !d.inline(e) {
			d.equation("e"+strconv.Itoa(i), e)
		}
	}
	for i, v := range f.outputs {
		name := "r" + strconv.Itoa(i)
		d.line("  %s [shape=box label=%q]", name, fmt.Sprintf("result %d", i))
		d.arrow(v, name, "")
	}
	d.line("}")
	return strings.TrimSuffix(d.text.String(), "\n")
}

type dotter struct {
	*printer
	text     strings.Builder
	from     []string // the dot node that makes each variable
	literals int
}

func (d *dotter) line(format string, args ...any) {
	fmt.Fprintf(&d.text, format+"\n", args...)
}

func (d *dotter) inputs() {
	for v := range min(d.f.inputs+d.f.captures, len(d.f.types)) {
		style := ""
		if v >= d.f.inputs {
			style = " style=dashed"
		}
		d.from[v] = "v" + strconv.Itoa(v)
		d.line("  %s [shape=box%s label=%q]", d.from[v], style, d.binders([]Var{Var(v)}))
	}
}

func (d *dotter) equation(name string, e *Equation) {
	d.line("  %s [label=%q]", name, d.primitive(e.Primitive)+"\n"+d.binders(e.Outs))
	for i, v := range e.Ins {
		number := ""
		if len(e.Ins) > 1 {
			number = fmt.Sprintf(" [label=%d]", i)
		}
		d.arrow(v, name, number)
	}
	for _, v := range e.Outs {
		if d.known(v) {
			d.from[v] = name
		}
	}
}

// arrow draws an arrow from what makes v. A literal is drawn at each use.
func (d *dotter) arrow(v Var, to, attributes string) {
	from := ""
	if d.known(v) {
		from = d.from[v]
	}
	if from == "" {
		from = "l" + strconv.Itoa(d.literals)
		d.literals++
		d.line("  %s [shape=plaintext label=%q]", from, d.name(v))
	}
	d.line("  %s -> %s%s", from, to, attributes)
}
