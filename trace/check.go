package trace

import (
	"errors"
	"fmt"
	"strings"
)

// Check reports everything that is wrong with f: variables used before they are defined, defined
// twice, never or out of range, and results whose types are not what the primitive infers. Funcs
// that are recorded or parsed are sound; Check is for tests of transforms and passes. The error's
// text shows, for each fault, the equations round it.
func (f *Func) Check() error {
	return f.check(func(i int) string { return f.equations[i].Pos().String() })
}

// check is Check, with the words that say where an equation stands.
func (f *Func) check(where func(equation int) string) error {
	c := &checker{f: f, where: where, defined: make([]bool, len(f.types))}
	c.inputs()
	for i := range f.equations {
		c.equation(i)
	}
	c.outputs()
	if c.faults == nil {
		return nil
	}
	return errors.New(strings.Join(c.faults, "\n"))
}

type checker struct {
	f       *Func
	where   func(equation int) string
	defined []bool
	faults  []string
	printer *printer // once there is a fault
}

// fault notes what is wrong with an equation. The one before the first stands for the inputs,
// the one after the last for the results.
func (c *checker) fault(equation int, format string, args ...any) {
	if c.printer == nil {
		c.printer = newPrinter(c.f, elide)
	}
	s := fmt.Sprintf(format, args...) + ":\n" + c.printer.window(equation)
	if equation >= 0 && equation < len(c.f.equations) {
		if at := c.where(equation); at != "" {
			s = at + ": " + s
		}
	}
	c.faults = append(c.faults, s)
}

func (c *checker) inputs() {
	n := c.f.inputs + c.f.captures
	if c.f.inputs < 0 || c.f.captures < 0 || n < 0 || n > len(c.f.types) {
		c.fault(-1, "%d inputs and %d captures among %d variables", c.f.inputs, c.f.captures, len(c.f.types))
		n = min(max(n, 0), len(c.f.types))
	}
	for v := range n {
		c.defined[v] = true
	}
	for v, t := range c.f.types {
		if !t.sound() {
			c.fault(-1, "variable %d has the type %v", v, t)
		}
	}
}

func (c *checker) equation(i int) {
	e := &c.f.equations[i]
	types := make([]Type, len(e.Ins))
	sound := true
	for j, v := range e.Ins {
		if !c.inScope(v) {
			sound = false
			c.fault(i, "operand %d of equation %d is variable %d, which is not defined before it", j, i, v)
			continue
		}
		types[j] = c.f.types[v]
	}
	for j, v := range e.Outs {
		switch {
		case !c.inRange(v):
			sound = false
			c.fault(i, "result %d of equation %d is variable %d of %d", j, i, v, len(c.defined))
		case c.defined[v]:
			c.fault(i, "result %d of equation %d is variable %d, which is defined already", j, i, v)
		default:
			c.defined[v] = true
		}
	}
	if e.Primitive == nil {
		c.fault(i, "equation %d has no primitive", i)
		return
	}
	c.funcs(i, e)
	if sound {
		c.types(i, e, types)
	}
}

// funcs checks the funcs that an equation owns.
func (c *checker) funcs(i int, e *Equation) {
	for j, f := range Funcs(e.Primitive) {
		switch {
		case f == nil:
			c.fault(i, "func %d of equation %d is missing", j, i)
		case f.captures > 0:
			c.fault(i, "func %d of equation %d has captures", j, i)
		default:
			// once for a func, in however many equations and funcs it stands
			faults := Memo(f, "check", func() string {
				if err := f.Check(); err != nil {
					return err.Error()
				}
				return ""
			})
			if faults != "" {
				c.fault(i, "func %d of equation %d is faulty: %s", j, i, faults)
			}
		}
	}
}

// types infers the types of the results again.
func (c *checker) types(i int, e *Equation, in []Type) {
	want, err := infer(e.Primitive, in)
	if err != nil {
		c.fault(i, "equation %d: %s: %v: %s", i, e.Primitive.Name(), err, typesText(in))
		return
	}
	if len(want) != len(e.Outs) {
		c.fault(i, "equation %d: %s of %s gives %d results, not %d",
			i, e.Primitive.Name(), typesText(in), len(want), len(e.Outs))
		return
	}
	for j, v := range e.Outs {
		if t := c.f.types[v]; !t.Equal(want[j]) {
			c.fault(i, "result %d of equation %d is %v, but %s of %s gives %v",
				j, i, t, e.Primitive.Name(), typesText(in), want[j])
		}
	}
}

func (c *checker) outputs() {
	end := len(c.f.equations)
	for i, v := range c.f.outputs {
		if !c.inScope(v) {
			c.fault(end, "result %d of the func is variable %d, which is not defined", i, v)
		}
	}
	for v, ok := range c.defined {
		if !ok {
			c.fault(end, "variable %d is never defined", v)
		}
	}
}

func (c *checker) inRange(v Var) bool { return v >= 0 && int(v) < len(c.defined) }
func (c *checker) inScope(v Var) bool { return c.inRange(v) && c.defined[v] }

// infer is p.Infer for operands that may be far from what p was written for.
func infer(p Primitive, in []Type) (out []Type, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("does not take such operands or parameters (%v)", r)
		}
	}()
	if out, err = p.Infer(in); err != nil {
		return nil, err
	}
	for _, t := range out {
		if !t.sound() {
			return nil, errors.New("has no such result")
		}
	}
	return out, nil
}

// window returns the text of the equations round one, which is marked.
func (p *printer) window(equation int) string {
	const reach = 3
	var b strings.Builder
	line := func(i int, text string) {
		mark := " "
		if i == equation {
			mark = ">"
		}
		fmt.Fprintf(&b, "  %s %s\n", mark, text)
	}
	n := len(p.f.equations)
	if equation-reach < 0 {
		line(-1, "func"+p.head())
	}
	for i := max(equation-reach, 0); i < min(equation+reach+1, n); i++ {
		if e := &p.f.equations[i]; i == equation || !p.inline(e) {
			line(i, "  "+p.equation(e)+comment(e))
		}
	}
	if equation+reach >= n {
		line(n, "  "+p.words("return", p.f.outputs))
	}
	return strings.TrimRight(b.String(), "\n")
}

// comment returns the position of an equation as a comment.
func comment(e *Equation) string {
	if pos := e.Pos().String(); pos != "" {
		return "  # " + pos
	}
	return ""
}
