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
