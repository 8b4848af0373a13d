package num_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
	"github.com/gradus-ad/gradus/transforms"
)

func TestString(t *testing.T) {
	for _, row := range []struct {
		x    num.Array
		want string
	}{
		{num.Array{}, "0.0"},
		{num.Scalar(0.1), "0.1"},
		{num.Scalar(2), "2.0"},
		{num.Scalar(1.0 / 3), "0.3333333333333333"},
		{num.Scalar(1e20), "1e+20"},
		{num.Scalar(math.Inf(-1)), "-Inf"},
		{num.ScalarInt(-3), "-3"},
		{num.FromBools([]bool{true}), "true"},
		{num.Vector(1, 2.5, -3), "[ 1.   2.5 -3. ]"},
		{num.Vector(1, 2, 3), "[1. 2. 3.]"},
		{num.Vector(1.0/3, 100), "[  0.33333333 100.        ]"},
		{num.Vector(1, 1e-5), "[1.e+00 1.e-05]"},
		{num.Vector(1.5, 2e8, 0), "[1.5e+00 2.0e+08 0.0e+00]"},
		{num.Vector(0, 1e-300), "[ 0.e+00 1.e-300]"},
		{num.Vector(math.NaN(), 1, math.Inf(1)), "[ NaN   1. +Inf]"},
		{num.Vector(math.Copysign(0, -1)), "[-0.]"},
		{num.Vector(), "[]"},
		{num.Zeros(2, 0), "[]"},
		{num.FromInts([]int{1, -20, 300, 4}, 2, 2), "[[  1 -20]\n [300   4]]"},
		{num.FromBools([]bool{true, false}, 2), "[ true false]"},
		{num.Reshape(num.Arange(8), 2, 2, 2), "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]"},
		{num.Ones(1, 1), "[[1.]]"},
		{num.Arange(1001), "[   0    1    2 ...  998  999 1000]"},
		{num.Full(0.5, 1<<40), "[0.5 0.5 0.5 ... 0.5 0.5 0.5]"}, // no memory is spent on it
		{num.Reshape(num.Arange(2000), 1000, 2), "[[   0    1]\n [   2    3]\n [   4    5]\n ...\n [1994 1995]\n [1996 1997]\n [1998 1999]]"},
		{num.Add(100, num.Arange(20)), "[100 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117\n 118 119]"},
	} {
		if got := row.x.String(); got != row.want {
			t.Errorf("%v prints as\n%s\nwant\n%s", row.x.Type(), got, row.want)
		}
	}
	if got := fmt.Sprintf("%v, %s", num.Vector(1), []num.Array{num.ScalarInt(2)}); got != "[1.], [2]" {
		t.Errorf("verbs give %s", got)
	}
}

// A traced array prints its value where it has one, and looking does not read it.
func TestStringOfTraced(t *testing.T) {
	x := num.Vector(3, 4)
	var seen []string
	var kept num.Array
	look := func(y num.Array) { seen = append(seen, y.String()) }
	f := func(x num.Array) num.Array {
		y := num.Mul(2, x)
		look(y)
		done := make(chan bool)
		go func() { look(y); close(done) }()
		<-done
		transforms.Vmap(func(z num.Array) num.Array {
			look(y)
			look(z)
			return z
		})(x)
		kept = y
		return num.Sum(y)
	}
	transforms.Grad(f)(x)
	look(kept)
	trace.MustOf(func(x num.Array) num.Array {
		look(x)
		return x
	}, x)
	const known, hidden = "traced f64[2] [6. 8.]", "traced f64[2]"
	want := []string{known, hidden, hidden, "traced f64[]", hidden, hidden}
	if fmt.Sprint(seen) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", seen, want)
	}
}

func TestFormat(t *testing.T) {
	for _, row := range []struct {
		format string
		x      num.Array
		want   string
	}{
		{"%.3f", num.Scalar(math.Pi), "3.142"},
		{"%8.2f|", num.Scalar(math.Pi), "    3.14|"},
		{"%-8.2f|", num.Scalar(math.Pi), "3.14    |"},
		{"%+g", num.Scalar(2), "+2"},
		{"%.2e", num.New([]float64{1, -20, 0, math.Inf(1)}, 2, 2), "[[ 1.00e+00 -2.00e+01]\n [ 0.00e+00      +Inf]]"},
		{"%.1f", num.Full(2.25, 3), "[2.2 2.2 2.2]"},
		{"%.1f", num.Zeros(0), "[]"},
		{"%d", num.FromInts([]int{1, -20}, 2), "[  1 -20]"},
		{"%03d", num.ScalarInt(7), "007"},
		{"%x", num.ScalarInt(255), "ff"},
		{"%t", num.FromBools([]bool{true, false}, 2), "[ true false]"},
		{"%v", num.Vector(1, 2), "[1. 2.]"},
		{"%+v", num.Vector(1, 2), "[1. 2.]"},
		{"%#v", num.Vector(1, 2), "[1. 2.]"},
		{"%s", num.Scalar(0.1), "0.1"},
		{"%6v|", num.Scalar(0.1), "   0.1|"},
		{"%-6s|", num.Scalar(0.1), "0.1   |"},
		{"%d", num.Scalar(2), "%!d(f64[]=2.0)"},
		{"%.1f", num.Arange(2), "%!f(i64[2]=[0 1])"},
		{"%.0f", num.Zeros(1001), "[0 0 0 ... 0 0 0]"},
	} {
		if got := fmt.Sprintf(row.format, row.x); got != row.want {
			t.Errorf("%s of %v: got %q, want %q", row.format, row.x, got, row.want)
		}
	}
	var got string
	transforms.Grad(func(x num.Array) num.Array {
		got = fmt.Sprintf("%.2f", num.Mul(x, 2))
		return x
	})(num.Scalar(1))
	if want := "traced f64[] 2.00"; got != want {
		t.Errorf("of a traced array: got %q, want %q", got, want)
	}
}
