package trace_test

import (
	"fmt"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

type particle struct{ m, v num.Array }

func kineticEnergy(p particle) num.Array {
	return num.Mul(0.5, p.m, num.Sum(num.Square(p.v)))
}

func ExampleMustOf() {
	fmt.Println(trace.MustOf(kineticEnergy, particle{num.Scalar(2), num.Vector(1, 2, 3)}))
	// Output:
	// func(a:f64[], b:f64[3]) {
	//   c:f64[3] = square b
	//   d:f64[] = reduce_sum[axes=(0)] c
	//   e:f64[] = mul 0.5 a
	//   f:f64[] = mul e d
	//   return f
	// }
}

func ExampleParse() {
	f, err := trace.Parse("func(a:f64[2]) { b:f64[2] = mul 3.0 a  return b }")
	fmt.Println(err)
	f, err = trace.Parse(`
		func(a:f64[2]) {
			s:f64[] = reduce_sum[axes=(0)] a  # of both
			return s
		}`)
	fmt.Println(f.Eval(num.Vector(3, 4))[0].Float64(), err)
	// Output:
	// line 1: equation 1: mul: operands differ in shape: f64[] x f64[2]:
	//     func(a:f64[2]) {
	//   >   b:f64[2] = mul 3.0 a
	//       return b
	// 7 <nil>
}

func ExampleTry() {
	err := trace.Try(func() { num.Add(num.Vector(1, 2), num.Vector(1, 2, 3)) })
	mistake := err.(*trace.Error)
	fmt.Println(mistake.Pos.File != "", mistake.Primitive, mistake.Msg)
	// Output: true add shapes do not broadcast: f64[2] x f64[3]
}

func ExampleOf() {
	sum := func(p particle) num.Array { return num.Add(p.m, p.v) }
	f, err := trace.Of(sum, particle{num.Zeros(2), num.Zeros(2)})
	fmt.Println(f, err)
	_, err = trace.Of(sum, particle{num.Zeros(2), num.Zeros(3)})
	mistake := err.(*trace.Error)
	fmt.Println(mistake.Primitive, mistake.Msg)
	// Output:
	// func(a:f64[2], b:f64[2]) {
	//   c:f64[2] = add a b
	//   return c
	// } <nil>
	// add shapes do not broadcast: f64[2] x f64[3]
}

// A func is walked to count, to draw or to translate it: here its primitives, what they make and
// how often each of their results is read.
func ExampleFunc_Equations() {
	f := trace.MustOf(kineticEnergy, particle{num.Scalar(2), num.Vector(1, 2, 3)})
	reads := make([]int, f.NumVars())
	for _, e := range f.Equations() {
		for _, v := range e.Ins {
			reads[v]++
		}
	}
	for _, e := range f.Equations() {
		fmt.Println(e.Primitive.Name(), f.Types(e.Outs), reads[e.Outs[0]])
	}
	// Output:
	// square [f64[3]] 1
	// reduce_sum [f64[]] 1
	// full [f64[]] 1
	// mul [f64[]] 1
	// mul [f64[]] 0
}

// What prints this is drawn by: go run . | dot -Tsvg
func ExampleFunc_Dot() {
	fmt.Print(trace.MustOf(func(x num.Array) num.Array { return num.Sum(num.Square(x)) }, num.Zeros(3)).Dot())
	// Output:
	// digraph {
	//   v0 [shape=box label="a:f64[3]"]
	//   e0 [label="square\nb:f64[3]"]
	//   v0 -> e0
	//   e1 [label="reduce_sum[axes=(0)]\nc:f64[]"]
	//   e0 -> e1
	//   r0 [shape=box label="result 0"]
	//   e1 -> r0
	// }
}

func ExampleFunc_Eval() {
	f := trace.MustOf(kineticEnergy, particle{num.Scalar(2), num.Vector(1, 2, 3)})
	fmt.Println(f.Eval(num.Scalar(4), num.Vector(0, 0, 1))[0])
	// Output: 2.0
}
