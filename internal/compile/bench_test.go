package compile_test

import (
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/debug"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// BenchmarkCompile measures what it takes to make programs of gradients that are simplified already: of many equations on
// scalars and of few, of arrays, and of a loop.
func BenchmarkCompile(b *testing.B) {
	for name, f := range gradientsToCompile() {
		for _, on := range compile.Backends() {
			b.Run(name+"/"+on.Name, func(b *testing.B) {
				debug.CheckFuncs.Store(false)
				defer debug.CheckFuncs.Store(true)
				b.ReportAllocs()
				for b.Loop() {
					compile.Compile(f(), on)
				}
			})
		}
	}
}

// gradientsToCompile returns what makes a gradient that nothing is remembered of, such as its loops' programs.
func gradientsToCompile() map[string]func() *trace.Func {
	gradient := func(f func(x []num.Array) num.Array, types ...trace.Type) func() *trace.Func {
		return func() *trace.Func {
			return pass.Compile(pass.Simplify(trace.Build(types, func(x []num.Array) []num.Array {
				return transforms.Grad(func(x []num.Array) num.Array { return f(x) })(x)
			})))
		}
	}
	once := func(f func() *trace.Func) func() *trace.Func {
		g := f()
		return func() *trace.Func { return g }
	}
	matrix := func(shape ...int) trace.Type { return trace.TypeOf(trace.F64, shape...) }
	return map[string]func() *trace.Func{
		"thousand": once(gradient(thousand, matrix(4))),
		"pendulum": once(gradient(pendulumEnergy, matrix(4))),
		"perceptron": once(gradient(perceptron, matrix(32, 64), matrix(64), matrix(64, 64), matrix(64), matrix(64, 10), matrix(10),
			matrix(64, 32), matrix(64, 10))),
		"swing": gradient(swing, matrix(3)),
	}
}

func thousand(x []num.Array) num.Array {
	s, t, u, v := x[0].At(0), x[0].At(1), x[0].At(2), x[0].At(3)
	for range 142 {
		s = num.Add(num.Mul(s, u), t)
		t = num.Sub(num.Sin(t), num.Mul(s, v))
		u = num.Mul(0.9, num.Add(u, t))
	}
	return num.Mul(s, t)
}

// pendulumEnergy is that of a double pendulum.
func pendulumEnergy(x []num.Array) num.Array {
	a, b, va, vb := x[0].At(0), x[0].At(1), x[0].At(2), x[0].At(3)
	kinetic := num.Add(num.Square(va), num.Mul(0.5, num.Square(vb)), num.Mul(va, vb, num.Cos(num.Sub(a, b))))
	return num.Sub(kinetic, num.Mul(9.8, num.Add(num.Mul(2, num.Cos(a)), num.Cos(b))))
}

// perceptron is the error of one on a batch.
func perceptron(x []num.Array) num.Array {
	h := num.Tanh(num.Add(num.MatMul(x[6], x[0]), x[1]))
	h = num.Tanh(num.Add(num.MatMul(h, x[2]), x[3]))
	return num.Mean(num.Square(num.Sub(num.Add(num.MatMul(h, x[4]), x[5]), x[7])))
}

// swing is made of where a pendulum is after many steps.
func swing(x []num.Array) num.Array {
	type state struct{ Q, P num.Array }
	end := flow.For(0, 1000, func(_ num.Array, s state) state {
		p := num.Sub(s.P, num.Mul(0.01, x[0].At(2), num.Sin(s.Q)))
		return state{num.Add(s.Q, num.Mul(0.01, p)), p}
	}, state{x[0].At(0), x[0].At(1)})
	return num.Add(num.Square(end.Q), num.Square(end.P))
}
