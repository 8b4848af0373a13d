package num

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// concat joins arrays along an axis. It is linear in all of them together.
type concat struct{ Axis int }

func (concat) Name() string       { return "concat" }
func (concat) Linear([]bool) bool { return true }

func (p concat) Infer(in []trace.Type) ([]trace.Type, error) {
	if len(in) == 0 || p.Axis < 0 || p.Axis >= in[0].Rank() {
		return nil, fmt.Errorf("needs arrays with an axis %d", p.Axis)
	}
	out := trace.Type{DType: in[0].DType, Shape: slices.Clone(in[0].Shape)}
	for _, t := range in[1:] {
		if t.DType != out.DType {
			return nil, errors.New("dtypes differ")
		}
		for i, n := range t.Shape {
			if t.Rank() != in[0].Rank() || i != p.Axis && n != out.Shape[i] {
				return nil, fmt.Errorf("shapes differ in more than axis %d", p.Axis)
			}
		}
		out.Shape[p.Axis] += t.Shape[p.Axis]
	}
	return []trace.Type{out}, nil
}

func (p concat) Eval(in []trace.Buffer, out []trace.Type) []trace.Buffer {
	y := trace.NewBuffer(out[0])
	row := trace.Type{Shape: out[0].Shape[p.Axis:]}.Size()
	offset := 0
	for _, x := range in {
		n := trace.Type{Shape: x.Type.Shape[p.Axis:]}.Size()
		copyRows(y.F64, x.F64, row, offset, n)
		copyRows(y.I64, x.I64, row, offset, n)
		copyRows(y.Bool, x.Bool, row, offset, n)
		offset += n
	}
	return []trace.Buffer{y}
}

// copyRows copies each n elements of x into a row of y, from offset on.
func copyRows[E any](y, x []E, row, offset, n int) {
	for i := 0; n > 0 && i < len(x)/n; i++ {
		copy(y[i*row+offset:], x[i*n:(i+1)*n])
	}
}

func (p concat) JVP(in, _ []Array, t []Tangent) []Tangent {
	return []Tangent{JointTangent(p, in, 0, t)}
}

func (p concat) JointMask(in []Array) Array { return apply(p, in...) }

func (p concat) Transpose(t *trace.Transposition) []Tangent {
	cts := make([]Tangent, len(t.Types))
	joined, _ := p.Infer(t.Types)
	whole := everything(Zero(joined[0]))
	lo := 0
	for i, typ := range t.Types {
		hi := lo + typ.Shape[p.Axis]
		if t.Linear[i] {
			cts[i] = partTangent(t.Ct[0], whole, p.Axis, lo, hi)
		}
		lo = hi
	}
	return cts
}

// partTangent returns ct[lo:hi] along an axis. The slice whole takes everything of ct.
func partTangent(ct Tangent, whole slice, axis, lo, hi int) Tangent {
	q := slice{Start: slices.Clone(whole.Start), Limit: slices.Clone(whole.Limit), Step: whole.Step}
	q.Start[axis], q.Limit[axis] = lo, hi
	return LinearTangent(q, make([]Array, 1), 0, ct)
}

func (p concat) Batch(in []Array, mapped []bool, n int) ([]Array, []bool) {
	return []Array{apply(concat{p.Axis + 1}, mapAll(in, mapped, n)...)}, []bool{true}
}

// Simplify knows that one array joined is itself.
func (concat) Simplify(in []Array) (Array, bool) { return in[0], len(in) == 1 }

// Concat joins arrays along an axis that they have, which may count from the end. The other
// axes must have equal lengths. The dtype is the one that holds them all.
func Concat(axis int, xs ...Array) Array {
	return join("concat", axis, xs)
}

// Stack joins arrays of one shape along a new axis of the result, which may count from its end.
func Stack(axis int, xs ...Array) Array {
	if len(xs) == 0 {
		panic(trace.Errorf("stack", "needs at least one array"))
	}
	rows := make([]Array, len(xs))
	for i, x := range xs {
		if !slices.Equal(x.Type().Shape, xs[0].Type().Shape) {
			panic(trace.Errorf("stack", "shapes differ: %s", typesOf(operandsOf(xs))))
		}
		rows[i] = expand("stack", x, []int{axis})
	}
	return join("stack", axis, rows)
}

func join(name string, axis int, xs []Array) Array {
	if len(xs) == 0 {
		panic(trace.Errorf(name, "needs at least one array"))
	}
	axis = axisOf(name, xs[0], axis)
	d := trace.Bool
	for _, x := range xs {
		d = wider(d, x.DType())
	}
	in := make([]Array, len(xs))
	for i, x := range xs {
		in[i] = convertTo(x, d)
		same := x.Rank() == xs[0].Rank()
		for a := 0; same && a < x.Rank(); a++ {
			same = a == axis || x.Type().Shape[a] == xs[0].Type().Shape[a]
		}
		if !same {
			panic(trace.Errorf(name, "shapes differ in more than axis %d: %s", axis, typesOf(operandsOf(xs))))
		}
	}
	if len(in) == 1 {
		return in[0]
	}
	return apply(concat{axis}, in...)
}

func operandsOf(xs []Array) []operand {
	ops := make([]operand, len(xs))
	for i, x := range xs {
		ops[i].array = x
	}
	return ops
}

// Split cuts x along an axis into n parts of equal length.
func Split(x Array, n, axis int) []Array {
	axis = axisOf("split", x, axis)
	length := x.Type().Shape[axis]
	if n < 1 || length%n != 0 {
		panic(trace.Errorf("split", "axis %d of length %d cannot be cut into %d equal parts: %v", axis, length, n, x.Type()))
	}
	parts := make([]Array, n)
	for i := range parts {
		parts[i] = part(x, axis, i*length/n, (i+1)*length/n)
	}
	return parts
}

// Roll shifts the elements along an axis by shift places, towards the end if it is positive. Those
// that leave at one end come back in at the other.
func Roll(x Array, shift, axis int) Array {
	axis = axisOf("roll", x, axis)
	n := x.Type().Shape[axis]
	if n == 0 {
		return x
	}
	cut := ((-shift)%n + n) % n
	if cut == 0 {
		return x
	}
	return apply(concat{axis}, part(x, axis, cut, n), part(x, axis, 0, cut))
}
