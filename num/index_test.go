package num_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

func ints(v ...int) num.Array { return num.FromInts(v, len(v)) }

func table(rows, cols int, v ...int) num.Array { return num.FromInts(v, rows, cols) }

// countTo returns the f64 array 0, 1, 2, ... of a shape.
func countTo(shape ...int) num.Array {
	n := trace.Type{Shape: shape}.Size()
	return num.Reshape(num.Convert(num.Arange(n), trace.F64), shape...)
}

// indexRows index an array of shape [3,4] filled with 0 to 11.
var indexRows = map[string]struct {
	f    func(x num.Array) num.Array
	want string
}{
	"take int":        {func(x num.Array) num.Array { return num.Take(x, 1, 0) }, "f64[4] [4 5 6 7]"},
	"take int last":   {func(x num.Array) num.Array { return num.Take(x, -1, 1) }, "f64[3] [3 7 11]"},
	"take array":      {func(x num.Array) num.Array { return num.Take(x, ints(2, 0, 2), 0) }, "f64[3,4] [8 9 10 11 0 1 2 3 8 9 10 11]"},
	"take axis 1":     {func(x num.Array) num.Array { return num.Take(x, ints(-1, 0), 1) }, "f64[3,2] [3 0 7 4 11 8]"},
	"take table":      {func(x num.Array) num.Array { return num.Take(x, table(2, 1, 0, 3), -1) }, "f64[3,2,1] [0 3 4 7 8 11]"},
	"take scalar":     {func(x num.Array) num.Array { return num.Take(x, num.ScalarInt(2), 1) }, "f64[3] [2 6 10]"},
	"take nothing":    {func(x num.Array) num.Array { return num.Take(x, ints(), 1) }, "f64[3,0] []"},
	"takealong":       {func(x num.Array) num.Array { return num.TakeAlong(x, table(3, 2, 0, 1, 2, 3, -1, -1), 1) }, "f64[3,2] [0 1 6 7 11 11]"},
	"takealong 0":     {func(x num.Array) num.Array { return num.TakeAlong(x, table(1, 4, 2, 1, 0, 2), 0) }, "f64[1,4] [8 5 2 11]"},
	"takealong wide":  {func(x num.Array) num.Array { return num.TakeAlong(x, table(1, 2, 3, 0), 1) }, "f64[3,2] [3 0 7 4 11 8]"},
	"index":           {func(x num.Array) num.Array { return num.Index(x, ints(0, 2, 2), ints(1, -1, 3)) }, "f64[3] [1 11 11]"},
	"index rows":      {func(x num.Array) num.Array { return num.Index(x, ints(2, 1)) }, "f64[2,4] [8 9 10 11 4 5 6 7]"},
	"index wide":      {func(x num.Array) num.Array { return num.Index(x, table(2, 1, 0, 2), ints(1, 2)) }, "f64[2,2] [1 2 9 10]"},
	"set":             {func(x num.Array) num.Array { return num.Set(x, num.Vector(-1, -2), ints(0, 2), ints(1, 1)) }, "f64[3,4] [0 -1 2 3 4 5 6 7 8 -2 10 11]"},
	"set repeated":    {func(x num.Array) num.Array { return num.Set(x, num.Vector(-1, -2, -3), ints(0, 0, 2), ints(1, 1, 1)) }, "f64[3,4] [0 -2 2 3 4 5 6 7 8 -3 10 11]"},
	"set row":         {func(x num.Array) num.Array { return num.Set(x, -1, ints(-1)) }, "f64[3,4] [0 1 2 3 4 5 6 7 -1 -1 -1 -1]"},
	"set from itself": {func(x num.Array) num.Array { return num.Set(x, x.At(0), num.ScalarInt(2)) }, "f64[3,4] [0 1 2 3 4 5 6 7 0 1 2 3]"},
	"set rows twice":  {func(x num.Array) num.Array { return num.Set(x, num.Slice(x, 0, 2), ints(1, 1)) }, "f64[3,4] [0 1 2 3 4 5 6 7 8 9 10 11]"},
	"addat":           {func(x num.Array) num.Array { return num.AddAt(x, 10, ints(0, 2), ints(1, 1)) }, "f64[3,4] [0 11 2 3 4 5 6 7 8 19 10 11]"},
	"addat repeated":  {func(x num.Array) num.Array { return num.AddAt(x, num.Slice(x, 0, 2), ints(2, 2)) }, "f64[3,4] [0 1 2 3 4 5 6 7 12 15 18 21]"},
	"addat nothing":   {func(x num.Array) num.Array { return num.AddAt(x, 1, ints()) }, "f64[3,4] [0 1 2 3 4 5 6 7 8 9 10 11]"},
}

func TestIndex(t *testing.T) {
	for name, row := range indexRows {
		t.Run(name, func(t *testing.T) {
			x := countTo(3, 4)
			want := row.f(x)
			if got := fmt.Sprint(want.Type(), " ", want.Float64s()); got != row.want {
				t.Fatalf("got %s, want %s", got, row.want)
			}
			wantEqual(t, "traced", trace.MustOf(row.f, x).Eval(x)[0], want, 0)
			draw := normal(11)
			checkDerivatives(t, row.f, draw(3, 4))
			checkLanes(t, func(x []num.Array) num.Array { return row.f(x[0]) }, draw(2, 3, 4))
		})
	}
}

// scatters put v into x at the places i, j, of which some are the same.
var scatters = map[string]func(x, v, i, j num.Array) num.Array{
	"set":     func(x, v, i, j num.Array) num.Array { return num.Set(x, v, i, j) },
	"addat":   func(x, v, i, j num.Array) num.Array { return num.AddAt(x, v, i, j) },
	"set row": func(x, v, i, j num.Array) num.Array { return num.Set(x, num.ExpandDims(v, 1), i) },
	"add row": func(x, v, i, j num.Array) num.Array { return num.AddAt(x, num.ExpandDims(v, 1), i) },
	"gather":  func(x, v, i, j num.Array) num.Array { return num.Mul(v, num.Index(x, i, j)) },
	"take":    func(x, v, i, j num.Array) num.Array { return num.Mul(num.Take(x, i, 0), num.ExpandDims(v, 1)) },
	"along": func(x, v, i, j num.Array) num.Array {
		return num.TakeAlong(num.Add(x, v.At(0)), num.ExpandDims(i, 0), 0)
	},
}

// Every choice of mapped operands is a loop; both operands have derivatives.
func TestScatterModes(t *testing.T) {
	for name, f := range scatters {
		t.Run(name, func(t *testing.T) {
			draw := normal(13)
			i, j := ints(0, 2, 0, 1), ints(1, 1, 1, -1)
			x, v := draw(3, 4), draw(4)
			checkDerivatives(t, func(x num.Array) num.Array { return f(x, v, i, j) }, x)
			checkDerivatives(t, func(v num.Array) num.Array { return f(x, v, i, j) }, v)
			checkDerivatives(t, func(xv num.Array) num.Array {
				return f(num.Reshape(num.Slice(xv, 0, 12), 3, 4), num.Slice(xv, 12, 16), i, j)
			}, draw(16))
			lanes := []num.Array{
				draw(2, 3, 4), draw(2, 4),
				table(2, 4, 0, 2, 0, 1, -1, 1, 1, 1), table(2, 4, 1, 1, 1, -1, 0, 0, 3, 3),
			}
			one := []num.Array{x, v, i, j}
			for mask := 1; mask < 16; mask++ {
				var mapped []num.Array
				for k := range lanes {
					if mask>>k&1 == 1 {
						mapped = append(mapped, lanes[k])
					}
				}
				checkLanes(t, func(some []num.Array) num.Array {
					all := [4]num.Array{}
					for k := range all {
						if all[k] = one[k]; mask>>k&1 == 1 {
							all[k], some = some[0], some[1:]
						}
					}
					return f(all[0], all[1], all[2], all[3])
				}, mapped...)
			}
		})
	}
}

func TestRepeatedIndices(t *testing.T) {
	x, v, i := num.Vector(1, 2, 3), num.Vector(10, 20, 30), ints(1, 1, -1)
	square := func(y num.Array) num.Array { return num.Sum(num.Mul(num.Vector(1, 10, 100), y)) }
	for _, row := range []struct {
		name                string
		f                   func(x, v num.Array) num.Array
		value, gradX, gradV num.Array
	}{
		{"set", func(x, v num.Array) num.Array { return num.Set(x, v, i) },
			num.Vector(1, 20, 30), num.Vector(1, 0, 0), num.Vector(0, 10, 100)},
		{"addat", func(x, v num.Array) num.Array { return num.AddAt(x, v, i) },
			num.Vector(1, 32, 33), num.Vector(1, 10, 100), num.Vector(10, 10, 100)},
	} {
		wantEqual(t, row.name, row.f(x, v), row.value, 0)
		g := transforms.Grad(func(in [2]num.Array) num.Array { return square(row.f(in[0], in[1])) })([2]num.Array{x, v})
		wantEqual(t, row.name+" dx", g[0], row.gradX, 0)
		wantEqual(t, row.name+" dv", g[1], row.gradV, 0)
	}
	g := transforms.Grad(func(x num.Array) num.Array { return num.Sum(num.Take(x, ints(0, 2, 0), 0)) })(x)
	wantEqual(t, "take", g, num.Vector(2, 0, 1), 0)
}

func TestIndexDTypes(t *testing.T) {
	x := num.Reshape(num.Arange(6), 2, 3)
	wantEqual(t, "take", num.Take(x, ints(2, 0), 1), table(2, 2, 2, 0, 5, 3), 0)
	wantEqual(t, "set", num.Set(x, 9, ints(0), ints(1)), table(2, 3, 0, 9, 2, 3, 4, 5), 0)
	wantEqual(t, "addat", num.AddAt(x, x, ints(0, 0)), table(2, 3, 3, 6, 9, 3, 4, 5), 0)
	wantEqual(t, "setslice", num.SetSlice(x, 9, 1, num.End, 0, 2), table(2, 3, 0, 1, 2, 9, 9, 5), 0)
	b := num.FromBools([]bool{true, false, false}, 3)
	wantEqual(t, "take bool", num.Take(b, ints(1, 0), 0), num.FromBools([]bool{false, true}, 2), 0)
	wantEqual(t, "set bool", num.Set(b, b.At(0), ints(2)), num.FromBools([]bool{true, false, true}, 3), 0)
	wantEqual(t, "setslice bool", num.SetSlice(b, b.At(1), 0, 1), num.FromBools([]bool{false, false, false}, 3), 0)
	wantEqual(t, "at", x.At(1, 2), num.ScalarInt(5), 0)
	wantEqual(t, "int into f64", num.Set(num.Vector(1, 2), num.ScalarInt(7), ints(0)), num.Vector(7, 2), 0)
}

// Traced indices cannot be checked: they are clamped, in the derivative too.
func TestTracedIndices(t *testing.T) {
	x := num.Vector(1, 2, 3)
	for _, row := range []struct{ i, at int }{{0, 0}, {-1, 2}, {-3, 0}, {-9, 0}, {3, 2}, {99, 2}} {
		i := num.ScalarInt(row.i)
		onehot := num.Set(num.Zeros(3), 1, num.ScalarInt(row.at))
		for name, f := range map[string]func(in []num.Array) num.Array{
			"take": func(in []num.Array) num.Array { return num.Take(in[0], in[1], 0) },
			"add": func(in []num.Array) num.Array {
				return num.Sum(num.Mul(num.Add(in[0], 1), num.AddAt(num.Zeros(3), 1, in[1])))
			},
			"set": func(in []num.Array) num.Array {
				return num.Sum(num.Mul(in[0], num.Set(num.Zeros(3), 1, in[1])))
			},
		} {
			g := transforms.Grad(f)([]num.Array{x, i})
			wantEqual(t, fmt.Sprint(name, " ", row.i), g[0], onehot, 0)
		}
	}
}

func TestIndexErrors(t *testing.T) {
	x := num.Zeros(2, 3)
	for want, f := range map[string]func(){
		"at: index 2 is out of range for axis 0 of length 2: f64[2,3]":    func() { x.At(2) },
		"at: index -4 is out of range for axis 1 of length 3: f64[2,3]":   func() { x.At(0, -4) },
		"at: 3 indices for 2 axes: f64[2,3]":                              func() { x.At(0, 0, 0) },
		"at: 1 indices for 0 axes: f64[]":                                 func() { num.Scalar(1).At(0) },
		"slice: bound 4 is out of range for axis 1 of length 3: f64[2,3]": func() { num.Slice(x, 0, num.End, 0, 4) },
		"slice: bound -3 is out of range for axis 0 of length 2: f64[2,3]": func() {
			num.Slice(x, -3, num.End)
		},
		"slice: 2:1 runs backwards on axis 0 of length 2: f64[2,3]":           func() { num.Slice(x, 2, 1) },
		"slice: needs two numbers for each axis, not 3 in all: f64[2,3]":      func() { num.Slice(x, 0, 1, 2) },
		"slice: pairs for 1 axes of an array of 0: f64[]":                     func() { num.Slice(num.Scalar(1), 0, 1) },
		"stride: the step is 0":                                               func() { num.Stride(x, 0, 0) },
		"setslice: f64[3] does not broadcast to the part to be set, f64[2,2]": func() { num.SetSlice(x, num.Zeros(3), 0, 2, 0, 2) },
		"setslice: i64[2] does not hold f64: change it with num.Convert":      func() { num.SetSlice(num.Arange(2), 0.5, 0, 1) },
		"take: index 3 is out of range for axis 1 of length 3: f64[2,3]":      func() { num.Take(x, 3, 1) },
		"take: index -4 is out of range for axis 1 of length 3: f64[2,3]":     func() { num.Take(x, ints(0, -4), -1) },
		"take: indices must be i64, not f64[1]":                               func() { num.Take(x, num.Vector(1), 0) },
		"index: indices must be i64, not bool[2]: choose by a condition with num.Where": func() {
			num.Index(x, num.FromBools([]bool{true, false}, 2))
		},
		"take: needs an int or an i64 array as index, not a float64": func() { num.Take(x, 1.0, 0) },
		"take: axis 0 has no elements: f64[0]":                       func() { num.Take(num.Zeros(0), ints(0), 0) },
		"takealong: needs as many axes in the indices as in the array: f64[2,3] x i64[1]": func() {
			num.TakeAlong(x, ints(0), 0)
		},
		"takealong: shapes do not broadcast outside axis 1: f64[2,3] x i64[3,1]": func() { num.TakeAlong(x, table(3, 1, 0, 0, 0), 1) },
		"index: 3 index arrays for 2 axes: f64[2,3]":                             func() { num.Index(x, ints(0), ints(0), ints(0)) },
		"index: 0 index arrays for 2 axes: f64[2,3]":                             func() { num.Index(x) },
		"index: index 2 is out of range for axis 0 of length 2: f64[2,3]":        func() { num.Index(x, ints(2), ints(2)) },
		"index: shapes do not broadcast: i64[2] x i64[3]":                        func() { num.Index(x, ints(0, 1), ints(0, 1, 2)) },
		"set: i64[3] does not hold f64: change it with num.Convert":              func() { num.Set(num.Arange(3), num.Scalar(0.5), ints(0)) },
		"set: f64[2] does not broadcast to the part to be set, f64[1,3]":         func() { num.Set(x, num.Zeros(2), ints(0)) },
		"addat: bools have no arithmetic: bool[1]":                               func() { num.AddAt(num.FromBools([]bool{true}, 1), 1, ints(0)) },
		"addat: index 7 is out of range for axis 1 of length 3: f64[2,3]":        func() { num.AddAt(x, 1, ints(0), ints(7)) },
	} {
		wantError(t, want, f)
	}
	t.Run("traced", func(t *testing.T) {
		_, err := trace.Of(func(i num.Array) num.Array { return num.Take(num.Zeros(0, 2), i, 0) }, num.ScalarInt(0))
		if err == nil {
			t.Error("no error for an axis without elements")
		}
	})
}

// TestFewSlotsInLanes has indices that all lanes share: however few of the slots they are, nothing else is moved.
func TestFewSlotsInLanes(t *testing.T) {
	x := num.Sin(countTo(3, 40, 2))
	u := num.Cos(countTo(3, 2))
	at := num.ScalarInt(-4)
	for name, f := range map[string]func(p [2]num.Array) num.Array{
		"take":        func(p [2]num.Array) num.Array { return num.Take(p[0], at, 0) },
		"take both":   func(p [2]num.Array) num.Array { return num.Index(p[0], at, num.ScalarInt(1)) },
		"take two":    func(p [2]num.Array) num.Array { return num.Take(p[0], ints(7, 7), 0) },
		"set":         func(p [2]num.Array) num.Array { return num.Set(p[0], p[1], at) },
		"add":         func(p [2]num.Array) num.Array { return num.AddAt(p[0], p[1], at) },
		"set twice":   func(p [2]num.Array) num.Array { return num.Set(p[0], p[1], ints(7, 7)) },
		"add twice":   func(p [2]num.Array) num.Array { return num.AddAt(p[0], p[1], ints(7, 7)) },
		"set in rows": func(p [2]num.Array) num.Array { return num.Set(p[0], p[1].At(1), at, num.ScalarInt(0)) },
	} {
		t.Run(name, func(t *testing.T) {
			p := [2]num.Array{x, u}
			var rows []num.Array
			for k := range 3 {
				rows = append(rows, f([2]num.Array{num.Take(x, k, 0), num.Take(u, k, 0)}))
			}
			if got, want := transforms.Vmap(f)(p), num.Stack(0, rows...); num.Any(num.NotEqual(got, want)).Bool() {
				t.Errorf("%v\nwant %v", got, want)
			}
			traced := trace.MustOf(transforms.Vmap(f), p).String()
			if strings.Contains(traced, "transpose") {
				t.Errorf("moves an axis:\n%v", traced)
			}
		})
	}
}

// TestRepeatedIndicesOfManySlots has few indices, some of one slot, some beyond the ends, as traced ones may be, of many slots. Setting is
// linear, so its transpose is known from what it does to unit vectors.
func TestRepeatedIndicesOfManySlots(t *testing.T) {
	w := num.Sin(countTo(7, 9))
	f := func(v, i, j num.Array) num.Array { return num.Sum(num.Mul(w, num.Set(num.Zeros(7, 9), v, i, j))) }
	values := transforms.JIT(func(in [3]num.Array) num.Array { return f(in[0], in[1], in[2]) })
	grad := func(in [2]num.Array) num.Array {
		return transforms.Grad(func(v num.Array) num.Array { return f(v, in[0], in[1]) })(num.Ones(5))
	}
	is, js := table(3, 5, 3, -4, 3, 20, 6, 0, 0, -7, 0, 6, -9, 0, 1, 1, 1), table(3, 5, 2, 2, -7, -1, 30, 1, 1, 1, 1, 1, -10, 0, -9, 0, 0)
	all := transforms.Vmap(grad)([2]num.Array{is, js})
	for k := range 3 {
		i, j := num.Take(is, k, 0), num.Take(js, k, 0)
		want := make([]float64, 5)
		for l := range want {
			unit := make([]float64, 5)
			unit[l] = 1
			want[l] = values([3]num.Array{num.Vector(unit...), i, j}).Float64()
		}
		wantEqual(t, "one lane", transforms.JIT(grad)([2]num.Array{i, j}), num.Vector(want...), 0)
		wantEqual(t, "lanes", num.Take(all, k, 0), num.Vector(want...), 0)
	}
}
