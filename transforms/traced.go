package transforms

import (
	"fmt"

	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// traced is a user's function, traced at an argument.
type traced[In, Out any] struct {
	*trace.Traced
	name   string
	like   In
	in     trace.Tree
	result Out // its leaves are the variables of the finished trace
	out    trace.Tree
}

// record traces f at in. With byRun, f may read values.
func record[In, Out any](name string, f func(In) Out, in In, byRun bool) *traced[In, Out] {
	return recordAt(name, f, in, flatten(name, in), byRun)
}

// flatten lists the leaves of an argument, of which there must be some.
func flatten(name string, in any) trace.Tree {
	t := trace.Flatten(name, in)
	if len(t.Values) == 0 {
		panic(trace.Errorf(name, "the argument, a %T, holds no arrays", in))
	}
	return t
}

// recordAt traces f at the leaves of tree, in place of those of like.
func recordAt[In, Out any](name string, f func(In) Out, like In, tree trace.Tree, byRun bool) *traced[In, Out] {
	t := &traced[In, Out]{name: name, like: like, in: tree}
	fixed := make([]bool, len(tree.Values))
	for i, l := range tree.Leaves {
		fixed[i] = l.Const
	}
	t.Traced = trace.Record(tree.Values, fixed, byRun, func(args []trace.Array) []trace.Array {
		t.result = f(trace.Unflatten(like, args))
		t.out = trace.Flatten(name, t.result)
		return t.out.Values
	})
	return t
}

// args returns what the func is applied to: the argument's leaves and the captured arrays.
func (t *traced[In, Out]) args() []trace.Array {
	return append(t.in.Values[:len(t.in.Values):len(t.in.Values)], t.Captures...)
}

// active marks, among the func's inputs and captures, the leaves that carry a derivative: f64
// leaves that are not held constant.
func (t *traced[In, Out]) active() []bool {
	a := make([]bool, len(t.in.Values)+len(t.Captures))
	for i, x := range t.in.Values {
		a[i] = x.DType() == trace.F64 && !t.in.Leaves[i].Const
	}
	return a
}

// tape linearizes f at the argument.
func (t *traced[In, Out]) tape(masks bool) ([]trace.Array, *tape.Tape) {
	return tape.Record(t.Func, t.args(), t.active(), masks, t.Known)
}

// output returns arrays as the result of f.
func (t *traced[In, Out]) output(leaves []trace.Array) Out { return trace.Unflatten(t.result, leaves) }

// input returns arrays, one for each active leaf, as an argument of f with zeros elsewhere.
func (t *traced[In, Out]) input(active []trace.Array) In {
	leaves := make([]trace.Array, len(t.in.Values))
	for i, a := range t.active()[:len(leaves)] {
		if a {
			leaves[i], active = active[0], active[1:]
		} else {
			leaves[i] = num.ZerosLike(t.in.Values[i])
		}
	}
	return trace.Unflatten(t.like, leaves)
}

// tangents returns the leaves of a tangent of the argument, those of active leaves only.
func (t *traced[In, Out]) tangents(tangent In) []trace.Array {
	leaves := sameTree(t.name, "tangent", tangent, t.in)
	var out []trace.Array
	for i, a := range t.active()[:len(leaves)] {
		if a {
			out = append(out, leaves[i])
		}
	}
	return out
}

// sameTree returns the leaves of v, which must have the structure and the types of like.
func sameTree(name, what string, v any, like trace.Tree) []trace.Array {
	t := trace.Flatten(name, v)
	if len(t.Values) != len(like.Values) || t.Static != like.Static {
		panic(trace.Errorf(name, "the %s, %s, differs in structure from what it belongs to, %s",
			what, describe(t), describe(like)))
	}
	for i, x := range t.Values {
		if !x.Type().Equal(like.Values[i].Type()) {
			panic(trace.Errorf(name, "the %s%s is %v, but what it belongs to is %v",
				what, path(t, i), x.Type(), like.Values[i].Type()))
		}
	}
	return t.Values
}

// emptied returns a tree with the types of t and no data.
func emptied(t trace.Tree) trace.Tree {
	values := make([]trace.Array, len(t.Values))
	for i, x := range t.Values {
		values[i] = num.ZerosLike(x)
	}
	t.Values = values
	return t
}

func path(t trace.Tree, i int) string {
	if p := t.Leaves[i].Path; p != "" {
		return " " + p
	}
	return ""
}

func describe(t trace.Tree) string {
	if t.Static == "" {
		return fmt.Sprintf("%d arrays", len(t.Values))
	}
	return fmt.Sprintf("%d arrays with %s", len(t.Values), t.Static)
}
