package tape

import (
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// CheckLinear proves that f is linear in its inputs: every equation that depends on them has a
// primitive that is linear in the operands concerned, and adds nothing to them. Results that are not f64, as masks are, do not depend on
// them then: no linear primitive makes one of f64. It returns an
// *Error that names the line of the first that is not so.
func CheckLinear(f *trace.Func) error {
	c := checker{make([]bool, f.NumVars()), make([]bool, f.NumVars())}
	for _, v := range f.Inputs() {
		c.dep[v] = true
	}
	for i := range f.Equations() {
		if err := c.equation(f, &f.Equations()[i]); err != nil {
			return err
		}
	}
	for _, v := range f.Outputs() {
		if f.Type(v).DType == trace.F64 && !c.dep[v] && !c.zero[v] {
			return &trace.Error{Msg: fmt.Sprintf("a result of %v does not depend on the inputs", f.Type(v))}
		}
	}
	return nil
}

// checker marks the variables that depend on the inputs, and those that are constant zeros.
type checker struct{ dep, zero []bool }

func (c checker) equation(f *trace.Func, e *trace.Equation) *trace.Error {
	dep := make([]bool, len(e.Ins))
	any := false
	for i, v := range e.Ins {
		dep[i] = c.dep[v]
		any = any || dep[i]
	}
	if !any {
		if len(e.Ins) == 0 && len(e.Outs) == 1 {
			c.zero[e.Outs[0]] = zeros(e.Primitive)
		}
		return nil
	}
	rule, err := linearRule(e, dep)
	if err != nil {
		return err
	}
	for i, v := range e.Ins {
		if !dep[i] && !c.zero[v] && f.Type(v).DType == trace.F64 && adds(rule, dep, i) {
			return &trace.Error{Pos: e.Pos(), Primitive: rule.Name(),
				Msg: fmt.Sprintf("is not linear: operand %d, %v, does not depend on the argument and is added to what does", i, f.Type(v))}
		}
	}
	for _, v := range e.Outs {
		c.dep[v] = f.Type(v).DType == trace.F64
	}
	return nil
}

// DependsOn marks the variables of f that depend on the inputs marked, if f is linear in these.
func DependsOn(f *trace.Func, inputs []bool) []bool {
	on := make([]bool, f.NumVars())
	copy(on, inputs)
	for _, e := range f.Equations() {
		any := false
		for _, v := range e.Ins {
			any = any || on[v]
		}
		for _, v := range e.Outs {
			on[v] = any && f.Type(v).DType == trace.F64
		}
	}
	return on
}

// Ignorer is a primitive that owns funcs and says which operands these make no use of.
type Ignorer interface{ Ignores(operand int) bool }

// Uses reports whether anything in f makes use of an input.
func Uses(f *trace.Func, input int) bool {
	v := trace.Var(input)
	return slices.Contains(f.Outputs(), v) || slices.ContainsFunc(f.Equations(), func(e trace.Equation) bool {
		g, owner := e.Primitive.(Ignorer)
		for i, x := range e.Ins {
			if x == v && !(owner && g.Ignores(i)) {
				return true
			}
		}
		return false
	})
}

// adds reports whether operand i is added to those marked, rather than multiplied: the primitive
// would be linear in all of them together.
func adds(rule trace.Linear, dep []bool, i int) bool {
	if g, ok := rule.(Ignorer); ok && g.Ignores(i) {
		return false
	}
	joint := append([]bool(nil), dep...)
	joint[i] = true
	return rule.Linear(joint)
}

// zeros reports whether a primitive without operands makes zeros.
func zeros(p trace.Primitive) bool {
	for _, x := range trace.Read(trace.Apply(p)[0]).F64 {
		if x != 0 {
			return false
		}
	}
	return true
}
