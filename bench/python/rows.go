package python

import (
	"time"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// The contenders.
const (
	jax       = "JAX"
	jax2      = "JAX 2 threads"
	jaxEager  = "JAX without jit"
	torch     = "PyTorch"
	torch2    = "PyTorch 2 threads"
	functorch = "torch.func"
	inductor  = "torch.compile"
)

// ways says in which system a contender runs, and how it is called there.
var ways = map[string]struct {
	system
	way string
}{
	jax:       {system{"jax", 1}, jax},
	jax2:      {system{"jax", 2}, jax},
	jaxEager:  {system{"jax", 1}, jaxEager},
	torch:     {system{"torch", 1}, torch},
	torch2:    {system{"torch", 2}, torch},
	functorch: {system{"torch", 1}, functorch},
	inductor:  {system{"torch", 1}, inductor},
}

// tolerance is how far results may lie apart, relative to the largest number of an array. It leaves room for sums of
// many terms in another order.
const tolerance = 1e-10

// compare is the row of f, compiled, at what in returns, against the function of that name in Python.
func compare[In, Out any](name, function string, f func(In) Out, in func() In, others ...string) harness.Row {
	return row(name, others, func() (harness.Contender, work) {
		x := in()
		return compiled(f, x), given(function, x)
	})
}

// row has what ready makes and the others do the same work.
func row(name string, others []string, ready func() (harness.Contender, work)) harness.Row {
	return harness.Row{Work: name, Base: ours.Name, Tolerance: tolerance, Contenders: func() []harness.Contender {
		subject, w := ready()
		cs := []harness.Contender{subject}
		for _, other := range others {
			cs = append(cs, w.contender(other, ways[other].way, ways[other].system))
		}
		return cs
	}}
}

// compareOnTwo is compare with two threads for each.
func compareOnTwo[In, Out any](name, function string, f func(In) Out, in func() In) harness.Row {
	r := compare(name+", two threads", function, f, in, jax2, torch2)
	one := r.Contenders
	r.Contenders = func() []harness.Contender {
		cs := one()
		cs[0] = onTwo(cs[0])
		return cs
	}
	return r
}

// onTwo lets a contender here run on two threads. It is timed by the clock, as it is there.
func onTwo(c harness.Contender) harness.Contender {
	work := c.Time
	c.Time = func(n int) time.Duration {
		defer harness.UseProcessors(harness.UseProcessors(2))
		start := time.Now()
		work(n)
		return time.Since(start)
	}
	return c
}

// compiled is the contender that runs f compiled, on slices.
func compiled[In, Out any](f func(In) Out, x In) harness.Contender {
	p, err := transforms.Compile(f, x)
	if err != nil {
		panic(err)
	}
	in, out := ours.Slices(p, x)
	return harness.Func(ours.Name, func() { p.Run(out, in) }, out...)
}

// given is the work that a function does with the arrays of x.
func given[In any](function string, x In) work {
	w := work{function: function}
	for _, a := range tree.Leaves(x) {
		w.arrays = append(w.arrays, a.Float64s())
		w.shapes = append(w.shapes, append([]int{}, a.Shape()...))
	}
	return w
}
