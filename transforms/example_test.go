package transforms_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
	"github.com/gradus-ad/gradus/tree"
)

// A line is what the examples fit to data.
type line struct{ Slope, Offset num.Array }

var xs, ys = num.Vector(0, 1, 2, 3), num.Vector(1, 3, 5, 7)

// misfit is the mean square error of a line.
func misfit(l line) num.Array {
	return num.Mean(num.Square(num.Sub(num.Add(num.Mul(l.Slope, xs), l.Offset), ys)))
}

func ExampleGrad() {
	l := line{num.Scalar(1), num.Scalar(0)}
	g := transforms.Grad(misfit)(l)
	fmt.Println(g.Slope, g.Offset)

	cube := func(x num.Array) num.Array { return num.Pow(x, 3) }
	fmt.Println(transforms.Grad(transforms.Grad(cube))(num.Scalar(2)))
	// Output:
	// -10.0 -5.0
	// 12.0
}

// A function may branch and loop on values: what ran is differentiated.
func ExampleGrad_defineByRun() {
	root := func(a num.Array) num.Array {
		x := a
		for num.Greater(num.Abs(num.Sub(num.Square(x), a)), 1e-12).Bool() {
			x = num.Mul(0.5, num.Add(x, num.Div(a, x)))
		}
		return x
	}
	fmt.Printf("%.6f\n", transforms.Grad(root)(num.Scalar(4)).Float64())
	// Output: 0.250000
}

func ExampleGradAux() {
	f := func(x num.Array) (num.Array, []num.Array) {
		parts := []num.Array{num.Sin(x), num.Square(x)}
		return num.Sum(num.Mul(parts[0], parts[1])), parts
	}
	d, parts := transforms.GradAux(f)(num.Scalar(0.5))
	fmt.Printf("%.4f %.4f %.4f\n", d.Float64(), parts[0].Float64(), parts[1].Float64())
	// Output: 0.6988 0.4794 0.2500
}

// A Hessian-vector product is one push through a gradient.
func ExampleJVP() {
	l := line{num.Scalar(1), num.Scalar(0)}
	_, hv := transforms.JVP(transforms.Grad(misfit), l, line{num.Scalar(1), num.Scalar(0)})
	fmt.Println(hv.Slope, hv.Offset)
	// Output: 7.0 3.0
}

func ExampleVJP() {
	f := func(x num.Array) num.Array { return num.Mul(x, num.Sum(x)) }
	y, pull := transforms.VJP(f, num.Vector(1, 2))
	fmt.Println(y, pull(num.Vector(1, 0)), pull(num.Vector(0, 1)))
	// Output: [3. 6.] [4. 1.] [2. 5.]
}

// The columns of a Jacobian, by one batch over a basis.
func ExampleLinearize() {
	f := func(x num.Array) num.Array { return num.Mul(x, num.Sum(x)) }
	_, push := transforms.Linearize(f, num.Vector(1, 2))
	fmt.Println(transforms.Vmap(push)(num.Eye(2)))
	// Output:
	// [[4. 2.]
	//  [1. 5.]]
}

func ExampleTranspose() {
	forward := func(x num.Array) num.Array { return num.CumSum(x, 0) }
	back := transforms.Transpose(forward, num.Zeros(3))
	fmt.Println(forward(num.Vector(1, 2, 3)), back(num.Vector(1, 2, 3)))
	// Output: [1. 3. 6.] [6. 5. 3.]
}

func ExampleVmap() {
	cube := func(x num.Array) num.Array { return num.Mul(x, x, x) }
	second := transforms.Vmap(transforms.Grad(transforms.Grad(cube)))
	fmt.Println(second(num.Vector(1, 2, 3)))
	// Output: [ 6. 12. 18.]
}

func ExampleJIT() {
	step := transforms.JIT(func(l line) line {
		g := transforms.Grad(misfit)(l)
		return line{num.Sub(l.Slope, num.Mul(0.1, g.Slope)), num.Sub(l.Offset, num.Mul(0.1, g.Offset))}
	})
	l := line{num.Scalar(0), num.Scalar(0)}
	for range 500 {
		l = step(l)
	}
	fmt.Printf("%.6f %.6f\n", l.Slope.Float64(), l.Offset.Float64())
	// Output: 2.000000 1.000000
}

func ExampleCompile() {
	p, err := transforms.Compile(func(x num.Array) num.Array { return num.Mul(2, num.Sin(x)) }, num.Zeros(3))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Func())
	y := make([]float64, 3)
	p.Run([][]float64{y}, [][]float64{{0, 1, 2}})
	fmt.Printf("%.3f\n", y)
	// Output:
	// func(a:f64[3]) {
	//   b:f64[3] = sin a
	//   c:f64[3] = full[value=2.0 type=f64[3]]
	//   d:f64[3] = mul c b
	//   return d
	// }
	// [0.000 1.683 1.819]
}

// Descent in place: x changes, and step, which is bound to it, finds the gradient there.
func ExampleProgram_Bind() {
	p, err := transforms.Compile(transforms.Grad(func(x num.Array) num.Array {
		return num.Sum(num.Square(num.Sub(x, num.Vector(1, 2))))
	}), num.Zeros(2))
	if err != nil {
		fmt.Println(err)
		return
	}
	x, g := []float64{0, 0}, []float64{0, 0}
	gradient := p.Bind([][]float64{g}, [][]float64{x})
	for range 50 {
		gradient()
		for i := range x {
			x[i] -= 0.25 * g[i]
		}
	}
	fmt.Printf("%.6f\n", x)
	// Output: [1.000000 2.000000]
}

func ExampleValueAndGrad() {
	value, g := transforms.ValueAndGrad(misfit)(line{num.Scalar(1), num.Scalar(0)})
	fmt.Println(value, g.Slope, g.Offset)
	// Output: 7.5 -10.0 -5.0
}

// The second result is whatever the caller wants to see of the computation.
func ExampleValueAndGradAux() {
	f := func(l line) (num.Array, map[string]num.Array) {
		e := num.Sub(num.Add(num.Mul(l.Slope, xs), l.Offset), ys)
		return num.Mean(num.Square(e)), map[string]num.Array{"worst": num.Amax(num.Abs(e))}
	}
	value, seen, g := transforms.ValueAndGradAux(f)(line{num.Scalar(1), num.Scalar(0)})
	fmt.Println(value, seen["worst"], g.Slope)
	// Output: 7.5 4.0 -10.0
}

// The gradients of single samples: a batch over structs, whose arrays are all mapped. The line,
// which is captured, is not.
func ExampleVmap_structs() {
	type sample struct{ X, Y num.Array }
	l := line{num.Scalar(1), num.Scalar(0)}
	gradient := func(s sample) line {
		return transforms.Grad(func(l line) num.Array {
			return num.Square(num.Sub(num.Add(num.Mul(l.Slope, s.X), l.Offset), s.Y))
		})(l)
	}
	g := transforms.Vmap(gradient)(sample{xs, ys})
	fmt.Println(g.Slope, g.Offset)
	fmt.Println(num.Mean(g.Slope), num.Mean(g.Offset)) // as in the example of Grad
	// Output:
	// [ -0.  -4. -12. -24.] [-2. -4. -6. -8.]
	// -10.0 -5.0
}

// All pairs, by a batch inside a batch.
func ExampleVmap_pairs() {
	points := num.New([]float64{0, 0, 3, 0, 0, 4}, 3, 2)
	distances := transforms.Vmap(func(p num.Array) num.Array {
		return transforms.Vmap(func(q num.Array) num.Array { return num.Norm(num.Sub(p, q)) })(points)
	})
	fmt.Println(distances(points))
	// Output:
	// [[0. 3. 4.]
	//  [3. 0. 5.]
	//  [4. 5. 0.]]
}

// The gradient of what is left after a step of gradient descent, by the length of the step.
func ExampleGrad_nested() {
	l := line{num.Scalar(1), num.Scalar(0)}
	after := func(rate num.Array) num.Array {
		return misfit(tree.AddScaled(l, num.Neg(rate), transforms.Grad(misfit)(l)))
	}
	fmt.Println(transforms.Grad(after)(num.Scalar(0)))
	// Output: -125.0
}

// What reverse mode keeps of a chain of functions, without checkpoints and with one for each.
func ExampleCheckpoint() {
	step := func(x num.Array) num.Array { return num.Sin(num.Exp(num.Mul(-1, num.Square(x)))) }
	chain := func(step func(num.Array) num.Array) func(num.Array) num.Array {
		return func(x num.Array) num.Array {
			for range 10 {
				x = step(x)
			}
			return num.Sum(x)
		}
	}
	x := num.Vector(0.5, 1)
	for _, f := range []func(num.Array) num.Array{chain(step), chain(transforms.Checkpoint(step))} {
		total := 0
		for _, r := range transforms.Residuals(f, x) {
			total += r.Bytes
		}
		fmt.Println(total, "bytes for", transforms.Grad(f)(x))
	}
	// Output:
	// 480 bytes for [0.0133912  0.00972599]
	// 160 bytes for [0.0133912  0.00972599]
}

// Rounding that gradients pass as if it were not there.
func ExampleCustomJVP() {
	round := transforms.CustomJVP(num.Round, func(x, dx num.Array) (num.Array, num.Array) {
		return num.Round(x), dx
	})
	square := func(x num.Array) num.Array { return num.Square(round(x)) }
	fmt.Println(transforms.Grad(square)(num.Scalar(2.8)))
	// Output: 6.0
}

// A function that clips the gradient that goes back through it.
func ExampleCustomVJP() {
	clip := transforms.CustomVJP(
		func(x num.Array) num.Array { return x },
		func(x num.Array) (num.Array, struct{}) { return x, struct{}{} },
		func(_ struct{}, ct num.Array) num.Array { return num.Clip(ct, -1, 1) })
	fmt.Println(transforms.Grad(func(x num.Array) num.Array { return num.Sum(num.Exp(clip(x))) })(num.Vector(-2, 3)))
	// Output: [0.13533528 1.        ]
}
