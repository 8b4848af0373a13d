package flow_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// Two programs of GradBench, which nest a derivative inside loops whose length depends on the data,
// inside another derivative: https://github.com/gradbench/gradbench, evals particle and saddle.

// modes are the ways to a gradient of a scalar function.
var modes = map[byte]func(func(num.Array) num.Array) func(num.Array) num.Array{
	'r': transforms.Grad[num.Array],
	'f': func(f func(num.Array) num.Array) func(num.Array) num.Array {
		return func(x num.Array) num.Array {
			if x.Rank() == 0 {
				_, dy := transforms.JVP(f, x, num.Scalar(1))
				return dy
			}
			return transforms.Vmap(func(v num.Array) num.Array {
				_, dy := transforms.JVP(f, x, v)
				return dy
			})(num.Eye(x.Size()))
		}
	},
}

// descent is the state of the gradient descent that both programs share.
type descent struct {
	X, FX, Gradient num.Array
	Step            num.Array
	Successes       num.Array
	Done            num.Array
}

// argmin descends from start; the step grows after ten successes and shrinks after a failure.
func argmin(f func(num.Array) num.Array, start num.Array, grad func(func(num.Array) num.Array) func(num.Array) num.Array) num.Array {
	const tolerance = 1e-5
	norm := func(x num.Array) num.Array { return num.Sqrt(num.Sum(num.Square(num.StopGradient(x)))) }
	stop := func(d descent) descent { d.Done = trace.Fill(true, trace.TypeOf(trace.Bool)); return d }
	try := func(d descent) descent {
		next := num.Sub(d.X, num.Mul(d.Step, d.Gradient))
		stay := func(d descent) descent {
			fx := f(next)
			return flow.Cond(num.Less(fx, d.FX),
				func(d descent) descent {
					return descent{next, fx, grad(f)(next), d.Step, num.Add(d.Successes, 1), d.Done}
				},
				func(d descent) descent {
					d.Step, d.Successes = num.Div(d.Step, 2), num.ScalarInt(0)
					return d
				}, d)
		}
		return flow.Cond(num.LessEqual(norm(num.Sub(d.X, next)), tolerance), stop, stay, d)
	}
	grow := func(d descent) descent {
		d.Step, d.Successes = num.Mul(d.Step, 2), num.ScalarInt(0)
		return d
	}
	return flow.While(
		func(d descent) num.Array { return num.Not(d.Done) },
		func(d descent) descent {
			move := func(d descent) descent { return flow.Cond(num.Equal(d.Successes, 10), grow, try, d) }
			return flow.Cond(num.LessEqual(norm(d.Gradient), tolerance), stop, move, d)
		},
		descent{start, f(start), grad(f)(start), num.Scalar(1e-5), num.ScalarInt(0), trace.Fill(false, trace.TypeOf(trace.Bool))},
	).X
}

type particleState struct{ X, V num.Array }

// particle returns the w that brings a charged particle to the origin of the ground.
func particle(w num.Array, outer, inner byte) num.Array {
	const dt = 0.1
	landing := func(w num.Array) num.Array {
		charges := num.Stack(0, num.Stack(0, num.Scalar(10), num.Sub(10, w)), num.Vector(10, 0))
		potential := func(x num.Array) num.Array {
			return num.Sum(num.Reciprocal(num.Norm(num.Sub(x, charges), 1)))
		}
		move := func(s particleState) particleState {
			a := num.Neg(modes[inner](potential)(s.X))
			return particleState{num.Add(s.X, num.Mul(dt, s.V)), num.Add(s.V, num.Mul(dt, a))}
		}
		// The last velocity is that before the step that went below the ground.
		type flight struct{ Now, Before particleState }
		start := particleState{num.Vector(0, 8), num.Vector(0.75, 0)}
		end := flow.While(func(f flight) num.Array { return num.Greater(f.Now.X.At(1), 0) },
			func(f flight) flight { return flight{move(f.Now), f.Now} }, flight{start, start})
		x, v := end.Now.X, end.Before.V
		after := num.Neg(num.Div(x.At(1), v.At(1)))
		return num.Square(num.Add(x.At(0), num.Mul(after, v.At(0))))
	}
	return argmin(landing, w, modes[outer])
}

// saddle returns the saddle point of (x1^2+x2^2) - (y1^2+y2^2).
func saddle(start num.Array, outer, inner byte) num.Array {
	f := func(x, y num.Array) num.Array { return num.Sub(num.Dot(x, x), num.Dot(y, y)) }
	argmax := func(x num.Array) num.Array {
		return argmin(func(y num.Array) num.Array { return num.Neg(f(x, y)) }, start, modes[inner])
	}
	x := argmin(func(x num.Array) num.Array { return f(x, argmax(x)) }, start, modes[outer])
	return num.Concat(0, x, argmax(x))
}

func TestParticle(t *testing.T) {
	if testing.Short() {
		t.Skip("takes many seconds")
	}
	var golden struct {
		Input   struct{ W float64 }
		Outputs map[string]float64
	}
	readGolden(t, "testdata/particle_official.json", &golden)
	if len(golden.Outputs) != 4 {
		t.Fatalf("%d mixtures", len(golden.Outputs))
	}
	for mixture, want := range golden.Outputs {
		t.Run(mixture, func(t *testing.T) {
			f := func(w num.Array) num.Array { return particle(w, mixture[0], mixture[1]) }
			for _, got := range compiledAndNot(f, num.Scalar(golden.Input.W), mixture == "fr") {
				if math.Abs(got.Float64()-want) > 1e-12*want {
					t.Errorf("%v, want %v", got, want)
				}
			}
		})
	}
}

// compiledAndNot returns f(x) by the compiled function and, as that takes many seconds, by the evaluator only if it is to.
func compiledAndNot(f func(num.Array) num.Array, x num.Array, evaluated bool) []num.Array {
	results := []num.Array{transforms.JIT(f)(x)}
	if evaluated {
		results = append(results, f(x))
	}
	return results
}

func TestSaddle(t *testing.T) {
	if testing.Short() {
		t.Skip("takes many seconds")
	}
	var golden struct {
		Input   struct{ Start []float64 }
		Outputs map[string][]float64
	}
	readGolden(t, "testdata/saddle_official.json", &golden)
	if len(golden.Outputs) != 4 {
		t.Fatalf("%d mixtures", len(golden.Outputs))
	}
	for mixture, want := range golden.Outputs {
		t.Run(mixture, func(t *testing.T) {
			f := func(start num.Array) num.Array { return saddle(start, mixture[0], mixture[1]) }
			for _, got := range compiledAndNot(f, num.Vector(golden.Input.Start...), mixture == "rf") {
				for i := range want {
					if got := got.Float64s()[i]; math.Abs(got-want[i]) > 1e-12*want[i] {
						t.Errorf("element %d is %v, want %v", i, got, want[i])
					}
				}
			}
		})
	}
}

func readGolden(t *testing.T, file string, v any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}
