// Package tree handles structs, slices, arrays, maps and pointers that hold arrays, nested in
// any way, as one value: a point, a tangent, the parameters of a model.
//
// The arrays in a tree are its leaves, in the order of fields, elements and sorted keys. Strings,
// ints, bools and lengths are static. Arithmetic (Add, Sub, Scale, AddScaled, Dot, Norm, Ravel)
// is on the leaves that vary: f64 arrays outside of fields tagged grad:"-". The others, and what
// is static, are taken from x unchanged, so that an optimiser's step AddScaled(x, -rate, gradient)
// gives a tree like x.
//
// All functions can be traced and differentiated. They panic with a *trace.Error that names the
// path if a value cannot stand in a tree, or if trees that go together differ in structure.
package tree

import (
	"strings"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Leaves returns the arrays of x.
func Leaves[T any](x T) []num.Array { return trace.Flatten("tree.Leaves", x).Values }

// Map returns x with f applied to each leaf, whatever its dtype.
func Map[T any](f func(num.Array) num.Array, x T) T {
	values := trace.Flatten("tree.Map", x).Values
	ys := make([]num.Array, len(values))
	for i, a := range values {
		ys[i] = f(a)
	}
	return trace.Unflatten(x, ys)
}

// Map2 returns x with f applied to each leaf and the leaf of y at the same place.
func Map2[T any](f func(x, y num.Array) num.Array, x, y T) T {
	return combine("tree.Map2", func(a []num.Array) num.Array { return f(a[0], a[1]) }, x, y)
}

// Map3 returns x with f applied to each leaf and the leaves of y and z at the same place.
func Map3[T any](f func(x, y, z num.Array) num.Array, x, y, z T) T {
	return combine("tree.Map3", func(a []num.Array) num.Array { return f(a[0], a[1], a[2]) }, x, y, z)
}

// combine maps f over the leaves at the same places of several trees.
func combine[T any](name string, f func([]num.Array) num.Array, trees ...T) T {
	flat := alike(name, trees...)
	out := make([]num.Array, len(flat[0].Values))
	for i := range out {
		at := make([]num.Array, len(flat))
		for k := range flat {
			at[k] = flat[k].Values[i]
		}
		out[i] = f(at)
	}
	return trace.Unflatten(trees[0], out)
}

// alike flattens trees that must have their leaves at the same places.
func alike[T any](name string, trees ...T) []trace.Tree {
	flat := make([]trace.Tree, len(trees))
	for k, t := range trees {
		flat[k] = trace.Flatten(name, t)
		if n, m := len(flat[0].Leaves), len(flat[k].Leaves); n != m {
			panic(trace.Errorf(name, "trees differ in structure: %d arrays and %d", n, m))
		}
		for i, l := range flat[k].Leaves {
			if first := flat[0].Leaves[i]; first.Path != l.Path {
				panic(trace.Errorf(name, "trees differ in structure: one has %s where the other has %s", first.Path, l.Path))
			}
		}
	}
	return flat
}

// Zeros returns x with zeros in place of every leaf.
func Zeros[T any](x T) T { return Map(num.ZerosLike, x) }

// String returns the path, the type and the elements of each leaf: a line, or for arrays of more
// than one axis several.
func String[T any](x T) string {
	flat := trace.Flatten("tree.String", x)
	var b strings.Builder
	for i, a := range flat.Values {
		if p := flat.Leaves[i].Path; p != "" {
			b.WriteString(p + " ")
		}
		elements := a.String()
		if strings.Contains(elements, "\n") {
			elements = "\n" + elements
		} else {
			elements = " " + elements
		}
		b.WriteString(a.Type().String() + elements + "\n")
	}
	return b.String()
}
