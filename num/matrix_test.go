package num_test

import (
	"fmt"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// matrixRows apply to a countTo array of a shape, from 1 on.
var matrixRows = []struct {
	name  string
	f     func(num.Array) num.Array
	shape []int
	want  string
}{
	{"diag of a vector", num.Diag, []int{2}, "f64[2,2] [1 0 0 2]"},
	{"diag of none", num.Diag, []int{0}, "f64[0,0] []"},
	{"diag of a matrix", num.Diag, []int{2, 3}, "f64[2] [1 5]"},
	{"trace", num.Trace, []int{2, 2}, "f64[] [5]"},
	{"trace wide", num.Trace, []int{2, 3}, "f64[] [6]"},
	{"trace of each", num.Trace, []int{2, 3, 2}, "f64[2] [5 17]"},
	{"trace of none", num.Trace, []int{0, 0}, "f64[] [0]"},
	{"tril", func(x num.Array) num.Array { return num.Tril(x) }, []int{2, 3}, "f64[2,3] [1 0 0 4 5 0]"},
	{"tril 1", func(x num.Array) num.Array { return num.Tril(x, 1) }, []int{2, 3}, "f64[2,3] [1 2 0 4 5 6]"},
	{"tril -1", func(x num.Array) num.Array { return num.Tril(x, -1) }, []int{2, 2, 2}, "f64[2,2,2] [0 0 3 0 0 0 7 0]"},
	{"triu", func(x num.Array) num.Array { return num.Triu(x) }, []int{2, 3}, "f64[2,3] [1 2 3 0 5 6]"},
	{"triu 1", func(x num.Array) num.Array { return num.Triu(x, 1) }, []int{2, 2}, "f64[2,2] [0 2 0 0]"},
	{"triu -5", func(x num.Array) num.Array { return num.Triu(x, -5) }, []int{2, 2}, "f64[2,2] [1 2 3 4]"},
	{"cross", func(x num.Array) num.Array { return num.Cross(x, num.FromInts([]int{0, 1, 0}, 3)) }, []int{2, 3},
		"f64[2,3] [-3 0 1 -6 0 4]"},
	{"cross with itself", func(x num.Array) num.Array { return num.Cross(x.At(0), x.At(1)) }, []int{2, 3},
		"f64[3] [-3 6 -3]"},
	{"cross of all pairs", func(x num.Array) num.Array { return num.Cross(num.ExpandDims(x, 0), num.ExpandDims(x, 1)) },
		[]int{2, 3}, "f64[2,2,3] [0 0 0 3 -6 3 -3 6 -3 0 0 0]"},
}

func TestMatrix(t *testing.T) {
	for _, row := range matrixRows {
		t.Run(row.name, func(t *testing.T) {
			x := num.Add(1, countTo(row.shape...))
			y := row.f(x)
			if got := fmt.Sprint(y.Type(), " ", y.Float64s()); got != row.want {
				t.Fatalf("got %s, want %s", got, row.want)
			}
			whole := row.f(num.Convert(x, trace.I64))
			wantEqual(t, "i64", whole, num.Convert(y, trace.I64), 0)
			draw := normal(29)
			checkDerivatives(t, row.f, draw(row.shape...))
			checkLanes(t, func(x []num.Array) num.Array { return row.f(x[0]) }, draw(append([]int{2}, row.shape...)...))
		})
	}
	b := num.FromBools([]bool{true, true, true, true}, 2, 2)
	wantEqual(t, "bool", num.Triu(b), num.FromBools([]bool{true, true, false, true}, 2, 2), 0)
	wantEqual(t, "bool", num.Diag(num.Diag(b)), num.FromBools([]bool{true, false, false, true}, 2, 2), 0)
}

func TestMatrixErrors(t *testing.T) {
	for want, f := range map[string]func(){
		"diag: needs a vector or a matrix: f64[]":                     func() { num.Diag(num.Scalar(1)) },
		"trace: needs a matrix: f64[3]":                               func() { num.Trace(num.Zeros(3)) },
		"tril: needs a matrix: f64[3]":                                func() { num.Tril(num.Zeros(3)) },
		"triu: needs one diagonal, not [1 2]":                         func() { num.Triu(num.Zeros(2, 2), 1, 2) },
		"cross: needs vectors of 3 in the last axis: f64[3] x f64[1]": func() { num.Cross(num.Zeros(3), num.Zeros(1)) },
		"cross: needs vectors of 3 in the last axis: f64[] x f64[3]":  func() { num.Cross(num.Scalar(0), num.Zeros(3)) },
		"cross: shapes do not broadcast: f64[2,3] x f64[4,3]":         func() { num.Cross(num.Zeros(2, 3), num.Zeros(4, 3)) },
	} {
		wantError(t, want, f)
	}
}
