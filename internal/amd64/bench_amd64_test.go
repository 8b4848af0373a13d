package amd64

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
)

// against reports the time of f, and its ratio to that of reference, which runs in turns with it.
func against(b *testing.B, f, reference func()) {
	const block = 64
	var own, other time.Duration
	for range b.N/block + 1 {
		start := time.Now()
		for range block {
			f()
		}
		middle := time.Now()
		for range block {
			reference()
		}
		own += middle.Sub(start)
		other += time.Since(middle)
	}
	count := float64(block * (b.N/block + 1))
	b.ReportMetric(float64(own)/count, "ns/run")
	b.ReportMetric(float64(own)/float64(other), "ratio")
	b.ReportMetric(0, "ns/op")
}

func compiled(b *testing.B, l *loop.Loop, level Level) *Code {
	code, err := Compile(l, level)
	if err != nil {
		b.Fatal(err)
	}
	return code
}

// nothing is what calls are compared with: a function of Go that is not inlined.
//
//go:noinline
func nothing([]unsafe.Pointer, int, []uint64) {}

// BenchmarkCall runs sequential loops of one element, against a call of Go.
func BenchmarkCall(b *testing.B) {
	small := loop.NewBuilder()
	small.Sequential = true
	x := small.Array(loop.F64, 1)
	v := small.Load(x, 0)
	for k := range 8 {
		v = small.Add(small.Mul(v, v), small.Float(float64(k)))
	}
	small.Store(x, 1, v)
	for _, c := range []struct {
		name string
		loop *loop.Loop
	}{{"empty", &loop.Loop{Sequential: true}}, {"chain of 16", &small.Loop}} {
		b.Run(c.name, func(b *testing.B) {
			code := compiled(b, c.loop, levels(b)[0])
			var words [2]float64
			arrays := []unsafe.Pointer{unsafe.Pointer(&words)}
			space := scratch(code)
			against(b, func() { code.Run(arrays, 1, nil, space) }, func() { nothing(arrays, 1, nil) })
		})
	}
}

// BenchmarkMultiplyAdd runs y = a*x + y and the sum of x*y over 4,096 elements, against the same loops of Go.
func BenchmarkMultiplyAdd(b *testing.B) {
	x, y := make([]float64, 4096), make([]float64, 4096)
	a, sum := 0.5, 0.0
	axpy := loop.NewBuilder()
	ax, ay, aa := axpy.Array(loop.F64, 1), axpy.Array(loop.F64, 1), axpy.Array(loop.F64, 0)
	axpy.Store(ay, 0, axpy.FMA(axpy.Load(aa, 0), axpy.Load(ax, 0), axpy.Load(ay, 0)))
	dot := loop.NewBuilder()
	dx, dy := dot.Array(loop.F64, 1), dot.Array(loop.F64, 1)
	dot.Carry(0)
	dot.Next[0] = dot.FMA(dot.Load(dx, 0), dot.Load(dy, 0), dot.Carry(0))
	arrays := []unsafe.Pointer{unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0]), unsafe.Pointer(&a)}
	var carries [32]uint64
	dot.Lanes = 32
	for _, level := range levels(b) {
		b.Run(fmt.Sprintf("axpy/%v", level), func(b *testing.B) {
			code := compiled(b, &axpy.Loop, level)
			space := scratch(code)
			against(b, func() { code.Run(arrays, len(x), nil, space) }, func() { goAxpy(a, x, y) })
		})
		b.Run(fmt.Sprintf("dot/%v", level), func(b *testing.B) {
			code := compiled(b, &dot.Loop, level)
			space := scratch(code)
			against(b, func() { code.Run(arrays, len(x), carries[:], space) }, func() { sum += goDot(x, y) })
		})
	}
}

func goAxpy(a float64, x, y []float64) {
	y = y[:len(x)]
	for k := range x {
		y[k] += a * x[k]
	}
}

func goDot(x, y []float64) (sum float64) {
	y = y[:len(x)]
	for k := range x {
		sum += x[k] * y[k]
	}
	return sum
}

const bodies = 6

// potential is the one of bodies that attract each other, and its gradient, as a loop of one element.
func potential() *loop.Loop {
	b := loop.NewBuilder()
	b.Sequential = true
	x, out := b.Array(loop.F64, 1), b.Array(loop.F64, 1)
	energy := b.Float(0)
	var g [3 * bodies]loop.Value
	for k := range g {
		g[k] = b.Float(0)
	}
	for i := range bodies {
		for j := range i {
			var d [3]loop.Value
			s := b.Float(0.01)
			for k := range d {
				d[k] = b.Sub(b.Load(x, 3*i+k), b.Load(x, 3*j+k))
				s = b.FMA(d[k], d[k], s)
			}
			r := b.Div(b.Float(1), b.Sqrt(s))
			energy = b.Sub(energy, r)
			r = b.Mul(b.Mul(r, r), r)
			for k := range d {
				g[3*i+k] = b.FMA(d[k], r, g[3*i+k])
				g[3*j+k] = b.Sub(g[3*j+k], b.Mul(d[k], r))
			}
		}
	}
	b.Store(out, 0, energy)
	for k, v := range g {
		b.Store(out, 1+k, v)
	}
	return &b.Loop
}

func goPotential(x *[3 * bodies]float64, out *[1 + 3*bodies]float64) {
	*out = [1 + 3*bodies]float64{}
	for i := range bodies {
		for j := range i {
			dx, dy, dz := x[3*i]-x[3*j], x[3*i+1]-x[3*j+1], x[3*i+2]-x[3*j+2]
			r := 1 / math.Sqrt(dx*dx+dy*dy+dz*dz+0.01)
			out[0] -= r
			r = r * r * r
			out[1+3*i] += dx * r
			out[2+3*i] += dy * r
			out[3+3*i] += dz * r
			out[1+3*j] -= dx * r
			out[2+3*j] -= dy * r
			out[3+3*j] -= dz * r
		}
	}
}

// BenchmarkScalar runs a scalar program of about 300 instructions, against the same loops of Go.
func BenchmarkScalar(b *testing.B) {
	var x [3 * bodies]float64
	for k := range x {
		x[k] = rand.NormFloat64()
	}
	var out, other [1 + 3*bodies]float64
	code := compiled(b, potential(), levels(b)[0])
	arrays := []unsafe.Pointer{unsafe.Pointer(&x), unsafe.Pointer(&out)}
	space := scratch(code)
	against(b, func() { code.Run(arrays, 1, nil, space) }, func() { goPotential(&x, &other) })
}

// BenchmarkCompile reports the time to translate that, against what a run of it takes in the interpreter.
func BenchmarkCompile(b *testing.B) {
	l := potential()
	var x [3 * bodies]float64
	var out [1 + 3*bodies]float64
	arrays := []unsafe.Pointer{unsafe.Pointer(&x), unsafe.Pointer(&out)}
	against(b, func() { compiled(b, l, levels(b)[0]) }, func() { l.Run(arrays, 1, nil) })
	b.ReportMetric(float64(len(l.Body)), "instructions")
}
