package flow_test

import (
	"math"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// tree is what the loops below carry.
type tree = map[string]num.Array

// repeat is flow.While, or a Go loop that reads values as it runs and is unrolled into the IR.
type repeat func(cond func(tree) num.Array, body func(tree) tree, init tree) tree

func byFlow(cond func(tree) num.Array, body func(tree) tree, init tree) tree {
	return flow.While(cond, body, init)
}

func byRun(cond func(tree) num.Array, body func(tree) tree, init tree) tree {
	for cond(init).Bool() {
		init = body(init)
	}
	return init
}

// algorithm is a function whose loop takes as many steps as its argument asks for.
type algorithm struct {
	f     func(while repeat) function
	at    []float64
	slope func(x float64) float64 // in closed form, to the relative error tol
	tol   float64
	// second is the relative error of second derivatives, where the unrolled ones add in another order.
	second float64
}

var algorithms = map[string]algorithm{
	"square root by Newton": {
		f: func(while repeat) function {
			return func(a num.Array) num.Array {
				return while(func(s tree) num.Array { return num.Greater(num.Abs(s["step"]), num.Mul(1e-14, s["x"])) },
					func(s tree) tree {
						next := num.Mul(0.5, num.Add(s["x"], num.Div(a, s["x"])))
						return tree{"x": next, "step": num.Sub(next, s["x"])}
					}, tree{"x": num.Add(1, num.Mul(0.1, a)), "step": num.Scalar(1)})["x"]
			}
		},
		at:    []float64{2, 1e-3, 7e4, 1},
		slope: func(x float64) float64 { return 0.5 / math.Sqrt(x) }, tol: 1e-13,
	},
	"cube root by bisection": { // the bounds, which comparisons move, are constant: one step of Newton carries the derivative
		f: func(while repeat) function {
			return func(a num.Array) num.Array {
				last := while(func(s tree) num.Array { return num.Greater(num.Sub(s["hi"], s["lo"]), num.Mul(1e-9, s["hi"])) },
					func(s tree) tree {
						mid := num.Mul(0.5, num.Add(s["lo"], s["hi"]))
						high := num.Greater(num.Mul(mid, mid, mid), a)
						return tree{"lo": num.Where(high, s["lo"], mid), "hi": num.Where(high, mid, s["hi"])}
					}, tree{"lo": num.Scalar(0), "hi": num.Add(1, a)})
				x := num.StopGradient(last["lo"])
				return num.Sub(x, num.Div(num.Sub(num.Mul(x, x, x), a), num.Mul(3, x, x)))
			}
		},
		at:    []float64{2, 0.01, 300},
		slope: func(x float64) float64 { return math.Pow(x, -2.0/3) / 3 }, tol: 1e-8,
	},
	"bisection of an interval that varies": { // each bound is a mixture of those at the start
		f: func(while repeat) function {
			return func(a num.Array) num.Array {
				s := while(func(s tree) num.Array { return num.Greater(num.Sub(s["hi"], s["lo"]), 1e-6) },
					func(s tree) tree {
						mid := num.Mul(0.5, num.Add(s["lo"], s["hi"]))
						high := num.Greater(num.Sin(mid), 0.5)
						return tree{"lo": num.Where(high, s["lo"], mid), "hi": num.Where(high, mid, s["hi"])}
					}, tree{"lo": num.Mul(-1, a), "hi": num.Mul(3, a)})
				return num.Add(s["lo"], s["hi"])
			}
		},
		at: []float64{0.5, 0.8},
	},
	"decay in adaptive steps": {f: decay, at: []float64{0.5, 1, 2}, slope: func(k float64) float64 { return -2 * math.Exp(-2*k) }, tol: 1e-3, second: 1e-14},
	"Collatz": { // even and odd steps, as many as it takes
		f: func(while repeat) function {
			return func(x num.Array) num.Array {
				return while(func(s tree) num.Array { return num.Greater(s["n"], 1) },
					func(s tree) tree {
						odd := num.Equal(num.Mod(s["n"], 2), 1)
						n := num.Where(odd, num.Add(num.Mul(3, s["n"]), 1), num.Convert(num.Div(s["n"], 2), trace.I64))
						return tree{"n": n, "y": num.Where(odd, num.Mul(s["y"], 1.25), num.Sin(s["y"]))}
					}, tree{"n": num.Convert(x, trace.I64), "y": num.Mul(0.1, x)})["y"]
			}
		},
		at: []float64{1, 2, 6, 7, 9},
	},
	"while in while": {
		f: func(while repeat) function {
			return func(x num.Array) num.Array {
				return while(func(s tree) num.Array { return num.Less(s["c"], 20) }, func(s tree) tree {
					inner := while(func(d tree) num.Array { return num.Less(d["d"], s["c"]) },
						func(d tree) tree { return tree{"d": num.Add(1, num.Mul(d["d"], d["d"]), num.Sin(d["d"]))} }, tree{"d": num.Sin(s["c"])})
					return tree{"c": num.Mul(1.5, num.Add(s["c"], num.Exp(num.Neg(inner["d"]))))}
				}, tree{"c": x})["c"]
			}
		},
		at: []float64{0.5, 3, 30}, second: 1e-15,
	},
}

// decay integrates y' = -k y from 1 over time 2 by Heun's method with Euler's inside: their difference
// is the error, which controls the step. A step that is too large is tried again. k is carried, so that
// its cotangents are added one by one, as in the unrolled program.
func decay(while repeat) function {
	return func(k num.Array) num.Array {
		return while(func(s tree) num.Array { return num.Less(s["t"], 2) }, func(s tree) tree {
			rate := func(y num.Array) num.Array { return num.Neg(num.Mul(s["k"], y)) }
			h := num.Minimum(s["h"], num.Sub(2, s["t"]))
			a := rate(s["y"])
			b := rate(num.Add(s["y"], num.Mul(h, a)))
			wrong := num.Mul(0.5, h, num.Abs(num.Sub(b, a)))
			good := num.LessEqual(wrong, 1e-4)
			factor := num.StopGradient(num.Clip(num.Mul(0.9, num.Sqrt(num.Div(1e-4, num.Maximum(wrong, 1e-12)))), 0.2, 5))
			return tree{
				"t": num.Where(good, num.Add(s["t"], h), s["t"]),
				"y": num.Where(good, num.Add(s["y"], num.Mul(0.5, h, num.Add(a, b))), s["y"]),
				"h": num.Mul(h, factor),
				"k": s["k"],
			}
		}, tree{"t": num.Scalar(0), "y": num.Scalar(1), "h": num.Scalar(0.1), "k": k})["y"]
	}
}

// TestWhileBits demands that values and derivatives of a While are those of the same loop unrolled, to
// the bit: its steps run in the same order, forward and backward.
func TestWhileBits(t *testing.T) {
	for name, a := range algorithms {
		t.Run(name, func(t *testing.T) {
			f, g := a.f(byFlow), a.f(byRun)
			for _, x := range a.at {
				at := num.Scalar(x)
				for what, d := range map[string]func(function) function{
					"value":    func(f function) function { return f },
					"gradient": transforms.Grad[num.Array],
					"forward": func(f function) function {
						return func(x num.Array) num.Array { _, dy := transforms.JVP(f, x, num.Scalar(1)); return dy }
					},
					"second": func(f function) function { return transforms.Grad(transforms.Grad(f)) },
				} {
					got, want := d(f)(at).Float64(), d(g)(at).Float64()
					if math.Float64bits(got) != math.Float64bits(want) && !(what == "second" && math.Abs(got-want) <= a.second*math.Abs(want)) {
						t.Errorf("%s at %v: %v, unrolled %v", what, x, got, want)
					}
				}
				if slope := transforms.Grad(f)(at).Float64(); a.slope != nil && math.Abs(slope-a.slope(x)) > a.tol*math.Abs(a.slope(x)) {
					t.Errorf("the slope at %v is %v, want %v", x, slope, a.slope(x))
				}
			}
			lanes := num.Vector(a.at...)
			for what, d := range map[string]function{"values": f, "gradients": transforms.Grad(f), "second": transforms.Grad(transforms.Grad(f))} {
				agree.Equal(t, what+" in lanes", transforms.Vmap(d)(lanes), agree.Loop(d, lanes), 0)
			}
		})
	}
}
