package num_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

var nan, inf = math.NaN(), math.Inf(1)

// reductions pairs each reduction with what it makes of a run of numbers in the plainest way.
var reductions = []struct {
	name  string
	f     func(num.Array, ...int) num.Array
	naive func(x []float64) float64
	empty bool // has a value for no elements
	order int  // of derivatives to check
}{
	{"sum", num.Sum, func(x []float64) float64 { return foldLeft(x, 0, func(a, b float64) float64 { return a + b }) }, true, 2},
	{"prod", num.Prod, func(x []float64) float64 { return foldLeft(x, 1, func(a, b float64) float64 { return a * b }) }, true, 3},
	{"mean", num.Mean, naiveMean, true, 2},
	{"amax", num.Amax, slices.Max[[]float64], false, 3},
	{"amin", num.Amin, slices.Min[[]float64], false, 3},
	{"var", num.Var, naiveVar, true, 3},
	{"std", num.Std, func(x []float64) float64 { return math.Sqrt(naiveVar(x)) }, true, 3},
	{"logsumexp", num.LogSumExp, func(x []float64) float64 {
		return math.Log(foldLeft(x, 0, func(a, b float64) float64 { return a + math.Exp(b) }))
	}, true, 3},
	{"norm", num.Norm, func(x []float64) float64 {
		return math.Sqrt(foldLeft(x, 0, func(a, b float64) float64 { return a + b*b }))
	}, true, 3},
}

func foldLeft(x []float64, s float64, f func(a, b float64) float64) float64 {
	for _, v := range x {
		s = f(s, v)
	}
	return s
}

func naiveMean(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s / float64(len(x))
}

func naiveVar(x []float64) float64 {
	m, s := naiveMean(x), 0.0
	for _, v := range x {
		s += (v - m) * (v - m)
	}
	return s / float64(len(x))
}

// naiveReduce groups the elements by their position on the axes that stay.
func naiveReduce(x num.Array, axes []int, f func([]float64) float64) []float64 {
	shape := x.Shape()
	reduced := make([]bool, len(shape))
	for _, a := range axes {
		reduced[(a+len(shape))%len(shape)] = true
	}
	size := 1
	for i, n := range shape {
		if len(axes) > 0 && !reduced[i] {
			size *= n
		}
	}
	groups := make([][]float64, size)
	for k, v := range floats(x) {
		at, step := 0, 1
		for i := len(shape) - 1; i >= 0; i-- {
			if len(axes) > 0 && !reduced[i] {
				at += k % shape[i] * step
				step *= shape[i]
			}
			k /= shape[i]
		}
		groups[at] = append(groups[at], v)
	}
	out := make([]float64, size)
	for i, g := range groups {
		out[i] = f(g)
	}
	return out
}

var reduceCases = []struct {
	shape, axes []int
	want        []int
}{
	{[]int{}, nil, []int{}},
	{[]int{1}, nil, []int{}},
	{[]int{5}, []int{0}, []int{}},
	{[]int{5}, []int{-1}, []int{}},
	{[]int{200}, nil, []int{}},
	{[]int{2, 3}, nil, []int{}},
	{[]int{2, 3}, []int{0}, []int{3}},
	{[]int{2, 3}, []int{1}, []int{2}},
	{[]int{2, 3}, []int{-1, 0}, []int{}},
	{[]int{2, 3, 4}, []int{1}, []int{2, 4}},
	{[]int{2, 3, 4}, []int{2, 0}, []int{3}},
	{[]int{2, 3, 4}, []int{-3, 1}, []int{4}},
	{[]int{2, 1, 3, 2, 2, 2}, []int{4, 0, -3}, []int{1, 3, 2}},
	{[]int{2, 1, 3, 2, 2, 2}, []int{1}, []int{2, 3, 2, 2, 2}},
	{[]int{2, 1, 3, 2, 2, 2}, nil, []int{}},
	{[]int{0, 3}, []int{1}, []int{0}},
}

func TestReductions(t *testing.T) {
	for _, op := range reductions {
		for _, c := range reduceCases {
			t.Run(fmt.Sprintf("%s/%v/%v", op.name, c.shape, c.axes), func(t *testing.T) {
				r := rand.New(rand.NewPCG(3, 4))
				x := spacedArray(r, c.shape)
				got := op.f(x, c.axes...)
				sameShape(t, "value", got, c.want...)
				sameNumbers(t, "value", got, naiveReduce(x, c.axes, op.naive), 1e-13)
				kept := num.KeepDims(op.f, x, c.axes...)
				sameShape(t, "keepdims", num.BroadcastTo(kept, c.shape...), c.shape...)
				sameNumbers(t, "keepdims", kept, floats(got), 0)
			})
		}
	}
}

func TestReductionsOfNothing(t *testing.T) {
	want := map[string]float64{"sum": 0, "prod": 1, "mean": nan, "var": nan, "std": nan, "norm": 0, "logsumexp": -inf}
	for _, op := range reductions {
		x := num.New(nil, 2, 0)
		if !op.empty {
			wantError(t, op.name+": axis 1 has no elements to choose from: f64[2,0]", func() { op.f(x, 1) })
			continue
		}
		sameNumbers(t, op.name, op.f(x, -1), []float64{want[op.name], want[op.name]}, 0)
		sameNumbers(t, op.name, op.f(x), []float64{want[op.name]}, 0)
	}
	none := num.FromBools(nil, 0, 2)
	sameNumbers(t, "all", num.All(none, 0), []float64{1, 1}, 0)
	sameNumbers(t, "any", num.Any(none, 0), []float64{0, 0}, 0)
}

func TestReductionDerivatives(t *testing.T) {
	for _, op := range reductions {
		for _, c := range []struct{ shape, axes []int }{
			{[]int{}, nil}, {[]int{4}, nil}, {[]int{2, 3}, []int{0}}, {[]int{2, 3}, []int{1, 0}},
			{[]int{2, 2, 3}, []int{2, 0}}, {[]int{1, 2, 1, 2, 2, 1}, []int{1, 4}},
		} {
			t.Run(fmt.Sprintf("%s/%v/%v", op.name, c.shape, c.axes), func(t *testing.T) {
				x := spacedArray(rand.New(rand.NewPCG(5, 6)), c.shape)
				checkRules(t, func(x num.Array) num.Array { return op.f(x, c.axes...) }, x, op.order)
				checkRules(t, func(x num.Array) num.Array { return op.f(num.Add(x, num.Mul(0.3, x, x)), c.axes...) }, x, op.order)
			})
		}
	}
}

// TestReductionPoints has the points where a derivative is a matter of decision or of care.
func TestReductionPoints(t *testing.T) {
	of := func(f func(num.Array, ...int) num.Array) func(num.Array) num.Array {
		return func(x num.Array) num.Array { return f(x) }
	}
	for _, c := range []struct {
		name        string
		f           func(num.Array) num.Array
		x           []float64
		value, grad []float64
	}{
		{"amax tie", of(num.Amax), []float64{1, 3, 3}, []float64{3}, []float64{0, .5, .5}},
		{"amax of equals", of(num.Amax), []float64{2, 2, 2, 2}, []float64{2}, []float64{.25, .25, .25, .25}},
		{"amax of zeros", of(num.Amax), []float64{math.Copysign(0, -1), 0}, []float64{0}, []float64{.5, .5}},
		{"amin tie", of(num.Amin), []float64{1, 1, 3}, []float64{1}, []float64{.5, .5, 0}},
		{"amax of Inf", of(num.Amax), []float64{1, inf}, []float64{inf}, []float64{0, 1}},
		{"amax of -Inf alone", of(num.Amax), []float64{-inf, -inf}, []float64{-inf}, []float64{.5, .5}},
		{"amax of NaN", of(num.Amax), []float64{1, nan}, []float64{nan}, []float64{nan, nan}},
		{"amin of NaN", of(num.Amin), []float64{nan, 1}, []float64{nan}, []float64{nan, nan}},
		{"prod with a zero", of(num.Prod), []float64{2, 0, 3}, []float64{0}, []float64{0, 6, 0}},
		{"prod with two zeros", of(num.Prod), []float64{0, 0, 3}, []float64{0}, []float64{0, 0, 0}},
		{"prod of 0 and Inf", of(num.Prod), []float64{0, inf}, []float64{nan}, []float64{inf, 0}},
		{"norm", of(num.Norm), []float64{3, 4}, []float64{5}, []float64{.6, .8}},
		{"norm at 0", of(num.Norm), []float64{0, 0}, []float64{0}, []float64{0, 0}},
		{"norm of huge", of(num.Norm), []float64{3e300, -4e300}, []float64{5e300}, []float64{.6, -.8}},
		{"norm of tiny", of(num.Norm), []float64{3e-300, -4e-300}, []float64{5e-300}, []float64{.6, -.8}},
		{"norm of subnormal", of(num.Norm), []float64{3 * 5e-324, 4 * 5e-324}, []float64{5 * 5e-324}, []float64{.6, .8}},
		{"norm of tiny and less", of(num.Norm), []float64{1e-150, 1e-200}, []float64{1e-150}, []float64{1, 1e-50}},
		{"norm of Inf", of(num.Norm), []float64{-inf, 1}, []float64{inf}, []float64{nan, 0}},
		{"norm of NaN", of(num.Norm), []float64{nan, inf}, []float64{nan}, []float64{nan, nan}},
		{"norm squared at 0", func(x num.Array) num.Array { n := num.Norm(x); return num.Mul(n, n) }, []float64{0, 0}, []float64{0}, []float64{0, 0}},
		{"std of equals", of(num.Std), slices.Repeat([]float64{.1}, 10), []float64{0}, make([]float64, 10)},
		{"std of one", of(num.Std), []float64{7}, []float64{0}, []float64{0}},
		{"std of distant", of(num.Std), []float64{1e9 + 1, 1e9 - 1}, []float64{1}, []float64{.5, -.5}},
		{"std of huge", of(num.Std), []float64{1e307, 3e307}, []float64{1e307}, []float64{-.5, .5}},
		{"var of equals", of(num.Var), []float64{2, 2}, []float64{0}, []float64{0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := num.Vector(c.x...)
			tol := 1e-14
			sameNumbers(t, "value", num.Div(c.f(x), scaleOf(c.value[0])), []float64{c.value[0] / scaleOf(c.value[0])}, tol)
			rev, fwd := gradients(c.f, x)
			sameNumbers(t, "reverse", num.Vector(rev...), c.grad, tol)
			sameNumbers(t, "forward", num.Vector(fwd...), c.grad, tol)
		})
	}
}

// scaleOf returns what to divide a value by so that it is compared relative to itself.
func scaleOf(x float64) float64 {
	if x == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return 1
	}
	return math.Abs(x)
}

// At the kinks of Norm and Std all derivatives are zero, exactly. The mean of ten times 0.1 is not 0.1.
func TestNormAtZero(t *testing.T) {
	for name, f := range map[string]func(num.Array) num.Array{
		"norm": func(x num.Array) num.Array { return num.Norm(num.Sub(x, 0.1)) },
		"std":  func(x num.Array) num.Array { return num.Std(x) },
	} {
		t.Run(name, func(t *testing.T) {
			x, zeros := num.Vector(slices.Repeat([]float64{.1}, 10)...), make([]float64, 10)
			sameNumbers(t, "value", f(x), []float64{0}, 0)
			rev, fwd := gradients(f, x)
			sameNumbers(t, "reverse", num.Vector(rev...), zeros, 0)
			sameNumbers(t, "forward", num.Vector(fwd...), zeros, 0)
			rev, fwd = gradients(transforms.Grad(f), x)
			sameNumbers(t, "reverse over reverse", num.Vector(rev...), zeros, 0)
			sameNumbers(t, "forward over reverse", num.Vector(fwd...), zeros, 0)
		})
	}
}

// TestModesAtTies has small integers, so that ties, zeros and runs abound: forward and reverse
// make the same choice, to the second order.
func TestModesAtTies(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	fs := map[string]func(num.Array) num.Array{
		"softmax":    func(x num.Array) num.Array { return num.Softmax(x, -1) },
		"logsoftmax": func(x num.Array) num.Array { return num.LogSoftmax(x, -1) },
		"sort":       func(x num.Array) num.Array { return num.Sort(x, 0) },
		"topk":       func(x num.Array) num.Array { y, _ := num.TopK(x, 2); return y },
	}
	for _, op := range reductions {
		fs[op.name] = func(x num.Array) num.Array { return op.f(x, -1) }
	}
	for _, op := range cumulative {
		fs[op.name] = func(x num.Array) num.Array { return op.f(x, 1) }
	}
	for name, f := range fs {
		t.Run(name, func(t *testing.T) {
			for range 20 {
				x := num.Round(num.Mul(0.8, num.Normal(r, 3, 4)))
				checkModes(t, f, x, r)
				checkModes(t, func(x num.Array) num.Array {
					return f(num.Where(num.Less(x, 1), num.Sin(x), num.Mul(x, x)))
				}, x, r)
			}
		})
	}
}

// What does nothing to one element does nothing to a derivative that is infinite.
func TestOneElement(t *testing.T) {
	for name, f := range map[string]func(num.Array) num.Array{
		"sum":     func(x num.Array) num.Array { return num.Sum(x, 1) },
		"mean":    func(x num.Array) num.Array { return num.Mean(x, 1) },
		"amax":    func(x num.Array) num.Array { return num.Amax(x, 1) },
		"prod":    func(x num.Array) num.Array { return num.Prod(x, 1) },
		"cumsum":  func(x num.Array) num.Array { return num.CumSum(x, 1) },
		"cumprod": func(x num.Array) num.Array { return num.CumProd(x, 1) },
		"cummin":  func(x num.Array) num.Array { return num.CumMin(x, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			g := func(x num.Array) num.Array { return f(num.Sqrt(x)) }
			forward := g
			x := num.Zeros(1, 1)
			for order, want := range []float64{0, inf, -inf} {
				sameNumbers(t, fmt.Sprint("order ", order), num.Sum(g(x)), []float64{want}, 0)
				sameNumbers(t, fmt.Sprint("forward, order ", order), num.Sum(forward(x)), []float64{want}, 0)
				h, df := g, forward
				g = transforms.Grad(func(x num.Array) num.Array { return num.Sum(h(x)) })
				forward = func(x num.Array) num.Array {
					_, d := transforms.JVP(df, x, num.BroadcastTo(num.Scalar(1), 1, 1))
					return d
				}
			}
		})
	}
}

func TestMeanIsAccurate(t *testing.T) {
	x := make([]float64, 1<<20)
	for i := range x {
		x[i] = .1
	}
	sameNumbers(t, "mean", num.Mean(num.Vector(x...)), []float64{.1}, 1e-15)
	for i := range x {
		x[i] = 1e8 + float64(i%2)
	}
	sameNumbers(t, "var", num.Var(num.Vector(x...)), []float64{.25}, 1e-15)
}

func TestReductionsOfIntegersAndBools(t *testing.T) {
	x := num.FromInts([]int{3, -1, 4, 1, 5, -9}, 2, 3)
	b := num.FromBools([]bool{true, false, true, true}, 2, 2)
	for _, c := range []struct {
		name  string
		got   num.Array
		dtype trace.DType
		want  []float64
	}{
		{"sum", num.Sum(x, 0), trace.I64, []float64{4, 4, -5}},
		{"prod", num.Prod(x, 1), trace.I64, []float64{-12, -45}},
		{"amax", num.Amax(x), trace.I64, []float64{5}},
		{"amin", num.Amin(x, 0), trace.I64, []float64{1, -1, -9}},
		{"mean", num.Mean(x, 1), trace.F64, []float64{2, -1}},
		{"var", num.Var(num.FromInts([]int{1, 3}, 2)), trace.F64, []float64{1}},
		{"norm", num.Norm(num.FromInts([]int{3, 4}, 2)), trace.F64, []float64{5}},
		{"sum of bools", num.Sum(b), trace.I64, []float64{3}},
		{"mean of bools", num.Mean(b), trace.F64, []float64{.75}},
		{"all", num.All(b, 1), trace.Bool, []float64{0, 1}},
		{"all of all", num.All(b), trace.Bool, []float64{0}},
		{"any", num.Any(b, 0), trace.Bool, []float64{1, 1}},
		{"all of numbers", num.All(num.Vector(1, nan, 0)), trace.Bool, []float64{0}},
		{"any of integers", num.Any(num.FromInts([]int{0, 2}, 2)), trace.Bool, []float64{1}},
		{"argmax of bools", num.Argmax(b), trace.I64, []float64{0}},
		{"argmax", num.Argmax(x, 1), trace.I64, []float64{2, 1}},
	} {
		if c.got.DType() != c.dtype {
			t.Errorf("%s: %v, want %v", c.name, c.got.DType(), c.dtype)
		}
		sameNumbers(t, c.name, c.got, c.want, 0)
	}
}

func TestArgmax(t *testing.T) {
	x := num.New([]float64{1, 7, 7, 7, nan, nan}, 2, 3)
	for _, c := range []struct {
		name string
		got  num.Array
		want []float64
	}{
		{"flattened", num.Argmax(x), []float64{4}},
		{"axis 0", num.Argmax(x, 0), []float64{1, 1, 1}},
		{"axis -1", num.Argmax(x, -1), []float64{1, 1}},
		{"argmin axis 1", num.Argmin(x, 1), []float64{0, 1}},
		{"first of ties", num.Argmin(num.Vector(3, 2, 2)), []float64{1}},
		{"scalar", num.Argmax(num.Scalar(4)), []float64{0}},
		{"keepdims", num.KeepDims(num.Argmax, x, 0), []float64{1, 1, 1}},
	} {
		sameNumbers(t, c.name, c.got, c.want, 0)
	}
	sameShape(t, "keepdims", num.KeepDims(num.Argmax, x, 0), 1, 3)
	sameShape(t, "keepdims", num.KeepDims(num.Argmax, x), 1, 1)
	r := rand.New(rand.NewPCG(7, 8))
	y := spacedArray(r, []int{3, 4})
	checkVmap(t, func(x num.Array) num.Array { return num.Argmax(x, 1) }, y, r)
	checkVmap(t, func(x num.Array) num.Array { return num.Argmin(x) }, y, r)
	checkVmap(t, func(x num.Array) num.Array { return num.All(num.Less(x, 0.3), 1) }, y, r)
}

func TestReductionErrors(t *testing.T) {
	x := num.BroadcastTo(num.Scalar(1), 2, 3)
	for _, c := range []struct {
		want string
		f    func()
	}{
		{"sum: axis 2 of an array of 2 axes: f64[2,3]", func() { num.Sum(x, 2) }},
		{"mean: axis -3 of an array of 2 axes: f64[2,3]", func() { num.Mean(x, -3) }},
		{"prod: axis 1 is named twice: [1 -1]", func() { num.Prod(x, 1, -1) }},
		{"amax: axis 0 of an array of 0 axes: f64[]", func() { num.Amax(num.Scalar(1), 0) }},
		{"argmax: takes one axis or none, not [0 1]", func() { num.Argmax(x, 0, 1) }},
		{"argmin: axis 0 has no elements to choose from: f64[0]", func() { num.Argmin(num.Vector()) }},
		{"std: axis 5 of an array of 2 axes: f64[2,3]", func() { num.Std(x, 5) }},
		{"cumsum: axis 2 of an array of 2 axes: f64[2,3]", func() { num.CumSum(x, 2) }},
		{"cummax: axis 0 of an array of 0 axes: f64[]", func() { num.CumMax(num.Scalar(1), 0) }},
		{"keepdims: f64[2,3] reduced over axes [0] should have 3 elements, not the shape f64[2,3]", func() {
			num.KeepDims(func(x num.Array, _ ...int) num.Array { return x }, x, 0)
		}},
	} {
		wantError(t, c.want, c.f)
	}
}
