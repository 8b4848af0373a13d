package flow

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// pair is what the body of a scan takes, and what it gives.
type pair[C, X any] struct {
	Carry C
	Row   X
}

// Scan runs body once for each row of xs, the arrays of which have a leading axis of one length: it takes the
// carry and a row, and gives the next carry, of the same structure, shapes and dtypes, and a row of
// ys. Scan returns the last carry and all of ys. It stays one equation in the IR, whatever the
// number of steps, can be differentiated in both modes, and keeps for reverse mode what each
// step needs. body may use outer arrays. With no rows, the carry is init.
func Scan[C, X, Y any](body func(C, X) (C, Y), init C, xs X, opts ...Option) (C, Y) {
	return scanAs("scan", body, init, xs, opts...)
}

// scanAs is Scan on behalf of the named function.
func scanAs[C, X, Y any](name string, body func(C, X) (C, Y), init C, xs X, opts ...Option) (C, Y) {
	o := optionsOf(opts)
	in, rows := trace.Flatten(name, init), trace.Flatten(name, xs)
	n := steps(name, rows, o.length)
	like := pair[C, X]{init, firstRow(xs, rows)}
	b, result := call.Record(name, func(p pair[C, X]) pair[C, Y] {
		c, y := body(p.Carry, p.Row)
		return pair[C, Y]{c, y}
	}, like)
	mustKeepCarry(name, result.Carry, init)
	if !call.Keep(b) {
		return init, result.Row
	}
	funcs, captures := call.Close(b)
	s := scan{Consts: len(captures), Carry: len(in.Values), Length: n, Reverse: o.reverse}
	s.Body = constsFirst(funcs[0], len(captures))
	out := s.run(slices.Concat(captures, in.Values, rows.Values), o)
	k := len(in.Values)
	return trace.Unflatten(init, out[:k]), trace.Unflatten(result.Row, out[k:len(b.Out.Values)])
}

// steps returns the length of the leading axis of all rows, or the one given.
func steps(name string, rows trace.Tree, given *int) int {
	n := -1
	if given != nil {
		if n = *given; n < 0 {
			panic(trace.Errorf(name, "the number of steps is negative: %d", n))
		}
	}
	for i, x := range rows.Values {
		if x.Rank() == 0 {
			panic(trace.Errorf(name, "xs%s is %v, which has no axis of steps", spaced(rows.Leaves[i].Path), x.Type()))
		}
		if l := x.Type().Shape[0]; n < 0 {
			n = l
		} else if n != l {
			panic(trace.Errorf(name, "xs%s is %v, but there are %d steps", spaced(rows.Leaves[i].Path), x.Type(), n))
		}
	}
	if n < 0 {
		panic(trace.Errorf(name, "xs holds no arrays: give the number of steps by flow.Length"))
	}
	return n
}

func spaced(path string) string {
	if path == "" {
		return ""
	}
	return " " + path
}

// mustKeepCarry panics if what a body made of the carry differs from it in structure or types.
func mustKeepCarry(name string, got, init any) {
	call.MustAgree(name, "the carries", trace.Flatten(name, got), "what the body returns", trace.Flatten(name, init), "what it is given")
}

// constsFirst returns f with its last n inputs, the captures, first.
func constsFirst(f *trace.Func, n int) *trace.Func {
	types := f.Types(f.Inputs())
	k := len(types) - n
	return trace.Build(append(types[k:len(types):len(types)], types[:k]...), func(in []trace.Array) []trace.Array {
		return f.Inline(slices.Concat(in[n:], in[:n])...)
	})
}

// none is a tree without arrays.
type none struct{}

// Bound is what a For counts from or to.
type Bound interface{ int | num.Array }

// For runs body for i = lo, lo+1, ..., hi-1, an i64 scalar, on a carry of fixed structure, shapes and
// dtypes, and returns the last one: init if hi <= lo. Bounds may be traced i64 scalars; reverse
// mode then keeps as many residuals as there turn out to be steps, and there are no options. It is
// otherwise as Scan.
func For[L, H Bound, C any](lo L, hi H, body func(i num.Array, c C) C, init C, opts ...Option) C {
	from, to := bound(lo), bound(hi)
	if !from.Traced() && !to.Traced() {
		n := max(to.Int()-from.Int(), 0)
		c, _ := scanAs("for", func(c C, i num.Array) (C, none) { return body(num.Add(i, from), c), none{} }, init, num.Arange(n), opts...)
		return c
	}
	if len(opts) > 0 {
		panic(trace.Errorf("for", "takes options only where its bounds are known while tracing"))
	}
	n := num.Maximum(num.Sub(to, from), 0)
	return times("for", n, func(c counted[C]) counted[C] {
		next := body(c.Index, c.Carry)
		mustKeepCarry("for", next, init)
		return counted[C]{num.Add(c.Index, 1), next}
	}, counted[C]{from, init}).Carry
}

// counted is a carry with the index of a step.
type counted[C any] struct {
	Index num.Array
	Carry C
}

func bound[B Bound](b B) num.Array {
	switch b := any(b).(type) {
	case int:
		return num.ScalarInt(b)
	case num.Array:
		if !b.Type().Equal(trace.TypeOf(trace.I64)) {
			panic(trace.Errorf("for", "a bound must be an i64 scalar, not %v", b.Type()))
		}
		return b
	}
	panic("BUG: a bound is neither int nor array")
}

// times records a scan of n steps, n traced, without rows. step must give a carry of the same types.
func times[C any](name string, n num.Array, step func(C) C, init C) C {
	b, _ := call.Record(name, step, init)
	funcs, captures := call.Close(b)
	s := scan{Consts: len(captures) + 1, Carry: len(b.In.Values), Length: trace.Star}
	body := constsFirst(funcs[0], len(captures))
	s.Body = trace.Build(append([]trace.Type{n.Type()}, body.Types(body.Inputs())...), func(in []trace.Array) []trace.Array {
		return body.Inline(in[1:]...)
	})
	return trace.Unflatten(init, trace.Apply(s, slices.Concat([]num.Array{n}, captures, b.In.Values)...))
}

// While runs body on a carry of fixed structure, shapes and dtypes as long as cond, a bool scalar, holds
// of it, and returns the last carry. It stays one equation in the IR and can be
// differentiated in both modes to any order: reverse mode keeps what each step needs on a stack. Under
// Vmap it runs until all lanes have stopped; a lane that has stopped is frozen. cond and body may
// use outer arrays.
func While[C any](cond func(C) num.Array, body func(C) C, init C, opts ...Option) C {
	o := optionsOf(opts)
	if o.maxTrips < 0 {
		panic(trace.Errorf("while", "the limit of flow.MaxTrips is negative: %d", o.maxTrips))
	}
	test, holds := call.Record("while", cond, init)
	if !holds.Type().Equal(trace.TypeOf(trace.Bool)) {
		panic(trace.Errorf("while", "the condition must give a bool scalar, not %v%s", holds.Type(), reduceIt(holds)))
	}
	step, result := call.Record("while", body, init)
	mustKeepCarry("while", result, init)
	funcs, captures := call.Close(test, step)
	k := len(captures)
	w := while{constsFirst(funcs[0], k), constsFirst(funcs[1], k), k, len(step.In.Values), o.maxTrips}
	out := trace.Apply(w, slices.Concat(captures, step.In.Values)...)
	return trace.Unflatten(init, out[:w.Carry])
}

// Iterate applies step n times and returns the last carry and all of them, init left out, along a
// leading axis. It is otherwise as Scan, which has options for checkpoints.
func Iterate[C any](n int, step func(C) C, init C) (last, all C) {
	return scanAs("iterate", func(c C, _ none) (C, C) {
		c = step(c)
		return c, c
	}, init, none{}, Length(n))
}
