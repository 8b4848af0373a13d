package num_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

func TestMake(t *testing.T) {
	for _, row := range []struct {
		x    num.Array
		want string
	}{
		{num.Scalar(2.5), "f64[] 2.5"},
		{num.ScalarInt(7), "i64[] 7"},
		{num.Vector(1, 2), "f64[2] [1. 2.]"},
		{num.Vector(), "f64[0] []"},
		{num.New([]float64{1, 2, 3, 4}, 2, 2), "f64[2,2] [[1. 2.]\n [3. 4.]]"},
		{num.New([]float64{5}), "f64[] 5.0"},
		{num.New(nil, 0, 3), "f64[0,3] []"},
		{num.FromInts([]int{1, 2}, 1, 2), "i64[1,2] [[1 2]]"},
		{num.FromBools([]bool{true, false}, 2), "bool[2] [ true false]"},
		{num.Zeros(2), "f64[2] [0. 0.]"},
		{num.Zeros(), "f64[] 0.0"},
		{num.Ones(1, 2), "f64[1,2] [[1. 1.]]"},
		{num.Full(math.Inf(1), 1), "f64[1] [+Inf]"},
		{num.Eye(2), "f64[2,2] [[1. 0.]\n [0. 1.]]"},
		{num.Eye(0), "f64[0,0] []"},
		{num.Arange(3), "i64[3] [0 1 2]"},
		{num.Arange(0), "i64[0] []"},
		{num.Linspace(0, 1, 5), "f64[5] [0.   0.25 0.5  0.75 1.  ]"},
		{num.Linspace(3, 1, 2), "f64[2] [3. 1.]"},
		{num.Linspace(3, 1, 1), "f64[1] [3.]"},
		{num.Linspace(3, 1, 0), "f64[0] []"},
		{num.ZerosLike(num.Arange(2)), "i64[2] [0 0]"},
		{num.OnesLike(num.Arange(2)), "i64[2] [1 1]"},
		{num.OnesLike(num.FromBools([]bool{false})), "bool[] true"},
		{num.OnesLike(num.Vector(3, 4)), "f64[2] [1. 1.]"},
		{num.Zero(trace.TypeOf(trace.Bool, 1)), "bool[1] [false]"},
	} {
		if got := fmt.Sprint(row.x.Type(), " ", row.x); got != row.want {
			t.Errorf("got %s, want %s", got, row.want)
		}
	}
}

// The ends of Linspace are exact.
func TestLinspaceEnds(t *testing.T) {
	x := num.Linspace(0.1, 0.7, 11).Float64s()
	if x[0] != 0.1 || x[10] != 0.7 {
		t.Errorf("from %v to %v", x[0], x[10])
	}
}

// What a caller does to a slice afterwards changes no array, and the other way round.
func TestDataIsCopied(t *testing.T) {
	data, whole, flags, shape := []float64{1, 2}, []int{1, 2}, []bool{true, false}, []int{2}
	xs := []num.Array{num.New(data, shape...), num.FromInts(whole, shape...), num.FromBools(flags, shape...),
		num.Vector(data...), num.Zeros(shape...), num.Reshape(num.Arange(2), shape...)}
	data[0], whole[0], flags[0], shape[0] = 9, 9, false, 9
	xs[0].Float64s()[1] = 9
	xs[0].Shape()[0] = 9
	got := fmt.Sprint(xs)
	if want := "[[1. 2.] [1 2] [ true false] [1. 2.] [0. 0.] [0 1]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRandom(t *testing.T) {
	moments := func(x num.Array) (mean, variance float64) {
		v := x.Float64s()
		for _, a := range v {
			mean += a / float64(len(v))
		}
		for _, a := range v {
			variance += (a - mean) * (a - mean) / float64(len(v))
		}
		return
	}
	rng := func() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }
	x := num.Normal(rng(), 100, 100)
	wantEqual(t, "same seed", num.Normal(rng(), 100, 100), x, 0)
	if m, v := moments(x); math.Abs(m) > 0.05 || math.Abs(v-1) > 0.05 {
		t.Errorf("normal: mean %v, variance %v", m, v)
	}
	u := num.Uniform(rng(), 10000)
	if m, v := moments(u); math.Abs(m-0.5) > 0.02 || math.Abs(v-1.0/12) > 0.01 {
		t.Errorf("uniform: mean %v, variance %v", m, v)
	}
}

func TestMakeErrors(t *testing.T) {
	for want, f := range map[string]func(){
		"new: 3 elements were given for f64[2,2], which has 4": func() { num.New([]float64{1, 2, 3}, 2, 2) },
		"new: 3 elements were given for f64[], which has 1: the shape, such as the length of a vector, comes after the data": func() {
			num.New([]float64{1, 2, 3})
		},
		"fromints: 1 elements were given for i64[0], which has 0":   func() { num.FromInts([]int{1}, 0) },
		"frombools: 0 elements were given for bool[1], which has 1": func() { num.FromBools(nil, 1) },
		"ones: f64[4294967296,4294967296] has too many elements":    func() { num.Ones(1<<32, 1<<32) },
		"full: f64[4611686018427387904,3] has too many elements":    func() { num.Full(1, 1<<62, 3) },
		"broadcast: f64[2147483648,1]: the result, f64[2147483648,4294967296], has too many elements": func() {
			num.Mul(num.Ones(1<<31, 1), num.Ones(1, 1<<32))
		},
		"zeros: a length is negative in shape [2 -1]":  func() { num.Zeros(2, -1) },
		"eye: a length is negative in shape [-1 -1]":   func() { num.Eye(-1) },
		"arange: a length is negative in shape [-2]":   func() { num.Arange(-2) },
		"linspace: a length is negative in shape [-2]": func() { num.Linspace(0, 1, -2) },
		"normal: a length is negative in shape [-1]":   func() { num.Normal(rand.New(rand.NewPCG(1, 2)), -1) },
	} {
		wantError(t, want, f)
	}
}
