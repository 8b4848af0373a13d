package transforms_test

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gradus-ad/gradus/internal/rows"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
	"pgregory.net/rapid"
)

// program is a random function of arrays: steps that each read values made before and make new
// ones. Every case of internal/rows can be a step, brought into its domain; so can a guarded branch,
// a captured constant, and a derivative, a Vmap or a JIT of another program that captures what
// the outer one has made, and control flow round such programs.
type program struct {
	in    []num.Array // arguments for which it was drawn
	steps []step
	outs  []int // f64 values, counted from the outer ones on
	// rough says that a step has a derivative that is not that of its values.
	rough bool
}

// step makes new values of those that exist.
type step func(env []num.Array) []num.Array

// run runs p inside another program that has made the outer values.
func (p *program) run(x, outer []num.Array) []num.Array {
	env := slices.Concat(outer, x)
	for _, s := range p.steps {
		env = append(env, s(env)...)
	}
	return at(env, p.outs)
}

// apply runs p by itself.
func (p *program) apply(x []num.Array) []num.Array { return p.run(x, nil) }

// scalar is p as a function for Grad.
func (p *program) scalar(x []num.Array) num.Array { return total(p.apply(x)) }

// total adds up what arrays hold, squashed, so that all of it matters.
func total(ys []num.Array) num.Array {
	s := num.Scalar(0)
	for i, y := range ys {
		s = num.Add(s, num.Sum(num.Sin(num.Add(num.Convert(y, trace.F64), i))))
	}
	return s
}

func at(env []num.Array, i []int) []num.Array {
	as := make([]num.Array, len(i))
	for k, v := range i {
		as[k] = env[v]
	}
	return as
}

// artist draws programs.
type artist struct {
	*rapid.T
	wild  bool // leaves operands as they are, wherever that leads
	cases []rows.Case
	level int
}

func newArtist(t *rapid.T, wild bool) *artist {
	a := &artist{T: t, wild: wild}
	for _, r := range rows.All() {
		for _, c := range r.Cases {
			if len(c.In) > 0 && !(wild && c.Contraction) {
				a.cases = append(a.cases, c)
			}
		}
	}
	return a
}

// number draws from lo to hi, small ones more often.
func (a *artist) number(lo, hi int, what string) int { return rapid.IntRange(lo, hi).Draw(a.T, what) }

// uniform draws from 0 to n-1, all as often.
func (a *artist) uniform(n int, what string) int { return a.source(what).IntN(n) }

func (a *artist) source(what string) *rand.Rand {
	return rand.New(rand.NewPCG(rapid.Uint64().Draw(a.T, what), 1))
}

var shapes = [][]int{{}, {3}, {2, 2}, {1, 3}, {2, 1, 2}, {0}}

// arrays draws f64 arrays of some shapes. Some elements are 0, where guards and kinks are.
func (a *artist) arrays(n int) []num.Array {
	xs := make([]num.Array, n)
	for i := range xs {
		shape := shapes[a.number(0, len(shapes)-1, "shape")]
		if i == 0 && slices.Contains(shape, 0) {
			shape = []int{2}
		}
		xs[i] = a.array(shape)
	}
	return xs
}

func (a *artist) array(shape []int) num.Array {
	r := a.source("elements")
	return rows.Of(shape, func([]int) float64 {
		if r.IntN(5) == 0 {
			return 0
		}
		return r.NormFloat64()
	}).Array(trace.F64)
}

// program draws one of some steps for arguments in, inside one that has made the outer values.
func (a *artist) program(in, outer []num.Array, steps int) *program {
	p := &program{in: in}
	env := slices.Concat(outer, in)
	for range steps {
		s := a.step(p, env)
		p.steps = append(p.steps, s)
		env = append(env, s(env)...)
	}
	if outer == nil {
		s := func(env []num.Array) []num.Array { return []num.Array{total(env)} }
		p.steps, p.outs = append(p.steps, s), []int{len(env)}
		env = append(env, s(env)...)
	}
	floats := a.floats(env, len(outer))
	for range a.number(1, 3, "outputs") {
		p.outs = append(p.outs, floats[len(floats)-1-a.number(0, min(len(floats)-1, 3), "output")])
	}
	return p
}

// floats returns the f64 values that are not empty, from first on.
func (a *artist) floats(env []num.Array, first int) []int {
	var is []int
	for i := first; i < len(env); i++ {
		if env[i].DType() == trace.F64 && env[i].Size() > 0 {
			is = append(is, i)
		}
	}
	return is
}

func (a *artist) pick(is []int) int { return is[len(is)-1-a.number(0, len(is)-1, "value")] }

func (a *artist) step(p *program, env []num.Array) step {
	floats := a.floats(env, 0)
	switch kind := a.uniform(11, "kind"); {
	case kind < 4 || a.level == 2 && kind > 6:
		return a.table(p, env)
	case kind == 4:
		return a.guard(a.pick(floats))
	case kind == 5:
		i, c := a.pick(floats), a.array([]int{3})
		return func(env []num.Array) []num.Array {
			return []num.Array{num.Mul(c, rows.Fit(env[i], []int{3}))}
		}
	case kind == 6:
		i, j := a.pick(floats), a.pick(floats)
		return func(env []num.Array) []num.Array {
			return []num.Array{num.Mul(num.Tanh(env[i]), rows.Fit(env[j], env[i].Shape()))}
		}
	case kind == 10:
		return a.flow(p, env, floats)
	}
	return a.nested(p, env, floats)
}

// table draws a step from the rows.
func (a *artist) table(p *program, env []num.Array) step {
	c := a.cases[a.uniform(len(a.cases), "case")]
	from := make([]int, len(c.In))
	for i := range from {
		from[i] = len(env) - 1 - a.number(0, len(env)-1, "operand")
	}
	p.rough = p.rough || c.Constant
	return func(env []num.Array) []num.Array {
		x := at(env, from)
		for i, o := range c.In {
			if a.wild && o.Type.DType == trace.F64 && x[i].DType() == trace.F64 {
				x[i] = rows.Fit(x[i], o.Type.Shape)
			} else {
				x[i] = o.Tame(x[i])
			}
		}
		return c.Do(x)
	}
}

// guards are functions with branches that are singular where they are not taken.
var guards = []func(x num.Array) num.Array{
	func(x num.Array) num.Array { return num.Where(num.Greater(x, 0.1), num.Log(x), 0) },
	func(x num.Array) num.Array { return num.Where(num.Greater(x, 0.1), num.Sqrt(x), x) },
	func(x num.Array) num.Array { return num.Where(num.Greater(num.Abs(x), 0.2), num.Reciprocal(x), 0) },
	func(x num.Array) num.Array {
		return num.Mul(x, num.Where(num.Greater(x, 0.1), num.Reciprocal(num.Square(x)), 0))
	},
	func(x num.Array) num.Array {
		return num.Where(num.Greater(x, 0.1), num.Exp(num.Mul(0.5, num.Log(num.Sqrt(x)))), num.Sin(x))
	},
	func(x num.Array) num.Array { return num.Where(num.Less(num.Abs(x), 0.9), num.Asin(x), num.Cos(x)) },
	func(x num.Array) num.Array {
		return num.Where(num.Greater(x, 0.1), num.Pow(x, 1.5), num.Atan2(x, num.Add(1, num.Square(x))))
	},
	func(x num.Array) num.Array {
		return num.Sqrt(num.Where(num.Greater(x, 0.1), x, 0))
	},
	func(x num.Array) num.Array { return num.Where(num.Greater(x, -0.01), x, num.Exp(num.Mul(1000, x))) },
}

func (a *artist) guard(i int) step {
	g := guards[a.uniform(len(guards), "guard")]
	return func(env []num.Array) []num.Array { return []num.Array{g(env[i])} }
}

// nested draws a transform of a program inside this one.
func (a *artist) nested(p *program, env []num.Array, floats []int) step {
	a.level++
	defer func() { a.level-- }()
	var args []int
	for range a.number(1, 2, "arguments") {
		args = append(args, a.pick(floats))
	}
	sub := a.program(at(env, args), env, a.number(1, 5, "inner steps"))
	p.rough = p.rough || sub.rough
	j, mode := a.pick(floats), a.uniform(len(modes), "mode")
	return func(env []num.Array) []num.Array {
		x := at(env, args)
		f := func(x []num.Array) []num.Array { return sub.run(x, env) }
		return calm(modes[mode](f, x, env[j]))
	}
}

// calm keeps derivatives of derivatives from growing without bound.
func calm(xs []num.Array) []num.Array {
	for i, x := range xs {
		xs[i] = num.Asinh(x)
	}
	return xs
}

// modes are what can be done with a function inside another: v is a value to make directions of.
var modes = []func(f func([]num.Array) []num.Array, x []num.Array, v num.Array) []num.Array{
	func(f func([]num.Array) []num.Array, x []num.Array, v num.Array) []num.Array {
		return transforms.Grad(func(x []num.Array) num.Array { return total(f(x)) })(x)
	},
	func(f func([]num.Array) []num.Array, x []num.Array, v num.Array) []num.Array {
		y, dy := transforms.JVP(f, x, like(x, v))
		return append(y, dy...)
	},
	func(f func([]num.Array) []num.Array, x []num.Array, v num.Array) []num.Array {
		y, pull := transforms.VJP(f, x)
		return pull(like(y, v))
	},
	func(f func([]num.Array) []num.Array, x []num.Array, v num.Array) []num.Array {
		_, push := transforms.Linearize(f, x)
		return push(like(x, v))
	},
	func(f func([]num.Array) []num.Array, x []num.Array, v num.Array) []num.Array {
		lanes := make([]num.Array, len(x))
		for i, y := range x {
			lanes[i] = num.Stack(0, y, num.Mul(y, rows.Fit(v, y.Shape())))
		}
		return transforms.Vmap(f)(lanes)
	},
	func(f func([]num.Array) []num.Array, x []num.Array, _ num.Array) []num.Array {
		return transforms.JIT(f)(x)
	},
}

// like returns arrays with the shapes of xs made of v.
func like(xs []num.Array, v num.Array) []num.Array {
	out := make([]num.Array, len(xs))
	for i, x := range xs {
		out[i] = rows.Fit(num.Sin(v), x.Shape())
	}
	return out
}

// largest returns the largest magnitude in arrays.
func largest(xs []num.Array) float64 {
	m := 0.0
	for _, x := range xs {
		for _, v := range x.Float64s() {
			m = math.Max(m, math.Abs(v))
		}
	}
	return m
}
