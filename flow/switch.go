package flow

import (
	"fmt"
	"slices"

	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// Cond returns then(in) where pred, a bool scalar, is true and els(in) where it is false. Only the
// branch that is taken runs, and reverse mode keeps only its residuals. Under Vmap over
// pred, both run and each lane selects. The branches may use outer arrays, and must give results of
// the same structure, shapes and dtypes, which is checked where pred is traced: otherwise the other branch is not looked at.
func Cond[In, Out any](pred num.Array, then, els func(In) Out, in In) Out {
	if !pred.Type().Equal(trace.TypeOf(trace.Bool)) {
		fix := reduceIt(pred)
		if fix != "" {
			fix += ", or select elements with num.Where"
		}
		panic(trace.Errorf("cond", "the predicate must be a bool scalar, not %v%s", pred.Type(), fix))
	}
	if !pred.Traced() {
		if pred.Bool() {
			return then(in)
		}
		return els(in)
	}
	return choose("cond", num.Convert(pred, trace.I64), []string{"else", "then"}, []func(In) Out{els, then}, in)
}

// Switch returns branches[index](in), for an i64 scalar, which is moved to the nearest branch if it
// is out of range. It is otherwise as Cond.
func Switch[In, Out any](index num.Array, branches []func(In) Out, in In) Out {
	if !index.Type().Equal(trace.TypeOf(trace.I64)) {
		panic(trace.Errorf("switch", "the index must be an i64 scalar, not %v", index.Type()))
	}
	if len(branches) == 0 {
		panic(trace.Errorf("switch", "has no branches"))
	}
	if !index.Traced() {
		return branches[min(max(index.Int(), 0), len(branches)-1)](in)
	}
	names := make([]string, len(branches))
	for i := range names {
		names[i] = fmt.Sprintf("branch %d", i)
	}
	return choose("switch", index, names, branches, in)
}

// reduceIt says what to do about bools where one is needed.
func reduceIt(c num.Array) string {
	if c.DType() != trace.Bool {
		return ""
	}
	return ": reduce it, as by num.Any or num.All"
}

// choose records a cond of traced branches.
func choose[In, Out any](name string, index num.Array, names []string, branches []func(In) Out, in In) Out {
	bodies := make([]*call.Body, len(branches))
	var result Out
	for i, f := range branches {
		bodies[i], result = call.Record(name, f, in)
		call.MustAgree(name, "the results of the branches", bodies[i].Out, names[i], bodies[0].Out, names[0])
	}
	if !call.Keep(bodies...) {
		return result
	}
	funcs, captures := call.Close(bodies...)
	ys := trace.Apply(cond{funcs}, slices.Concat([]num.Array{index}, bodies[0].In.Values, captures)...)
	return trace.Unflatten(result, ys[:len(bodies[0].Out.Values)])
}
