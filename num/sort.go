package num

import (
	"errors"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// ascending orders numbers, with NaN after all others; it is 0 for equal ones.
func ascending[E float64 | int64](x, y E) int {
	switch {
	case x < y || x == x && y != y:
		return -1
	case x > y || x != x && y == y:
		return 1
	}
	return 0
}

// argsort gives the positions along an axis in the order that sorts it. It is stable.
type argsort struct {
	noTangent
	Axis       int
	Descending bool
}

func (argsort) Name() string { return "argsort" }

func (p argsort) Infer(in []trace.Type) ([]trace.Type, error) {
	out, err := inferRunning(in, p.Axis)
	if err != nil {
		return nil, err
	}
	return []trace.Type{out[0].With(trace.I64)}, nil
}

func (p argsort) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	if in[0].Type.DType == trace.F64 {
		argsortLines(y.I64, in[0].F64, out[0].Shape, p)
	} else {
		argsortLines(y.I64, in[0].I64, out[0].Shape, p)
	}
	return []trace.Buffer{y}
}

func argsortLines[E float64 | int64](y []int64, x []E, shape []int, p argsort) {
	order := make([]int64, shape[p.Axis])
	lines(shape, p.Axis, false, func(at, step int) {
		for k := range order {
			order[k] = int64(k)
		}
		slices.SortStableFunc(order, func(i, j int64) int {
			c := ascending(x[at+int(i)*step], x[at+int(j)*step])
			if p.Descending {
				return -c
			}
			return c
		})
		for k, i := range order {
			y[at+k*step] = i
		}
	})
}

func (p argsort) Batch(in []Array, _ []bool, _ int) ([]Array, []bool) {
	return []Array{apply(argsort{Axis: p.Axis + 1, Descending: p.Descending}, in[0])}, []bool{true}
}

// searchsorted gives the number of elements of its first operand, sorted along its last axis,
// that are less than each of the second. The first Lanes axes of both belong together.
type searchsorted struct {
	noTangent
	Lanes int
}

func (searchsorted) Name() string { return "searchsorted" }

func (p searchsorted) Infer(in []trace.Type) ([]trace.Type, error) {
	n := p.Lanes
	if len(in) != 2 || in[0].DType == trace.Bool || in[0].DType != in[1].DType || n < 0 ||
		in[0].Rank() != n+1 || in[1].Rank() < n || !slices.Equal(in[0].Shape[:n], in[1].Shape[:n]) {
		return nil, errors.New("needs a sorted vector and an array of the same dtype, f64 or i64")
	}
	return []trace.Type{in[1].With(trace.I64)}, nil
}

func (p searchsorted) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	n := in[0].Type.Shape[p.Lanes]
	if in[0].Type.DType == trace.F64 {
		searchLanes(y.I64, in[0].F64, in[1].F64, in[1].Type.Shape[:p.Lanes], n)
	} else {
		searchLanes(y.I64, in[0].I64, in[1].I64, in[1].Type.Shape[:p.Lanes], n)
	}
	return []trace.Buffer{y}
}

func searchLanes[E float64 | int64](y []int64, sorted, v []E, lanes []int, n int) {
	count := (trace.Type{Shape: lanes}).Size()
	for i := range y {
		lane := i / (len(y) / count)
		at, _ := slices.BinarySearchFunc(sorted[lane*n:(lane+1)*n], v[i], ascending[E])
		y[i] = int64(at)
	}
}

func (p searchsorted) Batch(in []Array, mapped []bool, n int) ([]Array, []bool) {
	return batchPointwise(searchsorted{Lanes: p.Lanes + 1}, in, mapped, n)
}

// Argsort returns, along an axis, the positions of the elements in ascending order. Equal
// elements keep their order, and NaN come last.
func Argsort(x Array, axis int) Array {
	x = atLeastInt(x)
	return apply(argsort{Axis: axisOf("argsort", x, axis)}, x)
}

// Sort returns x in ascending order along an axis, with NaN last. The derivative of each result is
// that of the element that came to stand there; equal elements keep their order.
func Sort(x Array, axis int) Array {
	axis = axisOf("sort", x, axis)
	return TakeAlong(x, Argsort(x, axis), axis)
}

// TopK returns the k largest elements along the last axis, the largest first, and their positions.
// Equal elements keep their order, and NaN count as larger than all others.
func TopK(x Array, k int) (values, indices Array) {
	axis := axisOf("topk", x, -1)
	if n := x.Type().Shape[axis]; k < 0 || k > n {
		panic(trace.Errorf("topk", "cannot take %d of the %d elements along the last axis: %v", k, n, x.Type()))
	}
	order := apply(argsort{Axis: axis, Descending: true}, atLeastInt(x))
	indices = part(order, axis, 0, k)
	return TakeAlong(x, indices, axis), indices
}

// Searchsorted returns for each element of v the position in a sorted array of one axis where it
// would be inserted to keep the order, before elements equal to it. NaN come after all numbers.
func Searchsorted(sorted, v Array) Array {
	if sorted.Rank() != 1 {
		panic(trace.Errorf("searchsorted", "the sorted array must have one axis, not %v", sorted.Type()))
	}
	d := wider(wider(sorted.DType(), v.DType()), trace.I64)
	return apply(searchsorted{}, convertTo(sorted, d), convertTo(v, d))
}
