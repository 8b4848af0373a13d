package trace_test

import (
	"errors"
	"fmt"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// laplacian takes second differences on a ring, along the last axis: the sum of both neighbours
// less twice the element. It is linear, and its own transpose.
type laplacian struct{}

func (laplacian) Name() string { return "laplacian" }

func (laplacian) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) != 1 || in[0].DType != trace.F64 || in[0].Rank() == 0 {
		return nil, errors.New("needs one f64 array with an axis")
	}
	return in, nil
}

func (laplacian) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	n := out[0].Shape[out[0].Rank()-1]
	for i := range y.F64 {
		row, k := in[0].F64[i-i%n:][:n], i%n
		y.F64[i] = row[(k+n-1)%n] - 2*row[k] + row[(k+1)%n]
	}
	return []trace.Buffer{y}
}

func (p laplacian) JVP(in, _ []trace.Array, t []trace.Tangent) []trace.Tangent {
	return []trace.Tangent{num.LinearTangent(p, in, 0, t[0])}
}

func (p laplacian) Batch(in []trace.Array, mapped []bool, _ int) ([]trace.Array, []bool) {
	return trace.Apply(p, in[0]), mapped
}

func (laplacian) Linear([]bool) bool { return true }

func (p laplacian) Transpose(t *trace.Transposition) []trace.Tangent {
	return []trace.Tangent{num.LinearTangent(p, t.In, 0, t.Ct[0])}
}

// Laplacian returns the second differences of x on a ring, along its last axis.
func Laplacian(x num.Array) num.Array { return trace.Apply(laplacian{}, x)[0] }

// A primitive of one's own is a type with the rules as its methods. Both modes, batches and all
// orders follow.
func ExamplePrimitive() {
	energy := func(x num.Array) num.Array {
		return num.Mul(-0.5, num.Sum(num.Mul(x, Laplacian(num.Square(x)))))
	}
	x, dx := num.Vector(1, 2, 0, 4), num.Vector(1, 0, 0, 0)
	gradient := transforms.Grad(energy)
	fmt.Println("energy          ", energy(x))
	fmt.Println("gradient        ", gradient(x))
	_, forward := transforms.JVP(energy, x, dx)
	fmt.Println("forward along x0", forward)
	_, hvp := transforms.JVP(gradient, x, dx)
	fmt.Println("Hessian column  ", hvp)
	fmt.Println("a batch         ", transforms.Vmap(gradient)(num.Stack(0, x, dx)).Shape())
	fmt.Println(trace.MustOf(gradient, x))
	// Output:
	// energy           60.0
	// gradient         [-13.    9.5 -10.   43.5]
	// forward along x0 -13.0
	// Hessian column   [ 0. -3.  0. -5.]
	// a batch          [2 4]
	// func(a:f64[4]) {
	//   b:f64[4] = square a
	//   c:f64[4] = full[value=2.0 type=f64[4]]
	//   d:f64[4] = mul c a
	//   e:f64[4] = laplacian b
	//   f:f64[4] = full[value=-0.5 type=f64[4]]
	//   g:f64[4] = mul a f
	//   h:f64[4] = mul e f
	//   i:f64[4] = laplacian g
	//   j:f64[4] = mul d i
	//   k:f64[4] = add h j
	//   return k
	// }
}
