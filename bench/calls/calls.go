// Package calls has what does not depend on the size of the work: calls of compiled functions, and compiling them.
package calls

import (
	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

type args struct{ X, Y, Z num.Array }

// ten is ten operations on scalars, none of which takes long.
func ten(a args) num.Array {
	s := num.Add(num.Mul(a.X, a.Y), a.Z)
	t := num.Sub(num.Mul(a.X, a.Z), num.Mul(0.5, a.Y))
	u := num.Add(num.Mul(s, t), num.Square(a.Z))
	return num.Add(num.Mul(u, s), 1)
}

// tenGo is called through this variable, as a compiled function is.
var tenGo = func(x, y, z float64) float64 {
	s := x*y + z
	t := x*z - 0.5*y
	u := s*t + z*z
	return u*s + 1
}

const base = "Go" // a call of a func value

// Rows of the table.
func Rows() []harness.Row {
	at := args{num.Scalar(1.1), num.Scalar(0.3), num.Scalar(-0.7)}
	compare := func(cs []harness.Contender) []harness.Contender {
		in := [][]float64{at.X.Float64s(), at.Y.Float64s(), at.Z.Float64s()}
		return append(cs, harness.OfKernel(base, harness.Repeat(func(in, out [][]float64) {
			out[0][0] = tenGo(in[0][0], in[1][0], in[2][0])
		}), in, 1))
	}
	return []harness.Row{{
		Work: "10 operations on scalars: Program.Run", Base: base, Absolute: true, Reach: 30e-9, Least: 60e-9,
		Contenders: func() []harness.Contender { return compare(ours.Compiled(ten, at)) },
	}, {
		Work: "10 operations on scalars: JIT, called with a struct", Base: base, Absolute: true, Reach: 400e-9, Least: 800e-9,
		Contenders: func() []harness.Contender {
			return compare(ours.Each(func(name string) harness.Contender {
				f, out := transforms.JIT(ten), make([]float64, 1)
				f(at) // compiles
				return harness.Func(name, func() { out[0] = f(at).Float64() }, out)
			}))
		},
	}, {
		Work: "1000 equations: trace, Grad and compile", Absolute: true, Reach: 5e-3, Least: 20e-3,
		Contenders: func() []harness.Contender {
			x := num.Vector(0.3, 0.5, 0.2, 0.7)
			return ours.Each(func(name string) harness.Contender {
				return harness.Contender{Name: name, Time: ours.With(name, harness.Loop(func() {
					if _, err := transforms.Compile(transforms.Grad(Thousand), x); err != nil {
						panic(err)
					}
				}))}
			})
		},
	}}
}

// Thousand is a thousand equations on scalars.
func Thousand(x num.Array) num.Array {
	s, t := x.At(0), x.At(1)
	u, v := x.At(2), x.At(3)
	for range 142 {
		s = num.Add(num.Mul(s, u), t)
		t = num.Sub(num.Sin(t), num.Mul(s, v))
		u = num.Mul(0.9, num.Add(u, t))
	}
	return num.Mul(s, t)
}
