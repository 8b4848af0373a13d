package trace

import (
	"fmt"
	"strconv"
	"strings"
)

// Dot returns f as a picture for Graphviz: dot -Tsvg. Inputs, captures (dashed) and results are
// boxes, equations are ellipses with the primitive and what it makes, literals stand bare. Where
// an equation has several operands, the number of each stands at its arrow. The funcs that equations
// own, the bodies of loops and the branches of conditionals, are frames with their names.
func (f *Func) Dot() string {
	var d dotter
	d.line("digraph {")
	order := f.nested()
	names := funcNames(order)
	for i, g := range order[:len(order)-1] {
		d.line("  subgraph cluster_%d {", i+1)
		d.line("  label=%q", names[g.digest()])
		d.draw(g, fmt.Sprintf("f%d_", i+1), names)
		d.line("  }")
	}
	d.draw(f, "", names)
	d.line("}")
	return strings.TrimSuffix(d.text.String(), "\n")
}

type dotter struct {
	*printer
	text     strings.Builder
	prefix   string   // of the names of dot's nodes
	from     []string // the dot node that makes each variable
	literals int
}

// draw draws one func; prefix tells its nodes from those of others.
func (d *dotter) draw(f *Func, prefix string, funcs map[string]string) {
	d.printer = newPrinter(f, 8)
	d.funcs = funcs
	d.prefix, d.from, d.literals = prefix, make([]string, len(f.types)), 0
	d.inputs()
	for i := range f.equations {
		if e := &f.equations[i]; !d.inline(e) {
			d.equation(d.node("e", i), e)
		}
	}
	for i, v := range f.outputs {
		d.line("  %s [shape=box label=%q]", d.node("r", i), fmt.Sprintf("result %d", i))
		d.arrow(v, d.node("r", i), "")
	}
}

func (d *dotter) node(kind string, i int) string { return d.prefix + kind + strconv.Itoa(i) }

func (d *dotter) line(format string, args ...any) {
	fmt.Fprintf(&d.text, format+"\n", args...)
}

func (d *dotter) inputs() {
	for v := range min(d.f.inputs+d.f.captures, len(d.f.types)) {
		style := ""
		if v >= d.f.inputs {
			style = " style=dashed"
		}
		d.from[v] = d.node("v", v)
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
		from = d.node("l", d.literals)
		d.literals++
		d.line("  %s [shape=plaintext label=%q]", from, d.name(v))
	}
	d.line("  %s -> %s%s", from, to, attributes)
}
