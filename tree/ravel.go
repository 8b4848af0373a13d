package tree

import (
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Ravel returns the leaves of x that vary as one vector, each in row-major order one after the
// other, and the function that puts such a vector back into the structure of x. Leaves that are
// integers, bools or tagged grad:"-" are not in the vector, and come back as they are in x.
func Ravel[T any](x T) (num.Array, func(num.Array) T) {
	flat := trace.Flatten("tree.Ravel", x)
	var parts []num.Array
	n := 0
	for i, a := range flat.Values {
		if varies(flat, i) {
			parts = append(parts, num.Reshape(a, a.Size()))
			n += a.Size()
		}
	}
	v := num.Zeros(0)
	if len(parts) > 0 {
		v = num.Concat(0, parts...)
	}
	return v, func(v num.Array) T {
		if want := trace.TypeOf(trace.F64, n); !v.Type().Equal(want) {
			panic(trace.Errorf("tree.Ravel", "the vector must be %v, not %v", want, v.Type()))
		}
		return trace.Unflatten(x, unravelled(flat, v))
	}
}

// unravelled returns the leaves of t with those that vary taken from v.
func unravelled(t trace.Tree, v num.Array) []num.Array {
	out := append([]num.Array(nil), t.Values...)
	at := 0
	for i, a := range out {
		if varies(t, i) {
			n := a.Size()
			out[i] = num.Reshape(num.Slice(v, at, at+n), a.Shape()...)
			at += n
		}
	}
	return out
}
