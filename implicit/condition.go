package implicit

import (
	"slices"

	"github.com/gradus-ad/gradus/dual"
	"github.com/gradus-ad/gradus/internal/call"
	"github.com/gradus-ad/gradus/internal/pick"
	"github.com/gradus-ad/gradus/jac"
	"github.com/gradus-ad/gradus/linalg"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/tape"
	"github.com/gradus-ad/gradus/trace"
)

// condition is what makes x a function of parameters: fn takes these and the leaves of x, and gives a
// residual, which is 0, for each leaf that is unknown.
type condition struct {
	fn      *trace.Func
	params  int
	unknown []bool // of the leaves of x
}

// newCondition returns the condition of a func from k parameters, the leaves of x and captures to a
// residual for each leaf of x.
func newCondition(f *trace.Func, k int, unknown []bool) condition {
	types := f.Types(f.Inputs())
	n := len(unknown)
	params := len(types) - n
	fn := trace.Build(slices.Concat(types[:k], types[k+n:], types[k:k+n]), func(in []trace.Array) []trace.Array {
		return pick.Marked(f.Inline(slices.Concat(in[:k], in[params:], in[k:params])...), unknown)
	})
	return condition{fn, params, unknown}
}

// attach returns x, which is known already and carries no derivative, as a function of the parameters.
func (c condition) attach(params, x []trace.Array, o options) []trace.Array {
	types := c.fn.Types(c.fn.Inputs())
	var vary []int
	var tangents []trace.Type
	for i, t := range types[:c.params] {
		if t.DType == trace.F64 {
			vary, tangents = append(vary, i), append(tangents, t)
		}
	}
	if len(vary) == 0 {
		return x
	}
	p := call.CustomJVP{Inputs: c.params, Vary: vary}
	p.Body = trace.Build(types, func(in []trace.Array) []trace.Array { return in[c.params:] })
	rule := slices.Concat(types[:c.params], tangents, types[c.params:], types[c.params:])
	p.Rule = trace.Build(rule, func(in []trace.Array) []trace.Array {
		x := in[len(in)-len(c.unknown):]
		at := slices.Concat(in[:c.params], x)
		return c.tangents(x, c.solve(at, c.push(at, vary, in[c.params:][:len(vary)]), o))
	})
	return trace.Apply(p, slices.Concat(params, x)...)
}

// push returns the tangents of the residuals for tangents of the parameters.
func (c condition) push(at []trace.Array, vary []int, dp []trace.Array) []trace.Array {
	args := make([]dual.Dual, len(at))
	for i, x := range at {
		args[i] = dual.Const(x)
	}
	for k, i := range vary {
		args[i].Tangent = trace.DenseTangent(dp[k], true)
	}
	var dr []trace.Array
	for _, d := range dual.Split(c.fn, args, nil) {
		dr = append(dr, d.Values())
	}
	return dr
}

// tangents returns a tangent for each leaf of x that is f64, from what A⁻¹ makes of the residuals'.
func (c condition) tangents(x, solved []trace.Array) []trace.Array {
	var dx []trace.Array
	for i, a := range x {
		switch {
		case c.unknown[i]:
			dx, solved = append(dx, num.Sub(0, solved[0])), solved[1:] // 0 where that is 0, not -0
		case a.DType() == trace.F64:
			dx = append(dx, num.ZerosLike(a))
		}
	}
	return dx
}

// solve returns A⁻¹ b, where A is the Jacobian of the residuals by the unknowns.
func (c condition) solve(at, b []trace.Array, o options) []trace.Array {
	if o.matrixFree {
		return c.iterate(at, b, o)
	}
	x := pick.Marked(at[c.params:], c.unknown)
	a := jac.Fwd(func(v num.Array) num.Array {
		args := slices.Clone(at)
		parts := unravel(v, x)
		for i, u := range c.unknown {
			if u {
				args[c.params+i], parts = parts[0], parts[1:]
			}
		}
		return ravel(c.fn.Inline(args...))
	})(ravel(x))
	return unravel(linalg.Lstsq(a, ravel(b), o.cutoff...), x)
}

// ravel returns arrays as one vector, unravel arrays like some from such a vector.
func ravel(xs []trace.Array) trace.Array {
	parts := make([]trace.Array, len(xs))
	for i, x := range xs {
		parts[i] = num.Ravel(x)
	}
	return num.Concat(0, parts...)
}

func unravel(v trace.Array, like []trace.Array) []trace.Array {
	xs := make([]trace.Array, len(like))
	from := 0
	for i, x := range like {
		n := x.Size()
		xs[i] = num.Reshape(num.Slice(v, from, from+n), x.Shape()...)
		from += n
	}
	return xs
}

// iterate is solve without a matrix: A is the tape of the residuals, which is linear in tangents of the
// unknowns and has the residuals of reverse mode as its constants. Where there are stacks among these, which
// have no fixed type, the constants are the arguments, and every product computes them again.
func (c condition) iterate(at, b []trace.Array, o options) []trace.Array {
	levels := dual.Levels{Of: make([]dual.Level, len(at)), Tracked: true}
	for i, u := range c.unknown {
		if u {
			levels.Of[c.params+i] = dual.Dense
		}
	}
	n := len(b)
	h := tape.Split(c.fn, levels, slices.Repeat([]dual.Level{dual.Dense}, n))
	types := h.Tape.Types(h.Tape.Inputs())
	primal := func(at []trace.Array) []trace.Array { return h.Primal.Inline(at...)[n:] }
	consts, keep := primal(at), func(consts []trace.Array) []trace.Array { return consts }
	if slices.ContainsFunc(h.Residuals, func(t trace.Type) bool { return t.Stars() > 0 }) {
		consts, keep = at, primal
	}
	constTypes := make([]trace.Type, len(consts))
	for i, x := range consts {
		constTypes[i] = x.Type()
	}
	k := len(consts)
	a := trace.Build(slices.Concat(constTypes, types[:n]), func(in []trace.Array) []trace.Array {
		return h.Tape.Inline(slices.Concat(in[k:], keep(in[:k]))...)
	})
	return trace.Apply(newLinearSolve(a, k, o), slices.Concat(consts, b)...)
}
