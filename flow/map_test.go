package flow_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/flow"
	"github.com/gradus-ad/gradus/internal/agree"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// TestMap compares Map, in chunks of every size, with a loop in Go.
func TestMap(t *testing.T) {
	const n = 5
	sequential := func(x num.Array) num.Array {
		var ys []num.Array
		for i := range n {
			ys = append(ys, num.Mul(num.Sin(num.Mul(x.At(i), x.At(0))), num.Sum(x)))
		}
		return num.Stack(0, ys...)
	}
	for _, size := range []int{0, 1, 2, 3, 5, 9} {
		t.Run(fmt.Sprint("by ", size), func(t *testing.T) {
			var opts []flow.Option
			if size > 0 {
				opts = append(opts, flow.BatchSize(size))
			}
			agree.Modes(t, func(x num.Array) num.Array {
				return flow.Map(func(r num.Array) num.Array { return num.Mul(num.Sin(num.Mul(r, x.At(0))), num.Sum(x)) }, x, opts...)
			}, sequential, num.Vector(0.4, -0.3, 0.9, 1.2, -0.7), 1e-12)
		})
	}
}

func TestMapOfTrees(t *testing.T) {
	xs := several{num.Linspace(0, 1, 7), []num.Array{num.Arange(7), num.Reshape(num.Linspace(0, 1, 14), 7, 2)}}
	for _, opts := range [][]flow.Option{nil, {flow.BatchSize(3)}} {
		got := flow.Map(func(x several) several {
			return several{num.Less(x.V[0], 4), []num.Array{num.Mul(x.A, x.V[1]), num.Scalar(3)}}
		}, xs, opts...)
		agree.Equal(t, "bools", num.Convert(got.A, trace.F64), num.Vector(1, 1, 1, 1, 0, 0, 0), 0)
		agree.Equal(t, "product", got.V[0], num.Mul(num.ExpandDims(xs.A, 1), xs.V[1]), 0)
		agree.Equal(t, "constant", got.V[1], num.Full(3, 7), 0)
	}
	agree.Equal(t, "no rows", flow.Map(num.Sin, num.Zeros(0, 2), flow.BatchSize(3)), num.Zeros(0, 2), 0)
	flow.Map(func(num.Array) empty { return empty{} }, xs.A, flow.BatchSize(3))
}

// A Map of many rows is no longer than one of few.
func TestMapStaysSmall(t *testing.T) {
	lines := func(n int) int {
		f := trace.MustOf(func(x num.Array) num.Array { return flow.Map(num.Sin, x, flow.BatchSize(4)) }, num.Zeros(n))
		return strings.Count(f.String(), "\n")
	}
	if a, b := lines(9), lines(4001); a != b {
		t.Errorf("%d lines for 9 rows, %d for 4001", a, b)
	}
}

// affine is the map x -> A x + B.
type affine struct{ A, B num.Array }

func compose(f, g affine) affine {
	return affine{num.MatMul(g.A, f.A), num.Add(num.MatMul(g.A, f.B), g.B)}
}

// TestAssociativeScan compares it with Scan on maps, whose composition does not commute.
func TestAssociativeScan(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, opts := range [][]flow.Option{nil, {flow.Reverse()}} {
		for n := 1; n <= 9; n++ {
			maps := affine{num.Normal(rng, n, 2, 2), num.Normal(rng, n, 2)}
			got := flow.AssociativeScan(compose, maps, opts...)
			identity := affine{num.Eye(2), num.Zeros(2)}
			_, want := flow.Scan(func(c, m affine) (affine, affine) { c = compose(c, m); return c, c }, identity, maps, opts...)
			agree.Equal(t, fmt.Sprint(n, " matrices"), got.A, want.A, 1e-13)
			agree.Equal(t, fmt.Sprint(n, " vectors"), got.B, want.B, 1e-13)
		}
	}
	none := flow.AssociativeScan(compose, affine{num.Zeros(0, 2, 2), num.Zeros(0, 2)})
	agree.Equal(t, "none", none.B, num.Zeros(0, 2), 0)
}

func TestAssociativeScanModes(t *testing.T) {
	combine := func(a, b num.Array) num.Array { return num.Add(a, b, num.Mul(a, b)) } // associative
	for name, opts := range map[string][]flow.Option{"forward": nil, "reverse": {flow.Reverse()}} {
		t.Run(name, func(t *testing.T) {
			agree.Modes(t, func(x num.Array) num.Array { return flow.AssociativeScan(combine, num.Sin(x), opts...) },
				func(x num.Array) num.Array {
					_, ys := flow.Scan(func(c, r num.Array) (num.Array, num.Array) { c = combine(c, r); return c, c },
						num.Scalar(0), num.Sin(x), opts...)
					return ys
				}, num.Vector(0.4, -0.3, 0.9, 1.2, -0.7), 1e-12)
		})
	}
}

// It is deeper by one round of joining and one of filling in where the rows double.
func TestAssociativeScanIsShallow(t *testing.T) {
	products := func(n int) (count int) {
		f := trace.MustOf(func(x num.Array) num.Array {
			return flow.AssociativeScan(func(a, b num.Array) num.Array { return num.Mul(a, b) }, x)
		}, num.Zeros(n))
		for _, e := range f.Equations() {
			if e.Primitive.Name() == "mul" {
				count++
			}
		}
		return count
	}
	for n := 4; n <= 256; n *= 2 {
		if a, b := products(n), products(2*n); b != a+2 {
			t.Errorf("%d rounds for %d rows, %d for %d", a, n, b, 2*n)
		}
	}
}
