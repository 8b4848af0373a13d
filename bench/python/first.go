package python

import (
	"github.com/gradus-ad/gradus/bench/calls"
	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// first has the time from a new function to its first gradient: to trace, differentiate, compile and call it.
func first() []harness.Row {
	return []harness.Row{
		fromNothing("energy of a double pendulum: first gradient", "first.pendulum", func() func(num.Array) num.Array {
			return transforms.Grad(func(x num.Array) num.Array { return pendulumEnergy(x) })
		}, func() num.Array { return num.Vector(0.3, -0.4, 1, 2) }, jax, torch, inductor),
		fromNothing("perceptron 32-64-64-10, batch of 64: first gradient", "first.perceptron", func() func(fit) layers {
			return func(f fit) layers { return transforms.Grad(fit.loss)(f).layers }
		}, newFit, jax, torch, inductor),
		fromNothing("a pendulum, 1000 steps: first gradient", "first.swing", func() func(num.Array) num.Array {
			return transforms.Grad(func(x num.Array) num.Array { return swingEnd(x, 1000) })
		}, swingStart, jax, torch),
		uncompiled("energy of a double pendulum", "first.pendulum", transforms.Grad(pendulumEnergy),
			func() num.Array { return num.Vector(0.3, -0.4, 1, 2) }, jaxEager, torch),
		uncompiled("perceptron 32-64-64-10, batch of 64", "first.perceptron", func(f fit) layers { return transforms.Grad(fit.loss)(f).layers }, newFit, jaxEager, torch),
		uncompiled("1000 equations", "first.thousand", transforms.Grad(calls.Thousand), func() num.Array { return num.Vector(0.3, 0.5, 0.2, 0.7) }, torch),
		uncompiled("a pendulum, 1000 steps", "first.swing", transforms.Grad(func(x num.Array) num.Array { return swingEnd(x, 1000) }), swingStart, jaxEager, torch),
	}
}

// uncompiled is the row of a gradient without JIT and Compile.
func uncompiled[In, Out any](name, function string, gradient func(In) Out, in func() In, others ...string) harness.Row {
	return row(name+": gradient, nothing compiled", others, func() (harness.Contender, work) {
		x := in()
		var last Out
		return harness.Contender{
			Name: ours.Name,
			Time: harness.Loop(func() { last = gradient(x) }),
			Result: func() (out [][]float64) {
				for _, a := range tree.Leaves(last) {
					out = append(out, a.Float64s())
				}
				return out
			},
		}, given(function, x)
	})
}

// fromNothing is the row of the gradient that newGradient makes, each time a new one.
func fromNothing[In, Out any](name, function string, newGradient func() func(In) Out, in func() In, others ...string) harness.Row {
	return row(name, others, func() (harness.Contender, work) {
		x := in()
		args := ours.Arguments(x) // others have their tensors and arrays beforehand, too
		var out [][]float64
		return harness.Contender{
			Name: ours.Name,
			Time: harness.Loop(func() {
				p, err := transforms.Compile(newGradient(), x)
				if err != nil {
					panic(err)
				}
				out = ours.Room(p)
				p.Run(out, args)
			}),
			Result: func() [][]float64 { return out },
		}, given(function, x)
	})
}

// layers are the weights of a perceptron.
type layers struct{ W1, B1, W2, B2, W3, B3 num.Array }

// fit is a perceptron and what it is fitted to.
type fit struct {
	layers
	X, Y num.Array `grad:"-"`
}

func newFit() fit {
	matrix := func(scale float64, rows, columns int) num.Array {
		return num.Mul(scale, num.New(spread(rows*columns), rows, columns))
	}
	vector := func(n int) num.Array { return num.Mul(0.1, num.Vector(spread(n)...)) }
	l := layers{matrix(0.1, 32, 64), vector(64), matrix(0.1, 64, 64), vector(64), matrix(0.1, 64, 10), vector(10)}
	return fit{l, matrix(1, 64, 32), matrix(1, 64, 10)}
}

func (f fit) loss() num.Array {
	h := num.Tanh(num.Add(num.MatMul(f.X, f.W1), f.B1))
	h = num.Tanh(num.Add(num.MatMul(h, f.W2), f.B2))
	return num.Mean(num.Square(num.Sub(num.Add(num.MatMul(h, f.W3), f.B3), f.Y)))
}
