package trace_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		shape []int
		first int
		want  []float64
	}{
		{[]int{2, 3}, 0, []float64{1, 0, 0, 0, 1, 0}},
		{[]int{2, 3}, 2, []float64{0, 0, 1, 0, 0, 0}},
		{[]int{3, 2}, -1, []float64{0, 0, 1, 0, 0, 1}},
		{[]int{2, 2, 2}, 1, []float64{0, 1, 0, 0, 0, 0, 1, 0}},
		{[]int{3}, -2, []float64{0, 0, 1}},
		{[]int{2, 2}, 5, []float64{0, 0, 0, 0}},
		{[]int{2, 2}, -7, []float64{0, 0, 0, 0}},
		{[]int{0, 2}, 0, nil},
		{[]int{2, 0}, 0, nil},
	} {
		u := trace.Units(trace.TypeOf(trace.F64, c.shape...), c.first)
		if !slices.Equal(u.Float64s(), c.want) {
			t.Errorf("%d in %v: %v, want %v", c.first, c.shape, u.Float64s(), c.want)
		}
		m := trace.Units(trace.TypeOf(trace.Bool, c.shape...), c.first)
		for i, b := range m.Bools() {
			if b != (c.want[i] == 1) {
				t.Errorf("%d in %v, element %d: %v", c.first, c.shape, i, b)
			}
		}
		if first, ok := trace.FirstUnit(u); !ok || first != c.first {
			t.Errorf("%v begins with %d, %v", u.Type(), first, ok)
		}
	}
	if _, ok := trace.FirstUnit(num.Eye(2)); ok {
		t.Error("an identity matrix counts as unit vectors")
	}
	for _, bad := range []trace.Type{trace.Scalar, trace.TypeOf(trace.I64, 2, 2)} {
		if err := trace.Try(func() { trace.Units(bad, 0) }); err == nil {
			t.Errorf("there are unit vectors of type %v", bad)
		}
	}
}

// TestFormulas: what is made of unit vectors alone stays a formula in a func, if it is large, and has the same elements.
func TestFormulas(t *testing.T) {
	formula := func(n int) num.Array {
		u := trace.Units(trace.TypeOf(trace.F64, n, n), 0)
		m := num.Flip(trace.Units(trace.TypeOf(trace.Bool, n, n), 0), 1)
		return num.Where(m, 3, num.Sub(num.Mul(2, num.Slice(u, 0, num.End)), num.Transpose(u)))
	}
	for _, n := range []int{3, 60} {
		var made num.Array
		f := trace.Build([]trace.Type{trace.TypeOf(trace.F64, n, n)}, func(x []num.Array) []num.Array {
			made = formula(n)
			return []num.Array{num.Add(x[0], made), num.Mul(x[0], made)}
		})
		text := f.String()
		if constants, units := strings.Contains(text, "constant["), strings.Contains(text, "units["); constants == units || units != (n == 60) {
			t.Errorf("%d elements: %v", n*n, text)
		}
		if strings.Count(text, "transpose") > 1 {
			t.Errorf("the same stands twice: %v", text)
		}
		want := formula(n).Float64s()
		for i := range n {
			for j := range n {
				w := 0.0
				switch {
				case j == n-1-i:
					w = 3
				case i == j:
					w = 1
				}
				if want[i*n+j] != w {
					t.Fatalf("element %d, %d is %v, want %v", i, j, want[i*n+j], w)
				}
			}
		}
		y := f.Eval(num.Zeros(n, n))[0]
		if !slices.Equal(y.Float64s(), want) || !slices.Equal(made.Float64s(), want) {
			t.Errorf("%d elements: a func makes others of a formula", n*n)
		}
		again, err := trace.Parse(text)
		if n == 60 && (err != nil || !slices.Equal(again.Eval(num.Zeros(n, n))[0].Float64s(), want)) {
			t.Errorf("%v is read as something else: %v", text, err)
		}
	}
}
