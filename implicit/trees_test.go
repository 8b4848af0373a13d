package implicit_test

import (
	"testing"

	"github.com/gradus-ad/gradus/gradcheck"
	"github.com/gradus-ad/gradus/implicit"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// circuit is a diode behind resistors: parameters with an index, a constant and a name.
type circuit struct {
	Resistors num.Array
	Choice    num.Array // i64, which resistor
	Voltage   num.Array
	Thermal   num.Array `grad:"-"`
	Name      string
}

// working is a working point: two unknowns, how many steps found them, and what is given.
type working struct {
	Diode num.Array
	Loop  map[string]num.Array
	Steps num.Array
	Limit num.Array `grad:"-"`
}

func (c circuit) resistance() num.Array { return num.Take(c.Resistors, c.Choice, 0) }

// kirchhoff is the law of currents and that of voltages.
func kirchhoff(c circuit, w working) working {
	i := w.Loop["current"]
	w.Loop = map[string]num.Array{"current": num.Sub(num.Sub(c.Voltage, w.Diode), num.Mul(c.resistance(), i))}
	w.Diode = num.Sub(i, num.Mul(0.1, num.Expm1(num.Div(w.Diode, c.Thermal))))
	w.Limit = num.Mul(2, w.Limit) // is ignored, as is Steps
	return w
}

func (c circuit) solve(w working) working {
	v, i := w.Diode, w.Loop["current"]
	for range 12 {
		e := num.Exp(num.Div(v, c.Thermal))
		i = num.Mul(0.1, num.Sub(e, 1))
		slope := num.Add(1, num.Div(num.Mul(0.1, c.resistance(), e), c.Thermal))
		v = num.Sub(v, num.Div(num.Sub(num.Add(v, num.Mul(c.resistance(), i)), c.Voltage), slope))
	}
	return working{v, map[string]num.Array{"current": i}, num.Add(w.Steps, 12), w.Limit}
}

var (
	bench = circuit{num.Vector(1, 2, 4), num.ScalarInt(1), num.Scalar(1.5), num.Scalar(0.4), "bench"}
	guess = working{num.Scalar(0.5), map[string]num.Array{"current": num.Scalar(0)}, num.ScalarInt(2), num.Scalar(7)}
)

// Structs of parameters and of unknowns, with integers, constants and text: what varies has the derivatives of the
// solver, whose result they are of a power. What is held constant keeps the solver's value.
func TestTrees(t *testing.T) {
	for way, opts := range ways {
		t.Run(way, func(t *testing.T) {
			root := implicit.Root(kirchhoff, circuit.solve, opts...)
			power := func(solve func(circuit, working) working) func(circuit) num.Array {
				return func(c circuit) num.Array {
					w := solve(c, guess)
					return num.Mul(w.Diode, w.Loop["current"], w.Steps, w.Limit)
				}
			}
			got, want := power(root), power(circuit.solve)
			agree.Equal(t, "value", got(bench), want(bench), 0)
			g, h := transforms.Grad(got)(bench), transforms.Grad(want)(bench)
			agree.Equal(t, "by the resistors", g.Resistors, h.Resistors, 1e-12)
			agree.Equal(t, "by the voltage", g.Voltage, h.Voltage, 1e-12)
			if g.Name != "bench" || g.Choice.Int() != 0 || g.Thermal.Float64() != 0 {
				t.Errorf("what does not vary: %v", g)
			}
			if err := gradcheck.Check(got, bench, gradcheck.Order(2)); err != nil {
				t.Error(err)
			}
			// A constant that depends on what is differentiated has its true derivative, too.
			warm := func(power func(circuit) num.Array) agree.Function {
				return func(p num.Array) num.Array {
					c := bench
					c.Thermal, c.Voltage = num.Mul(0.4, num.Exp(p.At(0))), p.At(1)
					return power(c)
				}
			}
			agree.Modes(t, warm(got), warm(want), num.Vector(0.1, 1.2), 1e-10)
		})
	}
}

// An answer without parameters that vary is what the solver says.
func TestWithoutParameters(t *testing.T) {
	type index struct{ I num.Array }
	root := implicit.Root(
		func(p index, x num.Array) num.Array { return num.Sub(num.Square(x), p.I) },
		func(p index, x num.Array) num.Array { return num.Sqrt(p.I) })
	f := func(x num.Array) num.Array { return num.Mul(x, root(index{num.ScalarInt(4)}, x)) }
	agree.Equal(t, "grad", transforms.Grad(f)(num.Scalar(3)), num.Scalar(2), 0)
}

// Where everything is captured, the parameters may be a struct without fields.
func TestAllCaptured(t *testing.T) {
	type nothing struct{}
	f := func(p num.Array) num.Array {
		root := implicit.FixedPoint(
			func(_ nothing, x num.Array) num.Array { return num.Mul(0.5, num.Add(x, num.Div(p, x))) },
			func(_ nothing, x num.Array) num.Array { return num.Sqrt(p) })
		return root(nothing{}, num.OnesLike(p))
	}
	agree.Modes(t, f, num.Sqrt, num.Vector(2, 3), 1e-12)
}
