package trace_test

import (
	"math"
	"reflect"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

func TestZeroArray(t *testing.T) {
	var x num.Array
	if x.Float64() != 0 || x.Rank() != 0 || x.Size() != 1 || x.DType() != trace.F64 || x.Traced() {
		t.Errorf("the zero Array is %v, %v", x.Type(), x)
	}
	if y := num.Add(x, 1.5).Float64(); y != 1.5 {
		t.Errorf("0 + 1.5 is %v", y)
	}
	f := trace.MustOf(func(y num.Array) num.Array { return num.Mul(x, y) }, x)
	if want := "func(a:f64[]) {\n  b:f64[] = mul 0.0 a\n  return b\n}"; f.String() != want {
		t.Errorf("got\n%v", f)
	}
}

// TestCopies demands that an array never changes, whatever is done to what it gave away.
func TestCopies(t *testing.T) {
	x := num.Reshape(num.Vector(1, 2, 3, 4), 2, 2)
	x.Float64s()[0], x.Shape()[0] = -1, -1
	n := num.Convert(x, trace.I64)
	n.Ints()[0] = -1
	b := num.Less(x, 3)
	b.Bools()[0] = false
	if got := x.Float64s(); !reflect.DeepEqual(got, []float64{1, 2, 3, 4}) || !reflect.DeepEqual(x.Shape(), []int{2, 2}) {
		t.Errorf("the array became %v of %v", got, x.Shape())
	}
	if got := n.Ints(); !reflect.DeepEqual(got, []int{1, 2, 3, 4}) {
		t.Errorf("the integers became %v", got)
	}
	if got := b.Bools(); !reflect.DeepEqual(got, []bool{true, true, false, false}) {
		t.Errorf("the bools became %v", got)
	}
}

func TestSplatAndSame(t *testing.T) {
	vector := trace.TypeOf(trace.F64, 2)
	zero, minus, nan := trace.Fill(0.0, vector), trace.Fill(math.Copysign(0, -1), vector), trace.Fill(math.NaN(), vector)
	made := num.Vector(0, 0)
	if v, ok := trace.Splat(zero); !ok || v != 0.0 {
		t.Errorf("Splat of zeros is %v, %v", v, ok)
	}
	if v, ok := trace.Splat(num.ScalarInt(3)); !ok || v != int64(3) {
		t.Errorf("Splat of 3 is %v, %v", v, ok)
	}
	if v, ok := trace.Splat(made); ok {
		t.Errorf("Splat of a vector is %v", v)
	}
	for _, c := range []struct {
		name string
		a, b num.Array
		want bool
	}{
		{"zeros", zero, trace.Fill(0.0, vector), true},
		{"signed zeros", zero, minus, false},
		{"NaN", nan, trace.Fill(math.NaN(), vector), true},
		{"shapes", zero, trace.Fill(0.0, trace.Scalar), false},
		{"dtypes", zero, trace.Fill(int64(0), vector.With(trace.I64)), false},
		{"itself", made, made, true},
		{"its equal", made, num.Vector(0, 0), false},
		{"bools", trace.Fill(true, vector.With(trace.Bool)), trace.Fill(true, vector.With(trace.Bool)), true},
	} {
		if got := trace.Same(c.a, c.b); got != c.want {
			t.Errorf("%s: Same is %v", c.name, got)
		}
	}
	if got := nan.Float64s(); len(got) != 2 || !math.IsNaN(got[0]) || !math.IsNaN(got[1]) {
		t.Errorf("a filled vector reads %v", got)
	}
}

func TestType(t *testing.T) {
	m := trace.TypeOf(trace.I64, 2, 3)
	if m.String() != "i64[2,3]" || m.Size() != 6 || m.Rank() != 2 || m.With(trace.Bool).String() != "bool[2,3]" {
		t.Errorf("got %v", m)
	}
	if got := trace.TypeOf(trace.F64, 4, 0).Size(); got != 0 {
		t.Errorf("f64[4,0] has %d elements", got)
	}
	b := m.Batched(7)
	b.Shape[1] = 9
	if b.String() != "i64[7,9,3]" || m.String() != "i64[2,3]" {
		t.Errorf("got %v of %v", b, m)
	}
	if m.Equal(b) || m.Equal(m.With(trace.F64)) || !m.Equal(trace.TypeOf(trace.I64, 2, 3)) {
		t.Error("Equal is wrong")
	}
	if got := trace.DType(9).String(); got != "dtype9" {
		t.Errorf("an unknown dtype prints as %s", got)
	}
}
