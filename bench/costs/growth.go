package costs

import (
	"fmt"
	"math"
	"time"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/bench/sensors"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

const (
	byForward    = "gradient by forward mode"
	hessian      = "Hessian"
	checkpointed = "gradient with checkpoints"
	forward      = "Jacobian, forward mode"
	reverse      = "Jacobian, reverse mode"
	nestedJVP    = "nested JVP"
	nestedGrad   = "nested Grad"
	mixed        = "JVP and Grad in turn"
)

// Growth is the part that shows how costs grow with inputs, outputs, steps and order.
func Growth() harness.Part {
	return harness.Part{
		Name: "growth", Title: "How costs grow", Style: harness.Growth,
		Text: `Times as multiples of that of the function itself, all compiled: Rosenbrock's function by its inputs; what sensors read of two
charged bodies, by 8 initial conditions; leapfrog round a centre by its steps, with a checkpoint every square root of them; and derivatives of
x exp(sin x). Above 512 outputs, reverse mode is timed on 16 rows of the Jacobian and multiplied.`,
		Others: []string{tangent, gradient, checkpointed, product, byForward, hessian, forward, reverse, nestedJVP, nestedGrad, mixed},
		Rows: func() (rows []harness.Row) {
			grow := func(group string, sizes []int, contenders func(n int) []harness.Contender) {
				for _, n := range sizes {
					rows = append(rows, harness.Row{
						Work: fmt.Sprint(group, " ", n), Group: group, Size: float64(n), Base: function,
						Contenders: func() []harness.Contender { return contenders(n) },
					})
				}
			}
			grow("inputs", []int{2, 8, 32, 128, 512, 2048, 8192}, inputs)
			grow("outputs of 8 inputs", []int{1, 8, 64, 512, 4096, 50000}, outputs)
			grow("steps", []int{10, 100, 1000, 10000, 100000}, steps)
			grow("order", []int{1, 2, 3, 4, 5, 6}, orders)
			return rows
		},
	}
}

func inputs(n int) []harness.Contender {
	x := normal(n)
	cs := inModes(model{"", rosenbrock, x})
	if n <= 512 {
		cs = append(cs, ours.One(byForward, jac.Fwd(rosenbrock), x), unlike(ours.One(hessian, hvp.Hessian(rosenbrock), x)))
	}
	return cs
}

func outputs(n int) []harness.Contender {
	f, x := sensors.Readings(n), sensors.Start()
	cs := []harness.Contender{unlike(ours.One(function, f, x)), ours.One(forward, jac.Fwd(f), x)}
	if n <= 512 {
		return append(cs, ours.One(reverse, jac.Rev(f), x))
	}
	const sample = 16
	rows := make([]float64, sample*n)
	for i := range sample {
		rows[i*n+i] = 1
	}
	c := unlike(ours.One(reverse, func(x num.Array) num.Array {
		_, pull := transforms.VJP(f, x)
		return transforms.Vmap(pull)(num.New(rows, sample, n))
	}, x))
	timed := c.Time
	c.Time = func(runs int) time.Duration { return timed(runs) * time.Duration(n) / sample }
	return append(cs, c)
}

func steps(n int) []harness.Contender {
	f := func(x num.Array) num.Array { return travel(x, n) }
	every := flow.CheckpointEvery(int(math.Sqrt(float64(n))))
	return append(inModes(model{"", f, leapfrog.x}),
		ours.One(checkpointed, transforms.Grad(func(x num.Array) num.Array { return travel(x, n, every) }), leapfrog.x))
}

func orders(n int) []harness.Contender {
	f := func(x num.Array) num.Array { return num.Mul(x, num.Exp(num.Sin(x))) }
	x := num.Scalar(0.7)
	nest := func(derivative ...func(func(num.Array) num.Array) func(num.Array) num.Array) func(num.Array) num.Array {
		d := f
		for k := range n {
			d = derivative[k%len(derivative)](d)
		}
		return d
	}
	push := func(f func(num.Array) num.Array) func(num.Array) num.Array { return pushed(f, num.Scalar(1)) }
	return []harness.Contender{
		unlike(ours.One(function, f, x)),
		ours.One(nestedJVP, nest(push), x),
		ours.One(nestedGrad, nest(transforms.Grad[num.Array]), x),
		ours.One(mixed, nest(transforms.Grad[num.Array], push), x),
	}
}
