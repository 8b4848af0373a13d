// Wave inversion: which field at the start becomes this one?
//
// A drum skin of two dimensions swings from a start at rest. All that is known is the field at the end. The
// gradient of the misfit by every one of the initial values comes from one reverse pass through all steps, which
// is the wave run backwards in time; gonum's L-BFGS does the rest.
//
// The gradient by the stiffness of the skin at each point needs the field of every step: checkpoints keep some of
// them only, and run steps again.
package main

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/optimize"

	"github.com/gradus-ad/gradus/bridge"
	"github.com/gradus-ad/gradus/examples/internal/report"
	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

const (
	size    = 48 // points along each axis; beyond them the skin is held fast
	steps   = 60
	courant = 1.0 / 3 // (c dt / dx)²
)

// Wave is the field now and one step ago, f64[48,48] each.
type Wave struct{ Now, Before num.Array }

// laplacian returns the sum of the four neighbours less four times the field.
func laplacian(u num.Array) num.Array {
	p := num.Pad(u, 1, 1, 1, 1)
	const n = size
	neighbours := num.Add(num.Slice(p, 0, n, 1, n+1), num.Slice(p, 2, n+2, 1, n+1),
		num.Slice(p, 1, n+1, 0, n), num.Slice(p, 1, n+1, 2, n+2))
	return num.Sub(neighbours, num.Mul(4, u))
}

// end returns the field after all steps, from a field at rest.
func end(start num.Array) num.Array { return endOf(start, num.Scalar(courant)) }

// endOf is end for a skin of some stiffness, which is (c dt / dx)² at each point.
func endOf(start, stiffness num.Array, opts ...flow.Option) num.Array {
	w := Wave{start, num.Add(start, num.Mul(0.5, stiffness, laplacian(start)))}
	w, _ = flow.Scan(func(w Wave, _ [0]num.Array) (Wave, [0]num.Array) {
		force := num.Mul(stiffness, laplacian(trace.Apply(counted{}, w.Now)[0]))
		return Wave{num.Add(num.Sub(num.Mul(2, w.Now), w.Before), force), w.Now}, [0]num.Array{}
	}, w, [0]num.Array{}, append(opts, flow.Length(steps))...)
	return w.Now
}

// picture returns the field to recover: a ring and a bar.
func picture() num.Array {
	values := make([]float64, size*size)
	for i := range values {
		y, x := float64(i/size)/(size-1)-0.5, float64(i%size)/(size-1)-0.5
		ring := math.Exp(-math.Pow((math.Hypot(x+0.1, y)-0.22)/0.04, 2))
		bar := math.Exp(-math.Pow((x-0.28)/0.04, 2) - math.Pow(y/0.25, 4))
		values[i] = ring + bar
	}
	return num.New(values, size, size)
}

func main() { report.Main(run) }

func run(r *report.Report) error {
	truth := picture()
	seen := end(truth)
	misfit := func(start num.Array) num.Array {
		return num.Mul(0.5, num.Sum(num.Square(num.Sub(end(start), seen))))
	}
	r.Printf("a field of %d by %d points, %d steps of the wave equation\n", size, size, steps)
	checkAdjoint(r)
	checkpoints(r, truth)

	problem, x0, unravel := bridge.ProblemOf(misfit, num.Zeros(size, size))
	result, err := optimize.Minimize(problem, x0, &optimize.Settings{GradientThreshold: 1e-5, MajorIterations: 150}, &optimize.LBFGS{})
	if err != nil {
		return err
	}
	found := unravel(result.X)
	r.Printf("\ngonum's L-BFGS on %d initial values, from zeros; modes that are just about 0 at the end leave hardly a trace\n"+
		"to find them by, so the start is known less well than the end:\n", len(x0))
	r.CheckSmall("field at the end, relative", distance(seen, end(found)), 1e-3)
	r.CheckSmall("field at the start, relative", distance(truth, found), 0.1)
	return draw(r, seen, found, truth)
}

// checkAdjoint compares forward and reverse mode by a dot product, and swaps a source and a receiver.
func checkAdjoint(r *report.Report) {
	rng := rand.New(rand.NewPCG(4, 8))
	v, w := num.Normal(rng, size, size), num.Normal(rng, size, size)
	_, forward := transforms.JVP(end, v, v)
	_, pull := transforms.VJP(end, v)
	r.Check("a cotangent times a tangent, both modes", num.Sum(num.Mul(w, forward)).Float64(), num.Sum(num.Mul(pull(w), v)).Float64(), 1e-11)
	at := func(i, j int) num.Array { return num.Set(num.Zeros(size, size), 1, num.ScalarInt(i), num.ScalarInt(j)) }
	r.Check("source and receiver swapped", end(at(10, 20)).At(30, 25).Float64(), end(at(30, 25)).At(10, 20).Float64(), 1e-11)
}

// checkpoints compares ways to keep less for the gradient by the stiffness: the steps that they run, once and
// again, with how many there must be, and the bytes that they keep.
func checkpoints(r *report.Report, start num.Array) {
	stiffness := num.Full(courant, size, size)
	energy := func(opts ...flow.Option) func(num.Array) num.Array {
		return func(k num.Array) num.Array { return num.Sum(num.Square(endOf(start, k, opts...))) }
	}
	var plain num.Array
	var all int
	r.Printf("\nthe gradient by the stiffness at %d points, with and without checkpoints:\n", stiffness.Size())
	for _, c := range []struct {
		name string
		opts []flow.Option
		runs int
	}{
		{"no checkpoints", nil, steps},
		{"a checkpoint every 8 steps", []flow.Option{flow.CheckpointEvery(8)}, steps + 56}, // the last 4 are not run again
		{"4 slots", []flow.Option{flow.Binomial(4)}, steps + 4*steps - 56},                 // Griewank and Walther: tn - β(s+1,t-1), t = 4
	} {
		runs = 0
		g := transforms.Grad(energy(c.opts...))(stiffness)
		ran, kept := runs, 0
		for _, x := range transforms.Residuals(energy(c.opts...), stiffness) {
			kept += x.Bytes
		}
		if c.opts == nil {
			plain, all = g, kept
		}
		r.Printf("%-26s  steps run %3d  kept %7.1f kB, %3.0f %%\n", c.name, ran, float64(kept)/1e3, 100*float64(kept)/float64(all))
		r.Check("steps run", float64(c.runs), float64(ran), 0)
		r.CheckSmall("gradient, relative difference", distance(plain, g), 1e-14)
	}
}

// distance returns the norm of the difference of two fields, relative to that of the first.
func distance(want, got num.Array) float64 {
	return num.Div(num.Norm(num.Sub(want, got)), num.Norm(want)).Float64()
}
