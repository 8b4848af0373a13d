package num_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

// layoutRow is a function that moves elements: element k of the result is element from(k) of the
// operand's, or zero if from(k) is negative.
type layoutRow struct {
	name  string
	shape []int
	f     func(num.Array) num.Array
	want  []int // the shape of the result
	from  func(k []int) []int
}

func at(i ...int) []int { return append([]int{}, i...) }

var layoutRows = []layoutRow{
	{"reshape", []int{2, 6}, func(x num.Array) num.Array { return num.Reshape(x, 3, 4) }, []int{3, 4},
		func(k []int) []int { n := k[0]*4 + k[1]; return at(n/6, n%6) }},
	{"reshape -1", []int{2, 6}, func(x num.Array) num.Array { return num.Reshape(x, 2, -1, 3) }, []int{2, 2, 3},
		func(k []int) []int { return at(k[0], k[1]*3+k[2]) }},
	{"ravel", []int{2, 3}, num.Ravel, []int{6}, func(k []int) []int { return at(k[0]/3, k[0]%3) }},
	{"ravel scalar", nil, num.Ravel, []int{1}, func(k []int) []int { return at() }},
	{"transpose", []int{2, 3, 4}, func(x num.Array) num.Array { return num.Transpose(x) }, []int{4, 3, 2},
		func(k []int) []int { return at(k[2], k[1], k[0]) }},
	{"transpose perm", []int{2, 3, 4}, func(x num.Array) num.Array { return num.Transpose(x, 1, -1, 0) }, []int{3, 4, 2},
		func(k []int) []int { return at(k[2], k[0], k[1]) }},
	{"moveaxis", []int{2, 3, 4}, func(x num.Array) num.Array { return num.MoveAxis(x, 0, -1) }, []int{3, 4, 2},
		func(k []int) []int { return at(k[2], k[0], k[1]) }},
	{"squeeze", []int{1, 3, 1}, func(x num.Array) num.Array { return num.Squeeze(x) }, []int{3},
		func(k []int) []int { return at(0, k[0], 0) }},
	{"squeeze axis", []int{1, 3, 1}, func(x num.Array) num.Array { return num.Squeeze(x, -1) }, []int{1, 3},
		func(k []int) []int { return at(k[0], k[1], 0) }},
	{"expanddims", []int{2, 3}, func(x num.Array) num.Array { return num.ExpandDims(x, 0, -1) }, []int{1, 2, 3, 1},
		func(k []int) []int { return at(k[1], k[2]) }},
	{"broadcast", []int{3, 1}, func(x num.Array) num.Array { return num.BroadcastTo(x, 2, 3, 4) }, []int{2, 3, 4},
		func(k []int) []int { return at(k[1], 0) }},
	{"split", []int{2, 6}, func(x num.Array) num.Array { return num.Split(x, 3, 1)[1] }, []int{2, 2},
		func(k []int) []int { return at(k[0], k[1]+2) }},
	{"flip", []int{3, 4}, func(x num.Array) num.Array { return num.Flip(x) }, []int{3, 4},
		func(k []int) []int { return at(2-k[0], 3-k[1]) }},
	{"flip axis", []int{3, 4}, func(x num.Array) num.Array { return num.Flip(x, -1) }, []int{3, 4},
		func(k []int) []int { return at(k[0], 3-k[1]) }},
	{"roll", []int{2, 5}, func(x num.Array) num.Array { return num.Roll(x, 2, 1) }, []int{2, 5},
		func(k []int) []int { return at(k[0], (k[1]+3)%5) }},
	{"roll back", []int{5}, func(x num.Array) num.Array { return num.Roll(x, -7, 0) }, []int{5},
		func(k []int) []int { return at((k[0] + 2) % 5) }},
	{"tile", []int{2, 3}, func(x num.Array) num.Array { return num.Tile(x, 2, 1, 2) }, []int{2, 2, 6},
		func(k []int) []int { return at(k[1], k[2]%3) }},
	{"tile last", []int{2, 3}, func(x num.Array) num.Array { return num.Tile(x, 3) }, []int{2, 9},
		func(k []int) []int { return at(k[0], k[1]%3) }},
	{"repeat", []int{2, 3}, func(x num.Array) num.Array { return num.Repeat(x, 2, 0) }, []int{4, 3},
		func(k []int) []int { return at(k[0]/2, k[1]) }},
	{"pad", []int{2, 3}, func(x num.Array) num.Array { return num.Pad(x, 1, 0, 2, 1) }, []int{3, 6},
		func(k []int) []int {
			if k[0] < 1 || k[1] < 2 || k[1] > 4 {
				return nil
			}
			return at(k[0]-1, k[1]-2)
		}},
	{"slice", []int{5, 6}, func(x num.Array) num.Array { return num.Slice(x, 0, num.End, 2, 5) }, []int{5, 3},
		func(k []int) []int { return at(k[0], k[1]+2) }},
	{"slice negative", []int{5, 2}, func(x num.Array) num.Array { return num.Slice(x, -4, -1) }, []int{3, 2},
		func(k []int) []int { return at(k[0]+1, k[1]) }},
	{"slice empty", []int{5, 2}, func(x num.Array) num.Array { return num.Slice(x, 3, 3) }, []int{0, 2}, nil},
	{"stride", []int{2, 7}, func(x num.Array) num.Array { return num.Stride(x, 1, 3) }, []int{2, 3},
		func(k []int) []int { return at(k[0], 3*k[1]) }},
	{"stride back", []int{7}, func(x num.Array) num.Array { return num.Stride(x, 0, -2) }, []int{4},
		func(k []int) []int { return at(6 - 2*k[0]) }},
	{"at", []int{3, 4, 2}, func(x num.Array) num.Array { return x.At(1, -1) }, []int{2},
		func(k []int) []int { return at(1, 3, k[0]) }},
	{"at scalar", []int{3}, func(x num.Array) num.Array { return x.At(2) }, nil,
		func(k []int) []int { return at(2) }},
	{"at nothing", []int{2}, func(x num.Array) num.Array { return x.At() }, []int{2}, slices.Clone[[]int]},
	{"rank 6", []int{2, 1, 3, 1, 2, 2}, func(x num.Array) num.Array { return num.Transpose(num.Flip(x, 2), 5, 4, 3, 2, 1, 0) },
		[]int{2, 2, 1, 3, 1, 2}, func(k []int) []int { return at(k[5], k[4], 2-k[3], k[2], k[1], k[0]) }},
	{"empty", []int{0, 3}, func(x num.Array) num.Array { return num.Tile(num.Flip(num.Transpose(x)), 2, 1) }, []int{6, 0}, nil},
	{"pad empty", []int{0, 2}, func(x num.Array) num.Array { return num.Pad(x, 1, 1) }, []int{2, 2},
		func(k []int) []int { return nil }},
}

// indices lists the positions in an array of a shape in row-major order.
func indices(shape []int) [][]int {
	all := [][]int{{}}
	for _, n := range shape {
		var longer [][]int
		for _, k := range all {
			for i := range n {
				longer = append(longer, append(slices.Clone(k), i))
			}
		}
		all = longer
	}
	return all
}

func offset(shape, k []int) int {
	n := 0
	for i, at := range k {
		n = n*shape[i] + at
	}
	return n
}

func TestLayout(t *testing.T) {
	for _, row := range layoutRows {
		t.Run(row.name, func(t *testing.T) {
			n := trace.Type{Shape: row.shape}.Size()
			ints := make([]int, n)
			bools := make([]bool, n)
			for i := range ints {
				ints[i], bools[i] = i+1, i%3 != 0
			}
			var moved []int
			var set []bool
			for _, k := range indices(row.want) {
				if from := row.from(k); from != nil {
					moved = append(moved, ints[offset(row.shape, from)])
					set = append(set, bools[offset(row.shape, from)])
				} else {
					moved, set = append(moved, 0), append(set, false)
				}
			}
			x := num.FromInts(ints, row.shape...)
			want := num.FromInts(moved, row.want...)
			wantEqual(t, "i64", row.f(x), want, 0)
			wantEqual(t, "bool", row.f(num.FromBools(bools, row.shape...)), num.FromBools(set, row.want...), 0)
			f64 := num.Convert(x, trace.F64)
			wantEqual(t, "f64", row.f(f64), num.Convert(want, trace.F64), 0)
			fn := trace.MustOf(row.f, f64)
			wantEqual(t, "traced", fn.Eval(f64)[0], num.Convert(want, trace.F64), 0)

			draw := normal(3)
			checkDerivatives(t, row.f, draw(row.shape...))
			one := func(x []num.Array) num.Array { return row.f(x[0]) }
			checkLanes(t, one, draw(append([]int{3}, row.shape...)...))
		})
	}
}

// joinRows combine two arrays of shape [2,3].
var joinRows = map[string]struct {
	f    func(x []num.Array) num.Array
	want string
}{
	"concat 0":   {func(x []num.Array) num.Array { return num.Concat(0, x...) }, "f64[4,3] [0 1 2 3 4 5 10 11 12 13 14 15]"},
	"concat -1":  {func(x []num.Array) num.Array { return num.Concat(-1, x...) }, "f64[2,6] [0 1 2 10 11 12 3 4 5 13 14 15]"},
	"concat 1":   {func(x []num.Array) num.Array { return num.Concat(0, x[1]) }, "f64[2,3] [10 11 12 13 14 15]"},
	"stack 0":    {func(x []num.Array) num.Array { return num.Stack(0, x...) }, "f64[2,2,3] [0 1 2 3 4 5 10 11 12 13 14 15]"},
	"stack -1":   {func(x []num.Array) num.Array { return num.Stack(-1, x...) }, "f64[2,3,2] [0 10 1 11 2 12 3 13 4 14 5 15]"},
	"with empty": {func(x []num.Array) num.Array { return num.Concat(1, x[0], num.Zeros(2, 0)) }, "f64[2,3] [0 1 2 3 4 5]"},
	"setslice":   {func(x []num.Array) num.Array { return num.SetSlice(x[0], x[1].At(0, 0), 0, 1, 1, num.End) }, "f64[2,3] [0 10 10 3 4 5]"},
	"setslice row": {func(x []num.Array) num.Array { return num.SetSlice(x[0], x[1].At(1), 1, 2) },
		"f64[2,3] [0 1 2 13 14 15]"},
	"setslice middle": {func(x []num.Array) num.Array {
		return num.SetSlice(x[0], num.Slice(x[1], 0, num.End, 0, 1), 0, num.End, 1, 2)
	},
		"f64[2,3] [0 10 2 3 13 5]"},
	"setslice constant": {func(x []num.Array) num.Array { return num.SetSlice(x[0], -1, 0, 1) }, "f64[2,3] [-1 -1 -1 3 4 5]"},
	"setslice all":      {func(x []num.Array) num.Array { return num.SetSlice(x[0], x[1], 0, num.End) }, "f64[2,3] [10 11 12 13 14 15]"},
	"setslice nothing":  {func(x []num.Array) num.Array { return num.SetSlice(x[0], 7.5, 1, 1) }, "f64[2,3] [0 1 2 3 4 5]"},
	"pieces": {func(x []num.Array) num.Array {
		return num.Concat(0, num.Split(x[0], 3, 1)[2], num.Slice(x[1], 0, 1, 0, 1))
	},
		"f64[3,1] [2 5 10]"},
}

func TestJoin(t *testing.T) {
	a := num.New([]float64{0, 1, 2, 3, 4, 5}, 2, 3)
	for name, row := range joinRows {
		t.Run(name, func(t *testing.T) {
			y := row.f([]num.Array{a, num.Add(a, 10)})
			if got := fmt.Sprint(y.Type(), " ", y.Float64s()); got != row.want {
				t.Fatalf("got %s, want %s", got, row.want)
			}
			draw := normal(5)
			x := draw(2, 2, 3)
			both := func(x num.Array) num.Array { return row.f([]num.Array{x.At(0), x.At(1)}) }
			checkDerivatives(t, both, x)
			fixed := x.At(1)
			checkDerivatives(t, func(x num.Array) num.Array { return row.f([]num.Array{x, fixed}) }, x.At(0))
			checkDerivatives(t, func(x num.Array) num.Array { return row.f([]num.Array{fixed, x}) }, x.At(0))
			checkLanes(t, row.f, draw(3, 2, 3), draw(3, 2, 3))
			checkLanes(t, func(x []num.Array) num.Array { return row.f([]num.Array{x[0], fixed}) }, draw(3, 2, 3))
			checkLanes(t, func(x []num.Array) num.Array { return row.f([]num.Array{fixed, x[0]}) }, draw(3, 2, 3))
		})
	}
	t.Run("dtypes", func(t *testing.T) {
		wantEqual(t, "bool and i64", num.Concat(0, num.FromBools([]bool{true, false}, 2), num.Arange(2)),
			num.FromInts([]int{1, 0, 0, 1}, 4), 0)
		wantEqual(t, "i64 and f64", num.Stack(0, num.ScalarInt(2), num.Scalar(0.5)), num.Vector(2, 0.5), 0)
		wantEqual(t, "bool", num.Stack(0, num.FromBools([]bool{true}), num.FromBools([]bool{false})),
			num.FromBools([]bool{true, false}, 2), 0)
	})
}

// A path through an element that a slice leaves out contributes nothing, in either mode.
func TestUntouchedElements(t *testing.T) {
	reciprocal := func(x num.Array) num.Array { return num.Div(1, x) }
	for name, f := range map[string]func(num.Array) num.Array{
		"slice":  func(x num.Array) num.Array { return num.Slice(reciprocal(x), 1, 2) },
		"at":     func(x num.Array) num.Array { return reciprocal(x).At(1) },
		"take":   func(x num.Array) num.Array { return num.Take(reciprocal(x), num.FromInts([]int{1, -1}, 2), 0) },
		"concat": func(x num.Array) num.Array { return num.Concat(0, x, num.Add(x, 1)).At(1) },
		"pad":    func(x num.Array) num.Array { return reciprocal(num.Pad(x, 1, 1)).At(2) },
		"set":    func(x num.Array) num.Array { return num.Set(reciprocal(x), 3, num.Arange(1)) },
	} {
		t.Run(name, func(t *testing.T) {
			x := num.Vector(0, 2)
			v := num.Vector(1, 0.5)
			y, dy := transforms.JVP(f, x, v)
			_, pull := transforms.VJP(f, x)
			g := pull(num.OnesLike(y))
			sum := 0.0
			for _, d := range dy.Float64s() {
				sum += d
			}
			if !nearly(sum, inner(g, v), 1e-15) {
				t.Errorf("forward %v, reverse %v", dy.Float64s(), g.Float64s())
			}
		})
	}
}

func TestShapeErrors(t *testing.T) {
	x := num.Zeros(2, 3)
	for want, f := range map[string]func(){
		"reshape: 6 elements do not fit the shape [4 2]: f64[2,3]":                           func() { num.Reshape(x, 4, 2) },
		"reshape: 6 elements do not fit the shape [4 -1]: f64[2,3]":                          func() { num.Reshape(x, 4, -1) },
		"reshape: 6 elements do not fit the shape [0 -1]: f64[2,3]":                          func() { num.Reshape(x, 0, -1) },
		"reshape: more than one length of [-1 -1] is negative, or one is below -1: f64[2,3]": func() { num.Reshape(x, -1, -1) },
		"transpose: [0] does not permute 2 axes: f64[2,3]":                                   func() { num.Transpose(x, 0) },
		"transpose: axis 1 is named twice: [1 -1]":                                           func() { num.Transpose(x, 1, -1) },
		"transpose: axis 2 of an array of 2 axes: f64[2,3]":                                  func() { num.Transpose(x, 2, 0) },
		"moveaxis: axis -3 of an array of 2 axes: f64[2,3]":                                  func() { num.MoveAxis(x, -3, 0) },
		"squeeze: axis 0 has length 2, not 1: f64[2,3]":                                      func() { num.Squeeze(x, 0) },
		"expanddims: axis 3 of a result of 3 axes: f64[2,3]":                                 func() { num.ExpandDims(x, 3) },
		"expanddims: axis 3 is named twice: [3 -1]":                                          func() { num.ExpandDims(x, 3, -1) },
		"broadcast: f64[2,3] does not broadcast to f64[2,4]":                                 func() { num.BroadcastTo(x, 2, 4) },
		"broadcast: a length is negative in shape [-1 3]":                                    func() { num.BroadcastTo(x, -1, 3) },
		"concat: needs at least one array":                                                   func() { num.Concat(0) },
		"concat: shapes differ in more than axis 0: f64[2,3] x f64[2,2]":                     func() { num.Concat(0, x, num.Zeros(2, 2)) },
		"concat: axis 0 of an array of 0 axes: f64[]":                                        func() { num.Concat(0, num.Scalar(1), num.Scalar(2)) },
		"stack: needs at least one array":                                                    func() { num.Stack(0) },
		"stack: shapes differ: f64[2,3] x f64[3]":                                            func() { num.Stack(0, x, num.Zeros(3)) },
		"stack: axis 3 of a result of 3 axes: f64[2,3]":                                      func() { num.Stack(3, x) },
		"split: axis 1 of length 3 cannot be cut into 2 equal parts: f64[2,3]":               func() { num.Split(x, 2, 1) },
		"split: axis 1 of length 3 cannot be cut into 0 equal parts: f64[2,3]":               func() { num.Split(x, 0, 1) },
		"flip: axis 1 is named twice: [1 -1]":                                                func() { num.Flip(x, 1, -1) },
		"roll: axis 5 of an array of 2 axes: f64[2,3]":                                       func() { num.Roll(x, 1, 5) },
		"tile: a repetition is negative: [-1]":                                               func() { num.Tile(x, -1) },
		"repeat: the repetition is negative: -2":                                             func() { num.Repeat(x, -2, 0) },
		"pad: needs two numbers for each axis, not 3 in all: f64[2,3]":                       func() { num.Pad(x, 1, 2, 3) },
		"pad: pairs for 3 axes of an array of 2: f64[2,3]":                                   func() { num.Pad(x, 1, 1, 1, 1, 1, 1) },
		"pad: a width is negative: [1 -1]":                                                   func() { num.Pad(x, 1, -1) },
	} {
		wantError(t, want, f)
	}
}
