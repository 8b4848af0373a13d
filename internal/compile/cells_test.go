package compile_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/internal/compile"
	"github.com/gradus-ad/gradus/internal/pass"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// rosenbrock is written with slices.
func rosenbrock(x num.Array) num.Array {
	head, tail := num.Slice(x, 0, -1), num.Slice(x, 1, num.End)
	return num.Sum(num.Add(num.Mul(100, num.Square(num.Sub(tail, num.Square(head)))), num.Square(num.Sub(1, head))))
}

// slopes is its gradient.
func slopes(n int) *trace.Func {
	return pass.Simplify(trace.Build([]trace.Type{trace.TypeOf(trace.F64, n)}, one(transforms.Grad(rosenbrock))))
}

// TestOnePass holds that a gradient of slices is one loop over what is between the ends, and scalar code
// for those.
func TestOnePass(t *testing.T) {
	for _, on := range compile.Backends() {
		if p := compile.Compile(slopes(1000), on); p.Steps() != 2 || strings.Contains(p.String(), "eval") {
			t.Errorf("%s: %d steps\n%v", on.Name, p.Steps(), p)
		}
	}
	for _, n := range []int{2, 3, 16, 17, 18, 19, 33, 34, 1000, 5001} {
		agree(t, one(transforms.Grad(rosenbrock)), floats(1, n))
	}
}

// TestStencils rolls and pads, with guards, along one axis and two, also in derivatives.
func TestStencils(t *testing.T) {
	laplacian := func(x num.Array) num.Array {
		sum := num.Mul(-4, x)
		for axis := range x.Rank() {
			sum = num.Add(sum, num.Roll(x, 1, axis), num.Roll(x, -1, axis))
		}
		return sum
	}
	framed := func(x num.Array) num.Array {
		n := x.Shape()[0]
		y := num.Pad(num.Sin(num.Slice(x, 1, n-1)), 1, 1)
		return num.Add(y, num.SetSlice(x, 0.5, 0, 2))
	}
	for _, shape := range [][]int{{50}, {9, 30}, {30, 9}, {3, 4, 20}} {
		for _, f := range []func(num.Array) num.Array{laplacian, framed, func(x num.Array) num.Array { return framed(laplacian(x)) }} {
			energy := func(x num.Array) num.Array { return num.Sum(num.Sin(f(x))) }
			for _, x := range []num.Array{floats(1, shape...), num.Mul(1e300, floats(1, shape...))} {
				agree(t, one(f), x)
				agree(t, one(transforms.Grad(energy)), x)
			}
			agree(t, one(transforms.Grad(func(x num.Array) num.Array {
				return num.Sum(num.Square(transforms.Grad(energy)(x)))
			})), floats(2, shape...))
		}
	}
}

// TestTakenApart reads elements of a vector one by one, so that its gradient is a long sum of short slices, in an
// array that is large enough to be updated in place, too.
func TestTakenApart(t *testing.T) {
	for _, n := range []int{30, 100, 5000} {
		r := rand.New(rand.NewPCG(1, uint64(n)))
		agree(t, one(transforms.Grad(func(x num.Array) num.Array {
			y := num.Scalar(0)
			for range 60 {
				y = num.Add(num.Mul(y, x.At(r.IntN(n))), num.Sin(x.At(r.IntN(n))))
			}
			return y
		})), floats(1, n))
	}
}

// TestUpdatesInPlace updates what loops have made, last and before others read it.
func TestUpdatesInPlace(t *testing.T) {
	f := func(x []num.Array) []num.Array {
		y := num.Exp(x[0])
		a := num.AddAt(num.Set(y, x[2], x[1]), x[2], x[1])
		z := num.Sin(x[0])
		b := num.Set(z, x[2], x[1])
		return []num.Array{num.Mul(a, 2), num.Add(b, z), num.Set(num.Square(x[0]), x[2], x[1])}
	}
	agree(t, f, floats(1, 40), num.FromInts([]int{3, -1, 3, 50}, 4), floats(2, 4))
	agree(t, f, floats(1, 40, 3), num.FromInts([]int{3, -1, 3, 50}, 4), floats(2, 4, 3))
	types := []trace.Type{trace.TypeOf(trace.F64, 40), trace.TypeOf(trace.I64, 4), trace.TypeOf(trace.F64, 4)}
	p := compile.Compile(pass.Simplify(trace.Build(types, f)), compile.Portable).String()
	if in, by := strings.Count(p, "in place"), strings.Count(p, "eval"); in != 2 || by != 0 {
		t.Errorf("%d updates in place, %d by Eval, want 2 and 0:\n%s", in, by, p)
	}
}
