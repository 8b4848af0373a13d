package num

import (
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// Slice returns x[lo:hi] along the first axis, and so on with a pair of bounds for each further
// leading axis: Slice(x, 0, num.End, 2, 5) is x[:, 2:5]. Negative bounds count from the end, and
// End is the end itself. A bound that is out of range is a mistake, not cut off as in Python.
func Slice(x Array, lo, hi int, more ...int) Array {
	return sliced(x, bounds("slice", x, append([]int{lo, hi}, more...)))
}

// bounds returns the slice of x for a user's pairs of bounds.
func bounds(name string, x Array, pairs []int) slice {
	mustPair(name, x, pairs)
	p := everything(x)
	for axis := range len(pairs) / 2 {
		p.Start[axis] = bound(name, x, pairs[2*axis], axis)
		p.Limit[axis] = bound(name, x, pairs[2*axis+1], axis)
		if p.Start[axis] > p.Limit[axis] {
			panic(trace.Errorf(name, "%d:%d runs backwards on axis %d of length %d: %v",
				p.Start[axis], p.Limit[axis], axis, x.Type().Shape[axis], x.Type()))
		}
	}
	return p
}

// bound returns a bound along an axis as a number of elements from the start.
func bound(name string, x Array, b, axis int) int {
	n := x.Type().Shape[axis]
	switch {
	case b == End:
		return n
	case b < -n || b > n:
		panic(trace.Errorf(name, "bound %d is out of range for axis %d of length %d: %v", b, axis, n, x.Type()))
	case b < 0:
		return b + n
	}
	return b
}

// Stride returns every step-th element along an axis, x[::step]. A negative step starts at the
// last element and goes backwards.
func Stride(x Array, axis, step int) Array {
	axis = axisOf("stride", x, axis)
	if step == 0 {
		panic(trace.Errorf("stride", "the step is 0"))
	}
	if step < 0 {
		x, step = flipped(x, []int{axis}), -step
	}
	p := everything(x)
	p.Step[axis] = step
	return sliced(x, p)
}

// SetSlice returns x with v, which broadcasts to the part that Slice takes, in place of that part.
// The dtype of x must hold that of v.
func SetSlice[V Operand](x Array, v V, lo, hi int, more ...int) Array {
	p := bounds("setslice", x, append([]int{lo, hi}, more...))
	t, _ := p.Infer([]trace.Type{x.Type()})
	return replacePart(x, fitted("setslice", x, operandOf(v), t[0].Shape), p, 0)
}

// replacePart returns x with v in place of the part that p takes, which is all of x along the axes
// before axis.
func replacePart(x, v Array, p slice, axis int) Array {
	if axis == x.Rank() {
		return v
	}
	n, lo, hi := x.Type().Shape[axis], p.Start[axis], p.Limit[axis]
	middle := replacePart(part(x, axis, lo, hi), v, p, axis+1)
	var parts []Array
	if lo > 0 {
		parts = append(parts, part(x, axis, 0, lo))
	}
	parts = append(parts, middle)
	if hi < n {
		parts = append(parts, part(x, axis, hi, n))
	}
	if len(parts) == 1 {
		return middle
	}
	return apply(concat{axis}, parts...)
}

// fitted returns v as an array of x's dtype, which must hold it, and of a shape.
func fitted(name string, x Array, v operand, shape []int) Array {
	if v.dtype() < x.DType() {
		panic(trace.Errorf(name, "%v does not hold %v: change it with num.Convert", x.Type(), v.dtype()))
	}
	if v.literal == nil {
		own := v.array.Type().Shape
		if s, ok := broadcastShapes(own, shape); !ok || !slices.Equal(s, shape) {
			panic(trace.Errorf(name, "%v does not broadcast to the part to be set, %v", v.array.Type(), trace.TypeOf(x.DType(), shape...)))
		}
	}
	return v.as(trace.TypeOf(x.DType(), shape...))
}

// Take returns the elements at index i along an axis. An int drops the axis. An i64 array puts its
// own axes in place of it, as numpy.take does, and may be traced. Negative indices count
// from the end. An index that is out of range panics if it is known; a traced one is moved to the
// nearest end of the axis.
func Take[I Operand](x Array, i I, axis int) Array {
	axis = axisOf("take", x, axis)
	switch i := any(i).(type) {
	case int:
		k := position("take", x, i, axis)
		return reshaped(part(x, axis, k, k+1), slices.Delete(x.Shape(), axis, axis+1))
	case Array:
		mustIndex("take", x, []Array{i}, axis)
		y := apply(gather{}, moved(x, axis, 0), i)
		perm := allAxes(y)[i.Rank():]
		return transposed(y, slices.Insert(perm, axis, allAxes(i)...))
	}
	panic(trace.Errorf("take", "needs an int or an i64 array as index, not a float64"))
}

// TakeAlong returns, along an axis, the elements of x at the indices in i, as
// numpy.take_along_axis does: on the other axes, where the shapes of i and x broadcast, each index
// takes from its own place, so that TakeAlong(x, Argsort(x, axis), axis) is x sorted. Indices are
// as in Take.
func TakeAlong(x, i Array, axis int) Array {
	axis = axisOf("takealong", x, axis)
	if i.Rank() != x.Rank() {
		panic(trace.Errorf("takealong", "needs as many axes in the indices as in the array: %v x %v", x.Type(), i.Type()))
	}
	others := x.Shape()
	others[axis] = 1
	mine := i.Shape()
	mine[axis] = 1
	shape, ok := broadcastShapes(others, mine)
	if !ok {
		panic(trace.Errorf("takealong", "shapes do not broadcast outside axis %d: %v x %v", axis, x.Type(), i.Type()))
	}
	shape[axis] = i.Type().Shape[axis]
	at := make([]Array, x.Rank())
	for a, n := range x.Type().Shape {
		if at[a] = i; a != axis {
			at[a] = broadcastTo(along(Arange(n), a, x.Rank()), shape)
		}
	}
	mustIndex("takealong", x, []Array{i}, axis)
	at[axis] = broadcastTo(i, shape)
	return apply(gather{}, append([]Array{x}, at...)...)
}

// along returns a vector as an array of the given rank whose only long axis is axis.
func along(v Array, axis, rank int) Array {
	shape := slices.Repeat([]int{1}, rank)
	shape[axis] = v.Size()
	return reshaped(v, shape)
}

// Index returns x[i, j, ...] for i64 arrays, one for each of some leading axes of x, which broadcast
// to one shape: element k of the result is x[i[k], j[k], ...]. The shape of the result is that
// one followed by the axes of x that are not indexed. Indices are as in Take.
func Index(x Array, i ...Array) Array {
	return apply(gather{}, append([]Array{x}, broadcastIndices("index", x, i)...)...)
}

// Set returns x with v, which broadcasts to the shape of Index(x, i...), put at those places. Where a
// place stands several times in the indices, the last wins, and only that element of v carries a
// derivative. The dtype of x must hold that of v. Indices are as in Take.
func Set[V Operand](x Array, v V, i ...Array) Array {
	return scattered("set", setAt{}, x, operandOf(v), i)
}

// AddAt is Set that adds v to what stands there: where a place stands several times in the
// indices, all are added.
func AddAt[V Operand](x Array, v V, i ...Array) Array {
	if x.DType() == trace.Bool {
		panic(trace.Errorf("addat", "bools have no arithmetic: %v", x.Type()))
	}
	return scattered("addat", addAt{}, x, operandOf(v), i)
}

func scattered(name string, p trace.Primitive, x Array, v operand, i []Array) Array {
	i = broadcastIndices(name, x, i)
	shape := append(i[0].Shape(), x.Type().Shape[len(i):]...)
	return apply(p, append([]Array{x, fitted(name, x, v, shape)}, i...)...)
}

// broadcastIndices checks a user's index arrays for the leading axes of x and gives them one shape.
func broadcastIndices(name string, x Array, i []Array) []Array {
	if len(i) == 0 || len(i) > x.Rank() {
		panic(trace.Errorf(name, "%d index arrays for %d axes: %v", len(i), x.Rank(), x.Type()))
	}
	mustIndex(name, x, i, 0)
	return align(name, trace.I64, operandsOf(i)...)
}

// mustIndex checks index arrays for the axes of x from first on. The values of traced ones are
// not known.
func mustIndex(name string, x Array, i []Array, first int) {
	for k, a := range i {
		if a.DType() != trace.I64 {
			hint := ""
			if a.DType() == trace.Bool {
				hint = ": choose by a condition with num.Where"
			}
			panic(trace.Errorf(name, "indices must be i64, not %v%s", a.Type(), hint))
		}
		n := x.Type().Shape[first+k]
		if n == 0 && a.Size() > 0 {
			panic(trace.Errorf(name, "axis %d has no elements: %v", first+k, x.Type()))
		}
		if a.Traced() {
			continue
		}
		for _, v := range trace.Read(a).I64 {
			position(name, x, int(v), first+k)
		}
	}
}
