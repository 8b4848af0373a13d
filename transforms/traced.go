package transforms

import (
	"slices"

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
func flatten[T any](name string, in T) trace.Tree {
	t := trace.Flatten(name, in)
	if len(t.Values) == 0 {
		panic(trace.Errorf(name, "the argument, a %T, holds no arrays", in))
	}
	return t
}

// recordAt traces f at the leaves of tree, in place of those of like.
func recordAt[In, Out any](name string, f func(In) Out, like In, tree trace.Tree, byRun bool) *traced[In, Out] {
	t := at[In, Out](name, f != nil, like, tree)
	t.Traced = trace.Record(tree.Values, t.fixed(), byRun, t.traces(f))
	return t
}

// recordOnce is recordAt byRun for what only use needs.
func recordOnce[In, Out any](name string, f func(In) Out, like In, tree trace.Tree, use func(*traced[In, Out])) {
	t := at[In, Out](name, f != nil, like, tree)
	trace.RecordOnce(tree.Values, t.fixed(), t.traces(f), func(fn *trace.Traced) {
		t.Traced = fn
		use(t)
	})
}

// at returns what a function is to be traced at.
func at[In, Out any](name string, isFunc bool, like In, tree trace.Tree) *traced[In, Out] {
	if !isFunc {
		panic(trace.Errorf(name, "the function is nil"))
	}
	return &traced[In, Out]{name: name, like: like, in: tree}
}

// fixed marks the leaves that are held constant.
func (t *traced[In, Out]) fixed() []bool {
	fixed := make([]bool, len(t.in.Values))
	for i, l := range t.in.Leaves {
		fixed[i] = l.Const
	}
	return fixed
}

// traces returns f as a function of leaves, which notes its result.
func (t *traced[In, Out]) traces(f func(In) Out) func(args []trace.Array) []trace.Array {
	return func(args []trace.Array) []trace.Array {
		t.result = f(trace.Unflatten(t.like, args))
		t.out = trace.Flatten(t.name, t.result)
		return t.out.Values
	}
}

// args returns what the func is applied to: the argument's leaves and the captured arrays.
func (t *traced[In, Out]) args() []trace.Array {
	return append(t.in.Values[:len(t.in.Values):len(t.in.Values)], t.Captures...)
}

// varies reports whether a leaf carries a derivative: f64 leaves that are not held constant do.
func varies(t trace.Tree, i int) bool {
	return t.Values[i].DType() == trace.F64 && !t.Leaves[i].Const
}

// varying returns those of some arrays, one for each leaf of t, that stand for leaves that vary.
func varying(t trace.Tree, leaves []trace.Array) []trace.Array {
	var out []trace.Array
	for i, x := range leaves {
		if varies(t, i) {
			out = append(out, x)
		}
	}
	return out
}

// fill returns one array for each leaf of t: those given for the leaves that vary, and what
// other gives for the rest.
func fill(t trace.Tree, varying []trace.Array, other func(trace.Array) trace.Array) []trace.Array {
	out := make([]trace.Array, len(t.Values))
	for i, x := range t.Values {
		if varies(t, i) {
			out[i], varying = varying[0], varying[1:]
		} else {
			out[i] = other(x)
		}
	}
	return out
}

// mustVary panics if no leaf carries a derivative.
func mustVary(name string, t trace.Tree) trace.Tree {
	for i := range t.Values {
		if varies(t, i) {
			return t
		}
	}
	panic(trace.Errorf(name, `the argument holds no f64 arrays that vary, outside of fields tagged grad:"-"`))
}

// active marks the func's inputs and captures that carry a derivative: the leaves that vary.
func (t *traced[In, Out]) active() []bool {
	a := make([]bool, len(t.in.Values)+len(t.Captures))
	for i := range t.in.Values {
		a[i] = varies(t.in, i)
	}
	return a
}

// tape linearizes f at the argument.
func (t *traced[In, Out]) tape(masks bool) ([]trace.Array, *tape.Tape) {
	return tape.Record(t.Func, t.args(), t.active(), masks, t.Known)
}

// gradient runs f at the argument and back, once. It returns the leaves of the result, and the cotangents of the leaves of the argument
// that vary, where the first result has the cotangent 1.
func (t *traced[In, Out]) gradient() (outs, ct []trace.Array) {
	args := t.args()
	loan := trace.NewLoan(t.Func, args)
	outs, ct = tape.Reverse(t.Func, loan.Lend(args), t.active(), t.Known, []trace.Array{num.Scalar(1)})
	kept := loan.Return(slices.Concat(outs, ct))
	return kept[:len(outs)], kept[len(outs):]
}

// output returns arrays as the result of f.
func (t *traced[In, Out]) output(leaves []trace.Array) Out { return trace.Unflatten(t.result, leaves) }

// input returns arrays, one for each leaf that varies, as an argument of f with zeros elsewhere.
func (t *traced[In, Out]) input(varying []trace.Array) In {
	return trace.Unflatten(t.like, fill(t.in, varying, num.ZerosLike))
}

// tangents returns the leaves that vary of a tangent of the argument.
func (t *traced[In, Out]) tangents(tangent In) []trace.Array {
	return varying(t.in, sameTree(t.name, "tangent", tangent, t.in))
}

// release lets go of the trace and of all data, keeping structure and types, for functions that
// are returned and may live long.
func (t *traced[In, Out]) release() {
	t.Traced = nil
	t.in, t.out = emptied(t.in), emptied(t.out)
	t.like, t.result = trace.Unflatten(t.like, t.in.Values), trace.Unflatten(t.result, t.out.Values)
}

// sameTree returns the leaves of v, which must have the structure and the types of like.
func sameTree[T any](name, what string, v T, like trace.Tree) []trace.Array {
	t := trace.Flatten(name, v)
	if len(t.Values) != len(like.Values) || t.Static != like.Static {
		panic(trace.Errorf(name, "the %s differs in structure from what it belongs to: %s", what, t.Difference(like)))
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
