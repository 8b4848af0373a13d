package num

import (
	"math/rand/v2"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// ZerosLike returns zeros of x's type.
func ZerosLike(x Array) Array { return zerosLike(x) }

// OnesLike returns ones (true, if bool) of x's type.
func OnesLike(x Array) Array { return trace.Fill(number(1, 1, x.DType()), x.Type()) }

// Zero returns zeros of a type. They take no memory.
func Zero(t trace.Type) Array { return trace.Fill(number(0, 0, t.DType), t) }

// Zeros returns the f64 array of a shape with 0 everywhere. It takes no memory.
func Zeros(shape ...int) Array { return fill("zeros", 0, shape) }

// Ones returns the f64 array of a shape with 1 everywhere. It takes no memory.
func Ones(shape ...int) Array { return fill("ones", 1, shape) }

// Full returns the f64 array of a shape with v everywhere. It takes no memory.
func Full(v float64, shape ...int) Array { return fill("full", v, shape) }

func fill(name string, v float64, shape []int) Array {
	return trace.Fill(v, shapeType(name, trace.F64, shape))
}

// Scalar returns the f64 scalar v.
func Scalar(v float64) Array { return trace.Fill(v, trace.Scalar) }

// ScalarInt returns the i64 scalar v.
func ScalarInt(v int) Array { return trace.Fill(int64(v), trace.TypeOf(trace.I64)) }

// Vector returns the f64 array of one axis with the given elements, which are copied.
func Vector(v ...float64) Array { return New(v, len(v)) }

// New returns the f64 array of a shape with the given elements, in row-major order. They are
// copied. The shape must be given: without one the array is a scalar.
func New(data []float64, shape ...int) Array {
	t := dataType("new", trace.F64, len(data), shape)
	return trace.FromBuffer(trace.Buffer{Type: t, F64: append([]float64{}, data...)})
}

// FromInts returns the i64 array of a shape with the given elements, as New does.
func FromInts(data []int, shape ...int) Array {
	b := trace.NewBuffer(dataType("fromints", trace.I64, len(data), shape))
	for i, v := range data {
		b.I64[i] = int64(v)
	}
	return trace.FromBuffer(b)
}

// FromBools returns the bool array of a shape with the given elements, as New does.
func FromBools(data []bool, shape ...int) Array {
	t := dataType("frombools", trace.Bool, len(data), shape)
	return trace.FromBuffer(trace.Buffer{Type: t, Bool: append([]bool{}, data...)})
}

// shapeType returns the type of an array of a shape that a user gave, with a copy of it.
func shapeType(name string, d trace.DType, shape []int) trace.Type {
	for _, n := range shape {
		if n < 0 {
			panic(trace.Errorf(name, "a length is negative in shape %v", shape))
		}
	}
	t := trace.Type{DType: d, Shape: slices.Clone(shape)}
	if t.Overflows() {
		panic(trace.Errorf(name, "%v has too many elements", t))
	}
	return t
}

func dataType(name string, d trace.DType, n int, shape []int) trace.Type {
	t := shapeType(name, d, shape)
	if t.Size() == n {
		return t
	}
	hint := ""
	if len(shape) == 0 {
		hint = ": the shape, such as the length of a vector, comes after the data"
	}
	panic(trace.Errorf(name, "%d elements were given for %v, which has %d%s", n, t, t.Size(), hint))
}

// Eye returns the f64 identity matrix of n rows.
func Eye(n int) Array {
	b := trace.NewBuffer(shapeType("eye", trace.F64, []int{n, n}))
	for i := range n {
		b.F64[i*n+i] = 1
	}
	return trace.FromBuffer(b)
}

// Arange returns the i64 vector 0, 1, ... n-1.
func Arange(n int) Array {
	b := trace.NewBuffer(shapeType("arange", trace.I64, []int{n}))
	for i := range b.I64 {
		b.I64[i] = int64(i)
	}
	return trace.FromBuffer(b)
}

// Linspace returns the f64 vector of n numbers evenly spaced from lo to hi, both included. It is
// lo alone if n is 1.
func Linspace(lo, hi float64, n int) Array {
	b := trace.NewBuffer(shapeType("linspace", trace.F64, []int{n}))
	for i := range b.F64 {
		switch {
		case i == 0:
			b.F64[i] = lo
		case i == n-1:
			b.F64[i] = hi
		default:
			t := float64(i) / float64(n-1)
			b.F64[i] = lo*(1-t) + hi*t
		}
	}
	return trace.FromBuffer(b)
}

// Normal returns an f64 array of independent numbers of the standard normal distribution. The
// same generator in the same state gives the same numbers.
func Normal(rng *rand.Rand, shape ...int) Array {
	return random("normal", rng.NormFloat64, shape)
}

// Uniform returns an f64 array of independent numbers uniform in [0, 1); see Normal.
func Uniform(rng *rand.Rand, shape ...int) Array {
	return random("uniform", rng.Float64, shape)
}

func random(name string, draw func() float64, shape []int) Array {
	b := trace.NewBuffer(shapeType(name, trace.F64, shape))
	for i := range b.F64 {
		b.F64[i] = draw()
	}
	return trace.FromBuffer(b)
}
