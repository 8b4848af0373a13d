package pass

import (
	"math"
	"slices"
	"sync"

	"github.com/gradus-ad/gradus/trace"
)

// What regroup asks of primitives; package num says more.
type (
	monomialer interface {
		Monomial() (sign float64, powers []int)
	}
	summer   interface{ Second() float64 }
	steady   interface{ Steady() bool }
	multiply interface {
		Times(x, y trace.Array) trace.Array
		Plus(x, y trace.Array) trace.Array
		Minus(x, y trace.Array) trace.Array
		Negative(x trace.Array) trace.Array
	}
)

// regroup looks at products of products as monomials: powers of what they are made of, times a number. Derivatives have many
// that are equal, or multiples of each other, or are added where they have factors in common, as they are made equation by
// equation. Where it takes fewer products and sums, they are multiplied in another order: x*y + y*x is one product and
// 2*x*y + z*(x*w) is x*(2*y + z*w). So results are rounded elsewhere. What becomes of infinities and NaN among the operands
// stays, except that inf*x - inf*y, which is NaN, may be inf*(x - y), and that a sum that is 0 may have the other sign. What
// overflows or underflows on the way does so for operands that are about as large or as small as before.
func regroup(f *trace.Func) *trace.Func {
	r := regroupers.Get().(*regrouper)
	defer r.release()
	if !r.begin(f) {
		return f
	}
	r.find()
	if !r.decide() {
		return f
	}
	return r.rebuild()
}

// regroupers are for one func after the other, which are mostly left as they are.
var regroupers = sync.Pool{New: func() any { return new(regrouper) }}

// regrouper knows the monomials of a func.
type regrouper struct {
	*trace.Func
	product multiply
	jumps   []bool
	made    []*trace.Equation
	forms   []monomial
	selves  []factor // each variable as a factor
	seen    []bool   // variables that are looked through, which are monomials or multiples of them
	cluster []int32  // of variables that are looked through: another one of those that are made of each other, or itself
	wild    []bool   // isWild
	depth   []int32  // how many equations it takes to make a variable, one after the other
	values  []value  // what is made beside variables, which come first: value k is number NumVars + k
	groups  []*group // by their roots
	storage factors
	work    planning
}

// value is a sum of two monomials, or a product of two values or variables, or a number.
type value struct {
	kind    valueKind
	x, y    monomial // of a sum
	a, b    int32    // of a product
	factors []factor // of a product, without numbers; a sum is one by itself
	c       float64  // a number
	depth   int32
	wild    bool
	array   trace.Array // as it is built
	built   bool
}

type valueKind uint8

const (
	aSum valueKind = iota
	aProduct
	aNumber
)

// put adds a value and returns its number.
func (r *regrouper) put(x value) int32 {
	r.values = append(r.values, x)
	return int32(r.NumVars() + len(r.values) - 1)
}

// valueOf returns the value of a number, or nil if that is a variable.
func (r *regrouper) valueOf(k int32) *value {
	if n := int32(r.NumVars()); k >= n {
		return &r.values[k-n]
	}
	return nil
}

// is reports whether a number is that of a value of some kind.
func (r *regrouper) is(k int32, kind valueKind) bool {
	x := r.valueOf(k)
	return x != nil && x.kind == kind
}

// begin looks at a func, and reports whether there are products of products.
func (r *regrouper) begin(f *trace.Func) bool {
	n, nested := f.NumVars(), false
	r.Func, r.made = f, zeros(r.made, n)
	es := f.Equations()
	for i := range es {
		e := &es[i]
		for _, v := range e.Outs {
			r.made[v] = e
		}
		if m, ok := e.Primitive.(multiply); ok {
			r.product = m
		}
		nested = nested || powersOf(e) != nil && slices.ContainsFunc(e.Ins, func(v trace.Var) bool {
			return r.made[v] != nil && powersOf(r.made[v]) != nil
		})
	}
	if r.product == nil || !nested {
		return false
	}
	r.jumps = jumping(f)
	r.forms, r.selves, r.groups = zeros(r.forms, n), zeros(r.selves, n), zeros(r.groups, n)
	r.seen, r.wild = zeros(r.seen, n), zeros(r.wild, n)
	r.cluster, r.depth = zeros(r.cluster, n), zeros(r.depth, n)
	return true
}

// release leaves r to the next func, without anything of this one.
func (r *regrouper) release() {
	clear(r.made)
	clear(r.forms)
	clear(r.groups)
	clear(r.values)
	r.Func, r.product = nil, nil
	r.made, r.forms, r.groups, r.values = r.made[:0], r.forms[:0], r.groups[:0], r.values[:0]
	regroupers.Put(r)
}

// zeros returns n zeros, in the place of what there is if that suffices.
func zeros[E any](old []E, n int) []E {
	if n > cap(old) {
		return make([]E, n)
	}
	clear(old[:n])
	return old[:n]
}

// powersOf returns those of the operands that an equation is a product of.
func powersOf(e *trace.Equation) []int {
	if p, ok := e.Primitive.(monomialer); ok {
		_, powers := p.Monomial()
		return powers
	}
	return nil
}

// find finds the monomials.
func (r *regrouper) find() {
	for v := range r.forms {
		r.selves[v] = factor{int32(v), 1}
		r.forms[v] = monomial{1, r.selves[v : v+1 : v+1]}
		r.cluster[v] = int32(v)
	}
	es := r.Equations()
	for i := range es {
		e := &es[i]
		d := int32(0)
		for _, v := range e.Ins {
			d = max(d, r.depth[v])
		}
		wild := isWild(e, r.wild)
		for _, v := range e.Outs {
			r.depth[v], r.wild[v] = d+1, wild
		}
		if len(e.Outs) != 1 {
			continue
		}
		v := e.Outs[0]
		if t := r.Type(v); t.DType != trace.F64 || t.Stars() > 0 {
			continue
		}
		if len(e.Ins) == 0 && !trace.HasEffect(e.Primitive) {
			if x, ok := trace.SplatF64(trace.ApplyOne(e.Primitive)); ok && ordinary(x) {
				r.forms[v], r.depth[v] = monomial{by: x}, 0
			}
		} else if m, ok := r.formOf(e); ok && !r.jumps[v] {
			r.lookThrough(e, m)
		}
	}
}

// lookThrough notes that an equation makes a monomial, together with those of its operands that are monomials too.
func (r *regrouper) lookThrough(e *trace.Equation, m monomial) {
	v := e.Outs[0]
	r.forms[v], r.seen[v] = m, true
	for _, x := range e.Ins {
		if r.seen[x] {
			r.cluster[r.root(int32(x))] = r.root(int32(v))
		}
	}
}

// root returns the variable that stands for all that v is made together with.
func (r *regrouper) root(v int32) int32 {
	for r.cluster[v] != v {
		r.cluster[v] = r.cluster[r.cluster[v]]
		v = r.cluster[v]
	}
	return v
}

// formOf returns the monomial that an equation makes, if it does.
func (r *regrouper) formOf(e *trace.Equation) (m monomial, ok bool) {
	switch p := e.Primitive.(type) {
	case monomialer:
		sign, powers := p.Monomial()
		if powers == nil {
			return m, false
		}
		m, ok = monomial{by: sign}, true
		for i, power := range powers {
			x := r.forms[e.Ins[i]]
			if i == 0 && power == 1 { // m is a number
				m = monomial{m.by * x.by, x.factors}
			} else if m, ok = r.storage.times(m, 1, x, power); !ok {
				return m, false
			}
		}
		return m, len(m.factors) > 0
	case summer:
		y := r.forms[e.Ins[1]]
		y.by *= p.Second()
		return r.add(r.forms[e.Ins[0]], y, e)
	}
	return m, false
}

// add returns a sum as a monomial of a simpler sum, if it is one.
func (r *regrouper) add(x, y monomial, e *trace.Equation) (monomial, bool) {
	if len(x.factors) == 0 || len(y.factors) == 0 {
		return monomial{}, false
	}
	if sameFactors(x, y) {
		x.by += y.by
		return x, (x.by > 0) == (y.by > 0) && math.Abs(x.by) > math.Abs(y.by) && ordinary(x.by)
	}
	c := math.Abs(x.by)
	halves := c == math.Abs(y.by) && (c == 0.25 || c == 0.5 || c == 2 || c == 4)
	if !halves && !meet(x.factors, y.factors) {
		return monomial{}, false
	}
	both, restX, restY := r.storage.common(x.factors, y.factors)
	if len(restX) == 0 || len(restY) == 0 || slices.ContainsFunc(both, r.wildFactor) {
		return monomial{}, false
	}
	by := x.by
	if len(both) > 0 && math.Abs(y.by) == 1 && c != 1 {
		by = y.by
	}
	if !ordinary(y.by / by) {
		return monomial{}, false
	}
	v := e.Outs[0]
	sum := r.put(value{
		kind: aSum, x: monomial{x.by / by, restX}, y: monomial{y.by / by, restY}, depth: r.depth[v], wild: r.wild[v],
	})
	self := append(r.storage.make(1), factor{sum, 1})
	r.valueOf(sum).factors = self
	return r.storage.times(monomial{by, both}, 1, monomial{1, self}, 1)
}

// isWild reports whether what an equation makes may be 0, being too small, where inputs are of ordinary size, or is made of what may.
// It is not taken out of a sum: that might overflow then, and their product would be NaN. The argument wild tells which variables are.
func isWild(e *trace.Equation, wild []bool) bool {
	p, ok := e.Primitive.(steady)
	_, moves := e.Primitive.(trace.Mover)
	return len(e.Ins) > 0 && !moves && (!ok || !p.Steady()) || slices.ContainsFunc(e.Ins, func(v trace.Var) bool { return wild[v] })
}

// wildFactor reports that of a factor.
func (r *regrouper) wildFactor(f factor) bool {
	if x := r.valueOf(f.of); x != nil {
		return x.wild
	}
	return r.wild[f.of]
}
