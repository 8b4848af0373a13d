package pass

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// What needed asks of primitives; package num says more.
type (
	chooser     interface{ Chooses() }
	conjunction interface{ Both() bool }
	negation    interface{ Negates() }
)

// needed leaves out selects whose choice is known wherever it is read: in select(p, f(select(p, x, y)), z), where f works on
// each element by itself, nothing sees y. Derivatives are full of them, since every product with a masked one masks again.
func needed(f *trace.Func) *trace.Func {
	if !hasA[chooser](f) {
		return f
	}
	n := &needs{
		Func: f, made: makers(f), read: make([]bool, f.NumVars()),
		under: make([][]literal, f.NumVars()), known: make(map[trace.Var]int),
	}
	n.find()
	if len(n.known) == 0 {
		return f
	}
	return rewrite(f, func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
		if _, ok := e.Primitive.(chooser); ok {
			if i, ok := n.known[e.Outs[0]]; ok {
				return in[i : i+1], true
			}
		}
		return nil, false
	})
}

// literal is a bool variable that is true, or one that is false.
type literal struct {
	v   trace.Var
	not bool
}

// mostLiterals bounds the time for each variable.
const mostLiterals = 8

// needs knows where the elements of variables are seen.
type needs struct {
	*trace.Func
	made  []*trace.Equation
	read  []bool
	under [][]literal       // of variables that are read: what holds wherever they are
	known map[trace.Var]int // selects of which one operand, 1 or 2, is all that is seen
}

func (n *needs) find() {
	for _, v := range n.Outputs() {
		n.see(v, nil)
	}
	es := n.Equations()
	for i := len(es) - 1; i >= 0; i-- {
		e := &es[i]
		if _, pointwise := e.Primitive.(trace.Pointwise); !pointwise || len(e.Outs) != 1 || trace.HasEffect(e.Primitive) {
			for _, v := range e.Ins {
				n.see(v, nil)
			}
			continue
		}
		y := e.Outs[0]
		if _, ok := e.Primitive.(chooser); ok && n.read[y] {
			n.choose(e, n.under[y])
		} else if n.read[y] {
			for _, v := range e.Ins {
				n.see(v, n.under[y])
			}
		}
	}
}

// choose looks at a select that is seen where all of some literals hold.
func (n *needs) choose(e *trace.Equation, under []literal) {
	p := e.Ins[0]
	for i, l := range []literal{{p, false}, {p, true}} {
		if slices.Contains(under, l) {
			n.known[e.Outs[0]] = 1 + i
			n.see(e.Ins[1+i], under)
			return
		}
	}
	n.see(p, under)
	n.see(e.Ins[1], n.with(under, literal{p, false}))
	n.see(e.Ins[2], n.with(under, literal{p, true}))
}

// with adds a literal and what follows from it.
func (n *needs) with(under []literal, l literal) []literal {
	if len(under) >= mostLiterals || slices.Contains(under, l) {
		return under
	}
	under = append(under[:len(under):len(under)], l)
	e := n.made[l.v]
	if e == nil {
		return under
	}
	if _, ok := e.Primitive.(negation); ok {
		return n.with(under, literal{e.Ins[0], !l.not})
	}
	if c, ok := e.Primitive.(conjunction); ok && c.Both() != l.not { // both are true, or both are false
		for _, v := range e.Ins {
			under = n.with(under, literal{v, l.not})
		}
	}
	return under
}

// see adds a reader of a variable, which sees it where literals hold.
func (n *needs) see(v trace.Var, under []literal) {
	if !n.read[v] {
		n.read[v], n.under[v] = true, under
		return
	}
	var both []literal
	for _, l := range n.under[v] {
		if slices.Contains(under, l) {
			both = append(both, l)
		}
	}
	n.under[v] = both
}
