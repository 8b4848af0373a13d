package transforms

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// CustomJVP returns f with a derivative of one's own: rule gives, from an argument and a tangent there,
// f's result and its tangent, which must be linear in the tangent. Reverse mode is derived from it, as
// from the rule of every operation. rule must not call what CustomJVP returns, and need not:
// where it goes on with f's result, that has the derivatives of the rule, to every order. If rule
// calls f with transforms.JVP and f has loops of package flow, use transforms.Linearize instead,
// which keeps apart what is linear in the tangent.
//
// The rule speaks for the f64 arrays of the argument that vary. f and rule may use outer arrays; where
// what f captures, or an array in a field tagged grad:"-", is differentiated, its derivative is the
// ordinary one of f. Outside of every transform and trace, f just runs; otherwise f and rule are
// traced at the call, and rule cannot read values.
//
// It panics with a *trace.Error if the rule's results differ from f's in structure or in types, and
// if the rule is not linear.
func CustomJVP[In, Out any](f func(In) Out, rule func(primal, tangent In) (Out, Out)) func(In) Out {
	const name = "custom jvp"
	return func(in In) Out {
		tree := trace.Flatten(name, in)
		if !trace.Tracing() && !anyTraced(tree.Values) {
			return f(in)
		}
		body, result := call.RecordRun(name, f, in)
		if len(body.Out.Values) == 0 {
			body.Here()
			return result
		}
		n := len(tree.Values)
		ruled, _ := call.Record(name, func(args []num.Array) []num.Array {
			y, dy := rule(trace.Unflatten(in, args[:n]), trace.Unflatten(in, fill(tree, args[n:], num.ZerosLike)))
			ys := sameTree(name, "result of the rule", y, body.Out)
			return append(ys[:len(ys):len(ys)], floats(sameTree(name, "tangent that the rule gives", dy, body.Out))...)
		}, slices.Concat(tree.Values, varying(tree, tree.Values)))
		funcs, captures := call.Close(body, ruled)
		p, err := call.NewCustomJVP(funcs[0], funcs[1], n, places(tree))
		if err != nil {
			panic(err)
		}
		return trace.Unflatten(result, trace.Apply(p, slices.Concat(tree.Values, captures)...))
	}
}

// CustomVJP returns f with a derivative of one's own in reverse mode: fwd gives f's result and what bwd
// needs, and bwd gives, from that and a cotangent of the result, one of the argument. What the
// cotangent holds for integers and bools is zeros.
//
// Forward mode works too, by the transpose of bwd, if bwd is linear in the cotangent, as a derivative
// is. Reverse mode runs any bwd, such as one that clips; for forward mode of that, a CustomJVP must
// say what it is. What is said of CustomJVP about the arrays that a rule speaks for, about higher
// orders and about tracing holds for fwd and bwd.
//
// It panics with a *trace.Error if the result of fwd differs in structure or types from that of f,
// or that of bwd from the argument, and in forward mode if bwd is not linear.
func CustomVJP[In, Out, Res any](f func(In) Out, fwd func(In) (Out, Res), bwd func(Res, Out) In) func(In) Out {
	return customVJP("custom vjp", f, fwd, bwd)
}

func customVJP[In, Out, Res any](name string, f func(In) Out, fwd func(In) (Out, Res), bwd func(Res, Out) In) func(In) Out {
	return func(in In) Out {
		tree := trace.Flatten(name, in)
		if !trace.Tracing() && !anyTraced(tree.Values) {
			return f(in)
		}
		body, result := call.RecordRun(name, f, in)
		if len(body.Out.Values) == 0 {
			body.Here()
			return result
		}
		out := body.Out
		var saved trace.Tree
		var like Res
		forward, _ := call.RecordRun(name, func(in In) []num.Array {
			var y Out
			y, like = fwd(in)
			saved = trace.Flatten(name, like)
			return slices.Concat(sameTree(name, "result of fwd", y, out), saved.Values)
		}, in)
		k := len(saved.Values)
		backward, _ := call.Record(name, func(args []num.Array) []num.Array {
			d := bwd(trace.Unflatten(like, args[:k]), trace.Unflatten(result, fill(unfixed(out), args[k:], num.ZerosLike)))
			return varying(tree, sameTree(name, "cotangent that bwd gives", d, tree))
		}, slices.Concat(emptied(saved).Values, floats(emptied(out).Values)))
		funcs, captures := call.Close(body, forward, backward)
		p := call.NewCustomVJP(funcs[0], funcs[1], funcs[2], len(tree.Values), places(tree))
		return trace.Unflatten(result, trace.Apply(p, slices.Concat(tree.Values, captures)...))
	}
}

// places returns the positions of the leaves that vary.
func places(t trace.Tree) []int {
	var at []int
	for i := range t.Values {
		if varies(t, i) {
			at = append(at, i)
		}
	}
	return at
}

// floats returns the arrays that are f64.
func floats(leaves []num.Array) []num.Array {
	var fs []num.Array
	for _, x := range leaves {
		if x.DType() == trace.F64 {
			fs = append(fs, x)
		}
	}
	return fs
}

// unfixed returns a tree in which every f64 leaf varies: in a result, tags mean nothing.
func unfixed(t trace.Tree) trace.Tree {
	t.Leaves = slices.Clone(t.Leaves)
	for i := range t.Leaves {
		t.Leaves[i].Const = false
	}
	return t
}
