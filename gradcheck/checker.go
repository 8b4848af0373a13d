package gradcheck

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// dotTolerance is how far ⟨u, Jv⟩ and ⟨Jᵀu, v⟩ may be apart, relative to the sum of their terms'
// sizes. What cancels inside f is not seen in those; it may leave a few epsilons.
const dotTolerance = 1e-12

// epsilon is the rounding error of numbers of size 1.
const epsilon = 0x1p-52

// step of the central differences.
var step = math.Cbrt(epsilon)

// checker checks a function, and its derivatives in turn, at one point.
type checker struct {
	settings
	x   []num.Array
	rng *rand.Rand
}

// check checks f, whose results out are, in both modes and then its derivatives up to order. name is
// how f is made from the user's function.
func (c *checker) check(name string, f function, in, out leaves, order int) error {
	for range c.directions {
		v, u := c.direction(), c.cotangent(out)
		_, dy := transforms.JVP(f, c.x, v)
		_, pull := transforms.VJP(f, c.x)
		g := pull(u)
		if err := c.forward(name, f, out, v, dy); err != nil {
			return err
		}
		if err := c.reverse(name, f, in, out, u, v, g); err != nil {
			return err
		}
		if err := c.dot(name, u, dy, g, v); err != nil {
			return err
		}
	}
	if order <= 1 {
		return nil
	}
	v, u := c.direction(), c.cotangent(out)
	pushed := func(x []num.Array) []num.Array {
		_, dy := transforms.JVP(f, x, v)
		return dy
	}
	pulled := func(x []num.Array) []num.Array {
		_, pull := transforms.VJP(f, x)
		return pull(u)
	}
	if err := c.check("forward derivative of "+name, pushed, in, leaves{pushed(c.x), out.paths}, order-1); err != nil {
		return err
	}
	return c.check("reverse derivative of "+name, pulled, in, leaves{pulled(c.x), in.paths}, order-1)
}

// direction returns a random tangent: an element of size max(1, |x|) at most for each x.
func (c *checker) direction() []num.Array {
	return c.random(c.x, func(x float64) float64 { return max(1, math.Abs(x)) })
}

// cotangent returns a random cotangent.
func (c *checker) cotangent(out leaves) []num.Array {
	return c.random(out.values, func(float64) float64 { return 1 })
}

func (c *checker) random(like []num.Array, size func(float64) float64) []num.Array {
	out := make([]num.Array, len(like))
	for i, a := range like {
		v := a.Float64s()
		for k, x := range v {
			s := size(x)
			if math.IsNaN(s) || math.IsInf(s, 0) {
				s = 1
			}
			v[k] = s * (2*c.rng.Float64() - 1)
		}
		out[i] = num.New(v, a.Shape()...)
	}
	return out
}

// worst is the check that failed by most.
type worst struct {
	excess, exact, difference float64
	place                     string
}

// see compares a derivative, of something that has the given value, with a difference.
func (c *checker) see(w *worst, exact, value float64, d difference, place func() string) {
	if relative(exact, d.value) == 0 {
		return
	}
	allowed := c.tolerance*max(math.Abs(exact), math.Abs(d.value), math.Abs(value)) + d.doubt
	e := math.Abs(exact-d.value) / allowed
	if math.IsNaN(e) {
		e = math.Inf(1)
	}
	if e > max(1, w.excess) {
		*w = worst{e, exact, d.value, place()}
	}
}

func (w worst) error(what string) error {
	if w.excess == 0 {
		return nil
	}
	return fmt.Errorf("gradcheck: %s: %s is %.12g, but the central difference is %.12g (relative difference %.2g)",
		what, w.place, w.exact, w.difference, relative(w.exact, w.difference))
}

// difference is a central difference and how wrong it may be. Twice the step shows the error of
// the formula, and the fourth difference, in which what is smooth all but vanishes, that of rounding.
type difference struct{ value, doubt float64 }

func newDifference(m2, m1, y, p1, p2 float64) difference {
	one, two := (p1-m1)/(2*step), (p2-m2)/(4*step)
	rounding := p2 - 4*p1 + 6*y - 4*m1 + m2
	return difference{one, 10*math.Abs(one-two) + math.Abs(rounding)/step + epsilon}
}

// differences returns the central differences of f, whose results are y, along v, for each element.
func (c *checker) differences(f function, y, v []num.Array) [][]difference {
	at := func(h float64) []num.Array {
		x := make([]num.Array, len(c.x))
		for i := range x {
			x[i] = num.Add(c.x[i], num.Mul(h, v[i]))
		}
		return f(x)
	}
	m2, m1, p1, p2 := at(-2*step), at(-step), at(step), at(2*step)
	d := make([][]difference, len(y))
	for i := range d {
		a, b, p, q := m2[i].Float64s(), m1[i].Float64s(), p1[i].Float64s(), p2[i].Float64s()
		d[i] = make([]difference, len(a))
		for k, y := range y[i].Float64s() {
			d[i][k] = newDifference(a[k], b[k], y, p[k], q[k])
		}
	}
	return d
}

// forward compares a pushed direction, for each element of the results.
func (c *checker) forward(name string, f function, out leaves, v, dy []num.Array) error {
	var w worst
	for i, d := range c.differences(f, out.values, v) {
		y := out.values[i].Float64s()
		for k, exact := range dy[i].Float64s() {
			c.see(&w, exact, y[k], d[k], func() string { return out.place(i, k) })
		}
	}
	return w.error("forward derivative of " + name + " in a random direction")
}

// reverse compares a pulled cotangent: for each leaf of the argument along its part of v, and
// where that fails for each of its elements.
func (c *checker) reverse(name string, f function, in, out leaves, u, v, g []num.Array) error {
	along := func(v []num.Array) (value float64, d difference) {
		for i, ds := range c.differences(f, out.values, v) {
			value += absolute(u[i].Float64s(), out.values[i].Float64s())
			for k, ct := range u[i].Float64s() {
				d.value += ct * ds[k].value
				d.doubt += math.Abs(ct) * ds[k].doubt
			}
		}
		return value, d
	}
	for i := range c.x {
		only := zeros(c.x)
		only[i] = v[i]
		value, d := along(only)
		var w worst
		c.see(&w, inner(g[i].Float64s(), v[i].Float64s()), value, d, func() string { return in.paths[i] })
		if w.excess == 0 {
			continue
		}
		var element worst
		for k, exact := range g[i].Float64s() {
			unit := make([]float64, c.x[i].Size())
			unit[k] = 1
			only[i] = num.New(unit, c.x[i].Shape()...)
			value, d := along(only)
			c.see(&element, exact, value, d, func() string { return in.place(i, k) })
		}
		if element.excess > 0 {
			return element.error("reverse derivative of " + name + " for a random cotangent, by one element")
		}
		return w.error("reverse derivative of " + name + " for a random cotangent, in a random direction")
	}
	return nil
}

// dot compares the modes with each other.
func (c *checker) dot(name string, u, dy, g, v []num.Array) error {
	var forward, reverse, size float64
	for i := range u {
		forward += inner(u[i].Float64s(), dy[i].Float64s())
		size += absolute(u[i].Float64s(), dy[i].Float64s())
	}
	for i := range v {
		reverse += inner(g[i].Float64s(), v[i].Float64s())
		size += absolute(g[i].Float64s(), v[i].Float64s())
	}
	if relative(forward, reverse) == 0 || math.Abs(forward-reverse) <= dotTolerance*size+16*epsilon {
		return nil
	}
	return fmt.Errorf("gradcheck: forward and reverse derivatives of %s disagree: ⟨u, Jv⟩ is %.17g, ⟨Jᵀu, v⟩ is %.17g",
		name, forward, reverse)
}

func zeros(like []num.Array) []num.Array {
	z := make([]num.Array, len(like))
	for i, a := range like {
		z[i] = num.ZerosLike(a)
	}
	return z
}

func inner(a, b []float64) float64 {
	s := 0.0
	for i, x := range a {
		s += x * b[i]
	}
	return s
}

// absolute returns the sum of the sizes of the terms of inner.
func absolute(a, b []float64) float64 {
	s := 0.0
	for i, x := range a {
		s += math.Abs(x * b[i])
	}
	return s
}
