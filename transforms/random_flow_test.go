package transforms_test

import (
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/rows"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// block is a random program that stands in the body of a loop, in a branch or in a checkpoint: it
// captures what the outer one has made, and gives arrays of the shapes that it takes.
type block struct {
	*program
	env []num.Array // of the outer program, as it runs
}

func (b block) do(x []num.Array) []num.Array {
	ys := b.run(x, b.env)
	out := make([]num.Array, len(x))
	for i, v := range x {
		// what a loop carries stays small, and is a function of what it was
		out[i] = num.Tanh(num.Add(rows.Fit(ys[i%len(ys)], v.Shape()), num.Mul(0.5, v)))
	}
	return out
}

// control is control flow round some blocks, of arguments x; s is a scalar that decides, and choice
// a number that was drawn.
type control struct {
	blocks int
	// plain says that blocks hold no control flow and no derivatives: a custom rule cannot use derivatives
	// of loops that make values and tangents together.
	plain bool
	do    func(blocks []block, x []num.Array, s num.Array, choice int) []num.Array
}

var controls = []control{
	{2, false, func(b []block, x []num.Array, s num.Array, _ int) []num.Array {
		return flow.Cond(num.Greater(s, 0.05), b[0].do, b[1].do, x)
	}},
	{3, false, func(b []block, x []num.Array, s num.Array, _ int) []num.Array {
		branches := []func([]num.Array) []num.Array{b[0].do, b[1].do, b[2].do}
		return flow.Switch(num.Sub(few(s), 1), branches, x)
	}},
	{1, false, func(b []block, x []num.Array, _ num.Array, choice int) []num.Array {
		return scanned(b[0], x, choice)
	}},
	{1, false, func(b []block, x []num.Array, s num.Array, _ int) []num.Array {
		return flow.For(num.Sub(few(s), 2), 2, func(i num.Array, c []num.Array) []num.Array {
			c = b[0].do(c)
			return append(c[:len(c)-1:len(c)-1], num.Add(c[len(c)-1], num.Mul(0.1, i)))
		}, x)
	}},
	{1, false, func(b []block, x []num.Array, s num.Array, _ int) []num.Array {
		type counted struct {
			Left num.Array
			X    []num.Array
		}
		return flow.While(func(c counted) num.Array {
			return num.And(num.Greater(c.Left, 0), num.Less(num.Sum(num.Sin(c.X[0])), 1))
		}, func(c counted) counted {
			return counted{num.Sub(c.Left, 1), b[0].do(c.X)}
		}, counted{few(s), x}).X
	}},
	{1, false, func(b []block, x []num.Array, _ num.Array, choice int) []num.Array {
		return flow.Map(b[0].do, repeated(x), flow.BatchSize(1+choice%4))
	}},
	{1, false, func(b []block, x []num.Array, _ num.Array, _ int) []num.Array {
		return transforms.Checkpoint(b[0].do)(x)
	}},
	{1, true, func(b []block, x []num.Array, _ num.Array, _ int) []num.Array {
		return transforms.CustomJVP(b[0].do, func(x, dx []num.Array) ([]num.Array, []num.Array) {
			y, push := transforms.Linearize(b[0].do, x)
			return y, push(dx)
		})(x)
	}},
	{1, true, func(b []block, x []num.Array, _ num.Array, _ int) []num.Array {
		return transforms.CustomVJP(b[0].do, func(x []num.Array) ([]num.Array, []num.Array) { return b[0].do(x), x },
			func(x, ct []num.Array) []num.Array {
				_, pull := transforms.VJP(b[0].do, x)
				return pull(ct)
			})(x)
	}},
}

// few returns a number from 0 to 3, an i64, of a scalar.
func few(s num.Array) num.Array {
	n := num.ScalarInt(0)
	for _, at := range []float64{-0.7, -0.1, 0.4} {
		n = num.Add(n, num.Convert(num.Greater(s, at), trace.I64))
	}
	return n
}

// repeated returns three rows made of each array.
func repeated(x []num.Array) []num.Array {
	ys := make([]num.Array, len(x))
	for i, v := range x {
		ys[i] = num.Stack(0, v, num.Sin(v), num.Mul(-0.5, v))
	}
	return ys
}

// scanned runs a block over rows made of x, in some direction and with some checkpoints, and returns the
// last carry and what the rows come to.
func scanned(b block, x []num.Array, choice int) []num.Array {
	opts := [][]flow.Option{nil, {flow.CheckpointEvery(2)}, {flow.Binomial(1)}, {flow.Binomial(2)}}[choice%4]
	if choice/4%2 == 1 {
		opts = append(opts[:len(opts):len(opts)], flow.Reverse())
	}
	c, ys := flow.Scan(func(c, r []num.Array) ([]num.Array, []num.Array) {
		mixed := make([]num.Array, len(c))
		for i := range c {
			mixed[i] = num.Add(c[i], num.Mul(0.5, r[i]))
		}
		y := b.do(mixed)
		return y, []num.Array{num.Mul(y[0], r[0])}
	}, x, repeated(x), opts...)
	return append(c, num.Sum(ys[0], 0))
}

// flow draws a step with control flow, of arguments that exist.
func (a *artist) flow(p *program, env []num.Array, floats []int) step {
	before := a.level
	defer func() { a.level = before }()
	c := controls[a.uniform(len(controls), "control")]
	if a.level++; c.plain {
		a.level = 2
	}
	var args []int
	for range a.number(1, 2, "arguments") {
		args = append(args, a.pick(floats))
	}
	programs := make([]*program, c.blocks)
	for i := range programs {
		programs[i] = a.program(at(env, args), env, a.number(1, 2, "inner steps"))
		p.rough = p.rough || programs[i].rough
	}
	decides, choice := a.pick(floats), a.uniform(8, "choice")
	return func(env []num.Array) []num.Array {
		blocks := make([]block, len(programs))
		for i, p := range programs {
			blocks[i] = block{p, env}
		}
		return c.do(blocks, at(env, args), num.Sin(num.Sum(env[decides])), choice)
	}
}
