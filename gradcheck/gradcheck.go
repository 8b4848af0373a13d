// Package gradcheck checks derivatives numerically: in tests of a function, of a primitive or of a
// custom rule, or in a program that wants to be sure of its model before a long run.
package gradcheck

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Option changes how Check checks.
type Option func(*settings)

type settings struct {
	tolerance  float64
	directions int
	order      int
	seed       uint64
}

// Tolerance sets how far a derivative may be from the central difference, relative to the larger of
// the two and of the function's value: 1e-6 if it is not given. The error that a difference seems to
// have itself, by the formula and by rounding, is allowed for in addition.
func Tolerance(relative float64) Option { return func(s *settings) { s.tolerance = relative } }

// Directions sets the number of random directions that are checked at each order: 3 if it is not given.
func Directions(n int) Option { return func(s *settings) { s.directions = n } }

// Order sets the order up to which derivatives are checked: 1 if it is not given. At order n, all
// 2ⁿ mixtures of forward and reverse mode are.
func Order(n int) Option { return func(s *settings) { s.order = n } }

// Seed chooses other random directions. Without it they are the same every time.
func Seed(seed uint64) Option { return func(s *settings) { s.seed = seed } }

// Check compares the derivatives of f at a point, in forward and in reverse mode, with central
// differences in random directions, and with each other: ⟨u, Jv⟩ = ⟨Jᵀu, v⟩ to rounding. It returns
// an error that says which check failed, where in the argument or in the result the worst
// disagreement is, and both numbers; or the *trace.Error that f panics with.
//
// The step is ∛ε max(1, |x|) for each element x, ε = 2⁻⁵². What carries no derivative (integers, bools and
// fields tagged grad:"-") is held fixed in the argument and ignored in the result.
// f is not compiled, and runs many times, more with each order: of a long simulation, check a short one.
// It should be smooth at the point: near a kink or an infinity the differences mean nothing.
func Check[In, Out any](f func(In) Out, at In, opts ...Option) error {
	c := &checker{settings: settings{tolerance: 1e-6, directions: 3, order: 1, seed: 1}}
	for _, o := range opts {
		o(&c.settings)
	}
	var failed error
	err := trace.Try(func() {
		var in leaves
		g := flat(f, at, &in)
		c.x, c.rng = in.values, rand.New(rand.NewPCG(c.seed, 0))
		if len(c.x) == 0 {
			panic(trace.Errorf("gradcheck", "the argument, a %T, holds nothing that carries a derivative", at))
		}
		out := results("the result", f(at))
		if len(out.values) == 0 {
			panic(trace.Errorf("gradcheck", "the result of %T holds no f64 array", f))
		}
		failed = c.check("f", g, in, out, c.order)
	})
	if err != nil {
		return err
	}
	return failed
}

// function is a function of the arrays in a tree that carry a derivative.
type function func([]num.Array) []num.Array

// leaves are the arrays in a tree that carry a derivative, and where they stand.
type leaves struct {
	values []num.Array
	paths  []string
}

// flat returns f as a function of those leaves of its argument that carry a derivative.
func flat[In, Out any](f func(In) Out, at In, in *leaves) function {
	tree := trace.Flatten("gradcheck", at)
	var active []int
	for i, x := range tree.Values {
		if x.DType() == trace.F64 && !tree.Leaves[i].Const {
			active = append(active, i)
			in.values = append(in.values, x)
			in.paths = append(in.paths, named("the argument", tree.Leaves[i].Path))
		}
	}
	return func(xs []num.Array) []num.Array {
		all := append([]num.Array(nil), tree.Values...)
		for k, i := range active {
			all[i] = xs[k]
		}
		return results("", f(trace.Unflatten(at, all))).values
	}
}

// results returns the f64 arrays of a result.
func results(name string, y any) leaves {
	tree := trace.Flatten("gradcheck", y)
	var out leaves
	for i, a := range tree.Values {
		if a.DType() == trace.F64 {
			out.values = append(out.values, a)
			out.paths = append(out.paths, named(name, tree.Leaves[i].Path))
		}
	}
	return out
}

func named(name, path string) string {
	if path == "" {
		return name
	}
	return path
}

// place returns the name of element k of a leaf.
func (l leaves) place(leaf, k int) string {
	shape := l.values[leaf].Shape()
	if len(shape) == 0 {
		return l.paths[leaf]
	}
	index := make([]int, len(shape))
	for i := len(shape) - 1; i >= 0; i-- {
		index[i] = k % shape[i]
		k /= shape[i]
	}
	s := ""
	for i, n := range index {
		if i > 0 {
			s += ","
		}
		s += fmt.Sprint(n)
	}
	return l.paths[leaf] + " at [" + s + "]"
}

// relative returns how far apart two numbers are, relative to the larger; 0 if both are the same
// infinity or NaN.
func relative(a, b float64) float64 {
	if a == b || math.IsNaN(a) && math.IsNaN(b) {
		return 0
	}
	e := math.Abs(a-b) / max(math.Abs(a), math.Abs(b))
	if math.IsNaN(e) {
		return math.Inf(1)
	}
	return e
}
