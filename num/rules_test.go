package num_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// spacedArray has elements 1/2 apart and none near 0, in random order.
func spacedArray(r *rand.Rand, shape []int) num.Array {
	data := make([]float64, trace.TypeOf(trace.F64, shape...).Size())
	for i, k := range r.Perm(len(data)) {
		data[i] = (float64(k) - float64(len(data))/2 + 0.25) / 2
	}
	return num.New(data, shape...)
}

// within reports whether two numbers agree to tol, relative to scale; infinities and NaN must agree.
func within(got, want, tol, scale float64) bool {
	return got == want || math.IsNaN(got) && math.IsNaN(want) ||
		math.Abs(got-want) <= tol*math.Max(1, math.Max(scale, math.Abs(want)))
}

func sameNumbers(t *testing.T, what string, got num.Array, want []float64, tol float64) {
	t.Helper()
	g := floats(got)
	if len(g) != len(want) {
		t.Errorf("%s: got %v, want %v", what, g, want)
		return
	}
	scale := 0.0
	for _, w := range want {
		if !math.IsInf(w, 0) {
			scale = math.Max(scale, math.Abs(w))
		}
	}
	for i := range g {
		if !within(g[i], want[i], tol, scale) {
			t.Errorf("%s: got %v, want %v", what, g, want)
			return
		}
	}
}

// floats returns the elements of an array of any dtype as numbers.
func floats(x num.Array) []float64 { return trace.Read(num.Convert(x, trace.F64)).F64 }

func sameShape(t *testing.T, what string, got num.Array, want ...int) {
	t.Helper()
	if !slices.Equal(got.Type().Shape, want) {
		t.Errorf("%s: shape %v, want %v", what, got.Type().Shape, want)
	}
}

func axpy(a float64, x, y num.Array) num.Array { return num.Add(num.Mul(a, x), y) }

func dot(a, b num.Array) float64 { return num.Sum(num.Mul(a, b)).Float64() }

// checkRules checks the derivatives of f at x up to an order: forward against differences, forward
// against reverse, and Vmap against a loop.
func checkRules(t *testing.T, f func(num.Array) num.Array, x num.Array, order int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, uint64(order)))
	checkVmap(t, f, x, r)
	checkOrder(t, f, x, order, r)
}

func checkOrder(t *testing.T, f func(num.Array) num.Array, x num.Array, order int, r *rand.Rand) {
	t.Helper()
	v := num.Normal(r, x.Shape()...)
	y, dy := transforms.JVP(f, x, v)
	if y.Size() == 0 {
		return
	}
	checkDifference(t, fmt.Sprintf("%d orders left: forward", order), f, x, v, dy)

	w := num.Normal(r, y.Shape()...)
	_, pull := transforms.VJP(f, x)
	if fwd, rev := dot(w, dy), dot(pull(w), v); !within(rev, fwd, 1e-11, norm1(dy)) {
		t.Errorf("%d orders left: forward %v, reverse %v", order, fwd, rev)
	}
	_, push := transforms.Linearize(f, x)
	sameNumbers(t, "linearize", push(v), floats(dy), 1e-12)
	checkVmap(t, func(x num.Array) num.Array { _, d := transforms.JVP(f, x, v); return d }, x, r)
	if order == 1 {
		return
	}
	checkOrder(t, func(x num.Array) num.Array {
		_, d := transforms.JVP(f, x, v)
		return d
	}, x, order-1, r)
	checkOrder(t, func(x num.Array) num.Array {
		_, pull := transforms.VJP(f, x)
		return pull(w)
	}, x, order-1, r)
}

func norm1(x num.Array) float64 {
	s := 0.0
	for _, v := range floats(x) {
		s += math.Abs(v)
	}
	return s
}

// checkDifference compares dy with the derivative of f along v, by central differences of the
// fourth order.
func checkDifference(t *testing.T, what string, f func(num.Array) num.Array, x, v, dy num.Array) {
	t.Helper()
	const h = 1e-3
	at := func(k float64) []float64 { return floats(f(axpy(k*h, v, x))) }
	p1, m1, p2, m2 := at(1), at(-1), at(2), at(-2)
	want := make([]float64, len(p1))
	for i := range want {
		want[i] = (8*(p1[i]-m1[i]) - (p2[i] - m2[i])) / (12 * h)
	}
	sameNumbers(t, what, dy, want, 1e-7)
}

// checkVmap compares Vmap of f, over x and two other points nearby, with calls.
func checkVmap(t *testing.T, f func(num.Array) num.Array, x num.Array, r *rand.Rand) {
	t.Helper()
	var data, want []float64
	for i := range 3 {
		lane := axpy(0.01*float64(i), num.Normal(r, x.Shape()...), x)
		data = append(data, floats(lane)...)
		want = append(want, floats(f(lane))...)
	}
	got := transforms.Vmap(f)(num.New(data, append([]int{3}, x.Shape()...)...))
	sameNumbers(t, "vmap", got, want, 1e-11)
}

// gradients returns the gradient of sum(f) by reverse mode and, an element at a time, by forward mode.
func gradients(f func(num.Array) num.Array, x num.Array) (reverse, forward []float64) {
	total := func(x num.Array) num.Array { return num.Sum(f(x)) }
	return floats(transforms.Grad(total)(x)), floats(jac.Fwd(total)(x))
}

// checkModes compares all modes with one another, at points where differences say nothing.
func checkModes(t *testing.T, f func(num.Array) num.Array, x num.Array, r *rand.Rand) {
	t.Helper()
	v, w := num.Normal(r, x.Shape()...), num.Normal(r, f(x).Shape()...)
	along := func(x num.Array) num.Array { _, d := transforms.JVP(f, x, v); return num.Sum(num.Mul(w, d)) }
	total := func(x num.Array) num.Array { return num.Sum(num.Mul(w, f(x))) }
	back := func(x num.Array) num.Array { return num.Sum(num.Mul(v, transforms.Grad(total)(x))) }
	sameNumbers(t, "order 1", along(x), floats(back(x)), 1e-12)

	_, ff := transforms.JVP(along, x, v)
	_, fr := transforms.JVP(back, x, v)
	for name, d := range map[string]num.Array{
		"forward over reverse": fr,
		"reverse over forward": num.Sum(num.Mul(v, transforms.Grad(along)(x))),
		"reverse over reverse": num.Sum(num.Mul(v, transforms.Grad(back)(x))),
	} {
		sameNumbers(t, name, d, floats(ff), 1e-12)
	}
}
