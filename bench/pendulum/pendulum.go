// Package pendulum has the energy of a double pendulum: a few scalars.
package pendulum

import (
	"math"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

// energy of rods of length 1 with bobs of mass 1, by their two angles and how fast these change.
func energy(x num.Array) num.Array {
	a, b, va, vb := x.At(0), x.At(1), x.At(2), x.At(3)
	kinetic := num.Add(num.Square(va), num.Mul(0.5, num.Square(vb)), num.Mul(va, vb, num.Cos(num.Sub(a, b))))
	return num.Sub(kinetic, num.Mul(9.8, num.Add(num.Mul(2, num.Cos(a)), num.Cos(b))))
}

func gradient(in, out [][]float64) {
	x, g := in[0][:4], out[0][:4]
	a, b, va, vb := x[0], x[1], x[2], x[3]
	sin, cos := math.Sincos(a - b)
	turn := va * vb * sin
	g[0] = 19.6*math.Sin(a) - turn
	g[1] = 9.8*math.Sin(b) + turn
	g[2] = 2*va + vb*cos
	g[3] = vb + va*cos
}

var gradientC harness.Kernel // if there is a compiler

// Rows of the table.
func Rows() []harness.Row {
	return []harness.Row{{
		Work: "energy of a double pendulum: gradient", Base: "C", Reach: 1, Least: 1.3,
		Contenders: func() []harness.Contender {
			x := []float64{0.3, -0.4, 1, 2}
			return append(ours.Compiled(transforms.Grad(energy), num.Vector(x...)),
				harness.OfKernel("C", gradientC, [][]float64{x}, 4),
				harness.OfKernel("Go", harness.Repeat(gradient), [][]float64{x}, 4))
		},
	}}
}
