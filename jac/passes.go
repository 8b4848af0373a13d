package jac

import (
	"fmt"
	"iter"
	"slices"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Cost is what the Jacobian of a function costs at an argument.
type Cost struct {
	Primal           float64 // work of the function itself
	Forward, Reverse Mode
}

// Mode is what one mode costs. Work counts about as many floating point operations: for each
// equation the elements of the largest array that it reads or writes, or what the primitive says. A loop
// counts for each of its steps, or for one if their number is not known, and a conditional with all its branches.
type Mode struct {
	Directions int     // forward, the inputs that carry a derivative; reverse, the outputs
	Chunks     int     // the passes in which they go through, many at once
	Work       float64 // of all directions
}

// ForwardWins reports whether forward mode does less work than reverse mode, or as little.
func (c Cost) ForwardWins() bool { return c.Forward.Work <= c.Reverse.Work }

// String describes the cost in three lines:
//
//	2 inputs, 50000 outputs, work 2.5e+05
//	forward: 2 directions in 1 chunk, work 9e+05 (wins)
//	reverse: 50000 directions in 1250 chunks, work 1.5e+10
func (c Cost) String() string {
	modes := []struct {
		name string
		Mode
		wins bool
	}{{"forward", c.Forward, c.ForwardWins()}, {"reverse", c.Reverse, !c.ForwardWins()}}
	s := fmt.Sprintf("%s, %s, work %.3g", count(c.Forward.Directions, "input"), count(c.Reverse.Directions, "output"), c.Primal)
	for _, m := range modes {
		s += fmt.Sprintf("\n%s: %s in %s, work %.3g", m.name,
			count(m.Directions, "direction"), count(m.Chunks, "chunk"), m.Work)
		if m.wins {
			s += " (wins)"
		}
	}
	return s
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Passes returns what the Jacobian of f at an argument costs in each mode. It traces f and does
// not compute the Jacobian.
func Passes[In any](f func(In) num.Array, in In) Cost {
	return record("jac.Passes", f, in).cost()
}

// cost weighs the modes by what they would run, recorded for the types alone.
func (r *recorded[In]) cost() Cost {
	c := Cost{Primal: work(r.Func)}
	f := r.Func
	types := slices.Concat(f.Types(f.Inputs()), f.Types(f.Captures()))
	trace.Build(types, func(args []trace.Array) []trace.Array {
		c.Forward = r.mode(r.push(args, nil))
		c.Reverse = r.mode(r.pull(args, nil))
		return nil
	})
	return c
}

func (r *recorded[In]) mode(l linear) Mode {
	n, k := l.basis(), r.lanes(l)
	return Mode{Directions: n, Chunks: (n + k - 1) / k, Work: float64(n) * work(l.fn)}
}

// worker is a primitive whose work is more than that of running through its arrays.
type worker interface {
	Work(in []trace.Type) int
}

// looper is a primitive that runs its bodies a known number of times; others count as once.
type looper interface {
	Trips() int
}

// work returns the sum, over the equations that depend on f's inputs, of what each has to do.
func work(f *trace.Func) float64 {
	sum := 0.0
	for _, e := range dependents(f) {
		if p, ok := e.Primitive.(worker); ok {
			sum += float64(p.Work(f.Types(e.Ins)))
			continue
		}
		if bodies := trace.Funcs(e.Primitive); len(bodies) > 0 {
			sum += workOf(bodies, e.Primitive)
			continue
		}
		widest := 0
		for _, v := range slices.Concat(e.Ins, e.Outs) {
			widest = max(widest, f.Type(v).Size())
		}
		sum += float64(widest)
	}
	return sum
}

// workOf returns the work of a primitive that owns bodies.
func workOf(bodies []*trace.Func, p trace.Primitive) float64 {
	trips := 1
	if l, ok := p.(looper); ok {
		trips = l.Trips()
	}
	sum := 0.0
	for _, body := range bodies {
		sum += float64(trips) * work(body)
	}
	return sum
}

// dependents returns the places and the equations of f, in order, that depend on its inputs.
func dependents(f *trace.Func) iter.Seq2[int, *trace.Equation] {
	return func(yield func(int, *trace.Equation) bool) {
		reached := make([]bool, f.NumVars())
		for _, v := range f.Inputs() {
			reached[v] = true
		}
		for i := range f.Equations() {
			e := &f.Equations()[i]
			if !slices.ContainsFunc(e.Ins, func(v trace.Var) bool { return reached[v] }) {
				continue
			}
			for _, v := range e.Outs {
				reached[v] = true
			}
			if !yield(i, e) {
				return
			}
		}
	}
}
