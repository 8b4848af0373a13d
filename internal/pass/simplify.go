package pass

import (
	"sync/atomic"

	"github.com/gradus-ad/gradus/trace"
)

// Simplify returns a func with the same inputs, captures and results, to the bit, in which equal
// equations stand once, what depends on constants alone is computed, each primitive's exact
// algebra has been applied, and nothing is left that the results do not need.
func Simplify(f *trace.Func) *trace.Func {
	for !simplified(f).Load() {
		g := rewrite(f, func(*trace.Equation, []trace.Array) ([]trace.Array, bool) { return nil, false })
		simplified(g).Store(len(g.Equations()) >= len(f.Equations()))
		f = g
	}
	return f
}

// simplified is true of a func in which Simplify has found nothing to do.
func simplified(f *trace.Func) *atomic.Bool {
	return trace.Memo(f, "simplified", func() *atomic.Bool {
		done := new(atomic.Bool)
		done.Store(f.Written())
		return done
	})
}

// inlined is the call of a func that need not stay one: Inlined returns the func.
type inlined interface{ Inlined() *trace.Func }

// inline puts what is called in place of calls that only derivatives need, and the operands in place of
// names.
func inline(f *trace.Func) *trace.Func {
	for has(f, func(e *trace.Equation) bool { _, ok := calls(e); return ok || isName(e) }) {
		f = rewrite(f, func(e *trace.Equation, in []trace.Array) ([]trace.Array, bool) {
			if isName(e) {
				return in, true
			}
			if p, ok := calls(e); ok {
				return p.Inlined().Inline(in...), true
			}
			return nil, false
		})
	}
	return f
}

// calls tells a call that goes. Effects stay where they are: an operand may be known by now, but they are to
// happen when the program runs.
func calls(e *trace.Equation) (inlined, bool) {
	p, ok := e.Primitive.(inlined)
	return p, ok && !trace.HasEffect(e.Primitive)
}

func isName(e *trace.Equation) bool {
	_, ok := trace.NameOf(e.Primitive)
	return ok
}
