package flow

import (
	"slices"

	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// AssociativeScan returns, as rows, what f makes of the rows of xs up to each: xs[0], f(xs[0], xs[1]),
// f(f(xs[0], xs[1]), xs[2]) and so on. f takes two rows and gives one, with the same structure, shapes and dtypes,
// and must be associative, since it is applied in another order: to many rows at once, in 2 log2(n)
// rounds. With Reverse it starts from the last row: f(xs[n-1], xs[n-2]) stands in row n-2. f may
// use outer arrays.
//
// Guy E. Blelloch, Prefix sums and their applications, CMU-CS-90-190 (1990).
func AssociativeScan[X any](f func(a, b X) X, xs X, opts ...Option) X {
	const name = "associative scan"
	o := optionsOf(opts)
	rows := trace.Flatten(name, xs)
	n := rowCount(name, rows)
	row := firstRow(xs, rows)
	b, result := call.Record(name, func(p pair[X, X]) X { return f(p.Carry, p.Row) }, pair[X, X]{row, row})
	call.MustAgree(name, "the rows", trace.Flatten(name, result), "what f returns", trace.Flatten(name, row), "what it is given")
	funcs, captures := call.Close(b)
	m := mapped{constsFirst(funcs[0], len(captures)), captures}
	ys := rows.Values
	if o.reverse {
		ys = m.prefixes(each(ys, flipRows), n)
		return trace.Unflatten(xs, each(ys, flipRows))
	}
	return trace.Unflatten(xs, m.prefixes(ys, n))
}

func flipRows(x trace.Array) trace.Array { return num.Flip(x, 0) }

// prefixes joins neighbours, finds the prefixes of those, which are every second one of what is
// wanted, and makes the others from them with one row more.
func (m mapped) prefixes(xs []trace.Array, n int) []trace.Array {
	if n < 2 {
		return xs
	}
	half := n / 2
	joined := m.apply(slices.Concat(everySecond(xs, 0, 2*half), everySecond(xs, 1, 2*half)), half)
	odd := m.prefixes(joined, half)
	even := each(xs, func(x trace.Array) trace.Array { return num.Slice(x, 0, 1) })
	if more := (n+1)/2 - 1; more > 0 {
		before := each(odd, func(y trace.Array) trace.Array { return num.Slice(y, 0, more) })
		for i, y := range m.apply(slices.Concat(before, everySecond(xs, 2, n)), more) {
			even[i] = num.Concat(0, even[i], y)
		}
	}
	ys := make([]trace.Array, len(xs))
	for i := range ys {
		ys[i] = interleaved(even[i], odd[i])
	}
	return ys
}

// everySecond returns the rows lo, lo+2 and so on below hi.
func everySecond(xs []trace.Array, lo, hi int) []trace.Array {
	return each(xs, func(x trace.Array) trace.Array { return num.Stride(num.Slice(x, lo, hi), 0, 2) })
}

// interleaved returns the rows of both, in turn; even may have one more than odd.
func interleaved(even, odd trace.Array) trace.Array {
	n := odd.Shape()[0]
	both := num.Stack(1, num.Slice(even, 0, n), odd)
	both = num.Reshape(both, append([]int{2 * n}, odd.Shape()[1:]...)...)
	if even.Shape()[0] > n {
		return num.Concat(0, both, num.Slice(even, n, n+1))
	}
	return both
}
