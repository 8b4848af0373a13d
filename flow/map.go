package flow

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// BatchSize makes a Map apply its function to n rows at a time.
func BatchSize(n int) Option {
	if n < 1 {
		panic(trace.Errorf("map", "cannot take %d rows at a time", n))
	}
	return func(o *options) { o.batch = n }
}

// Map applies f to each row of xs, the arrays of which have a leading axis of one length, and
// returns the results as rows. It works on all rows at once, as transforms.Vmap does, or with BatchSize on
// so many at a time and at last on those that remain, which needs less memory. The IR holds f once, or
// twice if some remain, however many rows there are. f may use outer arrays.
func Map[X, Y any](f func(X) Y, xs X, opts ...Option) Y {
	o := optionsOf(opts)
	rows := trace.Flatten("map", xs)
	n := rowCount("map", rows)
	b, result := call.Record("map", f, firstRow(xs, rows))
	if !call.Keep(b) {
		return result
	}
	funcs, captures := call.Close(b)
	m := mapped{constsFirst(funcs[0], len(captures)), captures}
	if o.batch == 0 || o.batch >= n {
		return trace.Unflatten(result, m.apply(rows.Values, n)[:len(b.Out.Values)])
	}
	chunks := n / o.batch
	whole := chunks * o.batch
	ys := m.inChunks(each(rows.Values, func(x trace.Array) trace.Array {
		return num.Reshape(num.Slice(x, 0, whole), append([]int{chunks, o.batch}, x.Shape()[1:]...)...)
	}), chunks, o.batch)
	ys = each(ys, func(y trace.Array) trace.Array { return num.Reshape(y, append([]int{whole}, y.Shape()[2:]...)...) })
	if whole < n {
		rest := m.apply(each(rows.Values, func(x trace.Array) trace.Array { return num.Slice(x, whole, n) }), n-whole)
		for i, y := range rest {
			ys[i] = num.Concat(0, ys[i], y)
		}
	}
	return trace.Unflatten(result, ys[:len(b.Out.Values)])
}

// rowCount returns the length of the leading axis that all arrays share.
func rowCount(name string, rows trace.Tree) int {
	if len(rows.Values) == 0 {
		panic(trace.Errorf(name, "xs holds no arrays"))
	}
	return steps(name, rows, nil)
}

// firstRow returns a tree of arrays of the types of the rows of xs.
func firstRow[X any](xs X, rows trace.Tree) X {
	return trace.Unflatten(xs, each(rows.Values, func(x trace.Array) trace.Array { return num.Zero(x.Type().Row()) }))
}

func each(xs []trace.Array, f func(trace.Array) trace.Array) []trace.Array {
	ys := make([]trace.Array, len(xs))
	for i, x := range xs {
		ys[i] = f(x)
	}
	return ys
}

// mapped is a func of consts, which every row sees, and a row.
type mapped struct {
	row    *trace.Func
	consts []trace.Array
}

// lanes says which operands are mapped.
func (m mapped) lanes() []bool {
	lanes := all(len(m.row.Inputs()))
	clear(lanes[:len(m.consts)])
	return lanes
}

// apply applies the func to n rows at once.
func (m mapped) apply(rows []trace.Array, n int) []trace.Array {
	return runLanes(m.row, slices.Concat(m.consts, rows), m.lanes(), n)
}

// inChunks applies it to so many rows of n rows, in a scan.
func (m mapped) inChunks(rows []trace.Array, chunks, n int) []trace.Array {
	s := scan{Body: lanes(m.row, m.lanes(), n), Consts: len(m.consts), Length: chunks}
	return trace.Apply(s, slices.Concat(m.consts, rows)...)
}
