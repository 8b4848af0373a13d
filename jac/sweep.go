package jac

import (
	"slices"

	"github.com/gradus-ad/gradus/batch"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// budget is the memory, in bytes, that the arrays of one pass may take together, and unrolled
// the most passes inside a trace, each of which repeats the equations.
var (
	budget   = 64 << 20
	unrolled = 16
)

// linear is a linear func of directions. Its inputs are the directions' arrays and, if there is
// more than one direction to the basis, their masks: a unit vector is structurally zero but for
// one element, so that an infinite derivative by another element does not touch it.
type linear struct {
	fn        *trace.Func
	residuals []trace.Array
	types     []trace.Type // of a direction
}

// capture records f, which is linear in directions of the given types.
func capture(types []trace.Type, f func([]trace.Tangent) []trace.Array) linear {
	l := linear{types: types}
	in := types[:len(types):len(types)]
	if l.masked() {
		for _, t := range types {
			in = append(in, t.With(trace.Bool))
		}
	}
	l.fn, l.residuals = trace.Capture(in, func(in []trace.Array) []trace.Array {
		d := make([]trace.Tangent, len(types))
		for i := range d {
			if l.masked() {
				d[i] = trace.MaskedTangent(in[i], in[len(types)+i])
			} else {
				d[i] = trace.DenseTangent(in[i], true)
			}
		}
		return f(d)
	})
	return l
}

// basis returns the number of directions in the standard basis.
func (l linear) basis() int { return elements(l.types) }

func (l linear) masked() bool { return l.basis() > 1 }

func elements(types []trace.Type) int {
	n := 0
	for _, t := range types {
		n += t.Size()
	}
	return n
}

// sweep applies l to the standard basis, k directions at once: each result has a leading axis for
// the direction.
func (l linear) sweep(k int) []trace.Array {
	n := l.basis()
	results := make([]trace.Array, len(l.fn.Outputs()))
	if n == 0 {
		for i, t := range l.fn.Types(l.fn.Outputs()) {
			results[i] = num.Zero(t.Batched(0))
		}
		return results
	}
	parts := make([][]trace.Array, len(results))
	for lo := 0; lo < n; lo += k {
		for i, y := range l.pass(lo, min(lo+k, n)) {
			parts[i] = append(parts[i], y)
		}
	}
	for i, p := range parts {
		results[i] = join(0, p)
	}
	return results
}

// pass applies l to the directions lo to hi of the basis at once.
func (l linear) pass(lo, hi int) []trace.Array {
	n := hi - lo
	args := make([]trace.Array, 0, len(l.fn.Inputs())+len(l.residuals))
	mapped := make([]bool, cap(args))
	var masks []trace.Array
	from := 0
	for _, t := range l.types {
		mask := t.With(trace.Bool).Batched(n)
		m := num.Zero(mask)
		if max(lo, from) < min(hi, from+t.Size()) {
			m = trace.Units(mask, lo-from)
		}
		args, masks = append(args, trace.Units(t.Batched(n), lo-from)), append(masks, m)
		from += t.Size()
	}
	if l.masked() {
		args = append(args, masks...)
	}
	for i := range args {
		mapped[i] = true
	}
	args = append(args, l.residuals...)
	out, om := batch.Run(l.fn, args, mapped, n)
	return batch.Spread(out, om, n)
}

// bytes returns the most memory that one direction needs at any time: the arrays that are alive
// when an equation runs, and its other operands, which are repeated for each direction but in contractions.
func (l linear) bytes() int {
	f, last := l.fn, l.fn.LastUses()
	alive := make([]bool, f.NumVars()) // of those that depend on the direction
	live := 0
	for _, v := range f.Inputs() {
		alive[v] = true
		live += bytesOf(f.Type(v))
	}
	peak := live
	for i, e := range dependents(f) {
		repeated := 0
		_, multiplies := e.Primitive.(worker)
		for _, v := range e.Ins {
			if !alive[v] && !multiplies {
				repeated += bytesOf(f.Type(v))
			}
		}
		for _, v := range e.Outs {
			alive[v] = true
			live += bytesOf(f.Type(v))
		}
		peak = max(peak, live+repeated)
		for _, v := range slices.Concat(e.Ins, e.Outs) {
			if alive[v] && last[v] <= i {
				alive[v] = false
				live -= bytesOf(f.Type(v))
			}
		}
	}
	return peak
}

func bytesOf(t trace.Type) int {
	if t.DType == trace.Bool {
		return t.Size()
	}
	return 8 * t.Size()
}
