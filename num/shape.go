package num

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// BroadcastTo returns x stretched to a shape by numpy's rules: shapes are aligned at the last axis,
// and lengths of 1 are stretched.
func BroadcastTo(x Array, shape ...int) Array {
	to := shapeType("broadcast", x.DType(), shape)
	if s, ok := broadcastShapes(x.Type().Shape, shape); !ok || !slices.Equal(s, shape) {
		panic(trace.Errorf("broadcast", "%v does not broadcast to %v", x.Type(), to))
	}
	return broadcastTo(x, shape)
}

// Reshape returns the elements of x, in row-major order, in another shape of the same size. One
// length may be -1: it is what the others leave.
func Reshape(x Array, shape ...int) Array {
	s := slices.Clone(shape)
	free, size := -1, 1
	for i, n := range s {
		switch {
		case n == -1 && free < 0:
			free = i
		case n < 0:
			panic(trace.Errorf("reshape", "more than one length of %v is negative, or one is below -1: %v", shape, x.Type()))
		default:
			size *= n
		}
	}
	if free >= 0 && size > 0 && x.Size()%size == 0 {
		s[free] = x.Size() / size
		size *= s[free]
	} else if free >= 0 {
		size = -1
	}
	if size != x.Size() {
		panic(trace.Errorf("reshape", "%d elements do not fit the shape %v: %v", x.Size(), shape, x.Type()))
	}
	return reshaped(x, s)
}

// Ravel returns the elements of x in row-major order as a vector.
func Ravel(x Array) Array { return reshaped(x, []int{x.Size()}) }

// Transpose permutes the axes of x: axis i of the result is axis perm[i] of x, which may count from
// the end. Without a permutation it reverses them.
func Transpose(x Array, perm ...int) Array {
	p := make([]int, x.Rank())
	if len(perm) == 0 {
		for i := range p {
			p[i] = len(p) - 1 - i
		}
		return transposed(x, p)
	}
	if len(perm) != len(p) {
		panic(trace.Errorf("transpose", "%v does not permute %d axes: %v", perm, len(p), x.Type()))
	}
	for i, a := range perm {
		p[i] = axisOf("transpose", x, a)
		if slices.Contains(p[:i], p[i]) {
			panic(trace.Errorf("transpose", "axis %d is named twice: %v", p[i], perm))
		}
	}
	return transposed(x, p)
}

// MoveAxis moves one axis to another place and leaves the order of the others.
func MoveAxis(x Array, from, to int) Array {
	return moved(x, axisOf("moveaxis", x, from), axisOf("moveaxis", x, to))
}

// moved is MoveAxis with non-negative axes.
func moved(x Array, from, to int) Array {
	perm := slices.Delete(allAxes(x), from, from+1)
	return transposed(x, slices.Insert(perm, to, from))
}

// Squeeze drops axes of length 1: those given, or all such.
func Squeeze(x Array, axes ...int) Array {
	var drop []int
	if len(axes) > 0 {
		drop = axesOf("squeeze", x, axes)
	}
	var shape []int
	for i, n := range x.Type().Shape {
		named := slices.Contains(drop, i)
		if named && n != 1 {
			panic(trace.Errorf("squeeze", "axis %d has length %d, not 1: %v", i, n, x.Type()))
		}
		if !named && (n != 1 || len(axes) > 0) {
			shape = append(shape, n)
		}
	}
	return reshaped(x, shape)
}

// ExpandDims adds axes of length 1 that are the given axes of the result, where negative ones
// count from the end of the result.
func ExpandDims(x Array, axes ...int) Array { return expand("expanddims", x, axes) }

func expand(name string, x Array, axes []int) Array {
	rank := x.Rank() + len(axes)
	added := make([]bool, rank)
	for _, axis := range axes {
		a := axis
		if a < 0 {
			a += rank
		}
		if a < 0 || a >= rank {
			panic(trace.Errorf(name, "axis %d of a result of %d axes: %v", axis, rank, x.Type()))
		}
		if added[a] {
			panic(trace.Errorf(name, "axis %d is named twice: %v", a, axes))
		}
		added[a] = true
	}
	own := x.Type().Shape
	shape := make([]int, rank)
	for i := range shape {
		if shape[i] = 1; !added[i] {
			shape[i], own = own[0], own[1:]
		}
	}
	return reshaped(x, shape)
}

// Flip reverses the order of the elements along the given axes, or along all.
func Flip(x Array, axes ...int) Array { return flipped(x, axesOf("flip", x, axes)) }

func flipped(x Array, axes []int) Array {
	if len(axes) == 0 {
		return x
	}
	return apply(flip{Axes: axes}, x)
}

// Tile repeats x as a whole: reps[i] times along axis i. Shapes and reps are aligned at the last
// axis; where one is shorter it counts as 1.
func Tile(x Array, reps ...int) Array {
	rank := max(x.Rank(), len(reps))
	own := append(slices.Repeat([]int{1}, rank-x.Rank()), x.Type().Shape...)
	times := append(slices.Repeat([]int{1}, rank-len(reps)), reps...)
	var apart, stretched, shape []int
	for i, n := range own {
		if times[i] < 0 {
			panic(trace.Errorf("tile", "a repetition is negative: %v", reps))
		}
		apart = append(apart, 1, n)
		stretched = append(stretched, times[i], n)
		shape = append(shape, times[i]*n)
	}
	return reshaped(broadcastTo(reshaped(x, apart), stretched), shape)
}

// Repeat repeats each element n times along an axis.
func Repeat(x Array, n, axis int) Array {
	axis = axisOf("repeat", x, axis)
	if n < 0 {
		panic(trace.Errorf("repeat", "the repetition is negative: %d", n))
	}
	shape := x.Shape()
	apart := slices.Insert(x.Shape(), axis+1, 1)
	stretched := slices.Insert(x.Shape(), axis+1, n)
	shape[axis] *= n
	return reshaped(broadcastTo(reshaped(x, apart), stretched), shape)
}

// Pad puts zeros (false, in bools) round x: lo before it and hi behind it along the first axis,
// and so on with a pair for each further leading axis.
func Pad(x Array, lo, hi int, more ...int) Array {
	widths := append([]int{lo, hi}, more...)
	mustPair("pad", x, widths)
	n := x.Rank()
	p := pad{Lo: make([]int, n), Hi: make([]int, n), Step: slices.Repeat([]int{1}, n)}
	for i, w := range widths {
		if w < 0 {
			panic(trace.Errorf("pad", "a width is negative: %v", widths))
		}
		if i%2 == 0 {
			p.Lo[i/2] = w
		} else {
			p.Hi[i/2] = w
		}
	}
	return apply(p, x)
}

// mustPair checks that numbers make a pair for each of some leading axes.
func mustPair(name string, x Array, numbers []int) {
	if len(numbers)%2 != 0 {
		panic(trace.Errorf(name, "needs two numbers for each axis, not %d in all: %v", len(numbers), x.Type()))
	}
	if len(numbers)/2 > x.Rank() {
		panic(trace.Errorf(name, "pairs for %d axes of an array of %d: %v", len(numbers)/2, x.Rank(), x.Type()))
	}
}
