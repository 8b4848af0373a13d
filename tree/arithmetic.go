package tree

import (
	"strings"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// varies reports whether leaf i takes part in arithmetic.
func varies(t trace.Tree, i int) bool {
	return t.Values[i].DType() == trace.F64 && !t.Leaves[i].Const
}

// arithmetic maps f over the leaves of x that vary, and those of y at the same places, whose
// shapes must be equal.
func arithmetic[T any](name string, f func(x, y num.Array) num.Array, x, y T) T {
	flat := alike(name, x, y)
	out := append([]num.Array(nil), flat[0].Values...)
	for i, a := range out {
		if varies(flat[0], i) {
			out[i] = f(a, sameType(name, flat, i))
		}
	}
	return trace.Unflatten(x, out)
}

// sameType returns leaf i of the second tree, which must have the type of the first tree's.
func sameType(name string, flat []trace.Tree, i int) num.Array {
	a, b := flat[0].Values[i], flat[1].Values[i]
	if !a.Type().Equal(b.Type()) {
		at := flat[0].Leaves[i].Path
		panic(trace.Errorf(name, "leaves differ%s: %v and %v", strings.TrimSuffix(" at "+at, " at "), a.Type(), b.Type()))
	}
	return b
}

// Add returns x + y.
func Add[T any](x, y T) T {
	return arithmetic("tree.Add", func(x, y num.Array) num.Array { return num.Add(x, y) }, x, y)
}

// Sub returns x - y.
func Sub[T any](x, y T) T { return arithmetic("tree.Sub", num.Sub[num.Array, num.Array], x, y) }

// Scale returns a x. If a is an array, it must be a scalar.
func Scale[T any, A num.Operand](a A, x T) T {
	k := scalar("tree.Scale", a)
	return arithmetic("tree.Scale", func(x, _ num.Array) num.Array { return num.Mul(k, x) }, x, x)
}

// AddScaled returns x + a y. If a is an array, it must be a scalar.
func AddScaled[T any, A num.Operand](x T, a A, y T) T {
	k := scalar("tree.AddScaled", a)
	return arithmetic("tree.AddScaled", func(x, y num.Array) num.Array { return num.Add(x, num.Mul(k, y)) }, x, y)
}

func scalar[A num.Operand](name string, a A) num.Array {
	k, ok := any(a).(num.Array)
	if !ok {
		k = num.Mul(num.Scalar(1), a)
	}
	if k.Rank() > 0 {
		panic(trace.Errorf(name, "the factor must be a scalar, not %v", k.Type()))
	}
	return k
}

// Dot returns the sum over all leaves of the products of their elements: the inner product.
func Dot[T any](x, y T) num.Array {
	flat := alike("tree.Dot", x, y)
	var sum num.Array
	first := true
	for i, a := range flat[0].Values {
		if !varies(flat[0], i) {
			continue
		}
		part := num.Sum(num.Mul(a, sameType("tree.Dot", flat, i)))
		if !first {
			part = num.Add(sum, part)
		}
		sum, first = part, false
	}
	return sum
}

// Norm returns the square root of Dot(x, x). Its derivative at zero is zero.
func Norm[T any](x T) num.Array {
	v, _ := Ravel(x)
	return num.Norm(v)
}
