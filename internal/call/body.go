package call

import (
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/trace"
)

// Body is a user's function that has been traced to become a parameter of a primitive.
type Body struct {
	*trace.Traced
	In, Out trace.Tree
}

// Record traces f at arguments of the types of like's leaves, once for all values.
func Record[In, Out any](name string, f func(In) Out, like In) (*Body, Out) {
	return record(name, f, like, false)
}

// RecordRun is Record for an f that may read values, as far as those of like's leaves and of what
// it captures are known.
func RecordRun[In, Out any](name string, f func(In) Out, like In) (*Body, Out) {
	return record(name, f, like, true)
}

func record[In, Out any](name string, f func(In) Out, like In, byRun bool) (*Body, Out) {
	b := &Body{In: trace.Flatten(name, like)}
	fixed := make([]bool, len(b.In.Values))
	for i := range fixed {
		fixed[i] = true // a call adds no derivatives to those that its operands carry
	}
	var result Out
	b.Traced = trace.Record(b.In.Values, fixed, byRun, func(args []trace.Array) []trace.Array {
		result = f(trace.Unflatten(like, args))
		b.Out = trace.Flatten(name, result)
		return b.Out.Values
	})
	return b, result
}

// Keep makes bodies, whose results agree, fit to be recorded, and reports whether they do anything. Those
// that have effects but no results are given one, false, since every equation has a result.
func Keep(bodies ...*Body) bool {
	if len(bodies[0].Out.Values) > 0 {
		return true
	}
	if !slices.ContainsFunc(bodies, func(b *Body) bool { return b.Func.HasEffects() }) {
		return false
	}
	for _, b := range bodies {
		f := b.Func
		types := append(f.Types(f.Inputs()), f.Types(f.Captures())...)
		b.Func = trace.Build(types, func(in []trace.Array) []trace.Array {
			f.Inline(in...)
			return []trace.Array{trace.Fill(false, trace.TypeOf(trace.Bool))}
		}).WithCaptures(len(f.Captures()))
	}
	return true
}

// Here makes what a body does a part of the func that is being recorded.
func (b *Body) Here() { b.Func.Inline(slices.Concat(b.In.Values, b.Captures)...) }

// Close gives bodies one list of captures: it returns funcs without captures, which take the arrays
// that any of the bodies captures after their inputs, and those arrays.
func Close(bodies ...*Body) ([]*trace.Func, []trace.Array) {
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

func typesOf(in []trace.Array) []trace.Type {
	types := make([]trace.Type, len(in))
	for i, a := range in {
		types[i] = a.Type()
	}
	return types
}

// MustAgree panics, on behalf of the named function, if two trees differ in structure or in types.
func MustAgree(name, what string, got trace.Tree, gotName string, want trace.Tree, wantName string) {
	if d := Difference(what, got, gotName, want, wantName); d != "" {
		panic(trace.Errorf(name, "%s", d))
	}
}

// Difference says in what two trees differ in structure or in types, or "" if they do not.
func Difference(what string, got trace.Tree, gotName string, want trace.Tree, wantName string) string {
	if len(got.Values) != len(want.Values) || got.Static != want.Static {
		return fmt.Sprintf("%s differ in structure: %s has %s as %s", what, gotName, got.Difference(want), wantName)
	}
	for i, x := range got.Values {
		if t := want.Values[i].Type(); !x.Type().Equal(t) {
			path := ""
			if p := got.Leaves[i].Path; p != "" {
				path = fmt.Sprintf(" at %s", p)
			}
			return fmt.Sprintf("%s differ%s: %v in %s, %v in %s", what, path, x.Type(), gotName, t, wantName)
		}
	}
	return ""
}
