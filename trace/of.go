package trace

import "github.com/gradus-ad/gradus/internal/tree"

// Tree is the leaves of a struct, slice, array or map of arrays, or of one array.
type Tree = tree.Flat[Array]

// Flatten lists the arrays that v, a tree, holds. It panics with an *Error that names the path
// of anything that cannot stand in a tree, on behalf of the named function.
func Flatten[T any](name string, v T) Tree {
	t, err := tree.Flatten[Array](v)
	if err != nil {
		panic(Errorf(name, "%v", err))
	}
	return t
}

// Unflatten returns a copy of like, a tree, with the given arrays as its leaves.
func Unflatten[T any](like T, leaves []Array) T {
	return tree.UnflattenAs(like, leaves)
}

// Leaf is what is known of an array in a tree: where it stands and its type.
type Leaf struct {
	Path string
	Type Type
}

// Of records what f does to an argument with the types of example, a tree of arrays, and
// returns it as a func: its inputs are the leaves of In, its outputs those of Out.
// A mistake in f, such as two shapes that do not fit, is returned as an *Error.
func Of[In, Out any](f func(In) Out, example In) (fn *Func, err error) {
	err = Try(func() { fn = MustOf(f, example) })
	return fn, err
}

// MustOf is like Of but panics with the *Error.
func MustOf[In, Out any](f func(In) Out, example In) *Func {
	in := Flatten("trace.Of", example)
	t := Record(in.Values, make([]bool, len(in.Values)), false, func(args []Array) []Array {
		return Flatten("trace.Of", f(Unflatten(example, args))).Values
	})
	return t.Func
}
