// Package nbody has the potential energy of ten bodies that attract each other, by their places.
package nbody

import (
	"math"
	"math/rand/v2"

	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/ours"
	"github.com/gradus-ad/gradus/hvp"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/transforms"
)

const bodies = 10

// energy of bodies whose coordinates are x, f64[30], three for each, as a sum over pairs: scalar code.
func energy(mass []float64) func(num.Array) num.Array {
	return func(x num.Array) num.Array {
		total := num.Scalar(0)
		for i := range bodies {
			for j := range i {
				var square num.Array
				for k := range 3 {
					d := num.Square(num.Sub(x.At(3*i+k), x.At(3*j+k)))
					if k == 0 {
						square = d
					} else {
						square = num.Add(square, d)
					}
				}
				total = num.Sub(total, num.Div(mass[i]*mass[j], num.Sqrt(square)))
			}
		}
		return total
	}
}

// point is where a Hessian-vector product is taken.
type point struct{ X, V num.Array }

// In C, if there is a compiler.
var gradientC, productC harness.Kernel

// Rows of the table.
func Rows() []harness.Row {
	rng := rand.New(rand.NewPCG(10, 3))
	x, v, mass := make([]float64, 3*bodies), make([]float64, 3*bodies), make([]float64, bodies)
	for i := range x {
		x[i], v[i], mass[i/3] = rng.NormFloat64(), rng.NormFloat64(), 1+rng.Float64()
	}
	f := energy(mass)
	return []harness.Row{{
		Work: "energy of 10 bodies: gradient", Base: "C", Reach: 1, Least: 1.3,
		Contenders: func() []harness.Contender {
			in := [][]float64{x, mass}
			return append(ours.Compiled(transforms.Grad(f), num.Vector(x...)),
				harness.OfKernel("C", gradientC, in, len(x)),
				harness.OfKernel("Go", harness.Repeat(gradient), in, len(x)))
		},
	}, {
		Work: "energy of 10 bodies: Hessian-vector product", Base: "C", Reach: 1, Least: 1.3,
		Contenders: func() []harness.Contender {
			in := [][]float64{x, mass, v}
			at := func(p point) num.Array { return hvp.Product(f)(p.X, p.V) }
			return append(ours.Compiled(at, point{num.Vector(x...), num.Vector(v...)}),
				harness.OfKernel("C", productC, in, len(x)),
				harness.OfKernel("Go", harness.Repeat(product), in, len(x)))
		},
	}}
}

func gradient(in, out [][]float64) {
	x, mass, g := in[0][:3*bodies], in[1][:bodies], out[0][:3*bodies]
	clear(g)
	for i := range bodies {
		for j := range i {
			dx, dy, dz := x[3*i]-x[3*j], x[3*i+1]-x[3*j+1], x[3*i+2]-x[3*j+2]
			square := dx*dx + dy*dy + dz*dz
			f := mass[i] * mass[j] / (square * math.Sqrt(square))
			g[3*i] += f * dx
			g[3*i+1] += f * dy
			g[3*i+2] += f * dz
			g[3*j] -= f * dx
			g[3*j+1] -= f * dy
			g[3*j+2] -= f * dz
		}
	}
}

// product is that of the Hessian with v: each pair adds m m' (w/r³ - 3 (d.w) d/r⁵), where d and w are the
// differences of the two bodies in x and v.
func product(in, out [][]float64) {
	x, mass, v, h := in[0][:3*bodies], in[1][:bodies], in[2][:3*bodies], out[0][:3*bodies]
	clear(h)
	for i := range bodies {
		for j := range i {
			dx, dy, dz := x[3*i]-x[3*j], x[3*i+1]-x[3*j+1], x[3*i+2]-x[3*j+2]
			wx, wy, wz := v[3*i]-v[3*j], v[3*i+1]-v[3*j+1], v[3*i+2]-v[3*j+2]
			inverse := 1 / (dx*dx + dy*dy + dz*dz)
			f := mass[i] * mass[j] * inverse * math.Sqrt(inverse)
			along := 3 * inverse * (dx*wx + dy*wy + dz*wz)
			tx, ty, tz := f*(wx-along*dx), f*(wy-along*dy), f*(wz-along*dz)
			h[3*i] += tx
			h[3*i+1] += ty
			h[3*i+2] += tz
			h[3*j] -= tx
			h[3*j+1] -= ty
			h[3*j+2] -= tz
		}
	}
}
