package num_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

func TestSort(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, c := range []struct {
		shape []int
		axis  int
	}{
		{[]int{1}, 0}, {[]int{7}, 0}, {[]int{3, 4}, 0}, {[]int{3, 4}, -1}, {[]int{2, 3, 2}, 1},
		{[]int{1, 2, 1, 3, 2, 1}, -3}, {[]int{0}, 0}, {[]int{3, 0}, 0}, {[]int{0, 3}, 0},
	} {
		t.Run(fmt.Sprintf("%v/%d", c.shape, c.axis), func(t *testing.T) {
			x := spacedArray(r, c.shape)
			axis := (c.axis + len(c.shape)) % len(c.shape)
			sorted := num.Sort(x, c.axis)
			sameShape(t, "sort", sorted, c.shape...)
			if x.Size() == 0 {
				return
			}
			// Each line is in order and has the elements of the line of x.
			n := c.shape[axis]
			got, was := num.MoveAxis(sorted, axis, -1).Float64s(), num.MoveAxis(x, axis, -1).Float64s()
			for i := 0; i < len(got); i += n {
				line := slices.Sorted(slices.Values(was[i : i+n]))
				if !slices.Equal(got[i:i+n], line) {
					t.Errorf("got %v, want %v", got[i:i+n], line)
				}
			}
			f := func(x num.Array) num.Array { return num.Sort(num.Add(x, num.Mul(0.02, x, x)), c.axis) }
			checkRules(t, f, x, 2)
		})
	}
}

func TestSortPoints(t *testing.T) {
	negative := num.Neg(num.Scalar(0)).Float64()
	for _, c := range []struct {
		name        string
		x           num.Array
		order, want []float64
	}{
		{"ties", num.Vector(2, 1, 1, 2, 1), []float64{1, 2, 4, 0, 3}, []float64{1, 1, 1, 2, 2}},
		{"nan last", num.Vector(nan, inf, nan, -inf, 0), []float64{3, 4, 1, 0, 2}, []float64{-inf, 0, inf, nan, nan}},
		{"zeros tie", num.Vector(0, negative, 0), []float64{0, 1, 2}, []float64{0, 0, 0}},
		{"integers", num.FromInts([]int{3, -1 << 62, 1 << 62, -7}, 4), []float64{1, 3, 0, 2}, []float64{-1 << 62, -7, 3, 1 << 62}},
		{"bools", num.FromBools([]bool{true, false, true}, 3), []float64{1, 0, 2}, []float64{0, 1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sameNumbers(t, "argsort", num.Argsort(c.x, 0), c.order, 0)
			sorted := num.Sort(c.x, -1)
			sameNumbers(t, "sort", sorted, c.want, 0)
			if sorted.DType() != c.x.DType() {
				t.Errorf("sorted %v are %v", c.x.DType(), sorted.DType())
			}
		})
	}
	weights := num.Vector(3, 2, 1)
	rev, fwd := gradients(func(x num.Array) num.Array { return num.Mul(weights, num.Sort(x, 0)) }, num.Vector(2, 1, 1))
	sameNumbers(t, "gradient at ties, reverse", num.Vector(rev...), []float64{1, 3, 2}, 0)
	sameNumbers(t, "gradient at ties, forward", num.Vector(fwd...), []float64{1, 3, 2}, 0)
}

func TestTopK(t *testing.T) {
	for _, c := range []struct {
		name            string
		x               num.Array
		k               int
		values, indices []float64
	}{
		{"vector", num.Vector(3, 9, 5, 7), 2, []float64{9, 7}, []float64{1, 3}},
		{"rows", num.New([]float64{1, 2, 3, 6, 5, 4}, 2, 3), 2, []float64{3, 2, 6, 5}, []float64{2, 1, 0, 1}},
		{"ties", num.Vector(1, 1, 1), 2, []float64{1, 1}, []float64{0, 1}},
		{"nan first", num.Vector(1, nan, inf), 2, []float64{nan, inf}, []float64{1, 2}},
		{"all", num.Vector(1, 2), 2, []float64{2, 1}, []float64{1, 0}},
		{"none", num.Vector(1, 2), 0, nil, nil},
		{"integers", num.FromInts([]int{4, 6, 5}, 3), 1, []float64{6}, []float64{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			values, indices := num.TopK(c.x, c.k)
			sameNumbers(t, "values", values, c.values, 0)
			sameNumbers(t, "indices", indices, c.indices, 0)
			if values.DType() != c.x.DType() || indices.DType() != trace.I64 {
				t.Errorf("%v and %v", values.DType(), indices.DType())
			}
		})
	}
	top := func(k int) func(num.Array) num.Array {
		return func(x num.Array) num.Array { v, _ := num.TopK(x, k); return v }
	}
	rev, fwd := gradients(top(2), num.Vector(1, 1, 1))
	sameNumbers(t, "gradient at ties, reverse", num.Vector(rev...), []float64{1, 1, 0}, 0)
	sameNumbers(t, "gradient at ties, forward", num.Vector(fwd...), []float64{1, 1, 0}, 0)
	x := spacedArray(rand.New(rand.NewPCG(15, 16)), []int{2, 5})
	checkRules(t, func(x num.Array) num.Array { return top(3)(num.Add(x, num.Mul(0.02, x, x))) }, x, 3)
}

func TestSearchsorted(t *testing.T) {
	sorted := num.Vector(1, 2, 2, 4)
	for _, c := range []struct {
		name      string
		sorted, v num.Array
		want      []float64
	}{
		{"left of equals", sorted, num.Vector(2, 0, 5, 4, 3), []float64{1, 0, 4, 3, 3}},
		{"infinities", sorted, num.Vector(inf, -inf), []float64{4, 0}},
		{"nan", num.Vector(1, nan, nan), num.Vector(nan, inf), []float64{1, 1}},
		{"matrix", sorted, num.New([]float64{0, 1.5, 2.5, 9}, 2, 2), []float64{0, 1, 3, 4}},
		{"scalar", sorted, num.Scalar(2.5), []float64{3}},
		{"in nothing", num.Vector(), num.Vector(1), []float64{0}},
		{"of nothing", sorted, num.Vector(), nil},
		{"integers", num.FromInts([]int{1, 3}, 2), num.FromInts([]int{3, 4}, 2), []float64{1, 2}},
		{"mixed", num.FromInts([]int{1, 3}, 2), num.Vector(2.5), []float64{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := num.Searchsorted(c.sorted, c.v)
			sameShape(t, "positions", got, c.v.Shape()...)
			sameNumbers(t, "positions", got, c.want, 0)
		})
	}
	draw := normal(17)
	checkLanes(t, func(in []num.Array) num.Array {
		// The captured vector is not mapped, the other one is; both are searched.
		own := num.Sort(in[1], 0)
		at := num.Add(num.Searchsorted(sorted, in[0]), num.Searchsorted(own, in[0]), num.Searchsorted(own, num.Vector(0, .1)))
		return num.Convert(at, trace.F64)
	}, draw(4, 2), draw(4, 5))
}

func TestSortErrors(t *testing.T) {
	for _, c := range []struct {
		want string
		f    func()
	}{
		{"sort: axis 1 of an array of 1 axes: f64[2]", func() { num.Sort(num.Vector(1, 2), 1) }},
		{"argsort: axis 0 of an array of 0 axes: f64[]", func() { num.Argsort(num.Scalar(1), 0) }},
		{"topk: cannot take 3 of the 2 elements along the last axis: f64[2]", func() { num.TopK(num.Vector(1, 2), 3) }},
		{"topk: axis -1 of an array of 0 axes: f64[]", func() { num.TopK(num.Scalar(1), 0) }},
		{"searchsorted: the sorted array must have one axis, not f64[]", func() { num.Searchsorted(num.Scalar(1), num.Scalar(1)) }},
	} {
		wantError(t, c.want, c.f)
	}
}
