package transforms

import (
	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Vmap returns f over a batch: it maps the leading axis of every array in the argument, and every
// array of the result gets that axis. What f captures is not mapped. It costs what f does on
// arrays of that size, not a loop of calls.
//
// It panics with a *trace.Error that names the paths if an array has no axis or their lengths differ.
func Vmap[In, Out any](f func(In) Out) func(In) Out {
	return func(in In) Out {
		tree := flatten("vmap", in)
		n := lanes(tree)
		one := tree
		one.Values = make([]trace.Array, len(tree.Values))
		for i, x := range tree.Values {
			t := x.Type()
			one.Values[i] = num.Zero(trace.Type{DType: t.DType, Shape: t.Shape[1:]})
		}
		t := recordAt("vmap", f, in, one, false)
		t.in = tree
		args := t.args()
		mapped := make([]bool, len(args))
		for i := range tree.Values {
			mapped[i] = true
		}
		out, om := batch.Run(t.Func, args, mapped, n)
		return t.output(batch.Spread(out, om, n))
	}
}

// lanes returns the length of the leading axis that all arrays share.
func lanes(t trace.Tree) int {
	for i, x := range t.Values {
		if x.Rank() == 0 {
			panic(trace.Errorf("vmap", "the argument%s is %v, which has no axis to map", path(t, i), x.Type()))
		}
		if n, m := t.Values[0].Type().Shape[0], x.Type().Shape[0]; n != m {
			panic(trace.Errorf("vmap", "leading axes differ: the argument%s is %v,%s is %v",
				path(t, 0), t.Values[0].Type(), path(t, i), x.Type()))
		}
	}
	return t.Values[0].Type().Shape[0]
}
