package flow

import (
	"fmt"

	"github.com/gradus-ad/gradus/trace"
)

// body is a user's function that has been traced to become a parameter of a primitive.
type body struct {
	*trace.Traced
	in  trace.Tree
	out trace.Tree
	tag string // what errors call it
}

// record traces f at arguments of the types of like's leaves.
func record[In, Out any](name, tag string, f func(In) Out, like In) (*body, Out) {
	b := &body{in: trace.Flatten(name, like), tag: tag}
	var result Out
	b.Traced = trace.Record(b.in.Values, make([]bool, len(b.in.Values)), false, func(args []trace.Array) []trace.Array {
		result = f(trace.Unflatten(like, args))
		b.out = trace.Flatten(name, result)
		return b.out.Values
	})
	return b, result
}

// closeBodies gives bodies that take the same inputs one list of captures: it returns funcs without
// captures, which take the arrays that any of the bodies captures after the inputs, and those
// arrays.
func closeBodies(bodies ...*body) ([]*trace.Func, []trace.Array) {
	var captures []trace.Array
	at := make([][]int, len(bodies))
	for i, b := range bodies {
		for _, c := range b.Captures {
			k := indexOf(captures, c)
			if k < 0 {
				k = len(captures)
				captures = append(captures, c)
			}
			at[i] = append(at[i], k)
		}
	}
	funcs := make([]*trace.Func, len(bodies))
	for i, b := range bodies {
		inputs := b.Func.Types(b.Func.Inputs())
		n := len(inputs)
		funcs[i] = trace.Build(append(inputs, typesOf(captures)...), func(in []trace.Array) []trace.Array {
			args := in[:n:n]
			for _, k := range at[i] {
				args = append(args, in[n+k])
			}
			return b.Func.Inline(args...)
		})
	}
	return funcs, captures
}

func indexOf(arrays []trace.Array, a trace.Array) int {
	for i, x := range arrays {
		if trace.Same(x, a) {
			return i
		}
	}
	return -1
}

// mustAgree panics if two trees differ in structure or in types.
func mustAgree(name, what string, got trace.Tree, gotName string, want trace.Tree, wantName string) {
	if len(got.Values) != len(want.Values) || got.Static != want.Static {
		panic(trace.Errorf(name, "%s differ in structure: %d arrays in %s, %d in %s",
			what, len(got.Values), gotName, len(want.Values), wantName))
	}
	for i, x := range got.Values {
		if t := want.Values[i].Type(); !x.Type().Equal(t) {
			path := ""
			if p := got.Leaves[i].Path; p != "" {
				path = fmt.Sprintf(" at %s", p)
			}
			panic(trace.Errorf(name, "%s differ%s: %v in %s, %v in %s", what, path, x.Type(), gotName, t, wantName))
		}
	}
}
